"""Compare-VM and Move-VM."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from lab.cmdlets.compatibility_reports import import_report, move_report
from lab.cmdlets.failures import hyperv_error, not_found, statement_error
from lab.cmdlets.imports import asked_import
from lab.cmdlets.machines import machine_record
from lab.cmdlets.targets import is_registered, machine_of, machines_called, see_through
from lab.hyperv.compatibility import Move
from lab.hyperv.importing import Import
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import OperationFailed, failed
from lab.hyperv.migration import start
from lab.hyperv.placement import Placement, by_item, in_one_folder
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import StatementError
from lab.powershell.values import Record, Value, display_text


def asked_move(call: Call) -> Move:
    """The move that the parameters of Move-VM and Compare-VM ask for.

    Raises StatementError when the machine does not exist, or the call asks for what the lab does not simulate.
    """
    report = call.parameters.get("CompatibilityReport")
    if isinstance(report, Record) and isinstance(report.subject, Move):
        return report.subject
    if report is not None:
        raise statement_error(call, failed("report_of_an_import", call.host.language))
    for unsupported in ("AsJob", "ResourcePoolName", "DestinationCimSession"):
        if call.parameters.get(unsupported):
            text = f"This simulated host does not offer -{unsupported}."
            raise StatementError(hyperv_error(call, text, "InvalidOperation"))
    machine = _machine(call)
    destination = display_text(call.parameters["DestinationHost"])
    return Move(machine, call.host, destination, _placement(call.parameters, machine), call.runspace.caller)


def _machine(call: Call) -> VirtualMachine:
    if "VM" in call.parameters:
        machine = machine_of(call.parameters["VM"])
        if not is_registered(machine, call.host):
            raise StatementError(not_found(call, "machine_unknown_by_id", machine.machine_id))
        return machine
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
    """What keeps a machine from moving or being imported, as a report; a host that cannot be asked is an error."""
    given = call.parameters.get("CompatibilityReport")
    if "Path" in call.parameters or (isinstance(given, Record) and isinstance(given.subject, Import)):
        yield import_report(asked_import(call))
        return
    move = asked_move(call)
    unreachable = move.connection_problem()
    if unreachable is not None:
        raise statement_error(call, unreachable)
    yield move_report(move, call.host)
