"""The plan that enables a replication: on both hosts, each step with its goal and what takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from core.estate.connection import HostKey
from core.hyperv.records import Machine
from core.hyperv.replication_states import ReplicationMode
from core.jobs.goal import Copied, CopyWay, Fact, Facts
from core.jobs.plan import Action, Copying, Expectation, Plan, Premise
from core.language import _
from core.powershell.command import Pipeline, Statement, command
from core.replicas.records import Leg
from core.replication.addresses import FailoverAddresses
from core.replication.calls import (
    address_parameters,
    addressing,
    cancelling,
    enabling,
    enabling_as_replica,
    importing,
    one_adapter,
    pausing,
    removing,
    resuming,
    starting,
    testing_on,
)
from core.replication.protection import AdapterPlan, CopyMethod, Protection

_RELATIONSHIPS = Statement((command("Get-VMReplication"),))


def enabling_plan(
    protection: Protection,
    *,
    summary: tuple[tuple[str, str], ...] = (),
    checks: tuple[str, ...] = (),
    premises: tuple[Premise, ...] = (),
) -> Plan:
    """The plan that carries ``protection`` out. The copy comes last: it may take days."""
    machine = protection.machine
    title = _("Enable replication of {machine} to {server}")
    if protection.leg is Leg.EXTENDED:
        title = _("Extend the replication of {machine} to {server}")
    return Plan(
        title=title.format(machine=machine.name, server=protection.link.server),
        host=protection.primary,
        actions=(*_enabling(protection), *_adapters(protection), copying(protection)),
        summary=summary,
        expectation=Expectation(protection.primary, machine.machine_id, machine.name, machine.state),
        checks=checks,
        premises=premises,
        remains=tuple(remains(protection)),
    )


def enabling_steps(plan: Plan) -> int:
    """How many steps of a plan that enables a replication are done before the copy begins."""
    return sum(action.copying is None for action in plan.actions)


def import_plan(host: HostKey, machine: Machine, folder: str, size: int) -> Plan:
    """Read an initial copy of ``size`` bytes from ``folder`` of the replica's host."""
    names = {"machine": machine.name, "host": host.name}
    action = Action(
        title=_("Import the initial replica of {machine} on {host}").format(**names),
        host=host,
        pipeline=importing(machine.machine_id, folder),
        goal=Copied(machine.machine_id, host, CopyWay.IMPORTED),
        undo_text=_("Nothing undoes it: the replica has its initial copy then."),
        copying=Copying(size),
    )
    return Plan(
        title=action.title,
        host=host,
        actions=(action,),
        expectation=Expectation(host, machine.machine_id, machine.name, machine.state),
        remains=(_("The primary server notices it by itself, and sends what has changed meanwhile."),),
    )


def connecting_plan(
    host: HostKey, machine: Machine, switches: dict[int, str], adapters: dict[int, AdapterPlan]
) -> Plan:
    """Connect adapters of a replica, by their places, to switches of its host; empty: not connected.

    It expects nothing of the machine: a job of the primary, which has the same ID, may still be sending the first copy.
    """
    names = {"machine": machine.name, "host": host.name}
    actions = tuple(_connection(host, machine, adapters[place], switch) for place, switch in switches.items())
    return Plan(
        title=_("Connect the network adapters of the replica {machine} on {host}").format(**names),
        host=host,
        actions=actions,
    )


def _connection(host: HostKey, machine: Machine, planned: AdapterPlan, switch: str) -> Action:
    names = {"adapter": planned.adapter.name, "switch": switch, "machine": machine.name}
    one = one_adapter(machine, planned.adapter, planned.place)
    former = planned.adapter.switch_name or ""

    def change(title: str, name: str, undo_text: str, undo: Action | None = None) -> Action:
        call = command("Connect-VMNetworkAdapter", SwitchName=name) if name else command("Disconnect-VMNetworkAdapter")
        fact = Fact(one, (("SwitchName", name),))
        return Action(title, host, Pipeline((one | call,)), Facts(host, (fact,)), undo_text, undo)

    back = change(_("Connect {adapter} as before").format(**names), former, "")
    title = _("Connect {adapter} of {machine} to {switch}") if switch else _("Disconnect {adapter} of {machine}")
    return change(title.format(**names), switch, _("Connecting it as before undoes it."), back)


def _enabling(protection: Protection) -> Iterator[Action]:
    machine, primary = protection.machine, protection.primary
    names = {"machine": machine.name, "primary": primary.name, "server": protection.link.server}
    if protection.copy.method is CopyMethod.EXISTING and protection.replica is not None:
        undo = _removal(machine, protection.replica)
        yield Action(
            title=_("Let {machine} on {server} become the replica").format(**names),
            host=protection.replica,
            pipeline=enabling_as_replica(protection),
            goal=Facts(protection.replica, (_has_role(machine.machine_id, ReplicationMode.REPLICA),)),
            undo_text=_("Removing its replication on {server} undoes it; the machine there stays.").format(**names),
            undo=undo,
        )
    # A machine that was there before is taken back by the step before this one.
    leaves_replica = protection.copy.method is not CopyMethod.EXISTING and protection.replica is not None
    is_extension = protection.leg is Leg.EXTENDED
    title = _("Enable replication of {machine} on {primary}")
    if is_extension:
        title = _("Extend the replication of {machine} from {primary} to {server}")
    reached = _extended(machine.machine_id) if is_extension else _has_role(machine.machine_id, ReplicationMode.PRIMARY)
    yield Action(
        title=title.format(**names),
        host=primary,
        pipeline=enabling(protection),
        goal=Facts(primary, (reached,)),
        undo_text=_(
            "Removing the replication undoes it. The virtual machine that was made on {server} stays there, off: it is"
            " deleted by hand."
        ).format(**names),
        undo=_removal(machine, primary, protection.leg),
        undo_elsewhere=_removal(machine, protection.replica) if leaves_replica and protection.replica else None,
    )


