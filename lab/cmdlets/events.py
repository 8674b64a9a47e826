"""Get-WinEvent, for the log of the Virtual Machine Management Service."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import not_simulated, refuse_parameters, windows_error
from lab.hyperv.events import LOG_NAME, PROVIDER, Event, Level
from lab.hyperv.host import Host
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.conversion import ConversionError, convert
from lab.powershell.documented import Parameter
from lab.powershell.values import EnumValue, Long, Record, Value, display_text
from lab.powershell.wildcards import matches

EVENT_TYPES = (
    "System.Diagnostics.Eventing.Reader.EventLogRecord",
    "System.Diagnostics.Eventing.Reader.EventRecord",
    "System.Object",
)
LOG_TYPES = ("System.Diagnostics.Eventing.Reader.EventLogConfiguration", "System.Object")
OTHER_LOGS = ("Application", "Security", "Setup", "System", "Microsoft-Windows-*")
"""Logs that a real host has and a simulated one keeps nothing of."""
LEVELS = {
    "en": {Level.ERROR: "Error", Level.WARNING: "Warning", Level.INFORMATION: "Information"},
    "de": {Level.ERROR: "Fehler", Level.WARNING: "Warnung", Level.INFORMATION: "Informationen"},
}
Test = Callable[[Event], bool]


@cmdlet("Get-WinEvent")
async def get_win_event(call: Call) -> AsyncIterator[Value]:
    """The events of the log, newest first, or the log itself with -ListLog."""
    refuse_parameters(call, "ListProvider", "FilterXPath", "FilterXml", "Path", "ProviderName")
    if "ListLog" in call.parameters:
        for name in map(display_text, listed(call.parameters["ListLog"])):
            if _names_log(call, name):
                yield _log(call.host)
        return
    tests = [test for test in _queries(call) if test is not None]
    events = list(enumerate(call.host.events, start=1))
    found = [(number, event) for number, event in events if any(test(event) for test in tests)]
    if not found and tests:
        call.error(windows_error(call, "no_events", "ObjectNotFound", "System.Exception"))
    limit = call.parameters.get("MaxEvents")
    ordered = found if call.switch("Oldest") else found[::-1]
    for number, event in ordered[: limit if isinstance(limit, int) else None]:
        yield _record(number, event, call.host)


def _queries(call: Call) -> Iterator[Test | None]:
    """One test for each log or hashtable asked for; None where the log is unknown, which has been written."""
    for table in listed(call.parameters.get("FilterHashtable")):
        if isinstance(table, Mapping):
            yield _table_test(call, {name.lower(): value for name, value in table.items()})
    names = listed(call.parameters.get("LogName"))
    if not names and "FilterHashtable" not in call.parameters:
        not_simulated(call, "Get-WinEvent without -LogName")
    for name in map(display_text, names):
        yield _any_event if _names_log(call, name) else None


def _names_log(call: Call, name: str) -> bool:
    if matches(name, LOG_NAME):
        return True
    if any(matches(known, name) for known in OTHER_LOGS):
        not_simulated(call, f"the event log {name}")
    call.error(windows_error(call, "no_such_log", "ObjectNotFound", "System.Exception", name=name))
    return False


def _table_test(call: Call, table: Mapping[str, Value]) -> Test | None:
    unknown = set(table) - {"logname", "providername", "id", "level", "starttime", "endtime"}
    if unknown:
        not_simulated(call, f"the key {min(unknown)} of -FilterHashtable")
    if "logname" not in table and "providername" not in table:
        not_simulated(call, "-FilterHashtable without LogName")
    if not all(_names_log(call, display_text(name)) for name in listed(table.get("logname"))):
        return None
    providers = [display_text(name) for name in listed(table.get("providername"))]
    ids, levels = ({display_text(value) for value in listed(table.get(name))} for name in ("id", "level"))
    start, end = (_moment(call, table.get(name)) for name in ("starttime", "endtime"))

    def fits(event: Event) -> bool:
        return (
            (not providers or any(matches(name, PROVIDER) for name in providers))
            and (not ids or str(event.event_id) in ids)
            and (not levels or str(event.level.value) in levels)
            and (start is None or event.when >= start)
            and (end is None or event.when <= end)
        )

    return fits


def _moment(call: Call, value: Value) -> datetime.datetime | None:
    if value is None:
        return None
    try:
        moment = convert(value, Parameter("StartTime", "DateTime"), call.host.local_time().tzinfo)
    except ConversionError as refused:
        call.fail(call.error_record(refused.text, refused.error_id, "InvalidArgument"))
    return moment if isinstance(moment, datetime.datetime) else None


def _any_event(event: Event) -> bool:
    return True


def _record(number: int, event: Event, host: Host) -> Record:
    properties: dict[str, Value] = {
        "Message": event.message,
        "Id": event.event_id,
        "Version": 0,
        "Level": event.level.value,
        "Task": 0,
        "Opcode": 0,
        "RecordId": Long(number),
        "ProviderName": PROVIDER,
        "LogName": LOG_NAME,
        "MachineName": host.full_name,
        "TimeCreated": event.when.astimezone(host.local_time().tzinfo),
        "ContainerLog": LOG_NAME.lower(),
        "LevelDisplayName": LEVELS[host.language][event.level],
        "TaskDisplayName": None,
        "Properties": [str(event.machine_id).upper()] if event.machine_id else [],
    }
    return Record(EVENT_TYPES, properties, EVENT_TYPES[0], event)


def _log(host: Host) -> Record:
    properties: dict[str, Value] = {
        "LogName": LOG_NAME,
        "LogMode": EnumValue("System.Diagnostics.Eventing.Reader.EventLogMode", "Circular", 0),
        "MaximumSizeInBytes": Long(1 << 20),
        "RecordCount": Long(len(host.events)),
        "IsEnabled": True,
        "IsLogFull": False,
        "IsClassicLog": False,
        "LogType": EnumValue("System.Diagnostics.Eventing.Reader.EventLogType", "Administrative", 0),
        "OwningProviderName": PROVIDER,
    }
    return Record(LOG_TYPES, properties, LOG_TYPES[0])
