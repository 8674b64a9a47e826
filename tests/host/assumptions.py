"""The lines of docs/assumptions.md that tests check on a host: those that begin with a key."""

from __future__ import annotations

import re
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent.parent / "docs" / "assumptions.md"
_LINE = re.compile(r"^\| `([a-z][a-z0-9-]*)`: (.+?) \| ", re.MULTILINE)


def keyed() -> dict[str, str]:
    """What is assumed, by its key. Raises ValueError for a key that is there twice."""
    found: dict[str, str] = {}
    for key, words in _LINE.findall(FILE.read_text(encoding="utf-8")):
        if key in found:
            raise ValueError(f"the key {key} is there twice")
        found[key] = words
    return found
