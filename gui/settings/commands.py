"""Opens the settings of the selected host and of the selected machine."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog

from core.estate.estate import Estate
from gui.main_window import MainWindow
from gui.settings.host_dialog import HostSettingsDialog
from gui.settings.machine_dialog import MachineSettingsDialog
from gui.tasks import Tasks
from gui.wizards.fix_dialog import CarryOut


class SettingsCommands:
    """``carry_out`` starts a plan and waits for its end, ``open_dialog`` shows a dialog."""

    def __init__(
        self,
        estate: Estate,
        window: MainWindow,
        tasks: Tasks,
        open_dialog: Callable[[QDialog], None],
        carry_out: CarryOut,
    ) -> None:
        self._estate = estate
        self._window = window
        self._tasks = tasks
        self._open_dialog = open_dialog
        self._carry_out = carry_out
        window.actions_offered.host_settings.triggered.connect(self.open_host)
        window.actions_offered.machines.settings.triggered.connect(self.open_machine)

    def open_host(self) -> None:
        """Open the Hyper-V settings of the selected host."""
        if (picture := self._window.host) is not None:
            arguments = (self._estate, picture.key, self._tasks, self._open_dialog, self._carry_out)
            self._open_dialog(HostSettingsDialog(*arguments, self._window))

    def open_machine(self) -> None:
        """Open the settings of the selected machine."""
        selected = self._window.subjects
        if len(selected) == 1:
            arguments = (self._estate, selected[0], self._tasks, self._carry_out)
            self._open_dialog(MachineSettingsDialog(*arguments, self._window))
