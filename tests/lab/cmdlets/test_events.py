"""Get-WinEvent reads the log of the Virtual Machine Management Service."""

from __future__ import annotations

import pytest

from lab.hyperv.events import Level
from tests.lab.cmdlets.administration import Administrator

LOG = "Microsoft-Windows-Hyper-V-VMMS-Admin"
SOURCE = "Microsoft.PowerShell.Commands.GetWinEventCommand"


@pytest.fixture
def administrator() -> Administrator:
    made = Administrator()
    home = made.home
    for event_id, level, text in (
        (20414, Level.INFORMATION, "first"),
        (21024, Level.ERROR, "second"),
        (20417, Level.WARNING, "third"),
    ):
        made.estate.clock.advance(60)
        home.log(event_id, level, text, made.machine("WEB01"))
    return made


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (f"-LogName {LOG}", ["third", "second", "first"]),
        ("*VMMS-Admin", ["third", "second", "first"]),
        (f"{LOG} -MaxEvents 1", ["third"]),
        (f"{LOG} -Oldest -MaxEvents 2", ["first", "second"]),
        (f"-FilterHashtable @{{LogName='{LOG}'; Level=2,3}}", ["third", "second"]),
        (f"-FilterHashtable @{{LogName='{LOG}'; Id=21024}}", ["second"]),
        (f"-FilterHashtable @{{LogName='{LOG}'; StartTime='2025-03-10T09:02:00'}}", ["third", "second"]),
        (f"-FilterHashtable @{{LogName='{LOG}'; EndTime=[datetime]'2025-03-10T08:01:30Z'}}", ["first"]),
        ("-FilterHashtable @{ProviderName='Microsoft-Windows-Hyper-V-VMMS'; Level=4}", ["first"]),
    ],
)
def test_events(administrator: Administrator, arguments: str, messages: list[str]) -> None:
    assert administrator.values(f"Get-WinEvent {arguments}", "Message") == messages


def test_an_event(administrator: Administrator) -> None:
    (event,) = administrator.get(f"Get-WinEvent {LOG} -MaxEvents 1")
    expected = {"Id": 20417, "Level": 3, "LevelDisplayName": "Warning", "LogName": LOG, "RecordId": 3}
    assert {name: event.get(name) for name in expected} == expected
    assert event.get("TimeCreated") == administrator.home.local_time()


def test_the_log(administrator: Administrator) -> None:
    assert administrator.values(f"Get-WinEvent -ListLog {LOG}", "RecordCount") == [3]


@pytest.mark.parametrize(
    ("arguments", "error_id"),
    [
        (f"-FilterHashtable @{{LogName='{LOG}'; Id=1}}", "NoMatchingEventsFound"),
        ("Nothing", "NoMatchingLogsFound"),
        ("System", "ParameterNotSupported"),
        (f"-FilterHashtable @{{LogName='{LOG}'; Data='x'}}", "ParameterNotSupported"),
        (f"-FilterHashtable @{{LogName='{LOG}'; StartTime='when?'}}", "CannotConvertArgumentNoMessage"),
        (f"{LOG} -FilterXPath '*'", "ParameterNotSupported"),
    ],
)
def test_refusals(administrator: Administrator, arguments: str, error_id: str) -> None:
    recording = administrator.run(f"Get-WinEvent {arguments}")
    assert (recording.outputs, recording.error_ids) == ([], [f"{error_id},{SOURCE}"])


def test_german_words(administrator: Administrator) -> None:
    administrator.home.language = "de"
    assert administrator.values(f"Get-WinEvent {LOG}", "LevelDisplayName") == ["Warnung", "Fehler", "Informationen"]
