"""What a program file of Windows says of its version."""

from __future__ import annotations

import struct
from pathlib import Path

_MARK = struct.pack("<I", 0xFEEF04BD)
"""VS_FIXEDFILEINFO begins with it (verrsrc.h)."""
_ENDINGS = frozenset({".dll", ".exe", ".pyd"})


def version_of(file: Path) -> str:
    """The version in four numbers, such as ``3.13.2150.1013``; empty for a file that has none."""
    if file.suffix.lower() not in _ENDINGS:
        return ""
    content = file.read_bytes()
    place = content.rfind(_MARK)
    if place < 0:
        return ""
    _mark, structure, high, low = struct.unpack_from("<4I", content, place)
    # Chance could have made the mark; it is followed by the version of the structure.
    return f"{high >> 16}.{high & 0xFFFF}.{low >> 16}.{low & 0xFFFF}" if structure == 0x10000 else ""
