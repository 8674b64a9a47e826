"""What is offered in each state and role, and why not what is not."""

from __future__ import annotations

import pytest

from core.hyperv.replication_states import ReplicationState as State
from core.replicas.offers import Surroundings, offer, offers
from core.replicas.relationship import Absence, Missing, Relationship
from core.replicas.role import Role
from core.replicas.verbs import Verb, verbs_of
from lab.hyperv.replication import failover, pausing, provider
from lab.hyperv.replication.side import Receiver, Sender
from tests.core.replicas.looking import MACHINE, NOWHERE, PRIMARY, REPLICA, of, side
from tests.lab.cmdlets.administration import Administrator

SEEN = {Verb.VIEW_HEALTH, Verb.RESET_STATISTICS}
PRIMARIES: dict[State, set[Verb]] = {
    State.READY_FOR_INITIAL_COPY: {Verb.START_INITIAL, Verb.CHANGE_SETTINGS, Verb.REMOVE},
    State.INITIAL_COPY_UNDER_WAY: {Verb.CANCEL_INITIAL, Verb.PAUSE, Verb.REMOVE},
    State.REPLICATING: {Verb.PLANNED_FAILOVER, Verb.PAUSE, Verb.CHANGE_SETTINGS, Verb.REMOVE},
    State.SUSPENDED: {Verb.RESUME, Verb.RESYNCHRONIZE, Verb.CHANGE_SETTINGS, Verb.REMOVE},
    State.ERROR: {Verb.RESUME, Verb.RESYNCHRONIZE, Verb.CHANGE_SETTINGS, Verb.REMOVE},
    State.RESYNCHRONIZATION_REQUIRED: {Verb.RESYNCHRONIZE},
    State.RESYNCHRONIZING: {Verb.PAUSE, Verb.CANCEL_RESYNCHRONIZATION},
    State.RESYNCHRONIZATION_SUSPENDED: {Verb.RESUME, Verb.CANCEL_RESYNCHRONIZATION},
    State.PREPARED_FOR_FAILOVER: {Verb.CANCEL_PLANNED, Verb.REMOVE},
    State.WAITING_FOR_UPDATE_COMPLETION: {Verb.PAUSE, Verb.REMOVE},
    State.UPDATE_ERROR: {Verb.RESUME, Verb.REMOVE},
}
REPLICAS: dict[State, set[Verb]] = {
    State.WAITING_FOR_INITIAL_COPY: {Verb.IMPORT_INITIAL, Verb.REMOVE},
    State.REPLICATING: {Verb.FAILOVER, Verb.TEST_FAILOVER, Verb.PAUSE, Verb.EXTEND, Verb.REMOVE},
    State.SUSPENDED: {Verb.RESUME, Verb.FAILOVER, Verb.TEST_FAILOVER, Verb.REMOVE},
    State.RESYNCHRONIZING: {Verb.FAILOVER},
    State.FAILED_OVER_WAITING: {Verb.REVERSE, Verb.REMOVE_POINTS, Verb.CANCEL_FAILOVER, Verb.REMOVE},
    State.FAILED_OVER: {Verb.REVERSE, Verb.REMOVE},
}


@pytest.mark.parametrize("state", list(State))
def test_each_side_offers_in_each_state_what_the_menu_has(state: State) -> None:
    is_there = state not in (State.DISABLED, State.UNKNOWN)
    seen = SEEN if is_there else set()
    assert verbs_of(Role.PRIMARY, state) == PRIMARIES.get(state, set()) | seen
    assert verbs_of(Role.REPLICA, state) == REPLICAS.get(state, set()) | seen
    assert verbs_of(Role.EXTENDING, state) == PRIMARIES.get(state, set()) - {Verb.PLANNED_FAILOVER} | seen
    assert verbs_of(Role.EXTENDED_REPLICA, state) == REPLICAS.get(state, set()) - {Verb.EXTEND} | seen
    beside_a_test = verbs_of(Role.REPLICA, state, has_test=True)
    assert beside_a_test <= seen | {Verb.STOP_TEST, Verb.PAUSE, Verb.RESUME}
    assert (Verb.STOP_TEST in beside_a_test) is is_there


@pytest.mark.parametrize("state", list(State))
def test_what_is_not_offered_says_why_in_words(state: State) -> None:
    relationship = Relationship(side(Role.PRIMARY, state), side(Role.REPLICA))
    for each in offers(relationship, PRIMARY, NOWHERE):
        assert each.side is not None
        assert each.is_offered or "CRM" in each.why_not, each