def _removal(machine: Machine, host: HostKey, leg: Leg = Leg.SIMPLE) -> Action:
    gone = replace(_extended(machine.machine_id), is_absent=True)
    if leg is Leg.SIMPLE:
        gone = Fact(_RELATIONSHIPS, (("VMId", machine.machine_id),), is_absent=True)
    return Action(
        title=_("Remove the replication of {machine} on {host}").format(machine=machine.name, host=host.name),
        host=host,
        pipeline=removing(machine.machine_id, leg),
        goal=Facts(host, (gone,)),
        undo_text=_("Enabling it again undoes that."),
    )


def _extended(machine_id: UUID) -> Fact:
    return Fact(_RELATIONSHIPS, (("VMId", machine_id), ("ReplicationRelationshipType", int(Leg.EXTENDED))))


def _has_role(machine_id: UUID, mode: ReplicationMode) -> Fact:
    return Fact(_RELATIONSHIPS, (("VMId", machine_id), ("ReplicationMode", int(mode))))


def _adapters(protection: Protection) -> Iterator[Action]:
    for planned in protection.adapters:
        if planned.primary is not None:
            yield _addressing(protection, planned, planned.primary, protection.primary)
        if planned.replica is not None and protection.replica is not None:
            yield _addressing(protection, planned, planned.replica, protection.replica)
        if planned.test_switch is not None and protection.replica is not None:
            yield _testing(protection, planned, planned.test_switch, protection.replica)


def _addressing(protection: Protection, planned: AdapterPlan, addresses: FailoverAddresses, host: HostKey) -> Action:
    machine, adapter = protection.machine, one_adapter(protection.machine, planned.adapter, planned.place)
    names = {"adapter": planned.adapter.name, "machine": machine.name, "host": host.name}
    expected = tuple((name, str(value)) for name, value in address_parameters(addresses).items())
    set_there = Fact(adapter | command("Get-VMNetworkAdapterFailoverConfiguration"), expected)
    return Action(
        title=_("Set Failover TCP/IP of {adapter} of {machine} on {host}").format(**names),
        host=host,
        pipeline=addressing(adapter, addresses),
        goal=Facts(host, (set_there,)),
        undo_text=_("Emptying the addresses undoes it; those that were set before are not kept."),
    )


def _testing(protection: Protection, planned: AdapterPlan, switch: str, host: HostKey) -> Action:
    machine, adapter = protection.machine, one_adapter(protection.machine, planned.adapter, planned.place)
    names = {"adapter": planned.adapter.name, "machine": machine.name, "host": host.name, "switch": switch}
    title = _("Use {switch} for test failovers of {adapter} of {machine} on {host}")
    if not switch:
        title = _("Connect {adapter} of {machine} to nothing in test failovers on {host}")
    return Action(
        title=title.format(**names),
        host=host,
        pipeline=testing_on(adapter, switch),
        goal=Facts(host, (Fact(adapter, (("TestReplicaSwitchName", switch),)),)),
        undo_text=_("Choosing another network for tests undoes it."),
    )


def copying(protection: Protection) -> Action:
    """The step that begins the initial copy, and is done when it is."""
    machine, copy = protection.machine, protection.copy
    names = {"machine": machine.name, "server": protection.link.server, "folder": copy.folder}
    title = _("Send the initial copy of {machine} to {server}")
    if copy.method is CopyMethod.MEDIA:
        title = _("Write the initial copy of {machine} to {folder}")
    elif copy.method is CopyMethod.EXISTING:
        title = _("Compare {machine} with the machine on {server}, and send what differs")
    is_sent = copy.method is not CopyMethod.MEDIA
    return Action(
        title=title.format(**names),
        host=protection.primary,
        pipeline=starting(protection),
        goal=Copied(
            machine.machine_id, protection.primary, CopyWay.SENT if is_sent else CopyWay.EXPORTED, int(protection.leg)
        ),
        undo_text=_("Cancelling the copy while it is under way undoes it; it begins anew another time."),
        copying=Copying(
            protection.size,
            cancel=cancelling(machine.machine_id, protection.leg),
            # What is written to media goes on over the network when it was paused (assumed): it is not offered.
            pause=pausing(machine.machine_id, protection.leg) if is_sent else None,
            go_on=resuming(machine.machine_id, protection.leg) if is_sent else None,
        ),
    )


def remains(protection: Protection) -> Iterator[str]:
    """What is left to be done by hand, in sentences."""
    names = {
        "machine": protection.machine.name,
        "server": protection.link.server,
        "folder": protection.copy.folder,
        "primary": protection.primary.name,
    }
    if protection.copy.method is CopyMethod.MEDIA:
        yield _(
            "Carry what was written to {folder} on {primary} to {server}. There, choose Import Initial Replica for"
            " {machine}, and name the folder."
        ).format(**names)
    if protection.copy.method is not CopyMethod.EXISTING:
        yield _(
            "The network adapters of the replica on {server} are not connected: choose switches for them in its"
            " settings."
        ).format(**names)
