"""Amounts are written as Hyper-V Manager writes them."""

from __future__ import annotations

import pytest

from core.amounts import size_text, uptime_text


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


@pytest.mark.parametrize(("seconds", "text"), [(0, "00:00:00"), (3661.9, "01:01:01"), (3 * 86400 + 15, "3.00:00:15")])
def test_uptimes(seconds: float, text: str) -> None:
    assert uptime_text(seconds) == text
