"""What an action is carried out on when several machines are selected, and what is said of the others."""

from __future__ import annotations

import dataclasses

import pytest

from core.failover.choice import FOR_MANY, Candidate, Choice, candidate
from core.failover.confirmation import confirmation, confirmation_of_many
from core.hyperv.replication_states import ReplicationMode
from core.hyperv.replication_states import ReplicationState as State
from core.replicas.relationship import Relationship
from core.replicas.role import Role
from core.replicas.survey import HostReading, Overview
from core.replicas.verbs import Verb
from tests.core.failover.acting import host, overview, picture
from tests.core.replicas.looking import NOWHERE, PRIMARY, REPLICA, side
from tests.lab.cmdlets.administration import Administrator

REPLICATING = Relationship(side(Role.PRIMARY), side(Role.REPLICA))


@pytest.fixture(scope="module")
def admin() -> Administrator:
    return Administrator(replicated=True)


def of(admin: Administrator, name: str, seen_from: str, *, extension: bool = False) -> Candidate:
    inventory = picture(admin, seen_from).inventory
    assert inventory is not None
    machine = next(each for each in inventory.machines if each.name == name)
    return candidate(overview(admin), host(seen_from), machine, extension=extension)


def test_one_leg_that_is_selected_on_both_hosts_counts_once() -> None:
    both = [Candidate(PRIMARY, "CRM", REPLICATING), Candidate(REPLICA, "CRM", REPLICATING)]
    removing = Choice.of(Verb.REMOVE, both, NOWHERE)
    assert len(removing.taken) == 1
    assert removing.question == confirmation(Verb.REMOVE, REPLICATING)


def test_who_is_left_out_is_named_with_the_reason() -> None:
    paused = Relationship(side(Role.PRIMARY, State.SUSPENDED), side(Role.REPLICA))
    mixed = [
        Candidate(PRIMARY, "CRM", paused),
        Candidate(PRIMARY, "ERP", None, "ERP is not replicated."),
        Candidate(PRIMARY, "CRM", REPLICATING),
    ]
    resuming = Choice.of(Verb.RESUME, mixed, NOWHERE)
    assert [each.relationship for each in resuming.taken] == [paused]
    assert resuming.skipped[0] == ("ERP", "ERP is not replicated.")
    assert "can be resumed when it is paused" in resuming.skipped[1][1]
    assert not resuming.why_not
    assert resuming.question is None
    alone = Choice.of(Verb.RESUME, mixed[1:], NOWHERE)
    assert alone.why_not.startswith("ERP is not replicated.\nReplication of CRM can be resumed")


@pytest.mark.parametrize("verb", sorted(set(Verb) - FOR_MANY, key=lambda verb: verb.value))
def test_what_has_pages_about_one_is_offered_for_one(verb: Verb) -> None:
    two = [Candidate(PRIMARY, "CRM", REPLICATING), Candidate(PRIMARY, "ERP", REPLICATING)]
    assert Choice.of(verb, two, NOWHERE).why_not == "This is done with one virtual machine at a time: select just one."


@pytest.mark.parametrize("verb", sorted(FOR_MANY, key=lambda verb: verb.value))
def test_several_are_asked_about_where_one_is(verb: Verb) -> None:
    one, several = confirmation(verb, REPLICATING), confirmation_of_many(verb, 3)
    assert (one is None) == (several is None)
    if several is not None:
        assert "3 virtual machines" in several.question
        assert "{" not in several.question + several.consequence + several.undo


def test_a_caution_is_asked_about_even_where_nothing_else_is() -> None:
    failed_over = Relationship(side(Role.PRIMARY, State.ERROR), side(Role.REPLICA, State.FAILED_OVER_WAITING))
    resuming = Choice.of(Verb.RESUME, [Candidate(PRIMARY, "CRM", failed_over)], NOWHERE)
    assert resuming.question is not None
    assert resuming.question.consequence.startswith("CRM has taken over on REP")


def test_a_machine_means_the_leg_of_its_host(admin: Administrator) -> None:
    on_primary, on_third = of(admin, "WIKI01", "HV-01"), of(admin, "WIKI01", "HV-02")
    assert on_primary.relationship is not None
    assert not on_primary.relationship.is_extension
    assert on_third.relationship is not None
    assert on_third.relationship.is_extension
    extended = of(admin, "WIKI01", "HV-01", extension=True)
    assert extended.relationship == on_third.relationship
    # On the third host that leg is meant already.
    assert of(admin, "WIKI01", "HV-02", extension=True).relationship is None
    assert of(admin, "CRM01", "HV-01", extension=True).why_not == "The replication of CRM01 is not extended."


def test_a_machine_without_a_known_leg_says_why(admin: Administrator) -> None:
    assert of(admin, "DC01", "HV-01").why_not == "DC01 is not replicated."
    inventory = picture(admin, "HV-01").inventory
    assert inventory is not None
    machine = next(each for each in inventory.machines if each.replication_mode is ReplicationMode.PRIMARY)
    unread = candidate(Overview(), host("HV-01"), machine)
    assert unread.why_not == f"The replication of {machine.name} has not been read so far."
    silent = dataclasses.replace(overview(admin), relationships=(), readings=(HostReading(host("HV-01")),))
    assert candidate(silent, host("HV-01"), machine).relationship is None
