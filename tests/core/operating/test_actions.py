"""What each everyday action does on a host, and that its goal tells it from what was before."""

from __future__ import annotations

import pytest

from core.jobs.plan import Plan
from core.operating import checkpoints, identity
from core.operating.verbs import Verb
from core.powershell.script import script
from lab.hyperv.machine import MachineState
from tests.core.operating.doing import NOON, called, carry_out, do, seen
from tests.lab.cmdlets.administration import Administrator


@pytest.fixture
def admin() -> Administrator:
    return Administrator()


def test_a_machine_goes_through_its_states(admin: Administrator) -> None:
    way = (
        *(Verb.START, Verb.PAUSE, Verb.RESUME, Verb.SAVE, Verb.DELETE_SAVED_STATE),
        *(Verb.START, Verb.SHUT_DOWN, Verb.START, Verb.TURN_OFF),
    )
    states = [do(admin, verb).machine.state.word for verb in way]
    assert states == ["Running", "Paused", "Running", "Saved", "Off", "Running", "Off", "Running", "Off"]


def test_a_guest_that_cannot_be_told_to_shut_down_is_not_turned_off_instead(admin: Administrator) -> None:
    do(admin, Verb.START)
    admin.machine("TEST01").integration_services_off |= {"Shutdown"}
    with pytest.raises(AssertionError, match="Shut down TEST01"):
        do(admin, Verb.SHUT_DOWN)
    assert admin.machine("TEST01").state is MachineState.Running


def test_checkpoints_are_taken_applied_renamed_and_deleted(admin: Administrator) -> None:
    first = do(admin, Verb.CHECKPOINT)
    [taken] = first.checkpoints
    assert taken.name == "TEST01 - (2026-05-01 - 12:00:00)"
    assert first.current_checkpoint == taken
    carry_out(admin, checkpoints.rename(first, taken, "Clean"))
    carry_out(admin, checkpoints.take(seen(admin), "Later"))
    # It goes on from that checkpoint before and after: only its disks are others.
    reverted = do(admin, Verb.REVERT)
    assert reverted.current_checkpoint == called(reverted, "Later")
    carry_out(admin, checkpoints.apply(reverted, called(reverted, "Clean"), first="Just before"))
    subject = seen(admin)
    assert subject.current_checkpoint == called(subject, "Clean")
    assert called(subject, "Just before").parent_id == called(subject, "Later").checkpoint_id
    carry_out(admin, checkpoints.delete(subject, called(subject, "Later"), with_subtree=True))
    left = seen(admin)
    assert [each.name for each in left.checkpoints] == ["Clean"]
    carry_out(admin, checkpoints.delete(left, called(left, "Clean")))
    assert not seen(admin).checkpoints


def test_a_checkpoint_alone_is_deleted_and_what_follows_it_stays(admin: Administrator) -> None:
    for name in ("One", "Two", "Three"):
        carry_out(admin, checkpoints.take(seen(admin), name))
    subject = seen(admin)
    assert [each.name for each in subject.below(called(subject, "One"))] == ["Two", "Three"]
    carry_out(admin, checkpoints.delete(subject, called(subject, "Two")))
    left = seen(admin)
    assert called(left, "Three").parent_id == called(left, "One").checkpoint_id


def test_a_machine_gets_another_name_and_its_own_again(admin: Administrator) -> None:
    plan = identity.rename(seen(admin), "TEST02")
    carry_out(admin, plan)
    assert admin.has("TEST02")
    [action] = plan.actions
    assert action.undo is not None
    carry_out(admin, Plan(action.undo.title, plan.host, (action.undo,)))
    assert admin.has("TEST01")


def test_of_a_deleted_machine_the_disks_stay(admin: Administrator) -> None:
    subject = seen(admin)
    carry_out(admin, identity.delete(subject))
    assert not admin.has("TEST01")
    for path in subject.disks:
        assert admin.home.files.find(path) is not None


def test_a_delete_asks_nothing_that_nobody_could_answer(admin: Administrator) -> None:
    [action] = identity.delete(seen(admin)).actions
    assert script(action.pipeline).endswith("| Remove-VM -Force")


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "No name is given."),
        ("  ", "No name is given."),
        (" WEB", "The name begins or ends with a space."),
        ("WEB\n02", "The name has characters that cannot be seen."),
        ("web01", "There is one called web01 already."),
        ("WEB02", ""),
    ],
)
def test_names(name: str, fault: str) -> None:
    assert identity.name_fault(name, ["WEB01", "SQL01"]) == fault


def test_a_checkpoint_is_named_by_machine_and_time() -> None:
    assert checkpoints.new_name("WEB01", NOON) == "WEB01 - (2026-05-01 - 12:00:00)"
