"""Which parameter sets a command may still turn out to use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lab.powershell.documented import ParameterSet
from lab.powershell.values import Value


@dataclass(frozen=True, slots=True)
class Candidates:
    """What is bound so far, by documented name, and the parameter sets that are still possible."""

    bound: Mapping[str, Value]
    sets: tuple[ParameterSet, ...]

    def missing(self, entry: ParameterSet, *, pipeline: bool = False) -> list[str]:
        """The mandatory parameters of a set not bound yet; with ``pipeline`` without those that piped objects
        give.
        """
        return [
            name
            for name, described in entry.parameters.items()
            if described.mandatory
            and name not in self.bound
            and not (pipeline and (described.by_value or described.by_property_name))
        ]

    def takes_input(self, entry: ParameterSet) -> bool:
        """Whether a parameter of the set is still free for piped objects."""
        return any(
            (described.by_value or described.by_property_name) and name not in self.bound
            for name, described in entry.parameters.items()
        )

    def next_positional(self, after: int) -> tuple[int, list[tuple[str, bool]]]:
        """The next free position that follows ``after``, and the parameters there, each with whether the default set
        has it there. Sets may have two parameters at one position: only one of them can be given by position.
        """
        found: dict[int, dict[str, bool]] = {}
        for entry in self.sets:
            for name, described in entry.parameters.items():
                if described.position is not None and described.position > after and name not in self.bound:
                    names = found.setdefault(described.position, {})
                    names[name] = names.get(name, False) or entry.is_default
        return (min(found), list(found[min(found)].items())) if found else (after, [])

    def piped_parameters(self, sets: Iterable[ParameterSet], *, by_value: bool) -> list[str]:
        """The free parameters of ``sets`` that take a piped object by value, or else a property of it."""
        names = (
            name
            for entry in sets
            for name, described in entry.parameters.items()
            if (described.by_value if by_value else described.by_property_name) and name not in self.bound
        )
        return list(dict.fromkeys(names))
