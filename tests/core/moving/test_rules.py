"""One rule gives many items their places, and nothing of a name becomes a part of the path that it should not be."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hyperv.paths import folder_fault
from core.hyperv.records import Duration, Machine
from core.hyperv.states import MachineState, OperationalStatus
from core.moving.placement import DiskPosition, Item, ItemKind
from core.moving.rules import FolderRules, folder_by, rule_fault


def machine(name: str) -> Machine:
    return Machine(
        uuid4(),
        name,
        MachineState.OFF,
        "",
        (OperationalStatus.OK,),
        0,
        0,
        1,
        0,
        Duration(0),
        2,
        "10.0",
        False,
        "D:\\VMs",
        "D:\\VMs",
        "D:\\VMs",
    )


DISK = Item(ItemKind.DISK, r"E:\Old\WEB01-Data.vhdx", DiskPosition(1, 0, 1))
CONFIGURATION = Item(ItemKind.CONFIGURATION, r"D:\Old")


@pytest.mark.parametrize(
    ("rule", "item", "folder"),
    [
        (r"E:\VMs\{vm}\{item}", DISK, r"E:\VMs\WEB01\WEB01-Data"),
        (r"E:\VMs\{vm}\{item}", CONFIGURATION, r"E:\VMs\WEB01\Configuration"),
        (r"{drive}:\{VM}", DISK, r"E:\WEB01"),
        (r"{drive}:\{vm}", Item(ItemKind.CONFIGURATION, r"\\FS\share"), r"C:\WEB01"),
        ("{folder}", DISK, r"E:\Old"),
        (r"{folder}\{vm}", CONFIGURATION, r"D:\Old\WEB01"),
        (r"F:\Same", DISK, r"F:\Same"),
    ],
)
def test_placeholders_stand_for_what_they_say(rule: str, item: Item, folder: str) -> None:
    assert rule_fault(rule) is None
    assert folder_by(rule, machine("WEB01"), item, None) == folder


@pytest.mark.parametrize("rule", ["", "  ", r"E:\{name}", r"E:\{vm}\{disk}"])
def test_a_rule_that_says_nothing_is_refused(rule: str) -> None:
    assert rule_fault(rule)


def test_disks_and_the_rest_have_rules_of_their_own() -> None:
    rules = FolderRules("E:\\", "F:\\")
    assert (rules.rule_for(DISK), rules.rule_for(CONFIGURATION)) == ("E:\\", "F:\\")


@given(st.text(max_size=40))
def test_whatever_a_machine_is_called_the_folder_is_one_below_the_rule(name: str) -> None:
    folder = folder_by(r"E:\VMs\{vm}", machine(name), DISK, None)
    assert folder.startswith("E:\\VMs\\")
    assert "\\" not in folder.removeprefix("E:\\VMs\\")
    assert "{" in name or folder_fault(folder) is None or "Windows keeps for devices" in (folder_fault(folder) or "")
