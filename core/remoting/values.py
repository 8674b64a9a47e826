"""Parameter values as pypsrp sends them, and what it hands back as plain values and records."""

from __future__ import annotations

from uuid import UUID

from pypsrp.complex_objects import ErrorRecord as WireErrorRecord
from pypsrp.complex_objects import GenericComplexObject, ProgressRecordType
from pypsrp.messages import ProgressRecord as WireProgressRecord
from pypsrp.powershell import PowerShell
from pypsrp.serializer import TaggedValue

from core.powershell.command import Hashtable, ParameterValue, Switch
from core.remoting.records import ErrorRecord, Item, Output, ProgressRecord, WarningRecord

_INT32 = range(-(2**31), 2**31)
_INT64 = range(-(2**63), 2**63)

# System.Management.Automation.ErrorCategory, whose numbers travel without their names.
_CATEGORIES = (
    "NotSpecified",
    "OpenError",
    "CloseError",
    "DeviceError",
    "DeadlockDetected",
    "InvalidArgument",
    "InvalidData",
    "InvalidOperation",
    "InvalidResult",
    "InvalidType",
    "MetadataError",
    "NotImplemented",
    "NotInstalled",
    "ObjectNotFound",
    "OperationStopped",
    "OperationTimeout",
    "SyntaxError",
    "ParserError",
    "PermissionDenied",
    "ResourceBusy",
    "ResourceExists",
    "ResourceUnavailable",
    "ReadError",
    "WriteError",
    "FromStdErr",
    "SecurityError",
    "ProtocolError",
    "ConnectionError",
    "AuthenticationError",
    "LimitsExceeded",
    "QuotaExceeded",
    "NotEnabled",
)


def to_wire(value: ParameterValue) -> object:
    """What pypsrp serialises as the .NET type that the cmdlet expects.

    A switch travels as a parameter without a value, or with $false, a tuple as Object[], an int as Int32 or, beyond it,
    Int64. Raises ValueError for an int beyond Int64 and for a switch inside another value.
    """
    match value:
        case Switch():
            return None if value is Switch.PRESENT else False
        case None | bool() | str() | UUID():
            # As the value of a parameter null looks like a switch; the host tells them apart by the parameter's type.
            return value
        case int():
            if value in _INT32:
                return value
            if value in _INT64:
                # pypsrp sends every plain int as Int32, whatever its size.
                return TaggedValue("I64", value)
            raise ValueError(f"{value} does not fit into a 64-bit integer.")
        case Hashtable(entries):
            return {key: _part(item) for key, item in entries}
        case tuple():
            return [_part(item) for item in value]


def _part(value: ParameterValue) -> object:
    if isinstance(value, Switch):
        raise ValueError("A switch stands alone: it cannot be part of another value.")
    return to_wire(value)


def from_wire(value: object) -> object:
    """An output object as a plain value; of a complex object only its text."""
    match value:
        case str():
            return readable(value)
        case None | bool() | int() | float() | UUID():
            return value
        case list():
            return tuple(from_wire(item) for item in value)
        case dict():
            return {from_wire(key): from_wire(item) for key, item in value.items()}
        case GenericComplexObject():
            return _text(value.to_string)
        case _:
            return readable(str(value))


def readable(text: str) -> str:
    """``text`` with a sign in place of what is no character: Windows lets half of a pair stand alone in a name.

    Such a half can be neither shown nor written to a file.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _text(told: object) -> str:
    """A text of a record, whatever a host has put in its place."""
    return "" if told is None else readable(str(told))


def _number(told: object) -> int | None:
    """A number from 0 up of a record; None where there is none."""
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None


def items_of(shell: PowerShell) -> tuple[Item, ...]:
    """What ``shell`` has received; if the pipeline failed, the error it failed with comes last."""
    streams = shell.streams
    return (
        *(_progress(record) for record in streams.progress),
        *(WarningRecord(_text(record.message)) for record in streams.warning),
        *(Output(from_wire(value)) for value in shell.output),
        *(_error(record) for record in streams.error),
    )


def _progress(record: WireProgressRecord) -> ProgressRecord:
    return ProgressRecord(
        activity=_text(record.activity),
        status=_text(record.description),
        percent=_number(record.percent_complete),
        seconds_remaining=_number(record.seconds_remaining),
        completed=getattr(record.progress_type, "value", None) == ProgressRecordType.COMPLETED,
    )


def _error(record: WireErrorRecord) -> ErrorRecord:
    exception = record.exception
    properties = getattr(exception, "adapted_properties", {})
    types = getattr(exception, "types", None) or [""]
    message = record.details_message or properties.get("Message") or str(record)
    category = _number(record.category) or 0
    return ErrorRecord(
        message=_text(message),
        error_id=_text(record.fq_error),
        category=_CATEGORIES[category] if category < len(_CATEGORIES) else "NotSpecified",
        reason=_text(record.reason),
        target=_text(record.target_name),
        target_type=_text(record.target_type),
        cmdlet=_text(record.activity),
        exception_type=_text(types[0]).removeprefix("Deserialized."),
        advice=_text(record.action),
    )
