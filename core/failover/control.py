"""Plans of one step: what a menu does with a relationship that needs no page of its own."""

from __future__ import annotations

from core.failover import steps
from core.failover.steps import Place, premise
from core.hyperv.replication_states import ReplicationState as State
from core.jobs.goal import Fact, Facts
from core.jobs.plan import Action, Plan
from core.language import _
from core.powershell.command import Statement, command
from core.replicas.relationship import Relationship
from core.replicas.side import Side
from core.replicas.verbs import Verb

ONE_STEP = frozenset(
    {
        *(Verb.PAUSE, Verb.RESUME, Verb.RESET_STATISTICS, Verb.CANCEL_INITIAL, Verb.CANCEL_PLANNED, Verb.STOP_TEST),
        *(Verb.CANCEL_FAILOVER, Verb.REMOVE_POINTS, Verb.CANCEL_RESYNCHRONIZATION),
    }
)
"""What ``control_plan`` makes plans for."""


def control_plan(verb: Verb, side: Side) -> Plan:
    """The plan of an action of ONE_STEP on one side. Raises ValueError for any other."""
    action = _action(verb, side)
    return Plan(action.title, side.host, (action,), is_brief=True, premises=(premise(side),))


def removal_plan(relationship: Relationship) -> Plan:
    """Remove the replication on every side that is known, the one that sends first, so that nothing is sent on.

    The side that is not known has to be removed there, once its host can be reached.
    """
    known = relationship.known
    actions = tuple(steps.remove(Place.of(side)) for side in known)
    title = _("Remove the replication of {machine}").format(machine=relationship.machine_name)
    summary: tuple[tuple[str, str], ...] = ()
    if relationship.absence is not None:
        left = _("{reason} What is there of the replication stays until it is removed on that host.")
        summary = ((_("What stays:"), left.format(reason=relationship.absence.sentence)),)
    return Plan(title, known[0].host, actions, summary=summary, premises=tuple(premise(side) for side in known))


def _action(verb: Verb, side: Side) -> Action:
    place = Place.of(side)
    match verb:
        case Verb.PAUSE:
            return _pause(side, place)
        case Verb.RESUME:
            return _resume(side, place)
        case Verb.RESET_STATISTICS:
            return _reset(side, place)
        case Verb.CANCEL_INITIAL:
            return _cancel_initial(place)
        case Verb.CANCEL_RESYNCHRONIZATION:
            return _cancel_resynchronization(place)
        case Verb.CANCEL_PLANNED:
            return steps.cancel_prepared(place)
        case Verb.STOP_TEST:
            return steps.stop_test(place)
        case Verb.CANCEL_FAILOVER:
            return steps.cancel_failover(place)
        case Verb.REMOVE_POINTS:
            return steps.complete(place)
    raise ValueError(f"{verb} takes more than one step")


def _pause(side: Side, place: Place) -> Action:
    resynchronizes = side.state is State.RESYNCHRONIZING
    paused = State.RESYNCHRONIZATION_SUSPENDED if resynchronizes else State.SUSPENDED
    back = Action(
        _("Resume replication of {machine} on {host}").format(**place.names),
        place.host,
        place.piped("Resume-VMReplication"),
        place.out_of(paused),
        _("Pausing it again undoes that."),
    )
    return Action(
        _("Pause replication of {machine} on {host}").format(**place.names),
        place.host,
        place.piped("Suspend-VMReplication"),
        place.in_state(paused),
        _("Resuming it undoes it."),
        back,
    )


def _resume(side: Side, place: Place) -> Action:
    return Action(
        _("Resume replication of {machine} on {host}").format(**place.names),
        place.host,
        place.piped("Resume-VMReplication"),
        place.out_of(side.state),
        _("Pausing it again undoes it."),
    )


def _reset(side: Side, place: Place) -> Action:
    """Only a later beginning of the interval tells that it was done."""
    began = side.statistics.monitoring_start_time if side.statistics is not None else None
    own = (("VMId", place.machine_id), ("ReplicationRelationshipType", int(place.leg)))
    source = Statement((command("Measure-VMReplication"),))
    same = Fact(source, (*own, ("MonitoringStartTime", began)), is_absent=True)
    return Action(
        _("Reset the replication statistics of {machine} on {host}").format(**place.names),
        place.host,
        place.piped("Reset-VMReplicationStatistics"),
        Facts(place.host, (same,)),
        _("This cannot be undone."),
    )


def _cancel_initial(place: Place) -> Action:
    ready = place.listed(("ReplicationState", int(State.READY_FOR_INITIAL_COPY)), ("InitialReplicationStartTime", None))
    return Action(
        _("Cancel the initial replication of {machine} on {host}").format(**place.names),
        place.host,
        place.piped("Stop-VMInitialReplication"),
        Facts(place.host, (ready,)),
        _("Starting it again begins from nothing."),
    )


def _cancel_resynchronization(place: Place) -> Action:
    return Action(
        _("Cancel the resynchronization of {machine} on {host}").format(**place.names),
        place.host,
        place.piped("Stop-VMReplication"),
        place.in_state(State.RESYNCHRONIZATION_REQUIRED),
        _("Resynchronizing again begins from nothing."),
    )
