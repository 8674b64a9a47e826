"""Amounts as administrators read them: sizes in units of 1024 called KB, MB, GB, TB, as Hyper-V Manager does."""

from __future__ import annotations

from core.language import _


def size_text(amount: int) -> str:
    """``amount`` bytes with at most two decimals: ``6.22 GB``, ``512 MB``."""
    if amount < 1024:
        return _("{count} bytes").format(count=amount)
    units = (_("{amount} KB"), _("{amount} MB"), _("{amount} GB"), _("{amount} TB"), _("{amount} PB"))
    value, unit = amount / 1024, 0
    while value >= 1024 and unit < len(units) - 1:
        value /= 1024
        unit += 1
    digits = f"{value:.2f}".rstrip("0").rstrip(".") if unit else f"{value:.0f}"
    return units[unit].format(amount=_decimal(digits))


def rate_text(amount: float) -> str:
    """``amount`` bytes a second, in MB as sizes are counted: ``112 MB/s``, ``4.5 MB/s``."""
    megabytes = amount / (1 << 20)
    return _("{rate} MB/s").format(rate=_decimal(f"{megabytes:.0f}" if megabytes >= 10 else f"{megabytes:.1f}"))


def line_rate_text(amount: float) -> str:
    """``amount`` bytes a second as networks are rated: ``0.94 Gb/s``, in thousand millions of bits."""
    return _("{rate} Gb/s").format(rate=_decimal(f"{amount * 8 / 1e9:.2f}"))


def _decimal(number: str) -> str:
    """``number`` with the sign between whole and part that the language has."""
    whole, point, part = number.partition(".")
    return _("{whole}.{part}").format(whole=whole, part=part) if point else number


def duration_text(seconds: float) -> str:
    """A span of time, in its two largest units: ``2 min 10 s``, ``3 h 5 min``, ``2 d 4 h``."""
    minutes, second = divmod(max(round(seconds), 0), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return _("{days} d {hours} h").format(days=days, hours=hour)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minute)
    if minutes:
        return _("{minutes} min {seconds} s").format(minutes=minutes, seconds=second)
    return _("{seconds} s").format(seconds=second)


def uptime_text(seconds: float) -> str:
    """A machine's uptime as Hyper-V Manager writes it: ``3.04:15:00``, days before the dot."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    clock = f"{hour:02d}:{minute:02d}:{second:02d}"
    return _("{days}.{clock}").format(days=days, clock=clock) if days else clock
