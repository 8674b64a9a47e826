"""The whole way back after a failover, as one flow: what is true on both hosts tells where it stands.

Nothing of it is remembered but where the machine is at home. Each look at the hosts gives the step that comes next, so
the flow can be left and taken up again at any time, by anybody.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from uuid import UUID

from core.estate.connection import HostKey
from core.failover import steps
from core.failover.control import control_plan
from core.failover.link import Link
from core.failover.planned import PlannedFailover, planned_plan, reverse_plan, second_half
from core.failover.resynchronization import resynchronization_plan
from core.failover.steps import Place, premise
from core.failover.truth import Truth
from core.hyperv.replication_states import ReplicationState as State
from core.hyperv.states import MachineState
from core.jobs.plan import Action, Plan
from core.language import _
from core.powershell.command import ParameterValue, Switch
from core.replicas.role import Role
from core.replicas.rules import FAILED_OVER
from core.replicas.side import Side
from core.replicas.verbs import Verb


class Stage(enum.Enum):
    """Where the way back stands, in its order."""

    COMPLETE = "complete"
    WAIT_FOR_HOME = "wait for home"
    SPLIT = "split"
    AS_REPLICA = "as replica"
    REVERSE = "reverse"
    START_COPY = "start copy"
    COPYING = "copying"
    IN_STEP = "in step"
    PREPARED = "prepared"
    REVERSE_AGAIN = "reverse again"
    START_AT_HOME = "start at home"
    AT_HOME = "at home"
    TROUBLED = "troubled"
    UNCLEAR = "unclear"

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self is Stage.AT_HOME

    @property
    def waits(self) -> bool:
        """Whether it goes on by itself, or with something that only time brings."""
        return self in (Stage.COPYING, Stage.WAIT_FOR_HOME)


ROUTE = (
    *(Stage.COMPLETE, Stage.AS_REPLICA, Stage.REVERSE, Stage.START_COPY, Stage.COPYING, Stage.IN_STEP),
    *(Stage.REVERSE_AGAIN, Stage.AT_HOME),
)
"""The stages that a list of steps shows; the others stand in for one of them when something is in the way."""


@dataclass(frozen=True, slots=True)
class Journey:
    """A machine that is to come back: its ``home``, and the host it is ``away`` on.

    ``link_home`` is how the host away replicates to the home, ``link_away`` the other way round.
    """

    machine_id: UUID
    machine_name: str
    home: HostKey
    away: HostKey
    link_home: Link
    link_away: Link

    @property
    def names(self) -> dict[str, str]:
        """What texts call the things involved."""
        return {"machine": self.machine_name, "home": self.home.name, "away": self.away.name}


@dataclass(frozen=True, slots=True)
class Waypoint:
    """Where a journey stands: what to do next, in words, and the plan for it; None where nothing can be sent now.

    ``other`` are plans that could be chosen instead. ``truth`` says what is true on both hosts.
    """

    stage: Stage
    sentence: str
    truth: tuple[str, ...]
    plan: Plan | None = None
    other: tuple[Plan, ...] = ()
    percent: int | None = None


def waypoint(journey: Journey, truth: Truth) -> Waypoint:
    """Where ``journey`` stands by what both hosts have just told."""
    away, home = truth.side(journey.away), truth.side(journey.home)
    if journey.away in truth.silent:
        return _told(journey, truth, Stage.UNCLEAR, _("{away} has to answer before anything is done."))
    if away is not None and away.role is Role.REPLICA and away.state in FAILED_OVER:
        return _taken_over(journey, truth, away, home)
    if away is not None and away.role is Role.PRIMARY:
        return _replicates_home(journey, truth, away, home)
    if journey.home in truth.silent:
        return _told(journey, truth, Stage.UNCLEAR, _("{home} has to answer before anything is done."))
    if home is not None and home.role is Role.PRIMARY:
        return _at_home(journey, truth, home)
    return _told(journey, truth, Stage.UNCLEAR, _("This is no stage of the way back: look at both hosts."))


def _taken_over(journey: Journey, truth: Truth, away: Side, home: Side | None) -> Waypoint:
    """The replica has failed over: the old primary has to become what receives."""
    is_open = away.state is State.FAILED_OVER_WAITING
    cancel = (control_plan(Verb.CANCEL_FAILOVER, away),) if is_open else ()
    if truth.runs_on(journey.home):
        text = _(
            "{machine} runs on {home} as well: turn it off there. What it has written there since the failover is "
            "lost with the next copy."
        )
        action = steps.turn_off(_at(journey, journey.home))
        return _told(journey, truth, Stage.SPLIT, text, Plan(action.title, journey.home, (action,)), cancel)
    if is_open:
        text = _(
            "{machine} has taken over on {away}. Complete the failover when it works as it should, or cancel it: "
            "what was written there since then is discarded in that case."
        )
        plan = control_plan(Verb.REMOVE_POINTS, away)
        return _told(journey, truth, Stage.COMPLETE, text, plan, cancel)
    if journey.home in truth.silent:
        text = _("{machine} runs on {away} alone and is not replicated. The way back begins when {home} answers again.")
        return _told(journey, truth, Stage.WAIT_FOR_HOME, text)
    waits = home is not None and home.role is Role.REPLICA
    prepared = home is not None and home.state is State.PREPARED_FOR_FAILOVER
    if truth.machine(journey.home) is None or waits or prepared:
        text = _("Reverse the replication: {away} sends to {home} from now on.")
        return _told(journey, truth, Stage.REVERSE, text, reverse_plan(away, journey.link_home))
    text = _("Make {machine} on {home} the replica. It waits then for what {away} sends.")
    return _told(journey, truth, Stage.AS_REPLICA, text, _as_replica_plan(journey, truth, away, home))


def _replicates_home(journey: Journey, truth: Truth, away: Side, home: Side | None) -> Waypoint:
    """The direction is reversed: the copy has to be complete before anything fails back."""
    percent = away.statistics.percent if away.statistics is not None else None
    match away.state:
        case State.READY_FOR_INITIAL_COPY:
            text = _(
                "Send the copy to {home}. With the old disks as its basis only what differs is sent; the full copy is "
                "for disks that cannot be trusted."
            )
            based, full = _copy_plan(away, on_basis=True), _copy_plan(away, on_basis=False)
            return _told(journey, truth, Stage.START_COPY, text, based, (full,))
        case State.INITIAL_COPY_UNDER_WAY | State.RESYNCHRONIZING:
            text = _("The copy to {home} is under way. {machine} can fail back when it is complete.")
            return _told(journey, truth, Stage.COPYING, text, percent=percent)
        case State.RESYNCHRONIZATION_REQUIRED:
            text = _("{machine} has to be resynchronized before it can fail back.")
            return _told(journey, truth, Stage.TROUBLED, text, resynchronization_plan(away))
        case State.SUSPENDED | State.ERROR | State.RESYNCHRONIZATION_SUSPENDED | State.UPDATE_ERROR:
            text = _("Replication from {away} to {home} stands still: resume it.")
            return _told(journey, truth, Stage.TROUBLED, text, control_plan(Verb.RESUME, away))
    if journey.home in truth.silent:
        return _told(journey, truth, Stage.WAIT_FOR_HOME, _("{machine} can fail back when {home} answers again."))
    if home is None or home.role is not Role.REPLICA:
        return _told(journey, truth, Stage.UNCLEAR, _("{home} does not receive what {away} sends: look at both hosts."))
    return _can_fail_back(journey, truth, away, home)


def _can_fail_back(journey: Journey, truth: Truth, away: Side, home: Side) -> Waypoint:
    machine = truth.machine(journey.away)
    chosen = PlannedFailover(away, home, machine, journey.link_away, shuts_down=True) if machine is not None else None
    if home.state in FAILED_OVER:
        text = _("{machine} is back on {home}. Reverse the replication once more, so that {away} is the replica again.")
        return _told(journey, truth, Stage.REVERSE_AGAIN, text, reverse_plan(home, journey.link_away))
    if chosen is not None and away.state is State.PREPARED_FOR_FAILOVER:
        text = _(
            "The first half of the way home is done: {machine} is off on {away}. Do the second half, or cancel it."
        )
        cancel = control_plan(Verb.CANCEL_PLANNED, away)
        return _told(journey, truth, Stage.PREPARED, text, second_half(chosen), (cancel,))
    if chosen is not None and away.state is State.REPLICATING and home.state is State.REPLICATING:
        text = _(
            "Both are in step. Fail back when it suits: {machine} is shut down on {away}, its last changes are sent, "
            "and it starts on {home}."
        )
        return _told(journey, truth, Stage.IN_STEP, text, planned_plan(chosen))
    if home.state is State.SUSPENDED:
        text = _("The replica on {home} is paused: resume it.")
        return _told(journey, truth, Stage.TROUBLED, text, control_plan(Verb.RESUME, home))
    return _told(journey, truth, Stage.UNCLEAR, _("This is no stage of the way back: look at both hosts."))


def _at_home(journey: Journey, truth: Truth, home: Side) -> Waypoint:
    machine = truth.machine(journey.home)
    if home.state is State.PREPARED_FOR_FAILOVER:
        text = _("{machine} stays off on {home}: it is prepared for a failover that was not carried out. Cancel that.")
        return _told(journey, truth, Stage.TROUBLED, text, control_plan(Verb.CANCEL_PLANNED, home))
    if machine is not None and machine.state is MachineState.OFF:
        action = steps.start(_at(journey, journey.home))
        text = _("{machine} is the primary on {home} again. Start it.")
        plan = Plan(action.title, journey.home, (action,), is_brief=True, premises=(premise(home),))
        return _told(journey, truth, Stage.START_AT_HOME, text, plan)
    return _told(journey, truth, Stage.AT_HOME, _("{machine} is at home on {home}."))


def _as_replica_plan(journey: Journey, truth: Truth, away: Side, home: Side | None) -> Plan:
    allowed = away.row.current_replica_server_name or away.row.replica_server_name or journey.away.name
    action = steps.as_replica(_at(journey, journey.home), allowed, is_replicated=home is not None)
    premises = (premise(away),) if home is None else (premise(away), premise(home))
    return Plan(action.title, journey.home, (action,), premises=premises)


def _copy_plan(sender: Side, *, on_basis: bool) -> Plan:
    place = Place.of(sender)
    parameters: dict[str, ParameterValue] = {"UseBackup": Switch.PRESENT} if on_basis else {}
    title = _("Send a full copy of {machine} from {host}")
    if on_basis:
        title = _("Send what differs of {machine} from {host}")
    action = Action(
        title.format(**place.names),
        place.host,
        place.piped("Start-VMInitialReplication", **parameters),
        place.out_of(State.READY_FOR_INITIAL_COPY),
        _("Cancelling the initial replication undoes it."),
    )
    return Plan(action.title, place.host, (action,), premises=(premise(sender),))


def _at(journey: Journey, host: HostKey) -> Place:
    return Place(host, journey.machine_id, journey.machine_name)


def _told(
    journey: Journey,
    truth: Truth,
    stage: Stage,
    text: str,
    plan: Plan | None = None,
    other: tuple[Plan, ...] = (),
    percent: int | None = None,
) -> Waypoint:
    return Waypoint(stage, text.format(**journey.names), truth.sentences, plan, other, percent)
