"""Actions of one step, each on the host that it belongs to, and their undoing."""

from __future__ import annotations

import pytest

from core.failover.confirmation import confirmation
from core.failover.control import ONE_STEP, control_plan, removal_plan
from core.hyperv.replication_states import ReplicationState as State
from core.replicas.relationship import Absence, Missing, Relationship
from core.replicas.role import Role
from core.replicas.side import Side
from core.replicas.verbs import Verb
from tests.core.failover.acting import act, carry_out, of, wait
from tests.core.replicas.looking import side
from tests.lab.cmdlets.administration import Administrator


@pytest.fixture
def admin() -> Administrator:
    return Administrator(replicated=True)


def sender(admin: Administrator, name: str = "CRM01", *, extension: bool = False) -> Side:
    found = of(admin, name, extension=extension).sender
    assert found is not None
    return found


def receiver(admin: Administrator, name: str = "CRM01") -> Side:
    found = of(admin, name).receiver
    assert found is not None
    return found


def test_each_side_is_paused_and_resumed_on_its_own_host(admin: Administrator) -> None:
    for look in (sender, receiver):
        plan = control_plan(Verb.PAUSE, look(admin))
        carry_out(admin, plan)
        assert look(admin).state is State.SUSPENDED
        undo = plan.actions[0].undo
        assert undo is not None
        act(admin, undo)
        assert look(admin).state is State.REPLICATING
        carry_out(admin, control_plan(Verb.PAUSE, look(admin)))
        carry_out(admin, control_plan(Verb.RESUME, look(admin)))


def test_the_leg_that_extends_is_meant_and_not_the_first(admin: Administrator) -> None:
    carry_out(admin, control_plan(Verb.PAUSE, sender(admin, "WIKI01", extension=True)))
    assert sender(admin, "WIKI01", extension=True).state is State.SUSPENDED
    assert sender(admin, "WIKI01").state is receiver(admin, "WIKI01").state is State.REPLICATING


def test_statistics_begin_anew(admin: Administrator) -> None:
    wait(admin, 1000)
    assert sender(admin).statistics.successes > 2  # type: ignore[union-attr]
    carry_out(admin, control_plan(Verb.RESET_STATISTICS, sender(admin)))
    assert sender(admin).statistics.successes == 0  # type: ignore[union-attr]


def test_copies_and_comparisons_are_cancelled() -> None:
    admin = Administrator("TR-PRI", "troubled", replicated=True)
    carry_out(admin, control_plan(Verb.CANCEL_INITIAL, sender(admin, "COPYING01")))
    assert sender(admin, "COPYING01").state is State.READY_FOR_INITIAL_COPY
    carry_out(admin, control_plan(Verb.CANCEL_RESYNCHRONIZATION, sender(admin, "RESYNCING01")))
    assert sender(admin, "RESYNCING01").state is State.RESYNCHRONIZATION_REQUIRED
    carry_out(admin, control_plan(Verb.CANCEL_PLANNED, sender(admin, "PREPARED01")))
    assert sender(admin, "PREPARED01").state is State.REPLICATING
    carry_out(admin, control_plan(Verb.REMOVE_POINTS, receiver(admin, "FAILEDOVER01")))
    assert receiver(admin, "FAILEDOVER01").state is State.FAILED_OVER


def test_replication_is_removed_on_both_sides(admin: Administrator) -> None:
    plan = removal_plan(of(admin, "CRM01"))
    assert [action.host.name for action in plan.actions] == ["HV-01", "HV-DR"]
    carry_out(admin, plan)
    assert not [found for found in (admin.machine("CRM01").replication,) if found]


def test_a_side_that_cannot_be_reached_is_said_to_stay() -> None:
    absence = Absence(Missing.NOT_READ, "REP", None, "REP is silent.")
    plan = removal_plan(Relationship(side(Role.PRIMARY), None, absence))
    assert len(plan.actions) == 1
    assert "REP is silent." in plan.summary[0][1]


def test_what_costs_something_is_asked_with_its_consequence(admin: Administrator) -> None:
    relationship = of(admin, "CRM01")
    asked = {verb for verb in Verb if confirmation(verb, relationship) is not None}
    assert asked == (ONE_STEP - {Verb.PAUSE, Verb.RESUME, Verb.RESET_STATISTICS}) | {Verb.REMOVE}
    for verb in asked:
        told = confirmation(verb, relationship)
        assert told is not None
        assert "{" not in told.question + told.consequence + told.undo
    with pytest.raises(ValueError, match="more than one step"):
        control_plan(Verb.PLANNED_FAILOVER, sender(admin))
