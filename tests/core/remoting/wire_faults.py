"""The faults that the lab can give the wire to a host, and hosts for each of them."""

from __future__ import annotations

import typing
from dataclasses import dataclass
from typing import Any

import msgspec

from lab.wire.disturbances import Disturbance

LONG_NOTES = "x" * 700_000
"""Notes of a machine that do not fit into one answer."""

# What a disturbance needs to be one, and sizes and times with which a test is quick.
_NEEDED: dict[str, dict[str, Any]] = {
    "slow": {"bytes_per_second": 200_000},
    "idle-drop": {"seconds": 0.01},
    "flood": {"size": 1_000_000},
    "content": {"text": "<what>is this?"},
}


@dataclass(frozen=True)
class Fault:
    """A kind of disturbance, with one of the variants that it has."""

    kind: str
    variant: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        return " ".join([self.kind, *(str(option) for _name, option in self.variant)])

    @property
    def host(self) -> str:
        return self.name.replace(" ", "-").upper()

    @property
    def is_of_requests(self) -> bool:
        return "action" in typing.get_type_hints(_STRUCTS[self.kind])

    def meeting(self, action: str, nth: int) -> dict[str, Any]:
        """The disturbance as the lab takes it, for requests of ``action`` from the ``nth`` on."""
        which = {"action": action, "nth": nth} if self.is_of_requests else {}
        return {"kind": self.kind, **dict(self.variant), **_NEEDED.get(self.kind, {}), **which}


_STRUCTS: dict[str, type[msgspec.Struct]] = {
    str(each.__struct_config__.tag): each for each in typing.get_args(Disturbance)
}


def faults() -> list[Fault]:
    """All that the lab can do to a wire: each kind of disturbance, in each of its variants."""
    found: list[Fault] = []
    for kind, struct in _STRUCTS.items():
        variants = {
            name: typing.get_args(hint)
            for name, hint in typing.get_type_hints(struct).items()
            if typing.get_origin(hint) is typing.Literal
        }
        assert len(variants) <= 1, "faults in two dimensions"
        name, options = next(iter(variants.items()), ("", ()))
        found += [Fault(kind, ((name, option),)) for option in options] or [Fault(kind)]
    return found


def scenario(rows: list[Fault]) -> str:
    """A host for each fault, with a machine to move and one with much to tell."""
    parts = ['title = "Disturbed"\ndomain = "contoso.example"\nadministrator = "CONTOSO\\\\admin"\n']
    for fault in rows:
        parts.append(f'[[hosts]]\nname = "{fault.host}"\nmemory = "64 GB"\n')
        if fault.kind == "certificate":
            parts.append('wire = { scheme = "https" }\n')
        parts.append('volumes = [{ letter = "D", label = "Machines", size = "600 TB" }]\n')
        parts.append('[[hosts.machines]]\nname = "WEB"\nmemory = "1 GB"\nfolder = "D:\\\\VMs\\\\WEB"\nstate = "Off"\n')
        parts.append('disks = [{ name = "WEB.vhdx", size = "64 TB", used = "60 TB" }]\n')
        parts.append(
            '[[hosts.machines]]\nname = "LONG"\nmemory = "1 GB"\nfolder = "D:\\\\VMs\\\\LONG"\nstate = "Off"\n'
        )
        parts.append(f'notes = "{LONG_NOTES}"\n')
    return "\n".join(parts)