def test_what_only_one_side_can_do_goes_to_that_side_from_either() -> None:
    relationship = Relationship(side(Role.PRIMARY), side(Role.REPLICA))
    for looked_at in (PRIMARY, REPLICA):
        where = {each.verb: each.side.host for each in offers(relationship, looked_at, NOWHERE) if each.side}
        assert where[Verb.PLANNED_FAILOVER] == PRIMARY
        assert where[Verb.FAILOVER] == where[Verb.TEST_FAILOVER] == where[Verb.EXTEND] == REPLICA
        assert where[Verb.PAUSE] == where[Verb.REMOVE] == looked_at


def test_what_is_paused_on_the_other_side_is_resumed_there() -> None:
    relationship = Relationship(side(Role.PRIMARY), side(Role.REPLICA, State.SUSPENDED))
    found = offer(Verb.RESUME, relationship, PRIMARY, NOWHERE)
    assert found.is_offered
    assert found.side is relationship.receiver


def test_a_side_that_is_not_known_says_so() -> None:
    absence = Absence(Missing.NOT_MANAGED, "REP", None, "REP is not here.")
    found = offer(Verb.FAILOVER, Relationship(side(Role.PRIMARY), None, absence), PRIMARY, NOWHERE)
    assert (found.side, found.why_not) == (None, "REP is not here.")
    planned = offer(Verb.PLANNED_FAILOVER, Relationship(side(Role.PRIMARY), None, absence), PRIMARY, NOWHERE)
    assert planned.why_not == "REP is not here."


def test_surroundings_keep_what_the_state_would_allow() -> None:
    relationship = Relationship(side(Role.PRIMARY), side(Role.REPLICA))
    around = Surroundings({REPLICA: "REP does not answer."})
    for verb in (Verb.FAILOVER, Verb.PLANNED_FAILOVER):
        assert offer(verb, relationship, PRIMARY, around).why_not == "REP does not answer."
    assert offer(Verb.PAUSE, relationship, PRIMARY, around).is_offered
    assert "job" in offer(Verb.PAUSE, relationship, PRIMARY, Surroundings({}, {MACHINE})).why_not
    extended = Surroundings({}, extended={MACHINE})
    assert "extended already" in offer(Verb.EXTEND, relationship, PRIMARY, extended).why_not
    assert "remove that extension" in offer(Verb.REMOVE, relationship, REPLICA, extended).why_not
    tested = Relationship(side(Role.PRIMARY), side(Role.REPLICA, has_test=True))
    for verb in (Verb.FAILOVER, Verb.PLANNED_FAILOVER, Verb.TEST_FAILOVER):
        assert "stop it first" in offer(verb, tested, PRIMARY, NOWHERE).why_not


def test_cancelling_what_has_been_taken_over_is_cautioned_against() -> None:
    both = Relationship(side(Role.PRIMARY, State.PREPARED_FOR_FAILOVER), side(Role.REPLICA, State.FAILED_OVER_WAITING))
    assert "both hosts" in offer(Verb.CANCEL_PLANNED, both, PRIMARY, NOWHERE).caution
    error = Relationship(side(Role.PRIMARY, State.ERROR), side(Role.REPLICA, State.FAILED_OVER))
    assert "reverse" in offer(Verb.RESUME, error, PRIMARY, NOWHERE).caution


LAB = {
    "READY01": (State.READY_FOR_INITIAL_COPY, State.WAITING_FOR_INITIAL_COPY),
    "COPYING01": (State.INITIAL_COPY_UNDER_WAY, State.WAITING_FOR_INITIAL_COPY),
    "NORMAL01": (State.REPLICATING, State.REPLICATING),
    "PREPARED01": (State.PREPARED_FOR_FAILOVER, State.REPLICATING),
    "FAILEDOVER01": (State.ERROR, State.FAILED_OVER_WAITING),
    "PAUSED01": (State.SUSPENDED, State.REPLICATING),
    "REFUSED01": (State.ERROR, State.SUSPENDED),
    "RESYNC01": (State.RESYNCHRONIZATION_REQUIRED, State.REPLICATING),
    "RESYNCING01": (State.RESYNCHRONIZING, State.RESYNCHRONIZING),
}


