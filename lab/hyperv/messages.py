"""What simulated hosts say when they refuse or fail something, each in its own language; see ``messages*.toml``."""

from __future__ import annotations

import functools
from importlib import resources

import msgspec


class OperationFailed(Exception):
    """An operation that was refused, or failed under way.

    ``key`` names the entry of ``messages*.toml``; ``kind`` is the part of the error id before the comma; ``number`` is
    the MessageId that a compatibility report gives it, 0 where none is published; ``subject`` is the thing to mend,
    such as the adapter whose switch is missing.
    """

    def __init__(self, key: str, kind: str, lines: tuple[str, ...], number: int = 0, subject: object = None) -> None:
        super().__init__("\n".join(lines))
        self.key = key
        self.kind = kind
        self.lines = lines
        self.number = number
        self.subject = subject

    @property
    def message(self) -> str:
        """The whole message, one line per nested error."""
        return "\n".join(self.lines)


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    published: bool
    en: tuple[str, ...]
    de: tuple[str, ...]
    number: int = 0


@functools.cache
def entries() -> dict[str, _Entry]:
    """Every message, by key."""
    found: dict[str, _Entry] = {}
    for file in resources.files(__package__).iterdir():
        if file.name.startswith("messages") and file.name.endswith(".toml"):
            found |= msgspec.toml.decode(file.read_bytes(), type=dict[str, _Entry])
    return found


def failed(key: str, language: str, *, subject: object = None, **names: object) -> OperationFailed:
    """The failure ``key`` in ``language`` (``en`` or ``de``), with ``names`` filled in.

    Raises KeyError for a key that does not exist or a name that the text wants and was not given.
    """
    entry = entries()[key]
    lines = entry.de if language == "de" else entry.en
    return OperationFailed(key, entry.kind, tuple(line.format(**names) for line in lines), entry.number, subject)


def nested(outer: OperationFailed, cause: OperationFailed) -> OperationFailed:
    """``outer`` with what caused it told after it, and the cause's key."""
    return OperationFailed(cause.key, outer.kind, (*outer.lines, *cause.lines), outer.number, cause.subject)
