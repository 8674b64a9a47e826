"""Get-VM, and a virtual machine as a record."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator

from lab.cmdlets.enumerations import enumeration, hyperv_enum, hyperv_types
from lab.cmdlets.targets import asked_machines
from lab.hyperv.groups import MachineGroup, groups_of
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.replication.health import health
from lab.hyperv.replication.states import Health, Mode, ReplicationState
from lab.hyperv.settings import HEARTBEAT
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Long, Record, UnsignedInt, UnsignedLong, Value

TYPE_NAMES = hyperv_types(
    "VirtualMachine", "VirtualMachineBase", "ComputeResource", "VirtualizationObject"
)  # type chain as published in an exported object
SINCE_2016 = (
    "AutomaticCriticalErrorAction",
    "AutomaticCriticalErrorActionTimeout",
    "CheckpointType",
    "AutomaticCheckpointsEnabled",
    "GuestControlledCacheTypes",
    "LowMemoryMappedIoSpace",
    "HighMemoryMappedIoSpace",
    "LockOnDisconnect",
    "Groups",
)
"""What module 1.x does not have: its Set-VM documents no parameters for them."""


def machine_record(machine: VirtualMachine, host: Host) -> Record:
    """``machine`` as Get-VM prints it; property names and types as in module 2.0."""
    uptime = host.clock.now() - machine.started if machine.started else datetime.timedelta()
    statuses: list[Value] = [enumeration(status) for status in machine.statuses]
    groups: list[Value] = [_group_record(group) for group in groups_of(machine, host)]
    properties: dict[str, Value] = {
        "ConfigurationLocation": machine.path,
        "SmartPagingFileInUse": False,
        "SmartPagingFilePath": machine.smart_paging_path,
        "SnapshotFileLocation": machine.checkpoint_path,
        "AutomaticStartAction": enumeration(machine.start_action),
        "AutomaticStartDelay": machine.start_delay,
        "AutomaticStopAction": enumeration(machine.stop_action),
        "AutomaticCriticalErrorAction": hyperv_enum("CriticalErrorAction", *_critical_error_action(machine)),
        "AutomaticCriticalErrorActionTimeout": machine.critical_errors.minutes,
        "State": enumeration(machine.state),
        "OperationalStatus": statuses,
        "PrimaryOperationalStatus": statuses[0],
        "SecondaryOperationalStatus": statuses[1] if len(statuses) > 1 else None,
        "StatusDescriptions": [status_text(machine)],
        "Status": status_text(machine),
        "CPUUsage": machine.processor_usage,
        "MemoryAssigned": Long(machine.memory_assigned),
        "MemoryDemand": Long(machine.memory_assigned),
        "MemoryStatus": "",
        "MemoryStartup": Long(machine.memory),
        "MemoryMinimum": Long(machine.memory_minimum),
        "MemoryMaximum": Long(machine.memory_maximum),
        "DynamicMemoryEnabled": machine.has_dynamic_memory,
        "ProcessorCount": Long(machine.processors),
        "Uptime": uptime,
        "Generation": machine.generation,
        "Version": machine.version,
        "IsClustered": machine.is_clustered,
        "Path": machine.path,
        "CheckpointType": enumeration(machine.checkpoint_type),
        "AutomaticCheckpointsEnabled": machine.takes_automatic_checkpoints,
        "ResourceMeteringEnabled": machine.is_metered,
        "GuestControlledCacheTypes": machine.guest_controls_cache_types,
        "LowMemoryMappedIoSpace": UnsignedInt(machine.low_memory_mapped_space),
        "HighMemoryMappedIoSpace": UnsignedLong(machine.high_memory_mapped_space),
        "LockOnDisconnect": hyperv_enum("OnOffState", *(("On", 0) if machine.locks_on_disconnect else ("Off", 1))),
        "ParentSnapshotId": machine.current_checkpoint.checkpoint_id if machine.current_checkpoint else None,
        **_replication(machine, host),
        "Heartbeat": _heartbeat(machine),
        "VirtualMachineType": hyperv_enum("VirtualMachineType", "RealizedVirtualMachine", 3),
        "CreationTime": machine.created.astimezone(host.local_time().tzinfo),
        "Notes": machine.notes,
        "Groups": groups,
        "Name": machine.name,
        "VMName": machine.name,
        "Id": machine.machine_id,
        "VMId": machine.machine_id,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    if host.is_old:
        for name in SINCE_2016:
            del properties[name]
    text = f"VirtualMachine (Name = '{machine.name}') [Id = '{machine.machine_id}']"
    return Record(TYPE_NAMES, properties, text, machine)


def _group_record(group: MachineGroup) -> Record:
    properties: dict[str, Value] = {"Name": group.name, "InstanceId": group.group_id}
    return Record(
        hyperv_types("VMGroup", "VirtualizationObject"), properties, f"VMGroup (Name = '{group.name}')", group
    )


def status_text(machine: VirtualMachine) -> str:
    """The status column; the text of an operation under way is assumed."""
    if machine.operation is None:
        return "Operating normally"
    return f"{machine.operation.words} ({machine.operation.percent}%)"


def _replication(machine: VirtualMachine, host: Host) -> dict[str, Value]:
    """State, health and mode of replication.

    Module 2.0 gives the state WMI's number, so that a replicating machine is called WaitingForInitialReplication here
    (public issue); Get-VMReplication is right. The health is the worse one of two legs (assumed).
    """
    replication = machine.replication
    mode = replication.mode if replication is not None else Mode.NotReplicated
    sides = replication.sides if replication is not None else []
    state = sides[0].state if sides else ReplicationState.Disabled
    worst = max((health(side) for side in sides), key=lambda each: each.value, default=Health.NotApplicable)
    shown = state if host.is_old else ReplicationState(state.wmi_number)
    return {
        "ReplicationState": enumeration(shown),
        "ReplicationHealth": enumeration(worst),
        "ReplicationMode": enumeration(mode),
    }


def _critical_error_action(machine: VirtualMachine) -> tuple[str, int]:
    return ("Pause", 1) if machine.critical_errors.pauses else ("None", 0)


def _heartbeat(machine: VirtualMachine) -> Value:
    if HEARTBEAT in machine.integration_services_off:
        return hyperv_enum("VMHeartbeatStatus", "Disabled", 1)
    if machine.memory_assigned:
        return hyperv_enum("VMHeartbeatStatus", "OkApplicationsHealthy", 2)
    return hyperv_enum("VMHeartbeatStatus", "Unknown", 0)


@cmdlet("Get-VM")
async def get_vm(call: Call) -> AsyncIterator[Value]:
    """The machines of this host: all, by name or by ID."""
    everything = "Id" not in call.parameters and "Name" not in call.parameters
    for machine in tuple(call.host.machines.values()) if everything else asked_machines(call, "Name"):
        yield machine_record(machine, call.host)
