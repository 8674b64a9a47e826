"""Errors of the cmdlets that come with Windows, and what their simulation leaves out."""

from __future__ import annotations

from typing import NoReturn

from lab.cmdlets.targets import listed
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call
from lab.powershell.streams import ErrorRecord
from lab.powershell.values import Value, display_text

LOCAL_NAMES = (".", "localhost", "127.0.0.1", "::1")


def windows_error(
    call: Call, key: str, category: str, exception: str, target: Value = None, **names: object
) -> ErrorRecord:
    """The error ``key`` of ``messages.toml`` in the words of the host; ``exception`` is a full type name."""
    failure = failed(key, call.host.language, **names)
    types = tuple(dict.fromkeys((exception, "System.Exception", "System.Object")))
    return call.error_record(failure.message, failure.kind, category, types, target)


def query_empty(call: Call, class_name: str, name: str, value: str) -> ErrorRecord:
    """The error of a function over WMI classes for a property value that no object has."""
    failure = failed("query_empty", call.host.language, class_name=class_name, name=name, value=value)
    types = ("Microsoft.PowerShell.Cmdletization.Cim.CimJobException", "System.Exception", "System.Object")
    return call.error_record(failure.message, f"{failure.kind}_{name}", "ObjectNotFound", types, value)


def not_simulated(call: Call, what: str) -> NoReturn:
    """End the statement: the lab cannot show the effect of ``what``. Raises StatementError."""
    message = f"This simulated host does not offer {what}."
    types = ("System.NotSupportedException", "System.Exception", "System.Object")
    call.fail(call.error_record(message, "ParameterNotSupported", "NotImplemented", types))


def refuse_parameters(call: Call, *names: str) -> None:
    """Raises StatementError when one of these parameters, or -AsJob, was given, or another computer is asked."""
    for name in ("AsJob", *names):
        if call.parameters.get(name) not in (None, False):
            not_simulated(call, f"-{name} of {call.syntax.name}")
    refuse_elsewhere(call)


def refuse_elsewhere(call: Call) -> None:
    """Raises StatementError when -ComputerName or -CimSession names another computer than this one."""
    for parameter in ("ComputerName", "CimSession"):
        for name in map(display_text, listed(call.parameters.get(parameter))):
            if name and name.lower() not in LOCAL_NAMES and not call.host.is_called(name):
                not_simulated(call, f"-{parameter} of {call.syntax.name} with another computer")
