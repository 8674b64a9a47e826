"""The commands that a PowerShell role capability file shows (Microsoft, "JEA Role Capabilities")."""

from __future__ import annotations

import re
from importlib import resources

_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_LIST = re.compile(r"^\s*(Visible(?:Cmdlets|Functions))\s*=\s*@\(([^)]*)\)", re.MULTILINE)
_NAME = re.compile(r"'(?:[\w.-]+\\)?([\w-]+)'")
_BETWEEN = str.maketrans("", "", ", \r\n")


def visible_commands(text: str) -> frozenset[str]:
    """The names in VisibleCmdlets and VisibleFunctions of a role capability file, without their modules.

    Only plain names in arrays are read. Raises ValueError for anything else in them.
    """
    names: set[str] = set()
    for key, entries in _LIST.findall(_COMMENT.sub("", text)):
        rest = _NAME.sub("", entries).translate(_BETWEEN)
        if rest:
            raise ValueError(f"{key} holds more than names: {rest}")
        names.update(_NAME.findall(entries))
    return frozenset(names)


def of_the_program() -> frozenset[str]:
    """What the role capability shows that comes with VM Ferry."""
    return visible_commands(resources.files("resources").joinpath("VMFerry.psrc").read_text("utf-8"))
