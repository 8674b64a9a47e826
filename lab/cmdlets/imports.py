"""Import-VM and Repair-VM, and what is to be imported."""

from __future__ import annotations

from collections.abc import AsyncIterator

from lab.cmdlets.compatibility_reports import import_report
from lab.cmdlets.failures import statement_error
from lab.cmdlets.machines import machine_record
from lab.cmdlets.targets import refuse_unsupported, see_through
from lab.hyperv.importing import Import, Wanted
from lab.hyperv.messages import OperationFailed, failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import StatementError
from lab.powershell.values import Record, Value, display_text


def asked_import(call: Call) -> Import:
    """The import that the parameters of Import-VM and Compare-VM ask for.

    Raises StatementError when there is nothing to import, or the report is about a move.
    """
    refuse_unsupported(call)
    report = call.parameters.get("CompatibilityReport")
    if isinstance(report, Record) and isinstance(report.subject, Import):
        return report.subject
    if report is not None:
        raise _of_a_move(call)
    wanted = Wanted(
        display_text(call.parameters["Path"]),
        call.switch("Copy"),
        call.switch("GenerateNewId"),
        _folder(call, "VirtualMachinePath"),
        _folder(call, "SnapshotFilePath"),
        _folder(call, "SmartPagingFilePath"),
        _folder(call, "VhdDestinationPath"),
        _folder(call, "VhdSourcePath"),
    )
    try:
        return Import(wanted, call.host)
    except OperationFailed as failure:
        raise statement_error(call, failure) from failure


@cmdlet("Import-VM")
async def import_vm(call: Call) -> AsyncIterator[Value]:
    """Register a machine where its files lie, or copy it, with its ID or a new one; what is against it is an error."""
    asked = asked_import(call)
    try:
        importing = asked.begin()
    except OperationFailed as failure:
        raise statement_error(call, failure) from failure
    await see_through(call, importing, "Import-VM")
    yield machine_record(asked.machine, call.host)


@cmdlet("Repair-VM")
async def repair_vm(call: Call) -> AsyncIterator[Value]:
    """Tell a report about an import where the configuration is to lie, and where the checkpoints are."""
    report = call.parameters["CompatibilityReport"]
    asked = report.subject if isinstance(report, Record) else None
    if not isinstance(asked, Import):
        raise _of_a_move(call)
    asked.machine.path = _folder(call, "Path") or asked.machine.path
    asked.checkpoint_source = _folder(call, "SnapshotFilePath") or asked.checkpoint_source
    if call.switch("Passthru"):
        yield import_report(asked)


def _of_a_move(call: Call) -> StatementError:
    return statement_error(call, failed("report_of_a_move", call.host.language))


def _folder(call: Call, name: str) -> str | None:
    return display_text(call.parameters.get(name)) or None
