"""Compare-VM and Move-VM."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.machines import hyperv_error, machine_of, machine_record, machines_called
from lab.cmdlets.networks import adapter_record
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine, single_location
from lab.hyperv.migration import Migration, Placement, compatibility_problems, place_in_one_folder
from lab.hyperv.refusals import MigrationFailed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import ProgressRecord, StatementError
from lab.powershell.values import Long, Record, Value, display_text

REPORT_TYPES = hyperv_types("VMCompatibilityReport", "VirtualizationObject")
ERROR_TYPES = hyperv_types("VMCompatibilityError")


@dataclass(frozen=True, slots=True)
class MoveRequest:
    """What the parameters of Move-VM and Compare-VM ask for; no ``placement`` when the files stay."""

    machine: VirtualMachine
    destination: str
    placement: Placement | None


def move_request(call: Call) -> MoveRequest:
    """The request that a call's parameters make.

    Raises StatementError when the machine does not exist, or the call asks for what the lab does not simulate.
    """
    report = call.parameters.get("CompatibilityReport")
    if isinstance(report, Record) and isinstance(report.subject, MoveRequest):
        return report.subject
    for unsupported in ("AsJob", "Path", "ResourcePoolName", "DestinationCimSession"):
        if call.parameters.get(unsupported):
            text = f"This simulated host does not offer -{unsupported}."
            raise StatementError(hyperv_error(call, text, "InvalidOperation"))
    machine = _machine(call)
    destination = display_text(call.parameters["DestinationHost"])
    return MoveRequest(machine, destination, _placement(call.parameters, machine))


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


def _placement(parameters: Mapping[str, Value], machine: VirtualMachine) -> Placement | None:
    folder = parameters.get("DestinationStoragePath")
    if isinstance(folder, str) and folder:
        return place_in_one_folder(machine, folder)
    disks = parameters.get("Vhds")
    single = [parameters.get(key) for key in ("VirtualMachinePath", "SnapshotFilePath", "SmartPagingFilePath")]
    if disks is None and not any(single) and not parameters.get("IncludeStorage"):
        return None
    paths = {disk.path: disk.path for disk in machine.disk_files()}
    for entry in disks if isinstance(disks, list) else []:
        if isinstance(entry, Mapping):
            source = display_text(entry.get("SourceFilePath")).lower()
            for path in paths:
                if path.lower() == source:
                    paths[path] = display_text(entry.get("DestinationFilePath"))
    present = (machine.path, machine.checkpoint_path, machine.smart_paging_path)
    path, checkpoints, paging = (
        display_text(given) if given else now for given, now in zip(single, present, strict=True)
    )
    return Placement(path, checkpoints, paging, paths)


@cmdlet("Move-VM")
async def move_vm(call: Call) -> AsyncIterator[Value]:
    """Move a machine, with progress, until it runs at the destination."""
    request = move_request(call)
    host, machine = call.host, request.machine
    try:
        migration = Migration.start(machine, host, request.destination, request.placement)
    except MigrationFailed as failure:
        raise _statement_error(call, failure) from failure
    try:
        async for state in migration.watch():
            call.progress(
                ProgressRecord("Performing migration", state.phase.label, state.percent, completed=state.ended)
            )
    except asyncio.CancelledError:
        migration.cancel()
        raise
    if migration.failure is not None:
        raise _statement_error(call, migration.failure)
    if call.switch("Passthru"):
        yield machine_record(machine, migration.destination)


def _statement_error(call: Call, failure: MigrationFailed) -> StatementError:
    return StatementError(hyperv_error(call, failure.message, failure.kind))


@cmdlet("Compare-VM")
async def compare_vm(call: Call) -> AsyncIterator[Value]:
    """A report of what keeps a machine from moving; a host that cannot be asked is an error instead."""
    request = move_request(call)
    problems = compatibility_problems(request.machine, call.host, request.destination, request.placement)
    for problem in problems:
        if not problem.message_id and len(problems) == 1 and _is_connection_failure(call.host, request):
            raise _statement_error(call, problem)
    yield _report(request, problems, call.host)


def _is_connection_failure(host: Host, request: MoveRequest) -> bool:
    destination = host.estate.find(request.destination)
    unreachable = destination is None or destination is host or not destination.migration.enabled
    return unreachable or not host.migration.enabled


def _report(request: MoveRequest, problems: list[MigrationFailed], host: Host) -> Record:
    machine, placement = request.machine, request.placement
    errors: list[Value] = []
    for problem in problems:
        source = adapter_record(problem.adapter, machine, host) if problem.adapter else None
        text = problem.lines[-1] if problem.message_id else problem.message
        properties: dict[str, Value] = {
            "Message": text,
            "MessageId": Long(problem.message_id or WITHOUT_PUBLISHED_ID),
            "Source": source,
        }
        errors.append(Record(ERROR_TYPES, properties, "Microsoft.HyperV.PowerShell.VMCompatibilityError", problem))
    with_storage = placement is not None
    properties = {
        "VM": machine_record(machine, host),
        "OperationType": hyperv_enum(
            "OperationType",
            "MoveVirtualMachineAndStorage" if with_storage else "MoveVirtualMachine",
            2 if with_storage else 0,
        ),
        "Destination": request.destination,
        "Path": placement.path if placement else machine.path,
        "SnapshotPath": placement.checkpoint_path if placement else machine.checkpoint_path,
        "VhdDestinationPath": single_location(placement.path)[0] if placement else None,
        "VhdSourcePath": None,
        "Incompatibilities": errors,
    }
    return Record(REPORT_TYPES, properties, "Microsoft.HyperV.PowerShell.VMCompatibilityReport", request)


WITHOUT_PUBLISHED_ID = 40000
"""Stands where the real number is not published (assumed)."""
