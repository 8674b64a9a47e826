"""Dates as .NET formats them in English (United States)."""

from __future__ import annotations

import datetime

import pytest

from lab.powershell.date_formats import FormatError, format_date

MOMENT = datetime.datetime(
    2025, 3, 4, 15, 6, 7, 123456, tzinfo=datetime.timezone(-datetime.timedelta(hours=3, minutes=30))
)


@pytest.mark.parametrize(
    ("format_text", "text"),
    [
        ("o", "2025-03-04T15:06:07.1234560-03:30"),
        ("s", "2025-03-04T15:06:07"),
        ("u", "2025-03-04 15:06:07Z"),
        ("R", "Tue, 04 Mar 2025 15:06:07 GMT"),
        ("d", "3/4/2025"),
        ("D", "Tuesday, March 4, 2025"),
        ("G", "3/4/2025 3:06:07 PM"),
        ("", "3/4/2025 3:06:07 PM"),
        ("yyyy-MM-dd HH:mm:ss", "2025-03-04 15:06:07"),
        ("yyyyMMddTHHmmss.fff", "20250304T150607.123"),
        ("d MMM yy", "4 Mar 25"),
        ("hh:mm tt", "03:06 PM"),
        ("%d", "4"),
        ("zzz zz z", "-03:30 -03 -3"),
        ("'at' HH \\h", "at 15 h"),
        ("ss.FFFFFFF", "07.123456"),
    ],
)
def test_formats(format_text: str, text: str) -> None:
    assert format_date(MOMENT, format_text) == text


def test_noon_and_midnight_on_a_clock_of_twelve_hours() -> None:
    assert [format_date(MOMENT.replace(hour=hour), "h tt") for hour in (0, 12)] == ["12 AM", "12 PM"]


def test_an_unknown_letter_is_refused() -> None:
    with pytest.raises(FormatError):
        format_date(MOMENT, "q")
