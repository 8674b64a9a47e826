"""Amounts as administrators read them: sizes in units of 1024 called KB, MB, GB, TB, as Hyper-V Manager does."""

from __future__ import annotations

from core.language import _

_UNITS = ("", "KB", "MB", "GB", "TB", "PB")


def size_text(amount: int) -> str:
    """``amount`` bytes with at most two decimals: ``6.22 GB``, ``512 MB``."""
    value, unit = float(amount), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value /= 1024
        unit += 1
    digits = f"{value:.2f}".rstrip("0").rstrip(".") if unit > 1 else f"{value:.0f}"
    if unit == 0:
        return _("{count} bytes").format(count=amount)
    return f"{digits} {_UNITS[unit]}"


def uptime_text(seconds: float) -> str:
    """A machine's uptime as Hyper-V Manager writes it: ``3.04:15:00``, days before the dot."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    clock = f"{hour:02d}:{minute:02d}:{second:02d}"
    return _("{days}.{clock}").format(days=days, clock=clock) if days else clock
