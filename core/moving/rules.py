"""Rules for folders: one text with placeholders that gives every item of many machines its place."""

from __future__ import annotations

import ntpath
import re
from dataclasses import dataclass

from core.estate.inventory import Inventory
from core.hyperv.records import Machine
from core.language import _
from core.moving.placement import Item, ItemKind
from core.moving.proposals import folder_name

PLACEHOLDERS = ("{default}", "{drive}", "{folder}", "{item}", "{vm}")
"""The destination's default folder for machines; of the item its drive's letter, its folder, its name; the machine."""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class FolderRules:
    """Where disks go, and where everything else of a machine goes: to the same paths, unless something is typed."""

    disks: str = "{folder}"
    others: str = "{folder}"

    def rule_for(self, item: Item) -> str:
        """The rule for an item."""
        return self.disks if item.kind is ItemKind.DISK else self.others


def rule_fault(rule: str) -> str | None:
    """What is wrong with ``rule`` itself, in a sentence; None when nothing is."""
    if not rule.strip():
        return _("No folder is named.")
    for found in _PLACEHOLDER.finditer(rule):
        if found[0].lower() not in PLACEHOLDERS:
            return _("{placeholder} stands for nothing. There are: {placeholders}.").format(
                placeholder=found[0], placeholders=", ".join(PLACEHOLDERS)
            )
    return None


def folder_by(rule: str, machine: Machine, item: Item, destination: Inventory | None) -> str:
    """The folder that ``rule`` gives ``item``; a name in it is never more than one part of a path.

    An item on a share has no drive; for it ``{drive}`` stands for the system's own, C.
    """
    default = destination.host.virtual_machine_path.rstrip("\\") if destination is not None else ""
    stem = ntpath.splitext(item.name)[0] if item.kind is ItemKind.DISK else item.name
    values = {
        "{default}": default,
        "{drive}": item.path[:1].upper() if item.path[1:2] == ":" else "C",
        "{folder}": item.folder,
        "{item}": folder_name(stem),
        "{vm}": folder_name(machine.name),
    }
    return _PLACEHOLDER.sub(lambda found: values.get(found[0].lower(), found[0]), rule)
