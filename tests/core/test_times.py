"""Moments are told by how long ago they were."""

from __future__ import annotations

import datetime

import pytest

from core.times import ago_text, exact_text

NOW = datetime.datetime(2026, 3, 1, 12, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-30, "less than a minute ago"),
        (59, "less than a minute ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (86399, "23 h ago"),
        (86400, "1 d ago"),
        (59 * 86400, "59 d ago"),
    ],
)
def test_a_moment_is_told_in_its_largest_unit(seconds: int, text: str) -> None:
    assert ago_text(NOW - datetime.timedelta(seconds=seconds), NOW) == text


def test_what_is_long_ago_is_told_by_its_date() -> None:
    assert ago_text(NOW - datetime.timedelta(days=400), NOW) == "2025-01-25"


def test_the_exact_time_has_its_zone() -> None:
    text = exact_text(NOW)
    assert datetime.datetime.fromisoformat(text.replace(" +", "+")) == NOW
    assert NOW.astimezone().strftime("%H:%M:%S") in text
