"""Hyper-V Settings of a host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.jobs.plan import Plan
from core.language import _
from core.operating import host_settings
from core.operating.host_settings import HostSettings
from core.operating.subject import obstacle
from core.wizards.wizard import Problem
from gui.folder_dialog import FolderDialog
from gui.settings.host_pages import FolderPage, LiveMigrationsPage, StorageMigrationsPage
from gui.settings.pages_dialog import PagesDialog
from gui.tasks import Tasks
from gui.wizards.fix_dialog import CarryOut


class HostSettingsDialog(PagesDialog):
    """The default folders, live migrations and storage migrations."""

    def __init__(
        self,
        estate: Estate,
        host: HostKey,
        tasks: Tasks,
        open_dialog: Callable[[QDialog], None],
        carry_out: CarryOut,
        parent: QWidget | None = None,
    ) -> None:
        title = _("Hyper-V Settings for {host}").format(host=host.name)
        super().__init__(title, tasks, carry_out, obstacle(estate.picture(host)), parent)
        self.setObjectName("host_settings")
        self._estate = estate
        self._host = host
        self._open_dialog = open_dialog
        self._before: HostSettings | None = None
        self.disks = FolderPage(
            "disk_folder",
            _("Virtual Hard Disks"),
            _("The folder in which virtual hard disks are put by default:"),
            "disk",
            self._browse,
        )
        self.machines = FolderPage(
            "machine_folder",
            _("Virtual Machines"),
            _("The folder in which the configuration of virtual machines is put by default:"),
            "folder",
            self._browse,
        )
        self.live = LiveMigrationsPage()
        self.storage = StorageMigrationsPage()
        for page in (self.disks, self.machines, self.live, self.storage):
            self.add_page(page, page.title, page.icon_name)
        self.pages.setCurrentRow(2)
        self.load()

    async def read(self) -> None:
        """Read what is set."""
        self._before = await host_settings.read_settings(partial(self._estate.ask, self._host))

    def fill(self) -> None:
        """Show it."""
        if (before := self._before) is not None:
            self.disks.folder.setText(before.disk_folder)
            self.machines.folder.setText(before.machine_folder)
            self.live.show_settings(before)
            self.storage.storage.setValue(before.storage)

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with what is chosen."""
        chosen = self._chosen()
        return host_settings.problems(chosen) if chosen is not None else ()

    def plan(self) -> Plan | None:
        """What makes of what was read what is chosen."""
        chosen = self._chosen()
        if chosen is None or self._before is None:
            return None
        return host_settings.plan_of(self._host, self._before, chosen)

    def _chosen(self) -> HostSettings | None:
        if self._before is None:
            return None
        return replace(
            self.live.chosen(self._before),
            storage=self.storage.storage.value(),
            disk_folder=self.disks.folder.text(),
            machine_folder=self.machines.folder.text(),
        )

    def _browse(self, field: QLineEdit) -> None:
        dialog = FolderDialog(self._estate, self._host, field.text(), self._tasks, self)
        dialog.chosen.connect(lambda folder: self._put(field, folder))
        self._open_dialog(dialog)

    def _put(self, field: QLineEdit, folder: str) -> None:
        field.setText(folder)
        self._offer()
