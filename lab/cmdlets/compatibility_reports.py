"""Compatibility reports about moves and imports, as Compare-VM prints them."""

from __future__ import annotations

from collections.abc import Iterable

from lab.cmdlets.disks import drive_record
from lab.cmdlets.dvd_drives import dvd_record
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.machines import machine_record
from lab.cmdlets.networks import adapter_record
from lab.hyperv.compatibility import Move
from lab.hyperv.host import Host
from lab.hyperv.importing import Import
from lab.hyperv.machine import DiskDrive, DvdDrive, NetworkAdapter, VirtualMachine, single_location
from lab.hyperv.messages import OperationFailed
from lab.powershell.values import Long, Record, Value

REPORT_TYPES = hyperv_types("VMCompatibilityReport", "VirtualizationObject")
ERROR_TYPES = hyperv_types("VMCompatibilityError")
WITHOUT_PUBLISHED_ID = 40000
"""Stands where the real number is not published (assumed)."""


def move_report(move: Move, host: Host) -> Record:
    """What keeps a machine from moving; adapters are those that it would have at the destination."""
    placement = move.placement
    kind = ("MoveVirtualMachineAndStorage", 2) if move.with_storage else ("MoveVirtualMachine", 0)
    properties: dict[str, Value] = {
        "VM": machine_record(move.machine, host),
        "OperationType": hyperv_enum("OperationType", *kind),
        "Destination": move.destination_name,
        "Path": placement.path,
        "SnapshotPath": placement.checkpoint_path,
        "VhdDestinationPath": single_location(placement.path)[0] if move.with_storage else None,
        "VhdSourcePath": None,
        "Incompatibilities": _errors(move.problems(), move.machine, move.destination or host),
    }
    return _report(properties, move)


def import_report(asked: Import) -> Record:
    """What keeps a machine from being imported; its VM is the planned machine, which can be mended."""
    machine = machine_record(asked.machine, asked.host)
    machine.properties["VirtualMachineType"] = hyperv_enum("VirtualMachineType", "PlannedVirtualMachine", 4)
    properties: dict[str, Value] = {
        "VM": machine,
        "OperationType": hyperv_enum("OperationType", "ImportVirtualMachine", 1),
        "Destination": asked.host.name,
        "Path": asked.machine.path,
        "SnapshotPath": asked.checkpoint_source,
        "VhdDestinationPath": asked.disk_folder,
        "VhdSourcePath": asked.wanted.disk_source,
        "Incompatibilities": _errors(asked.problems(), asked.machine, asked.host),
    }
    return _report(properties, asked)


def _report(properties: dict[str, Value], subject: object) -> Record:
    return Record(REPORT_TYPES, properties, "Microsoft.HyperV.PowerShell.VMCompatibilityReport", subject)


def _errors(problems: Iterable[OperationFailed], machine: VirtualMachine, host: Host) -> list[Value]:
    errors: list[Value] = []
    for problem in problems:
        properties: dict[str, Value] = {
            "Message": problem.lines[-1] if problem.number else problem.message,
            "MessageId": Long(problem.number or WITHOUT_PUBLISHED_ID),
            "Source": _source(problem.subject, machine, host),
        }
        errors.append(Record(ERROR_TYPES, properties, "Microsoft.HyperV.PowerShell.VMCompatibilityError", problem))
    return errors


def _source(subject: object, machine: VirtualMachine, host: Host) -> Value:
    """The object to mend, or null."""
    match subject:
        case NetworkAdapter():
            return adapter_record(subject, machine, host)
        case DiskDrive():
            return drive_record(subject, machine, host)
        case DvdDrive():
            return dvd_record(subject, machine, host)
        case VirtualMachine():
            return machine_record(subject, host)
    return None
