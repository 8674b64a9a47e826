"""Emptying a host and bringing its machines back, as the user asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMessageBox

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.evacuation.record import Evacuated, EvacuationStore
from core.hyperv.records import Machine
from core.jobs.admission import NotStarted
from core.jobs.plan import Batch
from core.jobs.queue import Jobs
from core.kept_file import NotKept
from core.language import _
from core.wizards.evacuation import REPLICAS, EvacuationWizard, ReturnWizard
from core.wizards.move_many import MoveManyWizard
from gui.main_window import MainWindow
from gui.replicas.commands import machines_of_jobs
from gui.tasks import Tasks
from gui.wizards.dialog import WizardDialog
from gui.wizards.fix_dialog import CarryOut
from gui.wizards.move_many_pages import move_many_page


class EvacuationCommands:
    """Opens the grid for a host that is emptied, and for its machines that come back."""

    def __init__(
        self,
        estate: Estate,
        jobs: Jobs,
        store: EvacuationStore,
        window: MainWindow,
        tasks: Tasks,
        open_dialog: Callable[[QDialog], None],
        fix: CarryOut,
    ) -> None:
        self._estate = estate
        self._jobs = jobs
        self._store = store
        self._window = window
        self._tasks = tasks
        self._open_dialog = open_dialog
        self._fix = fix
        window.actions_offered.evacuate_host.triggered.connect(self.evacuate)
        window.actions_offered.return_machines.triggered.connect(self.bring_back)

    def evacuate(self) -> None:
        """Open the grid with all machines of the selected host."""
        picture = self._window.host
        if picture is None:
            return
        machines = picture.inventory.machines if picture.inventory is not None else ()
        if not machines:
            self._say(_("There is no virtual machine on {host}.").format(host=picture.key.name), "")
            return
        wizard = EvacuationWizard(self._estate, picture.key, machines)
        self._open(wizard, partial(self._begin, wizard), picture.connection.is_practice)

    def bring_back(self) -> None:
        """Open the grid with the machines that were taken off the selected host."""
        if (picture := self._window.host) is not None:
            self._tasks.start(self._bring_back(picture.key), f"return machines to {picture.key}")

    async def _begin(self, wizard: EvacuationWizard, batch: Batch) -> object:
        try:
            await self._store.begin(wizard.remembered())
        except NotKept as error:
            what = _("The way back could not be kept: {reason} Nothing was sent.").format(reason=error)
            raise NotStarted(what, _("Make the folder of the program writable, then try again.")) from error
        return await self._jobs.start_all(batch)

    async def _bring_back(self, home: HostKey) -> None:
        under_way = machines_of_jobs(self._jobs.statuses)
        kept = [each for each in await self._store.of(home) if each.machine_id not in under_way]
        await asyncio.gather(*(self._estate.refresh(each.key) for each in self._estate.pictures if kept))
        places = {each.machine_id: self._where(each) for each in kept}
        arrived = [each.machine_id for each in kept if (place := places[each.machine_id]) and place[0] == home]
        if arrived:
            try:
                await self._store.end(arrived)
            except NotKept as error:
                self._window.say(str(error))
        away = [place for place in places.values() if place is not None and place[0] != home]
        lost = [each.machine_name for each in kept if places[each.machine_id] is None]
        missing = _("Not found on any connected host: {names}.").format(names=", ".join(lost)) if lost else ""
        if not away:
            what = _("No machine that was taken off {host} waits for its return.").format(host=home.name)
            self._say(what, missing and f"{missing} " + _("Connect to the host that has it, then try again."))
            return
        if missing:
            self._window.say(missing)
        wizard = ReturnWizard(self._estate, home, away, kept)
        self._open(wizard, self._jobs.start_all, self._estate.picture(home).connection.is_practice)

    def _where(self, kept: Evacuated) -> tuple[HostKey, Machine] | None:
        """The host that has a machine now, its home before others; a replica is not the machine itself."""
        found = [
            (picture.key, machine)
            for picture in self._estate.pictures
            if picture.key.group == kept.home.group and picture.inventory is not None and picture.failure is None
            if (machine := picture.inventory.machine(kept.machine_id)) is not None
            and machine.replication_mode not in REPLICAS
        ]
        return min(found, key=lambda pair: pair[0] != kept.home, default=None)

    def _open(self, wizard: MoveManyWizard, carry_out: Callable[[Batch], Awaitable[object]], is_practice: bool) -> None:
        dialog = WizardDialog(
            wizard,
            partial(move_many_page, wizard),
            carry_out,
            self._tasks,
            is_practice=is_practice,
            fix=self._fix,
            parent=self._window,
        )
        dialog.resize(1280, 700)
        self._open_dialog(dialog)

    def _say(self, what: str, further: str) -> None:
        box = QMessageBox(self._window)
        box.setObjectName("evacuation")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Information)
        box.setWindowTitle(_("Return Machines"))
        box.setText(what)
        box.setInformativeText(further)
        box.addButton(_("Close"), QMessageBox.ButtonRole.RejectRole)
        self._open_dialog(box)
