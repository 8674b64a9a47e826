"""Queries in the WMI Query Language: ``select ... from ... where ...``, without parentheses."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lab.powershell.properties import property_value
from lab.powershell.values import Record, Value, display_text

_QUERY = re.compile(
    r"\s*select\s+(?P<columns>\*|\w+(?:\s*,\s*\w+)*)\s+from\s+(?P<name>\w+)(?:\s+where\s+(?P<filter>.+?))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_TERM = re.compile(
    r"""\s*(?P<name>\w+)\s*(?P<operator><=|>=|<>|!=|=|<|>|\blike\b|\bis\s+not\b|\bis\b)\s*
    (?:'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<word>-?\d+(?:\.\d+)?|true|false|null))\s*""",
    re.IGNORECASE | re.VERBOSE,
)
_JOIN = re.compile(r"(and|or)\b", re.IGNORECASE)


class InvalidQuery(Exception):
    """A query that WMI refuses (0x80041017)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a property with a constant; ``wanted`` None is NULL."""

    name: str
    operator: str
    wanted: str | None

    def holds(self, record: Record) -> bool:
        """Whether ``record`` fulfils it; raises InvalidQuery when it has no such property."""
        present, held = property_value(record, self.name)
        if not present:
            raise InvalidQuery(self.name)
        if self.wanted is None or held is None:
            is_null = held is None and self.wanted is None
            return not is_null if self.operator in ("<>", "!=", "is not") else is_null
        if self.operator == "like":
            return _like(self.wanted, display_text(held))
        return _COMPARISONS[self.operator](_order(held, self.wanted))


Filter = Sequence[Sequence[Condition]]
"""Alternatives, each of conditions that must all hold; no alternatives at all: everything fits."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query; ``columns`` is empty for ``*``."""

    class_name: str
    columns: tuple[str, ...]
    filter: Filter


def parse_query(text: str) -> Query:
    """The query that ``text`` is; raises InvalidQuery."""
    found = _QUERY.fullmatch(text)
    if found is None:
        raise InvalidQuery(text)
    columns = () if found["columns"] == "*" else tuple(name.strip() for name in found["columns"].split(","))
    return Query(found["name"], columns, parse_filter(found["filter"] or ""))


def parse_filter(text: str) -> Filter:
    """What stands after WHERE; AND binds closer than OR. Raises InvalidQuery."""
    if not text.strip():
        return []
    alternatives: list[list[Condition]] = [[]]
    position = 0
    while True:
        term = _TERM.match(text, position)
        if term is None:
            raise InvalidQuery(text)
        alternatives[-1].append(Condition(term["name"], " ".join(term["operator"].lower().split()), _constant(term)))
        position = term.end()
        if position == len(text):
            return alternatives
        join = _JOIN.match(text, position)
        if join is None:
            raise InvalidQuery(text)
        if join[1].lower() == "or":
            alternatives.append([])
        position = join.end()


def fits(record: Record, conditions: Filter) -> bool:
    """Whether ``record`` passes the filter; raises InvalidQuery for a property that it does not have."""
    results = [all(condition.holds(record) for condition in each) for each in conditions]
    return any(results) if results else True


def _constant(term: re.Match[str]) -> str | None:
    quoted = term["single"] if term["single"] is not None else term["double"]
    if quoted is not None:
        return re.sub(r"\\(.)", r"\1", quoted)
    word: str = term["word"]
    return None if word.lower() == "null" else word


def _order(held: Value, wanted: str) -> int:
    """Negative, zero or positive: texts in any letter case, numbers as numbers."""
    if isinstance(held, bool):
        is_true = wanted.lower() in ("true", "1", "-1")
        return int(held) - int(is_true)
    if isinstance(held, int | float):
        try:
            number = float(wanted)
        except ValueError:
            raise InvalidQuery(wanted) from None
        return (held > number) - (held < number)
    left, right = display_text(held).lower(), wanted.lower()
    return (left > right) - (left < right)


def _like(pattern: str, text: str) -> bool:
    parts = re.findall(r"\[[^\]]+\]|.", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    expression = "".join(wild.get(part, part if len(part) > 1 else re.escape(part)) for part in parts)
    return re.fullmatch(expression, text, re.IGNORECASE | re.DOTALL) is not None


_COMPARISONS: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "is": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "!=": lambda order: order != 0,
    "is not": lambda order: order != 0,
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}
