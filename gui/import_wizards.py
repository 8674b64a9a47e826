"""Opens Import Wizards, and starts what they come to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from PySide6.QtWidgets import QDialog

from core.estate.estate import Estate
from core.jobs.plan import Plan
from core.wizards.import_machine import ImportWizard
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.tasks import Tasks
from gui.wizards.dialog import WizardDialog
from gui.wizards.import_pages import import_page

PICTURE = "import-wizard"


class ImportWizards:
    """``start`` begins a plan as a job, ``open_dialog`` shows a dialog."""

    def __init__(
        self,
        estate: Estate,
        start: Callable[[Plan], Awaitable[object]],
        window: MainWindow,
        tasks: Tasks,
        open_dialog: Callable[[QDialog], None],
        preferences: Preferences,
    ) -> None:
        self._estate = estate
        self._start = start
        self._window = window
        self._tasks = tasks
        self._open_dialog = open_dialog
        self._preferences = preferences
        window.actions_offered.import_machine.triggered.connect(self.open)

    def open(self) -> None:
        """Open a wizard that imports to the selected host."""
        picture, preferences = self._window.host, self._preferences
        if picture is None or picture.inventory is None:
            return
        wizard = ImportWizard(self._estate, picture.key, is_introduced=preferences.introduces_imports)
        dialog = WizardDialog(
            wizard,
            partial(import_page, wizard, self._tasks, preferences),
            self._start,
            self._tasks,
            is_practice=picture.connection.is_practice,
            picture=PICTURE,
            parent=self._window,
        )
        dialog.resize(880, 620)
        self._open_dialog(dialog)
