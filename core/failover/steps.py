"""The steps that plans about replicas are made of: each one call to one host, with its goal and what takes it back.

The sets of parameters are those that Microsoft documents. A machine is told by its ID, through the pipeline. What asks
first is told not to: nobody is there to answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.estate.connection import HostKey
from core.hyperv.replication_states import ReplicationMode, ReplicationState
from core.hyperv.states import MachineState
from core.jobs.goal import Fact, Facts
from core.jobs.plan import Action, Premise
from core.language import _
from core.powershell.command import Command, ParameterValue, Pipeline, Statement, Switch, command
from core.replicas.records import TESTED, Leg
from core.replicas.side import Side

_NO_START = 2
"""StartAction.Nothing of the Hyper-V module."""
_RELATIONSHIPS = Statement((command("Get-VMReplication"),))


@dataclass(frozen=True, slots=True)
class Place:
    """A machine's side on one host, as far as calls need it."""

    host: HostKey
    machine_id: UUID
    machine_name: str
    leg: Leg = Leg.SIMPLE

    @classmethod
    def of(cls, side: Side) -> Place:
        """The place of a side."""
        return cls(side.host, side.machine_id, side.row.machine_name, side.row.leg)

    @property
    def names(self) -> dict[str, str]:
        """What texts call the things involved."""
        return {"machine": self.machine_name, "host": self.host.name}

    @property
    def picked(self) -> Command:
        """The machine."""
        return command("Get-VM", Id=self.machine_id)

    @property
    def relationship(self) -> Statement:
        """This leg of the machine."""
        return self.picked | command("Get-VMReplication", ReplicationRelationshipType=self.leg.name.capitalize())

    def piped(self, name: str, **parameters: ParameterValue) -> Pipeline:
        """A call for this leg of the machine; piped a machine, all but the reading ones mean the first leg.

        Not all of them take the leg beside a machine; piped the relationship itself, they need not be told.
        """
        if self.leg is Leg.EXTENDED:
            return Pipeline((self.relationship | command(name, **parameters),))
        return Pipeline((self.picked | command(name, **parameters),))

    def listed(self, *properties: tuple[str, ParameterValue | None], is_absent: bool = False) -> Fact:
        """That the host lists this leg with these properties, or, with ``is_absent``, does not."""
        own = (("VMId", self.machine_id), ("ReplicationRelationshipType", int(self.leg)))
        return Fact(_RELATIONSHIPS, (*own, *properties), is_absent=is_absent)

    def in_state(self, state: ReplicationState) -> Facts:
        """That it is in this state."""
        return Facts(self.host, (self.listed(("ReplicationState", int(state))),))

    def out_of(self, *states: ReplicationState) -> Facts:
        """That it is there, and in none of these states any more."""
        gone = (self.listed(("ReplicationState", int(state)), is_absent=True) for state in states)
        return Facts(self.host, (self.listed(), *gone))


def premise(side: Side) -> Premise:
    """That a side is still as it was read."""
    row = side.row
    return Premise(side.host, side.machine_id, row.machine_name, int(row.leg), row.mode, row.state)


def shut_down(place: Place, *, undo: Action | None = None) -> Action:
    """Shut the machine down through its operating system."""
    return Action(
        _("Shut down {machine} on {host}").format(**place.names),
        place.host,
        Pipeline((place.picked | command("Stop-VM"),)),
        _power(place, MachineState.OFF),
        _("Starting it again undoes it."),
        undo,
    )


def keep_off(place: Place) -> Action:
    """Let a machine that is left behind not start with its host."""
    return Action(
        _("Let {machine} not start with {host} any more").format(**place.names),
        place.host,
        Pipeline((place.picked | command("Set-VM", AutomaticStartAction="Nothing"),)),
        Facts(place.host, (Fact(Statement((place.picked,)), (("AutomaticStartAction", _NO_START),)),)),
        _("Choosing another automatic start action in its settings undoes it."),
    )


