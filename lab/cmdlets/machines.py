"""Get-VM, and a virtual machine as a record."""

from __future__ import annotations

import datetime
import fnmatch
import re
import uuid
from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.enumerations import enumeration, hyperv_enum, hyperv_types
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import ErrorRecord
from lab.powershell.values import Long, Record, Value, display_text

TYPE_NAMES = hyperv_types(
    "VirtualMachine", "VirtualMachineBase", "ComputeResource", "VirtualizationObject"
)  # type chain as published in an exported object


def machine_record(machine: VirtualMachine, host: Host) -> Record:
    """``machine`` as Get-VM prints it; property names and types as in module 2.0."""
    uptime = host.clock.now() - machine.started if machine.started else datetime.timedelta()
    statuses: list[Value] = [enumeration(status) for status in machine.statuses]
    not_replicated = hyperv_enum("VMReplicationState", "Disabled", 0)
    properties: dict[str, Value] = {
        "ConfigurationLocation": machine.configuration_location,
        "SmartPagingFileInUse": False,
        "SmartPagingFilePath": machine.smart_paging_path,
        "SnapshotFileLocation": machine.checkpoint_path,
        "AutomaticStartAction": hyperv_enum("StartAction", "StartIfRunning", 3),
        "AutomaticStartDelay": 0,
        "AutomaticStopAction": hyperv_enum("StopAction", "Save", 3),
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
        "MemoryMinimum": Long(512 << 20),
        "MemoryMaximum": Long(1 << 40),
        "DynamicMemoryEnabled": False,
        "ProcessorCount": Long(machine.processors),
        "Uptime": uptime,
        "Generation": machine.generation,
        "Version": machine.version,
        "IsClustered": False,
        "Path": machine.path,
        "CheckpointType": hyperv_enum("CheckpointType", "Production", 3),
        "ParentSnapshotId": machine.checkpoints[-1].checkpoint_id if machine.checkpoints else None,
        "ReplicationState": not_replicated,
        "ReplicationHealth": hyperv_enum("VMReplicationHealthState", "NotApplicable", 0),
        "ReplicationMode": hyperv_enum("VMReplicationMode", "None", 0),
        "Heartbeat": _heartbeat(machine),
        "VirtualMachineType": hyperv_enum("VirtualMachineType", "RealizedVirtualMachine", 3),
        "CreationTime": machine.created.astimezone(host.local_time().tzinfo),
        "Notes": machine.notes,
        "Name": machine.name,
        "VMName": machine.name,
        "Id": machine.machine_id,
        "VMId": machine.machine_id,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    text = f"VirtualMachine (Name = '{machine.name}') [Id = '{machine.machine_id}']"
    return Record(TYPE_NAMES, properties, text, machine)


def status_text(machine: VirtualMachine) -> str:
    """The status column; the text of a migration under way is assumed."""
    if machine.migration is None:
        return "Operating normally"
    return f"Moving virtual machine ({machine.migration.percent}%)"


def machines_called(host: Host, pattern: str) -> list[VirtualMachine]:
    """The machines whose name fits ``pattern``, which may hold wildcards; letter case does not matter."""
    fits = re.compile(fnmatch.translate(pattern.lower()))
    return [machine for machine in host.machines.values() if fits.match(machine.name.lower())]


def machine_of(value: Value) -> VirtualMachine:
    """The machine that a bound parameter of type VirtualMachine stands for."""
    if isinstance(value, Record) and isinstance(value.subject, VirtualMachine):
        return value.subject
    raise TypeError(f"{value!r} is no virtual machine of this lab")


def hyperv_error(call: Call, message: str, kind: str, target: Value = None) -> ErrorRecord:
    """An error as the module of the host's version reports it: 2.0 (2016 and later) and 1.x throw other types."""
    old = call.host.version in ("2012", "2012R2")
    exception = "VirtualizationOperationFailedException" if old else "VirtualizationException"
    types = (f"Microsoft.HyperV.PowerShell.{exception}", "System.Exception", "System.Object")
    return call.error_record(message, kind, CATEGORIES[kind], types, target)


CATEGORIES = {
    "InvalidParameter": "InvalidArgument",
    "InvalidOperation": "InvalidOperation",
    "InvalidState": "InvalidOperation",
    "OperationFailed": "NotSpecified",
    "OperationStopped": "OperationStopped",
    "ObjectNotFound": "ObjectNotFound",
    "AccessDenied": "PermissionDenied",
    "Unspecified": "NotSpecified",
}
"""The category of each kind of error; those of OperationFailed and OperationStopped are assumed."""


def _heartbeat(machine: VirtualMachine) -> Value:
    if machine.memory_assigned:
        return hyperv_enum("VMHeartbeatStatus", "OkApplicationsHealthy", 2)
    return hyperv_enum("VMHeartbeatStatus", "Unknown", 0)


@cmdlet("Get-VM")
async def get_vm(call: Call) -> AsyncIterator[Value]:
    """The machines of this host: all, by name or by ID."""
    for machine in _asked_for(call):
        yield machine_record(machine, call.host)


def _asked_for(call: Call) -> Iterator[VirtualMachine]:
    machine_id = call.parameters.get("Id")
    if isinstance(machine_id, uuid.UUID):
        machine = call.host.machines.get(machine_id)
        if machine is None:
            text = f'Hyper-V was unable to find a virtual machine with id "{machine_id}".'
            call.error(hyperv_error(call, text, "InvalidParameter", machine_id))
        else:
            yield machine
        return
    names = call.parameters.get("Name")
    if not isinstance(names, list):
        yield from call.host.machines.values()
        return
    for name in map(display_text, names):
        found = machines_called(call.host, name)
        if not found and not set("*?[") & set(name):
            text = f'Hyper-V was unable to find a virtual machine with name "{name}".'
            call.error(hyperv_error(call, text, "InvalidParameter", name))
        yield from found
