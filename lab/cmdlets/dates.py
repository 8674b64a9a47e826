"""Get-Date."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator

from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.date_formats import FormatError, format_date
from lab.powershell.values import Value, display_text

_FORMAT_EXCEPTION = ("System.FormatException", "System.SystemException", "System.Exception", "System.Object")
_RANGE_EXCEPTION = (
    "System.ArgumentOutOfRangeException",
    "System.ArgumentException",
    "System.Exception",
    "System.Object",
)


@cmdlet("Get-Date")
async def get_date(call: Call) -> AsyncIterator[Value]:
    """The host's date and time, or -Date; single parts of it replaced; with -Format as text."""
    if "UFormat" in call.parameters:
        message = "This simulated host does not support -UFormat: use -Format."
        call.fail(call.error_record(message, "UFormatNotSupported", "NotImplemented"))
    given = call.parameters.get("Date")
    moment = given if isinstance(given, datetime.datetime) else call.host.local_time()
    milliseconds = call.parameters.get("Millisecond")
    try:
        moment = moment.replace(
            year=_part(call, "Year", moment.year),
            month=_part(call, "Month", moment.month),
            day=_part(call, "Day", moment.day),
            hour=_part(call, "Hour", moment.hour),
            minute=_part(call, "Minute", moment.minute),
            second=_part(call, "Second", moment.second),
            microsecond=milliseconds * 1000 if isinstance(milliseconds, int) else moment.microsecond,
        )
    except ValueError as refused:
        call.fail(call.error_record(str(refused), "ArgumentOutOfRange", "InvalidArgument", _RANGE_EXCEPTION))
    if "Format" not in call.parameters:
        yield moment
        return
    try:
        yield format_date(moment, display_text(call.parameters["Format"]))
    except FormatError as refused:
        call.fail(call.error_record(str(refused), "FormatException", "NotSpecified", _FORMAT_EXCEPTION))


def _part(call: Call, name: str, otherwise: int) -> int:
    given = call.parameters.get(name)
    return given if isinstance(given, int) else otherwise
