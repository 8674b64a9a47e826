"""Carries out what the Help menu offers."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from pathlib import Path

import PySide6
from PySide6.QtCore import QSysInfo, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog

from core.estate.profiles import Profile
from core.jobs.journal import Journal
from core.language import _
from core.remoting.workers import Workers
from core.support import bundle, log
from core.support.licences import packages, version
from gui.help.about import AboutDialog
from gui.help.bundle_dialog import BundleDialog
from gui.help.guide import GuideWindow
from gui.main_window import MainWindow
from gui.tasks import Tasks


class HelpCommands:
    """``profiles`` tells the servers that are kept; ``open_dialog`` shows a dialog."""

    def __init__(
        self,
        log_folder: Path,
        journal: Journal,
        profiles: Callable[[], tuple[Profile, ...]],
        workers: Workers,
        window: MainWindow,
        tasks: Tasks,
        open_dialog: Callable[[QDialog], None],
    ) -> None:
        self._log_folder = log_folder
        self._journal = journal
        self._profiles = profiles
        self._workers = workers
        self._window = window
        self._tasks = tasks
        self._open_dialog = open_dialog
        self._guide: GuideWindow | None = None

    def start(self) -> None:
        """Follow the actions of the window."""
        offered = self._window.actions_offered
        offered.show_guide.triggered.connect(lambda: self.show_guide())
        offered.open_log.triggered.connect(self.open_log)
        offered.save_bundle.triggered.connect(self.ask_for_bundle)
        offered.about.triggered.connect(lambda: self._open_dialog(AboutDialog(self._window)))

    def close(self) -> None:
        """Close the guide, which is a window of its own."""
        if self._guide is not None:
            self._guide.close()
            self._guide.deleteLater()

    def show_guide(self, heading: str = "") -> None:
        """Open the user guide at a heading, or at its beginning."""
        if self._guide is None:
            # Without a parent: it stays beside the dialog that asked, in front of it or behind it.
            self._guide = GuideWindow()
        self._guide.show_heading(heading)

    def open_log(self) -> None:
        """Show the folder of the log in the file manager of this computer."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_folder))):
            self._window.say(_("The log is in {folder}.").format(folder=self._log_folder))

    def ask_for_bundle(self) -> None:
        """Ask what the bundle may hold, then save it."""
        dialog = BundleDialog(self._window)
        dialog.chosen.connect(
            lambda file, names: self._tasks.start(self._save_bundle(dialog, Path(file), names), "save a support bundle")
        )
        self._open_dialog(dialog)

    async def _save_bundle(self, dialog: BundleDialog, file: Path, with_names: bool) -> None:
        try:
            findings = bundle.Findings(
                await self._workers.run(versions),
                await self._workers.run(log.lines, self._log_folder),
                await self._journal.entries(),
                self._profiles(),
            )
            await self._workers.run(lambda: bundle.write(file, findings, with_names=with_names))
        except OSError as error:
            told = _("{file} cannot be written: {reason}.").format(file=file, reason=error.strerror or error)
            dialog.say("error", told, _("Choose another folder."))
        else:
            dialog.say("info", _("The bundle is in {file}.").format(file=file))


def versions() -> dict[str, str]:
    """What runs here."""
    known = {package.name: package.version for package in packages()}
    return {
        "VM Ferry": version(),
        "Python": sys.version,
        "PySide6": PySide6.__version__,
        "system": QSysInfo.prettyProductName(),
        "processor": platform.machine(),
        "platform": QGuiApplication.platformName(),
        **known,
    }
