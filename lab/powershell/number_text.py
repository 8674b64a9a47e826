"""Numbers as PowerShell text spells them."""

from __future__ import annotations

import re

from lab.powershell.values import Long, Value

_MULTIPLIERS = {"": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40, "PB": 2**50}
_NUMBER = re.compile(r"([+-]?)(0x[0-9a-f]+|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)([kmgtp]b)?", re.IGNORECASE)
_NUMBER_WORD = re.compile(r"[+-]?(?:0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(l)?([kmgtp]b)?", re.IGNORECASE)


def parse_number(text: str) -> int | float | None:
    """A number written as PowerShell reads it (``10``, ``0x1F``, ``1.5GB``), or None."""
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        return None
    sign, digits, suffix = found[1], found[2].lower(), _MULTIPLIERS[(found[3] or "").upper()]
    is_integer = digits.startswith("0x") or digits.isdigit()
    number = (int(digits, 0 if digits.startswith("0x") else 10) if is_integer else float(digits)) * suffix
    return -number if sign == "-" else number


def number_of_word(word: str) -> Value:
    """The number that a word spells (``10``, ``0x1F``, ``5L``, ``1.5GB``), or None.

    As in PowerShell an integer becomes Int32, or Int64 where it is too large, and else Double; hexadecimal
    digits stand for the bits of an Int32 or Int64.
    """
    found = _NUMBER_WORD.fullmatch(word)
    if not found:
        return None
    number = parse_number(word.lower().replace("l", ""))
    if not isinstance(number, int):
        return number
    if "x" in word.lower() and not found[2]:
        digits = len(re.sub(r"^[+-]?0x0*", "", word.lower().rstrip("l")))
        bits = 32 if digits <= 8 else 64
        negative = word.startswith("-")
        magnitude = -number if negative else number
        if 2 ** (bits - 1) <= magnitude < 2**bits:
            magnitude -= 2**bits
        number = -magnitude if negative else magnitude
    if -(2**31) <= number < 2**31 and not found[1]:
        return number
    return Long(number) if -(2**63) <= number < 2**63 else float(number)
