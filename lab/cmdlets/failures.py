"""Errors of the Hyper-V module, as its cmdlets report them in each version."""

from __future__ import annotations

import dataclasses

from lab.hyperv.messages import OperationFailed, failed
from lab.powershell.cmdlet import Call
from lab.powershell.streams import ErrorRecord, StatementError
from lab.powershell.values import Value

CATEGORIES = {
    "InvalidParameter": "InvalidArgument",
    "InvalidOperation": "InvalidOperation",
    "InvalidState": "InvalidOperation",
    "OperationFailed": "NotSpecified",
    "OperationStopped": "OperationStopped",
    "OutOfMemory": "ResourceUnavailable",
    "ObjectNotFound": "ObjectNotFound",
    "AccessDenied": "PermissionDenied",
    "ObjectInUse": "ResourceBusy",
    "Unspecified": "NotSpecified",
}
"""The category of each kind of error; those of OperationStopped and OutOfMemory are assumed."""


def hyperv_error(call: Call, message: str, kind: str, target: Value = None) -> ErrorRecord:
    """An error as the module of the host's version reports it: 2.0 (2016 and later) and 1.x throw other types."""
    exception = "VirtualizationOperationFailedException" if call.host.is_old else "VirtualizationException"
    types = (f"Microsoft.HyperV.PowerShell.{exception}", "System.Exception", "System.Object")
    record = call.error_record(message, kind, CATEGORIES[kind], types, target)
    if (
        call.host.is_old and kind == "Unspecified"
    ):  # module 1.x then leaves the kind out (published record of Import-VM)
        return dataclasses.replace(record, error_id=record.error_id.partition(",")[2])
    return record


def error_of(call: Call, failure: OperationFailed, target: Value = None) -> ErrorRecord:
    """``failure`` as this cmdlet reports it."""
    return hyperv_error(call, failure.message, failure.kind, target)


def statement_error(call: Call, failure: OperationFailed) -> StatementError:
    """``failure`` as the end of the statement."""
    return StatementError(error_of(call, failure))


def not_found(call: Call, key: str, name: Value) -> ErrorRecord:
    """The error for a name or ID that nothing has; ``key`` names the message."""
    return error_of(call, failed(key, call.host.language, name=name), name)
