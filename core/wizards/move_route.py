"""The route through the Move Wizard: the steps that the choices lead to, named as Hyper-V Manager names them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.language import _
from core.moving.placement import ItemKind
from core.wizards.move_choices import ItemOption, MoveOption, StorageOption
from core.wizards.wizard import Step

if TYPE_CHECKING:
    from core.wizards.move import MoveWizard


def route(wizard: MoveWizard) -> Iterator[Step]:
    """The steps, as the choices stand."""
    if wizard.is_introduced:
        yield Step(wizard.BEFORE, _("Before You Begin"), _("Before You Begin"))
    yield Step(wizard.TYPE, _("Choose Move Type"), _("Choose Move Type"))
    if wizard.is_to_node:
        yield Step(wizard.NODE, _("Choose Node"), _("Choose a Node"))
    else:
        yield from _machine_steps(wizard) if wizard.is_live else _storage_steps(wizard)
    yield Step(wizard.SUMMARY, _("Summary"), _("Completing Move Wizard"))


def _machine_steps(wizard: MoveWizard) -> Iterator[Step]:
    yield Step(wizard.DESTINATION, _("Specify Destination"), _("Specify Destination Computer"))
    if wizard.ways.are_asked:
        yield Step(wizard.WAY, _("Choose Way"), _("Choose How to Move"))
    if wizard.ways.is_by_export:
        yield Step(wizard.EXPORT, _("Export Folder"), _("Choose a Folder for the Export"))
        return
    if not wizard.ways.is_by_replica:
        yield from _place_steps(wizard)
    unconnected = wizard.unconnected()
    several = len(unconnected) > 1
    for place, adapter in unconnected:
        name = _("Connect {adapter}").format(adapter=adapter.name) if several else _("Connect Network")
        yield Step(f"{wizard.NETWORK} {place}", name, _("Connect Network"), wizard.NETWORK)


def _place_steps(wizard: MoveWizard) -> Iterator[Step]:
    yield Step(wizard.OPTIONS, _("Choose Move Options"), _("Choose Move Options"))
    if wizard.choices.option is MoveOption.SINGLE_LOCATION:
        yield _location(wizard)
    elif wizard.choices.option is MoveOption.EACH_ITEM:
        yield Step(wizard.ITEM_OPTIONS, _("Advanced Options"), _("Choose Advanced Options"))
        if wizard.choices.item_option is ItemOption.ITEMS:
            yield Step(wizard.ITEMS, _("Select Items"), _("Select Items to Move"))
        yield from _item_steps(wizard)


def _storage_steps(wizard: MoveWizard) -> Iterator[Step]:
    yield Step(wizard.STORAGE_OPTIONS, _("Choose Move Options"), _("Choose Options for Moving Storage"))
    if wizard.choices.storage_option is StorageOption.SINGLE_LOCATION:
        yield _location(wizard)
    elif wizard.choices.storage_option is StorageOption.ITEMS:
        yield Step(wizard.ITEMS, _("Select Items"), _("Select Items to Move"))
    yield from _item_steps(wizard)


def _location(wizard: MoveWizard) -> Step:
    return Step(wizard.LOCATION, _("Virtual Machine"), _("Choose a new location for virtual machine"))


def _item_steps(wizard: MoveWizard) -> Iterator[Step]:
    headings = {
        ItemKind.DISK: _("Choose a new location for attached virtual hard disk"),
        ItemKind.CONFIGURATION: _("Choose a new location for current configuration"),
        ItemKind.CHECKPOINTS: _("Choose a new location for checkpoints"),
        ItemKind.SMART_PAGING: _("Choose a new location for Smart Paging"),
    }
    for item in wizard.placed():
        yield Step(f"{wizard.ITEM} {item.key}", item.name, headings[item.kind], wizard.ITEM)
