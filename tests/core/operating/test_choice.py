"""Which actions are offered in which states, and what is said of machines that are left alone."""

from __future__ import annotations

import dataclasses
from uuid import UUID

import msgspec
import pytest

from core.estate.estate import Picture
from core.hyperv.replication_states import ReplicationMode, ReplicationState
from core.hyperv.states import CheckpointType, MachineState
from core.operating.choice import Choice, why_not
from core.operating.questions import ASKED_BEFORE, before_applying, before_deleting, question
from core.operating.subject import Subject, subjects
from core.operating.verbs import FOLLOWS_STATE, Verb, fits
from core.remoting.errors import Unreachable
from tests.core.moving.hosts import inventory
from tests.core.operating.doing import CONNECTION, seen
from tests.lab.cmdlets.administration import Administrator

ADMIN = Administrator()
TEST01, WEB01, APP01 = (seen(ADMIN, name) for name in ("TEST01", "WEB01", "APP01"))
OFFERED = {
    MachineState.RUNNING: "turn_off shut_down save pause reset checkpoint rename",
    MachineState.OFF: "start checkpoint rename delete",
    MachineState.SAVED: "start delete_saved_state checkpoint rename delete",
    MachineState.PAUSED: "turn_off save resume checkpoint rename",
    MachineState.STOPPING: "turn_off rename",
    MachineState.STARTING: "turn_off rename",
    MachineState.RUNNING_CRITICAL: "turn_off rename",
    MachineState.OFF_CRITICAL: "rename",
    MachineState.UNKNOWN: "rename",
}


def changed(subject: Subject, **fields: object) -> Subject:
    return dataclasses.replace(subject, machine=msgspec.structs.replace(subject.machine, **fields))


@pytest.mark.parametrize("state", OFFERED)
def test_each_state_has_its_actions(state: MachineState) -> None:
    subject = changed(TEST01, state=state)
    assert [verb.value for verb in Verb if not why_not(verb, subject)] == OFFERED[state].split()


def test_what_is_not_offered_has_a_reason_that_names_the_machine() -> None:
    for state in MachineState:
        subject = changed(TEST01, state=state)
        for verb in Verb:
            assert fits(verb, subject.machine) or "TEST01" in why_not(verb, subject), (verb, state)


def test_a_checkpoint_to_go_back_to_is_needed() -> None:
    assert why_not(Verb.REVERT, TEST01) == "TEST01 has no checkpoint to go back to."
    assert not why_not(Verb.REVERT, APP01)


@pytest.mark.parametrize(
    ("mode", "state", "starts"),
    [
        (ReplicationMode.NONE, ReplicationState.DISABLED, True),
        (ReplicationMode.PRIMARY, ReplicationState.REPLICATING, True),
        (ReplicationMode.PRIMARY, ReplicationState.PREPARED_FOR_FAILOVER, False),
        (ReplicationMode.REPLICA, ReplicationState.REPLICATING, False),
        (ReplicationMode.EXTENDED_REPLICA, ReplicationState.SUSPENDED, False),
        (ReplicationMode.REPLICA, ReplicationState.FAILED_OVER_WAITING, True),
        (ReplicationMode.REPLICA, ReplicationState.FAILED_OVER, True),
        (ReplicationMode.TEST_REPLICA, ReplicationState.DISABLED, True),
    ],
)
def test_a_replica_starts_after_a_failover_only(mode: ReplicationMode, state: ReplicationState, starts: bool) -> None:
    found = dataclasses.replace(changed(TEST01, replication_mode=mode), replication=state)
    assert (why_not(Verb.START, found) == "") is starts


def test_settings_keep_some_actions_away() -> None:
    disabled = changed(TEST01, checkpoint_type=CheckpointType.DISABLED)
    assert why_not(Verb.CHECKPOINT, disabled) == "Checkpoints are disabled for TEST01."
    assert why_not(Verb.DELETE, changed(TEST01, is_clustered=True)).startswith("TEST01 belongs to a cluster")


def test_what_is_selected_and_does_not_fit_is_skipped_by_name() -> None:
    choice = Choice.of(Verb.START, (TEST01, WEB01, APP01))
    assert [each.machine.name for each in choice.taken] == ["TEST01"]
    assert [each.why for each in choice.skipped] == [
        "WEB01 is Running: it can be started when it is off or saved.",
        "APP01 is Running: it can be started when it is off or saved.",
    ]
    assert not choice.why_not
    assert Choice.of(Verb.START, (WEB01,)).why_not == "WEB01 is Running: it can be started when it is off or saved."


def test_what_only_the_host_could_tell_skips_too() -> None:
    choice = Choice.of(Verb.SHUT_DOWN, (WEB01, APP01), {WEB01.machine.machine_id: "No."})
    assert [(each.subject.machine.name, each.why) for each in choice.skipped] == [("WEB01", "No.")]


def obstacles(picture: Picture, *with_jobs: UUID) -> str:
    [subject] = subjects(picture, (TEST01.machine,), with_jobs)
    return subject.obstacle


def test_nothing_is_offered_where_nothing_can_be_changed() -> None:
    read = inventory(ADMIN, "HV-01")
    picture = Picture(CONNECTION, read)
    assert obstacles(picture) == ""
    assert obstacles(picture, TEST01.machine.machine_id) == "A job for TEST01 is under way."
    read_only = Picture(dataclasses.replace(CONNECTION, is_read_only=True), read)
    assert obstacles(read_only) == "HV-01 is read-only here."
    silent = Picture(CONNECTION, read, Unreachable("HV-01", "No route.", "Wait."))
    assert obstacles(silent) == "HV-01 does not answer."
    [subject] = subjects(read_only, (TEST01.machine,), ())
    assert Choice.of(Verb.START, (subject,)).why_not == "HV-01 is read-only here."
    assert subjects(Picture(CONNECTION), (TEST01.machine,), ()) == ()


def test_all_that_is_asked_names_the_object_and_what_takes_it_back() -> None:
    for verb in ASKED_BEFORE:
        asked = question(Choice(verb, (APP01,)))
        assert "APP01" in asked.question
        assert "HV-01" in asked.question
        assert "undo" in asked.undo
        several = question(Choice(verb, (APP01, WEB01)))
        assert "2 virtual machines" in several.question
    assert "Before update 4.2" in question(Choice(Verb.REVERT, (APP01,))).question
    [checkpoint] = APP01.checkpoints
    assert "Before update 4.2" in before_applying(APP01, checkpoint).question
    assert "0 that follow" in before_deleting(APP01, checkpoint, with_subtree=True).question


def test_what_follows_the_state_is_hidden_and_the_rest_is_greyed() -> None:
    assert set(Verb) - FOLLOWS_STATE == {Verb.CHECKPOINT, Verb.RENAME, Verb.DELETE}