def test_hosts_in_each_state_of_trouble_offer_it() -> None:
    admin = Administrator("TR-PRI", "troubled", replicated=True)
    for name, (sending, receiving) in LAB.items():
        found = of(admin, name)
        assert found.sender is not None, name
        assert found.receiver is not None, name
        assert (found.sender.state, found.receiver.state) == (sending, receiving), name
        offered = {each.verb for each in offers(found, found.sender.host, NOWHERE) if each.is_offered}
        both = PRIMARIES[sending] | REPLICAS[receiving] | SEEN
        if Verb.FAILOVER not in REPLICAS[receiving]:
            both -= {Verb.PLANNED_FAILOVER}
        assert offered == both, name


FLOWS = {
    "Failback": State.FAILBACK_IN_PROGRESS,
    "Firedrill": State.FIREDRILL_IN_PROGRESS,
    "Repurpose": State.WAITING_FOR_REPURPOSE_COMPLETION,
    "SyncReplication": State.PREPARED_FOR_SYNC_REPLICATION,
    "GroupReverse": State.PREPARED_FOR_GROUP_REVERSE_REPLICATION,
}


def test_hosts_in_the_states_of_other_providers_offer_nothing_but_a_look() -> None:
    admin = Administrator(replicated=True)
    replication = next(m for m in admin.host("HV-01").machines.values() if m.name == "CRM01").replication
    assert replication is not None
    assert replication.simple is not None
    for flow, state in FLOWS.items():
        provider.begin(replication.simple, provider.Flow[flow])
        found = of(admin, "CRM01")
        assert found.sender is not None
        assert found.sender.state is state
        offered = {each.verb for each in offers(found, found.sender.host, NOWHERE) if each.is_offered and each.side}
        assert offered & set().union(*PRIMARIES.values()) <= REPLICAS[State.REPLICATING]
        admin.estate.clock.advance(61)
        if flow == "Failback":
            again = of(admin, "CRM01").sender
            assert again is not None
            assert again.state is State.FAILBACK_COMPLETE
        provider.end(replication.simple)


def offered(relationship: Relationship) -> set[Verb]:
    assert relationship.sender is not None
    return {each.verb for each in offers(relationship, relationship.sender.host, NOWHERE) if each.is_offered}


def test_states_that_pass_quickly_are_reached_and_offer_what_they_allow() -> None:
    admin = Administrator(replicated=True)
    receiver = next(m for m in admin.host("HV-DR").machines.values() if m.name == "CRM01").replication
    assert receiver is not None
    assert isinstance(receiver.simple, Receiver)
    failover.fail_over(receiver.simple, None)
    under_way = of(admin, "CRM01").receiver
    assert under_way is not None
    assert under_way.state is State.RECOVERY_IN_PROGRESS
    assert verbs_of(under_way.role, under_way.state) == SEEN
    admin.estate.clock.advance(10)
    failover.complete(receiver.simple)
    admin.estate.clock.advance(10)
    final = of(admin, "CRM01").receiver
    assert final is not None
    assert final.state is State.FAILED_OVER
    admin.home = admin.host("HV-01")
    admin.get(r"New-VHD D:\VMs\WIKI01\More.vhdx -SizeBytes 500GB -Fixed")
    admin.get(r"Add-VMHardDiskDrive WIKI01 -Path D:\VMs\WIKI01\More.vhdx")
    wiki = next(m for m in admin.host("HV-01").machines.values() if m.name == "WIKI01")
    paths = ", ".join(f"'{drive.disk.path}'" for drive in wiki.drives if drive.disk is not None)
    admin.get(f"Set-VMReplication WIKI01 -ReplicatedDiskPaths {paths}")
    changing = of(admin, "WIKI01")
    assert changing.sender is not None
    assert changing.sender.state is State.WAITING_FOR_UPDATE_COMPLETION
    assert {Verb.PAUSE, Verb.REMOVE} <= offered(changing)
    admin.host("HV-DR").is_reachable = False
    admin.estate.clock.advance(1000)
    admin.host("HV-DR").is_reachable = True
    failed = of(admin, "WIKI01")
    assert failed.sender is not None
    assert failed.sender.state is State.UPDATE_ERROR
    assert {Verb.RESUME, Verb.REMOVE} <= offered(failed)


def test_a_comparison_that_is_paused_can_go_on() -> None:
    admin = Administrator("TR-PRI", "troubled", replicated=True)
    replication = admin.machine("RESYNCING01").replication
    assert replication is not None
    assert isinstance(replication.simple, Sender)
    pausing.pause(replication.simple)
    paused = of(admin, "RESYNCING01")
    assert paused.sender is not None
    assert paused.sender.state is State.RESYNCHRONIZATION_SUSPENDED
    assert {Verb.RESUME, Verb.CANCEL_RESYNCHRONIZATION} <= offered(paused)
