"""What makes a replica like its primary again: plans, each of which says what it changes and how that is undone.

The settings of a replica that is off can be changed on its host; VLANs and disks are changed at any time (assumed).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.failover.steps import Place, premise
from core.hyperv.states import MachineState
from core.jobs.goal import Fact, Facts
from core.jobs.plan import Action, Batch, Expectation, Plan
from core.language import _, ngettext
from core.powershell.command import Command, ParameterValue, Pipeline, Statement, Switch, command
from core.replicas.drift import ACCESS, UNTAGGED, Configuration, Difference, MemorySettings, Part, VlanSettings
from core.replicas.relationship import Relationship
from core.replication.calls import one_adapter
from core.replication.planning import connecting_plan
from core.replication.protection import AdapterPlan


def fix(
    difference: Difference, primary: Configuration, replica: Configuration, relationship: Relationship
) -> Plan | None:
    """What cures a difference; None where only somebody who knows the machine can."""
    match difference.part:
        case Part.PROCESSORS if replica.machine.state is MachineState.OFF:
            return _processors(primary, replica)
        case Part.MEMORY if replica.machine.state is MachineState.OFF:
            return _memory(primary, replica)
        case Part.SWITCH if difference.place is not None:
            wanted = _same_switch(difference.primary, replica.switches)
            return connection_plan(replica, {difference.place: wanted}) if wanted else None
        case Part.VLAN if difference.place is not None:
            return _vlan(primary.vlans[difference.place], replica, difference.place)
        case Part.DISK:
            return _disks(primary, relationship)
    return None


def connection_plan(replica: Configuration, switches: Mapping[int, str]) -> Plan:
    """Connect adapters of a replica, by their places, to switches of its host."""
    adapters = {place: AdapterPlan(adapter, place) for place, adapter in enumerate(replica.adapters)}
    return connecting_plan(replica.host, replica.machine, dict(switches), adapters)


def bulk_connection(pairs: Sequence[tuple[Configuration, Configuration]], mapping: Mapping[str, str]) -> Batch:
    """Connect every adapter of replicas that is not, all at once.

    ``mapping`` gives the switch at the replica site for the name of one at the primary site; one that it does not name
    is taken to have the same name there. What has no counterpart stays as it is.
    """
    plans = []
    by_name = {name.lower(): switch for name, switch in mapping.items()}
    for primary, replica in pairs:
        chosen: dict[int, str] = {}
        for place, (adapter, copy) in enumerate(zip(primary.adapters, replica.adapters, strict=False)):
            own = adapter.switch_name or ""
            wanted = _same_switch(by_name.get(own.lower(), own), replica.switches)
            if own and not copy.switch_name and wanted:
                chosen[place] = wanted
        if chosen:
            plans.append(connection_plan(replica, chosen))
    title = ngettext(
        "Connect the network adapters of {count} replica",
        "Connect the network adapters of {count} replicas",
        len(plans),
    )
    return Batch(title.format(count=len(plans)), tuple(plans))


def _processors(primary: Configuration, replica: Configuration) -> Plan:
    def change(count: int, undo: Action | None = None) -> Action:
        title = _("Give {machine} on {host} {count} processors").format(count=count, **_names(replica))
        call = command("Set-VMProcessor", Count=count)
        return _changed(replica, title, call, "Get-VMProcessor", (("Count", count),), undo)

    return _plan(replica, change(primary.processors, change(replica.processors)))


def _memory(primary: Configuration, replica: Configuration) -> Plan:
    def change(memory: MemorySettings, undo: Action | None = None) -> Action:
        values: dict[str, ParameterValue] = {"DynamicMemoryEnabled": memory.dynamic_memory_enabled}
        parameters: dict[str, ParameterValue] = {**values, "StartupBytes": memory.startup}
        values["Startup"] = memory.startup
        if memory.dynamic_memory_enabled:
            parameters |= {"MinimumBytes": memory.minimum, "MaximumBytes": memory.maximum}
            values |= {"Minimum": memory.minimum, "Maximum": memory.maximum}
        title = _("Give {machine} on {host} the memory of its primary").format(**_names(replica))
        call = command("Set-VMMemory", **parameters)
        return _changed(replica, title, call, "Get-VMMemory", tuple(values.items()), undo)

    return _plan(replica, change(primary.memory, change(replica.memory)))


def _vlan(wanted: VlanSettings, replica: Configuration, place: int) -> Plan | None:
    if wanted.operation_mode not in (ACCESS, UNTAGGED):
        return None
    adapter = replica.adapters[place]
    one = one_adapter(replica.machine, adapter, place)

    def change(vlan: VlanSettings, undo: Action | None = None) -> Action:
        facts: list[tuple[str, ParameterValue]] = [("OperationMode", vlan.operation_mode)]
        call = command("Set-VMNetworkAdapterVlan", Untagged=Switch.PRESENT)
        if vlan.operation_mode == ACCESS:
            call = command("Set-VMNetworkAdapterVlan", Access=Switch.PRESENT, VlanId=vlan.access_vlan_id or 0)
            facts.append(("AccessVlanId", vlan.access_vlan_id or 0))
        title = _("Put {adapter} of {machine} on {host} into the VLAN of the primary")
        return Action(
            title.format(adapter=adapter.name, **_names(replica)),
            replica.host,
            Pipeline((one | call,)),
            Facts(replica.host, (Fact(one | command("Get-VMNetworkAdapterVlan"), tuple(facts)),)),
            _("Setting the former VLAN undoes it."),
            undo,
        )

    before = replica.vlans[place]
    undo = change(before) if before.operation_mode in (ACCESS, UNTAGGED) else None
    return _plan(replica, change(wanted, undo))


def _disks(primary: Configuration, relationship: Relationship) -> Plan | None:
    """Replicate every disk that can be: from Windows Server 2016 on the set can be changed (cmdlet reference)."""
    sender = relationship.sender
    paths = tuple(drive.path for drive in primary.drives if drive.path and drive.disk_number is None)
    if sender is None or not paths:
        return None
    place = Place.of(sender)
    expanded = place.relationship | command("Select-Object", ExpandProperty="ReplicatedDisks")
    action = Action(
        _("Replicate all hard disks of {machine} from {host}").format(**place.names),
        place.host,
        place.piped("Set-VMReplication", ReplicatedDiskPaths=paths),
        Facts(place.host, tuple(Fact(expanded, (("Path", path),)) for path in paths)),
        _("Choosing the former disks again undoes it."),
    )
    return Plan(action.title, place.host, (action,), premises=(premise(sender),))


def _changed(
    replica: Configuration,
    title: str,
    call: Command,
    listed: str,
    values: tuple[tuple[str, ParameterValue], ...],
    undo: Action | None,
) -> Action:
    picked = command("Get-VM", Id=replica.machine.machine_id)
    source: Statement = picked | command(listed)
    return Action(
        title,
        replica.host,
        Pipeline((picked | call,)),
        Facts(replica.host, (Fact(source, values),)),
        _("Giving it its former settings undoes it."),
        undo,
    )


def _plan(replica: Configuration, action: Action) -> Plan:
    machine = replica.machine
    expectation = Expectation(replica.host, machine.machine_id, machine.name, machine.state)
    return Plan(action.title, replica.host, (action,), expectation=expectation, is_brief=True)


def _names(replica: Configuration) -> dict[str, str]:
    return {"machine": replica.machine.name, "host": replica.host.name}


def _same_switch(name: str, switches: Sequence[str]) -> str:
    """The switch of this name at the replica's host; empty where there is none."""
    return next((each for each in switches if each.lower() == name.lower()), "")
