"""Which machines a call is about, and waiting for what it began on them."""

from __future__ import annotations

import asyncio
import fnmatch
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from lab.cmdlets.failures import error_of, not_found, statement_error
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import OperationFailed, failed
from lab.hyperv.operation import Operation
from lab.powershell.cmdlet import Call
from lab.powershell.interruption import shell_was_closed
from lab.powershell.streams import ProgressRecord, StatementError
from lab.powershell.values import Record, Value, display_text


def machine_of(value: Value) -> VirtualMachine:
    """The machine that a bound parameter of type VirtualMachine stands for."""
    if isinstance(value, Record) and isinstance(value.subject, VirtualMachine):
        return value.subject
    raise TypeError(f"{value!r} is no virtual machine of this lab")


def machines_called(host: Host, pattern: str) -> list[VirtualMachine]:
    """The machines whose name fits ``pattern``, which may hold wildcards; letter case does not matter."""
    fits = re.compile(fnmatch.translate(pattern.lower()))
    return [machine for machine in host.machines.values() if fits.match(machine.name.lower())]


def asked_machines(call: Call, *name_parameters: str) -> Iterator[VirtualMachine]:
    """The machines that ``-VM``, ``-Id``, ``-VMId`` or one of ``name_parameters`` (``VMName``) stand for.

    A name or ID that nothing has is an error of its own, and the others go on. A name with wildcards may mean none.
    """
    parameters = call.parameters
    for value in listed(parameters.get("VM")):
        machine = machine_of(value)
        if is_registered(machine, call.host) or (_mends(call) and machine in call.host.planned.values()):
            yield machine
        else:
            call.error(not_found(call, "machine_unknown_by_id", machine.machine_id))
    for value in (*listed(parameters.get("Id")), *listed(parameters.get("VMId"))):
        found_by_id = call.host.machines.get(value) if isinstance(value, uuid.UUID) else None
        if found_by_id is None:
            call.error(not_found(call, "machine_unknown_by_id", value))
        else:
            yield found_by_id
    for parameter in name_parameters or ("VMName",):
        for name in map(display_text, listed(parameters.get(parameter))):
            found = machines_called(call.host, name)
            if not found and not set("*?[") & set(name):
                call.error(not_found(call, "machine_unknown_by_name", name))
            yield from found


def is_registered(machine: VirtualMachine, host: Host) -> bool:
    """Whether it is one of the host's machines, and neither deleted since, nor moved away, nor only planned."""
    return host.machines.get(machine.machine_id) is machine


def _mends(call: Call) -> bool:
    """Whether the cmdlet changes settings or devices, which a machine that is only planned has too."""
    verb, _, noun = call.syntax.name.partition("-")
    return verb in ("Get", "Set", "Add") or (verb == "Remove" and noun not in ("VM", "VMSnapshot"))


def refuse_unsupported(call: Call, *names: str) -> None:
    """Raises StatementError when one of these parameters, or -AsJob, was given: the lab does not simulate them."""
    for name in ("AsJob", *names):
        given = call.parameters.get(name)
        if given is not None and given is not False:
            raise statement_error(call, failed("not_offered", call.host.language, parameter=name))


def refuse_prompt(call: Call) -> None:
    """For cmdlets that ask before they act: nobody can answer on a remote host.

    Raises OperationFailed unless -Force or -Confirm:$false was given, or the host's version has no -Confirm here.
    """
    asks = "Confirm" in call.syntax.parameters
    if asks and not call.switch("Force") and call.parameters.get("Confirm") is not False:
        raise failed("cannot_prompt", call.host.language)


@contextmanager
def reported(call: Call, target: Value = None) -> Iterator[None]:
    """What fails within is written as an error of one item, so that the others go on.

    Raises StatementError where -ErrorAction asks to stop.
    """
    try:
        yield
    except OperationFailed as failure:
        call.error(error_of(call, failure, target))
    except StatementError as failure:
        call.error(failure.record)


def listed(value: Value) -> list[Value]:
    """A bound parameter as a list: none when it was not given."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


async def see_through(call: Call, operation: Operation, activity: str) -> None:
    """Wait for the end of an operation that the call has begun, with progress records.

    Raises StatementError when it fails. A client that stops the pipeline cancels it; a shell that is closed does so
    when the host is set to that.
    """
    try:
        async for state in operation.watch():
            call.progress(ProgressRecord(activity, state.stage, state.percent, completed=state.ended))
    except asyncio.CancelledError as cancelled:
        if call.host.closed_shell_cancels or not shell_was_closed(cancelled):
            operation.cancel()
        raise
    if operation.failure is not None:
        raise statement_error(call, operation.failure)
