"""Get-Date follows the host's clock."""

from __future__ import annotations

import pytest

from lab.powershell.values import Value
from tests.lab.powershell.stage import NOW, open_runspace, output_of, run, served


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ("", NOW),
        ("-Format o", "2025-03-04T15:06:07.1234560+01:00"),
        ("-Format yyyy-MM-dd", "2025-03-04"),
        ("-Year 2024 -Day 1 -Millisecond 5", NOW.replace(year=2024, day=1, microsecond=5000)),
        ("'2020-01-02'", NOW.replace(2020, 1, 2, 0, 0, 0, 0)),
        ("'2020-01-02T03:04:05Z' -Format 'HH:mm K'", "03:04 +00:00"),
    ],
)
def test_get_date(arguments: str, value: Value) -> None:
    assert output_of(f"Get-Date {arguments}") == [value]


@pytest.mark.parametrize(
    ("arguments", "error_id"),
    [
        ("-Month 13", "ArgumentOutOfRange"),
        ("-Format q", "FormatException"),
        ("-UFormat %Y", "UFormatNotSupported"),
        ("-Format o -UFormat x", "AmbiguousParameterSet"),
    ],
)
def test_refusals(arguments: str, error_id: str) -> None:
    recording = run(open_runspace(served()), f"Get-Date {arguments}")
    assert recording.error_ids == [f"{error_id},Microsoft.PowerShell.Commands.GetDateCommand"]
