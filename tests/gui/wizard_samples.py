"""The pages of the Move Wizard beside the shortest way, and the dialogs it opens, for tests that look at all of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QRadioButton, QTreeWidget, QWidget

from gui.credentials_dialog import CredentialsDialog
from gui.folder_dialog import FolderDialog
from gui.wizards.dialog import WizardDialog
from tests.gui.driving import click, dialog, find, go_to, until


def choose(wizard: WizardDialog, name: str) -> None:
    """Choose one of the ways that the page offers."""
    find(wizard.page, QRadioButton, name).click()


async def go_back(wizard: WizardDialog, key: str) -> None:
    """To a page that was shown before, by the list of steps."""
    wizard.steps.chosen.emit(key)
    await until(lambda: wizard.current.key == key)


async def look_at_routes(wizard: WizardDialog, visit: Callable[[str, QWidget], None]) -> None:
    """From the page with the move options over each item and over the storage, and back to that page."""
    choose(wizard, "each_item")
    await go_to(wizard, "item_options")
    visit("wizard: advanced options", wizard)
    choose(wizard, "items")
    await go_to(wizard, "items")
    await until(lambda: find(wizard, QTreeWidget, "items").topLevelItem(0).text(1))
    visit("wizard: items", wizard)
    first = next(step.key for step in wizard.wizard.steps() if step.page == "item")
    await go_to(wizard, first)
    visit("wizard: item", wizard)
    await go_back(wizard, "move_type")
    choose(wizard, "storage")
    await go_to(wizard, "storage_options")
    visit("wizard: storage options", wizard)
    await go_back(wizard, "move_type")
    choose(wizard, "machine")
    await go_to(wizard, "destination")
    click(wizard, "other_credentials")
    credentials = dialog(CredentialsDialog)
    visit("wizard: credentials", credentials)
    credentials.user_name.clear()
    click(credentials, "ok")
    visit("wizard: credentials with a fault", credentials)
    credentials.reject()
    await go_to(wizard, "way", destination="HV-DR")
    visit("wizard: ways", wizard)
    choose(wizard, "export")
    await go_to(wizard, "export")
    visit("wizard: export folder", wizard)
    await go_back(wizard, "destination")
    await go_to(wizard, "options")
    choose(wizard, "single_location")


async def look_at_folders(wizard: WizardDialog, visit: Callable[[str, QWidget], None]) -> None:
    """The dialog that chooses a folder on a host."""
    click(wizard, "browse")
    folders = dialog(FolderDialog)
    await until(lambda: find(folders, QTreeWidget, "folder_tree").topLevelItemCount() > 1)
    visit("wizard: folders", folders)
    folders.reject()
