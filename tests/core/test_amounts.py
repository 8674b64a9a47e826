"""Amounts are written as Hyper-V Manager writes them."""

from __future__ import annotations

import pytest

from core import language
from core.amounts import duration_text, line_rate_text, rate_text, size_text, uptime_text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1 KB"),
        (512 << 20, "512 MB"),
        (6_678_674_186, "6.22 GB"),
        (4 << 30, "4 GB"),
        (int(1.8 * (1 << 40)), "1.8 TB"),
    ],
)
def test_sizes(amount: int, text: str) -> None:
    assert size_text(amount) == text


def test_the_sign_before_the_decimals_is_that_of_the_language() -> None:
    language.choose(["de"])
    assert (size_text(6_678_674_186), rate_text(4.5 * (1 << 20))) == ("6,22 GB", "4,5 MB/s")
    language.choose(["en"])


@pytest.mark.parametrize(("seconds", "text"), [(0, "00:00:00"), (3661.9, "01:01:01"), (3 * 86400 + 15, "3.00:00:15")])
def test_uptimes(seconds: float, text: str) -> None:
    assert uptime_text(seconds) == text


@pytest.mark.parametrize(
    ("amount", "text", "line"),
    [(0, "0.0 MB/s", "0.00 Gb/s"), (4.5 * (1 << 20), "4.5 MB/s", "0.04 Gb/s"), (112 << 20, "112 MB/s", "0.94 Gb/s")],
)
def test_rates(amount: float, text: str, line: str) -> None:
    assert rate_text(amount) == text
    assert line_rate_text(amount) == line


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (130, "2 min 10 s"),
        (3 * 3600 + 330, "3 h 5 min"),
        (2 * 86400 + 4 * 3600 + 59 * 60, "2 d 4 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