def turn_off(place: Place) -> Action:
    """Turn the machine off, as by pulling its plug."""
    return Action(
        _("Turn off {machine} on {host}").format(**place.names),
        place.host,
        Pipeline((place.picked | command("Stop-VM", TurnOff=Switch.PRESENT, Force=Switch.PRESENT),)),
        _power(place, MachineState.OFF),
        _("Starting it again undoes it; what was not written is lost."),
    )


def start(place: Place, *, undo: Action | None = None) -> Action:
    """Start the machine."""
    return Action(
        _("Start {machine} on {host}").format(**place.names),
        place.host,
        Pipeline((place.picked | command("Start-VM"),)),
        _power(place, MachineState.RUNNING),
        _("Shutting it down undoes it."),
        undo,
    )


def prepare(place: Place) -> Action:
    """The first half of a planned failover, on the primary: what is left is sent, and the machine stays off."""
    return Action(
        _("Prepare {machine} on {host} for a planned failover").format(**place.names),
        place.host,
        place.piped("Start-VMFailover", Prepare=Switch.PRESENT, Confirm=Switch.ABSENT),
        place.in_state(ReplicationState.PREPARED_FOR_FAILOVER),
        _("Cancelling the planned failover undoes it."),
        cancel_prepared(place),
    )


def cancel_prepared(place: Place) -> Action:
    """Give a planned failover up, on the primary."""
    return Action(
        _("Cancel the planned failover of {machine} on {host}").format(**place.names),
        place.host,
        place.piped("Stop-VMFailover"),
        place.out_of(ReplicationState.PREPARED_FOR_FAILOVER),
        _("Preparing it again undoes that."),
    )


def fail_over(place: Place, point: UUID | None = None) -> Action:
    """Let the replica take over, from the latest copy or from a recovery point; it is not started by that."""
    call = command("Start-VMFailover", Confirm=Switch.ABSENT)
    picked = place.picked if point is None else command("Get-VMSnapshot", Id=point)
    return Action(
        _("Fail {machine} over on {host}").format(**place.names),
        place.host,
        Pipeline((picked | call,)),
        place.in_state(ReplicationState.FAILED_OVER_WAITING),
        _("Cancelling the failover undoes it: the machine is turned off, and what it has written is discarded."),
        cancel_failover(place),
    )


def cancel_failover(place: Place) -> Action:
    """Let a replica that has taken over be a replica again."""
    return Action(
        _("Cancel the failover of {machine} on {host}").format(**place.names),
        place.host,
        place.piped("Stop-VMFailover"),
        place.out_of(ReplicationState.FAILED_OVER_WAITING, ReplicationState.RECOVERY_IN_PROGRESS),
        _("This cannot be undone: what the machine has written since the failover is discarded."),
    )


def complete(place: Place) -> Action:
    """Make a failover final."""
    return Action(
        _("Complete the failover of {machine} on {host}").format(**place.names),
        place.host,
        place.piped("Complete-VMFailover", Confirm=Switch.ABSENT),
        place.in_state(ReplicationState.FAILED_OVER),
        _("This cannot be undone: the recovery points are removed."),
        is_final=True,
    )


def begin_test(place: Place) -> Action:
    """Make a test machine beside the replica, off."""
    return Action(
        _("Begin a test failover of {machine} on {host}").format(**place.names),
        place.host,
        place.piped("Start-VMFailover", AsTest=Switch.PRESENT, Confirm=Switch.ABSENT),
        Facts(place.host, (_tested(place),)),
        _("Stopping the test failover undoes it."),
        stop_test(place),
    )


def begin_test_from(place: Place, point: UUID) -> Action:
    """The same from a recovery point."""
    latest = begin_test(place)
    call = command("Start-VMFailover", AsTest=Switch.PRESENT, Confirm=Switch.ABSENT)
    pipeline = Pipeline((command("Get-VMSnapshot", Id=point) | call,))
    return Action(latest.title, latest.host, pipeline, latest.goal, latest.undo_text, latest.undo)


def stop_test(place: Place) -> Action:
    """Remove the test machine, with all that it has written."""
    return Action(
        _("Stop the test failover of {machine} on {host}").format(**place.names),
        place.host,
        place.piped("Stop-VMFailover"),
        Facts(place.host, (_tested(place, is_absent=True),)),
        _("Nothing undoes it; another test can be begun at any time."),
    )


