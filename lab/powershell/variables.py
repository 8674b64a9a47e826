"""The variables of a runspace: names in any letter case."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

from lab.powershell.values import Value


class Variables(MutableMapping[str, Value]):
    """Variables by name; a name is found in any letter case and keeps the case it was first given in."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[str, Value]] = {}

    def __getitem__(self, name: str) -> Value:
        return self._entries[name.lower()][1]

    def __setitem__(self, name: str, value: Value) -> None:
        first_name = self._entries.get(name.lower(), (name, None))[0]
        self._entries[name.lower()] = (first_name, value)

    def __delitem__(self, name: str) -> None:
        del self._entries[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, _ in self._entries.values()])

    def __len__(self) -> int:
        return len(self._entries)

    def append(self, name: str, value: Value) -> None:
        """Add ``value`` to the list in variable ``name``, which is made where there is none."""
        current = self.get(name)
        items = list(current) if isinstance(current, list) else [] if current is None else [current]
        self[name] = [*items, value]
