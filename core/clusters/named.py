"""Nodes and groups as records refer to them: an object with a name, or the name alone."""

from __future__ import annotations

import msgspec


class Named(msgspec.Struct, frozen=True, rename="pascal"):
    """Anything of a cluster that has a name."""

    name: str


def name_of(reference: Named | str | None) -> str:
    """The name that ``reference`` stands for; empty for none."""
    return reference.name if isinstance(reference, Named) else reference or ""
