"""The folder dialog: drives, shares and folders of the right host, made and typed, and what cannot be read says why."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTreeWidgetItem

from core.estate.folders import folders_in
from gui.console import Console
from gui.folder_dialog import FolderDialog
from gui.wizards.dialog import WizardDialog
from tests.gui.driving import click, dialog, find, go_to, open_wizard, retype, until
from tests.laboratory import RunningLab

HV02 = "HV-02"


async def opened(practice: Console) -> tuple[WizardDialog, FolderDialog]:
    """The dialog on the page for the folder, once it has settled."""
    wizard = open_wizard(practice, "WEB01")
    await go_to(wizard, "location")
    click(wizard, "browse")
    folders = dialog(FolderDialog)
    await until(lambda: not folders.is_waiting)
    return wizard, folders


def row(folders: FolderDialog, *names: str) -> QTreeWidgetItem | None:
    """The row below these, each in the one before."""
    level = [folders.tree.topLevelItem(number) for number in range(folders.tree.topLevelItemCount())]
    found = None
    for name in names:
        found = next((each for each in level if each is not None and each.text(0) == name), None)
        if found is None:
            return None
        level = [found.child(number) for number in range(found.childCount())]
    return found


async def test_the_drives_are_those_of_the_destination_with_their_room(practice: Console) -> None:
    _wizard, folders = await opened(practice)
    assert folders.windowTitle() == "Select a Folder on HV-02"
    drives = {
        folders.tree.topLevelItem(number).text(0): folders.tree.topLevelItem(number).text(1)
        for number in range(folders.tree.topLevelItemCount())
    }
    assert drives["Archive (E:)"] == "10 GB of 200 GB free"
    assert list(drives) == ["System (C:)", "Machines (D:)", "Archive (E:)", "Shares"]
    assert row(folders, "Machines (D:)", "VMs") is not None  # the proposal is laid open


async def test_a_folder_is_made_once_and_chosen(practice: Console, lab: RunningLab) -> None:
    wizard, folders = await opened(practice)
    folders.tree.setCurrentItem(row(folders, "Archive (E:)"))
    assert folders.folder.text() == "E:\\"
    QTest.keyClicks(folders.new_name, "It's [new]")
    click(folders, "create_folder")
    await until(lambda: row(folders, "Archive (E:)", "It's [new]"))
    assert folders.folder.text() == "E:\\It's [new]"
    click(folders, "ok")
    assert find(wizard, QLineEdit, "folder").text() == "E:\\It's [new]"
    (made,) = [entry for entry in lab.received() if entry["cmdlet"] == "New-Item"]
    assert made["host"] == HV02
    assert made["parameters"] == {"ItemType": "Directory", "Path": ["E:\\It's [new]"]}


async def test_an_answer_that_is_lost_is_asked_for_and_nothing_is_made_twice(
    practice: Console, lab: RunningLab
) -> None:
    _wizard, folders = await opened(practice)
    folders.tree.setCurrentItem(row(folders, "Archive (E:)"))
    QTest.keyClicks(folders.new_name, "Lost")
    once = {"kind": "drop", "action": "Command", "moment": "unanswered", "times": 1}
    lab.control("PUT", "/hosts/HV-02/disturbances", [once])
    click(folders, "create_folder")
    await until(lambda: row(folders, "Archive (E:)", "Lost"))
    assert sum(entry["cmdlet"] == "New-Item" for entry in lab.received()) == 1


async def test_what_cannot_be_made_or_read_says_why(practice: Console) -> None:
    _wizard, folders = await opened(practice)
    for parent, name, word in (
        ("E:\\", "", "No name is given."),
        ("E:\\", "a|b", "cannot contain"),
        ("E:\\", "a\\b", "backslash"),
        ("E", "x", "not a full path"),
        ("D:\\", "VMs", "VMs"),
    ):
        retype(folders.folder, parent)
        folders.new_name.clear()
        QTest.keyClicks(folders.new_name, name)
        click(folders, "create_folder")
        await until(lambda: not folders.is_waiting)
        assert word in folders.notice.text
        assert folders.create.isEnabled()
    retype(folders.folder, "nowhere")
    click(folders, "ok")
    assert "nowhere is not a full path." in folders.notice.text
    assert folders.isVisible()


async def test_a_share_is_one_computer_further_and_says_so(practice: Console) -> None:
    listing = await folders_in(practice.estate, practice.estate.find("Lab", HV02).key, "\\\\HV-01\\d$")
    assert not isinstance(listing, tuple)
    assert "your sign-in ends here" in listing.what
    assert "Type the path." in listing.cure
    missing = await folders_in(practice.estate, practice.estate.find("Lab", HV02).key, "E:\\Nowhere")
    assert not isinstance(missing, tuple)
    assert missing.what == "E:\\Nowhere is not there on HV-02."


async def test_a_host_that_serves_no_share_and_a_folder_without_folders_are_not_blank(practice: Console) -> None:
    _wizard, folders = await opened(practice)
    for names, words in ((("Shares",), "HV-02 serves no shares."), (("Archive (E:)",), "There are no folders in it.")):
        found = row(folders, *names)
        assert found is not None
        found.setExpanded(True)
        await until(lambda names=names, words=words: row(folders, *names, words))


async def test_it_is_used_without_a_mouse(practice: Console) -> None:
    wizard, folders = await opened(practice)
    folders.tree.setFocus()
    folders.tree.setCurrentItem(row(folders, "Shares"))
    QTest.keyClick(folders.tree, Qt.Key.Key_Up)
    assert folders.folder.text() == "E:\\"
    QTest.keyClick(folders, Qt.Key.Key_Return)
    assert find(wizard, QLineEdit, "folder").text() == "E:\\"
    assert not folders.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape])
async def test_escape_changes_nothing(practice: Console, key: Qt.Key) -> None:
    wizard, folders = await opened(practice)
    QTest.keyClick(folders, key)
    assert find(wizard, QLineEdit, "folder").text() == "D:\\VMs\\WEB01"
