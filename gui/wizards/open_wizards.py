"""Wizards that are open, one for each machine."""

from __future__ import annotations

from uuid import UUID

from core.estate.connection import HostKey
from gui.wizards.dialog import WizardDialog


class OpenWizards:
    """Those of one kind, by the host and the ID of their machine, until they are closed."""

    def __init__(self) -> None:
        self._open: dict[tuple[HostKey, UUID], WizardDialog] = {}

    def raise_open(self, host: HostKey, machine_id: UUID) -> bool:
        """Bring the wizard of a machine to the front; False when there is none."""
        dialog = self._open.get((host, machine_id))
        if dialog is None:
            return False
        dialog.raise_()
        dialog.activateWindow()
        return True

    def add(self, host: HostKey, machine_id: UUID, dialog: WizardDialog) -> None:
        """Know a wizard until it is closed."""
        self._open[host, machine_id] = dialog
        dialog.finished.connect(lambda _result: self._open.pop((host, machine_id), None))
