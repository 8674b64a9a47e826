"""Emptying a host and bringing its machines back, as the user asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMessageBox

from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.evacuation.record import Evacuated, EvacuationStore
from core.evacuation.whereabouts import whereabouts
from core.jobs.admission import NotStarted
from core.jobs.plan import Batch
from core.jobs.queue import Jobs
from core.kept_file import NotKept
from core.language import _
from core.remoting.errors import HostReadOnly, RemotingError
from core.wizards.evacuation import EvacuationWizard
from core.wizards.move_many import MoveManyWizard
from core.wizards.return_machines import ReturnWizard
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
        if (picture := self._window.host) is not None:
            self._tasks.start(self._evacuate(picture.key), f"evacuate {picture.key}")

    def bring_back(self) -> None:
        """Open the grid with the machines that were taken off the selected host."""
        if (picture := self._window.host) is not None:
            self._tasks.start(self._bring_back(picture.key), f"return machines to {picture.key}")

    async def _evacuate(self, host: HostKey) -> None:
        picture = await self._estate.refresh(host)
        if (refusal := self._refusal(picture)) is not None:
            self._say(_("Evacuate Host"), refusal.sentence, refusal.cure)
            return
        machines = picture.inventory.machines if picture.inventory is not None else ()
        if not machines:
            self._say(_("Evacuate Host"), _("There is no virtual machine on {host}.").format(host=host.name))
            return
        wizard = EvacuationWizard(self._estate, host, machines)
        self._open(wizard, partial(self._begin, wizard), picture.connection.is_practice)

    async def _begin(self, wizard: EvacuationWizard, batch: Batch) -> object:
        try:
            await self._store.begin(wizard.remembered())
        except NotKept as error:
            what = _("The way back could not be kept: {reason} Nothing was sent.").format(reason=error)
            raise NotStarted(what, _("Make the folder of the program writable, then try again.")) from error
        return await self._jobs.start_all(batch)

    async def _bring_back(self, home: HostKey) -> None:
        title = _("Return Machines")
        try:
            kept = await self._store.of(home)
            if kept:
                await asyncio.gather(*(self._estate.refresh(each.key) for each in self._estate.pictures))
            found = whereabouts(kept, self._estate.pictures, machines_of_jobs(self._jobs.statuses))
            await self._store.end(found.at_home)
        except NotKept as error:
            self._say(title, _("What was taken off {host} cannot be told.").format(host=home.name), str(error))
            return
        further = list(found.missing)
        if found.under_way:
            names = ", ".join(each.machine_name for each in found.under_way)
            further.append(_("Still being moved, and to return after that: {machines}.").format(machines=names))
        if (refusal := self._refusal(self._estate.picture(home))) is not None and found.away:
            self._say(title, refusal.sentence, refusal.cure)
        elif found.away:
            wizard = ReturnWizard(self._estate, home, found.away, kept, further)
            self._open(wizard, self._jobs.start_all, self._estate.picture(home).connection.is_practice)
        else:
            what = _("No machine that was taken off {host} can return now.").format(host=home.name)
            self._say(title, what, "\n".join(further), found.lost)

    def _refusal(self, picture: Picture) -> RemotingError | None:
        """What keeps a host from everything."""
        return HostReadOnly(picture.key.name) if picture.connection.is_read_only else picture.failure

    async def _forget(self, machines: Sequence[Evacuated]) -> None:
        try:
            await self._store.end(machines)
        except NotKept as error:
            self._say(_("Return Machines"), _("The machines cannot be forgotten."), str(error))

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

    def _say(self, title: str, what: str, further: str = "", lost: Sequence[Evacuated] = ()) -> None:
        """Say something; machines that are ``lost`` can be forgotten."""
        box = QMessageBox(self._window)
        box.setObjectName("evacuation")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Information)
        box.setWindowTitle(title)
        box.setText(what)
        box.setInformativeText(further)
        if lost:
            forget = box.addButton(_("&Forget Them"), QMessageBox.ButtonRole.DestructiveRole)
            forget.setObjectName("forget")
            forget.clicked.connect(lambda: self._tasks.start(self._forget(lost), "forget machines"))
        close = box.addButton(_("Close"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(close)
        self._open_dialog(box)
