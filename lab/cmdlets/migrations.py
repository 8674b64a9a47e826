"""Compare-VM and Move-VM."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.failures import hyperv_error, statement_error
from lab.cmdlets.machines import machine_record
from lab.cmdlets.networks import adapter_record
from lab.cmdlets.targets import machine_of, machines_called, see_through
from lab.hyperv.compatibility import Move
from lab.hyperv.host import Host
from lab.hyperv.machine import NetworkAdapter, VirtualMachine, single_location
from lab.hyperv.messages import OperationFailed
from lab.hyperv.migration import start
from lab.hyperv.placement import Placement, by_item, in_one_folder
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import StatementError
from lab.powershell.values import Long, Record, Value, display_text

REPORT_TYPES = hyperv_types("VMCompatibilityReport", "VirtualizationObject")
ERROR_TYPES = hyperv_types("VMCompatibilityError")


def asked_move(call: Call) -> Move:
    """The move that the parameters of Move-VM and Compare-VM ask for.

    Raises StatementError when the machine does not exist, or the call asks for what the lab does not simulate.
    """
    report = call.parameters.get("CompatibilityReport")
    if isinstance(report, Record) and isinstance(report.subject, Move):
        return report.subject
    for unsupported in ("AsJob", "Path", "ResourcePoolName", "DestinationCimSession"):
        if call.parameters.get(unsupported):
            text = f"This simulated host does not offer -{unsupported}."
            raise StatementError(hyperv_error(call, text, "InvalidOperation"))
    machine = _machine(call)
    destination = display_text(call.parameters["DestinationHost"])
    return Move(machine, call.host, destination, _placement(call.parameters, machine), call.runspace.caller)


def _machine(call: Call) -> VirtualMachine:
    if "VM" in call.parameters:
        return machine_of(call.parameters["VM"])
    name = display_text(call.parameters["Name"])
    found = machines_called(call.host, name)
    if len(found) != 1:
        problem = "unable to find a" if not found else "given a name that is not unique for the"
        text = f'Hyper-V was {problem} virtual machine with name "{name}".'
        raise StatementError(hyperv_error(call, text, "InvalidParameter", name))
    return found[0]


def _placement(parameters: Mapping[str, Value], machine: VirtualMachine) -> Placement:
    """Where the items go: one folder, or each where the parameters say."""
    folder = parameters.get("DestinationStoragePath")
    if isinstance(folder, str) and folder:
        return in_one_folder(machine, folder)
    disks: dict[str, str] = {}
    entries = parameters.get("Vhds")
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, Mapping):
            named = {name.lower(): display_text(value) for name, value in entry.items()}
            disks[named.get("sourcefilepath", "")] = named.get("destinationfilepath", "")
    if not disks and parameters.get("IncludeStorage"):
        # What -IncludeStorage does without a path is not documented: the same paths on the destination (assumed).
        disks = {disk.path: disk.path for disk in machine.disk_files()}
    path, checkpoints, paging = (
        display_text(parameters[name]) if name in parameters else None
        for name in ("VirtualMachinePath", "SnapshotFilePath", "SmartPagingFilePath")
    )
    return by_item(machine, path=path, checkpoint_path=checkpoints, smart_paging_path=paging, disks=disks)


@cmdlet("Move-VM")
async def move_vm(call: Call) -> AsyncIterator[Value]:
    """Move a machine, with progress, until it runs at the destination."""
    move = asked_move(call)
    try:
        migration = start(move)
    except OperationFailed as failure:
        raise statement_error(call, failure) from failure
    await see_through(call, migration, "Performing migration")
    if call.switch("Passthru"):
        yield machine_record(move.machine, migration.destination)


@cmdlet("Compare-VM")
async def compare_vm(call: Call) -> AsyncIterator[Value]:
    """A report of what keeps a machine from moving; a host that cannot be asked is an error instead."""
    move = asked_move(call)
    unreachable = move.connection_problem()
    if unreachable is not None:
        raise statement_error(call, unreachable)
    yield _report(move, move.problems(), call.host)


def _report(move: Move, problems: list[OperationFailed], host: Host) -> Record:
    machine, placement = move.machine, move.placement
    errors: list[Value] = []
    for problem in problems:
        adapter = problem.subject if isinstance(problem.subject, NetworkAdapter) else None
        properties: dict[str, Value] = {
            "Message": problem.lines[-1] if problem.number else problem.message,
            "MessageId": Long(problem.number or WITHOUT_PUBLISHED_ID),
            "Source": adapter_record(adapter, machine, move.destination or host) if adapter else None,
        }
        errors.append(Record(ERROR_TYPES, properties, "Microsoft.HyperV.PowerShell.VMCompatibilityError", problem))
    properties = {
        "VM": machine_record(machine, host),
        "OperationType": hyperv_enum(
            "OperationType",
            "MoveVirtualMachineAndStorage" if move.with_storage else "MoveVirtualMachine",
            2 if move.with_storage else 0,
        ),
        "Destination": move.destination_name,
        "Path": placement.path,
        "SnapshotPath": placement.checkpoint_path,
        "VhdDestinationPath": single_location(placement.path)[0] if move.with_storage else None,
        "VhdSourcePath": None,
        "Incompatibilities": errors,
    }
    return Record(REPORT_TYPES, properties, "Microsoft.HyperV.PowerShell.VMCompatibilityReport", move)


WITHOUT_PUBLISHED_ID = 40000
"""Stands where the real number is not published (assumed)."""
