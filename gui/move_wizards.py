"""The Move Wizards that are open, one for each machine, and the choices of those that have begun a job."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QDialog

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.hyperv.records import Machine
from core.jobs.plan import Plan
from core.jobs.queue import Jobs
from core.jobs.status import JobStatus
from core.wizards.move import MoveWizard
from core.wizards.move_choices import MoveChoices
from core.wizards.move_many import MoveManyWizard
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.tasks import Tasks
from gui.wizards.dialog import WizardDialog
from gui.wizards.fix_dialog import CarryOut
from gui.wizards.move_many_pages import move_many_page
from gui.wizards.move_pages import move_page
from gui.wizards.open_wizards import OpenWizards


class MoveWizards:
    """Opens wizards; ``fix`` carries out what cures a problem, ``open_dialog`` shows a dialog."""

    def __init__(
        self,
        estate: Estate,
        jobs: Jobs,
        window: MainWindow,
        tasks: Tasks,
        open_dialog: Callable[[QDialog], None],
        fix: CarryOut,
        preferences: Preferences,
    ) -> None:
        self._estate = estate
        self._jobs = jobs
        self._window = window
        self._tasks = tasks
        self._open_dialog = open_dialog
        self._fix = fix
        self._preferences = preferences
        self._open = OpenWizards()
        self._chosen: dict[int, MoveChoices] = {}

    def open(self, host: HostKey, machine: Machine, choices: MoveChoices | None = None) -> None:
        """Open a wizard for a machine, filled with ``choices``; one that is open already comes to the front."""
        if self._open.raise_open(host, machine.machine_id):
            return
        preferences = self._preferences
        wizard = MoveWizard(self._estate, host, machine, is_introduced=preferences.introduces_moves)
        if choices is not None:
            wizard.choices = copy.deepcopy(choices)
        dialog = WizardDialog(
            wizard,
            partial(move_page, wizard, self._tasks, preferences),
            partial(self._carry_out, wizard),
            self._tasks,
            is_practice=self._estate.picture(host).connection.is_practice,
            fix=self._fix,
            parent=self._window,
        )
        self._open.add(host, machine.machine_id, dialog)
        self._open_dialog(dialog)

    def open_for_many(self, host: HostKey, machines: Sequence[Machine], destination: str = "") -> None:
        """Open the wizard that moves several machines of a host; ``destination`` is proposed for all of them."""
        wizard = MoveManyWizard(self._estate, host, machines)
        wizard.choices.destination = destination
        dialog = WizardDialog(
            wizard,
            partial(move_many_page, wizard),
            self._jobs.start_all,
            self._tasks,
            is_practice=self._estate.picture(host).connection.is_practice,
            fix=self._fix,
            parent=self._window,
        )
        dialog.resize(1040, 680)
        self._open_dialog(dialog)

    def again(self, status: JobStatus) -> Callable[[], None] | None:
        """What opens the wizard of a job with the same choices; None when the machine is not where it was.

        The choices are kept until the program ends.
        """
        choices = self._chosen.get(status.number)
        expected = status.plan.expectation if status.plan is not None else None
        if choices is None or expected is None:
            return None
        inventory = self._estate.picture(expected.host).inventory
        machine = inventory.machine(expected.machine_id) if inventory is not None else None
        return partial(self.open, expected.host, machine, choices) if machine is not None else None

    async def _carry_out(self, wizard: MoveWizard, plan: Plan) -> JobStatus:
        status = await self._jobs.start(plan)
        self._chosen[status.number] = copy.deepcopy(wizard.choices)
        return status