def test_machine(place: Place) -> Statement:
    """The test machine of a replica, whatever it is called."""
    expanded = command("Select-Object", ExpandProperty="TestVirtualMachine")
    return place.picked | command("Get-VMReplication") | expanded


def start_test_machine(place: Place) -> Action:
    """Start the test machine; it goes when the test is stopped."""
    running = Fact(test_machine(place), (("State", int(MachineState.RUNNING)),))
    return Action(
        _("Start the test virtual machine of {machine} on {host}").format(**place.names),
        place.host,
        Pipeline((test_machine(place) | command("Start-VM"),)),
        Facts(place.host, (running,)),
        _("Stopping the test failover undoes it."),
    )


def choose_test_switch(place: Place, adapter: str, switch: str, before: str) -> Action:
    """Let the test machine's adapter of this name be on ``switch`` (empty: on none); ``before`` is what was chosen."""

    def chosen(title: str, wanted: str, undo_text: str, undo: Action | None = None) -> Action:
        adapters = place.picked | command("Get-VMNetworkAdapter")
        one = adapters | command("Where-Object", Property="Name", EQ=Switch.PRESENT, Value=adapter)
        return Action(
            title.format(adapter=adapter, switch=wanted, **place.names),
            place.host,
            Pipeline((one | command("Set-VMNetworkAdapter", TestReplicaSwitchName=wanted),)),
            Facts(place.host, (Fact(one, (("TestReplicaSwitchName", wanted),)),)),
            undo_text,
            undo,
        )

    back = chosen(
        _("Let tests of {machine} use {adapter} as before on {host}"), before, _("Choosing a switch undoes that.")
    )
    title = _("Let tests of {machine} use {adapter} on no switch of {host}")
    if switch:
        title = _("Let tests of {machine} use {adapter} on the switch {switch} of {host}")
    return chosen(title, switch, _("Choosing the former switch undoes it."), back)


def remove(place: Place) -> Action:
    """End the replication on one side; the machine is kept."""
    return Action(
        _("Remove the replication of {machine} on {host}").format(**place.names),
        place.host,
        place.piped("Remove-VMReplication"),
        Facts(place.host, (place.listed(is_absent=True),)),
        _("Nothing undoes it: enabling replication again begins with an initial copy."),
    )


def primary_now(place: Place) -> Facts:
    """That the machine is a primary here."""
    return Facts(place.host, (place.listed(("ReplicationMode", int(ReplicationMode.PRIMARY))),))


def reverse(place: Place, server: str, call: Pipeline) -> Action:
    """Let a replica that has taken over be the primary, and replicate to ``server``, by ``call``."""
    return Action(
        _("Reverse the replication of {machine}: from {host} to {server}").format(server=server, **place.names),
        place.host,
        call,
        primary_now(place),
        _("A planned failover in the other direction undoes it."),
        is_final=True,
    )


def as_replica(place: Place, allowed_primary: str, *, is_replicated: bool) -> Action:
    """Let a machine that is there wait to be the replica of ``allowed_primary``.

    It is off and has no checkpoints; ``is_replicated``: it was the primary before.
    """
    name = "Set-VMReplication" if is_replicated else "Enable-VMReplication"
    return Action(
        _("Make {machine} on {host} a replica that waits for what the other host sends").format(**place.names),
        place.host,
        place.piped(name, AsReplica=Switch.PRESENT, AllowedPrimaryServer=allowed_primary),
        place.in_state(ReplicationState.WAITING_FOR_INITIAL_COPY),
        _("Removing the replication on this host undoes it; the virtual machine stays."),
        remove(place),
    )


def _power(place: Place, state: MachineState) -> Facts:
    return Facts(place.host, (Fact(Statement((place.picked,)), (("State", int(state)),)),))


def _tested(place: Place, *, is_absent: bool = False) -> Fact:
    source = TESTED.source if isinstance(TESTED.source, Statement) else Statement((TESTED.source,))
    return Fact(source, (("VMId", place.machine_id),), is_absent=is_absent)
