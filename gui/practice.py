"""The practice lab of a window."""

from __future__ import annotations

from dataclasses import replace

from core.estate.estate import Estate
from core.estate.practice import PracticeLab, PracticeUnavailable
from core.language import _
from gui.main_window import MainWindow
from gui.options import Options
from gui.tasks import Tasks

DEFAULT_SCENARIO = "two-sites"


class Practice:
    """Starts the lab when the user wants it, and ends it with the window."""

    def __init__(self, estate: Estate, window: MainWindow, tasks: Tasks, options: Options) -> None:
        self._estate = estate
        self._window = window
        self._tasks = tasks
        self._options = options
        self._lab: PracticeLab | None = None
        window.actions_offered.open_practice.triggered.connect(self.open)

    def open(self) -> None:
        """Start the lab and manage its hosts."""
        self._tasks.start(self._open(), "open the practice lab")

    def take_wish(self, scenario: str, speed: float) -> None:
        """Start the lab as a later start of the program wants it, unless there is one."""
        has_practice = any(picture.connection.is_practice for picture in self._estate.pictures)
        if not has_practice and self._window.actions_offered.open_practice.isEnabled():
            self._options = replace(self._options, practice=scenario, speed=speed)
            self.open()

    async def close(self) -> None:
        """End the lab."""
        if self._lab is not None:
            await self._lab.close(self._estate.workers)

    async def _open(self) -> None:
        notice = self._window.start_page.notice
        offered = self._window.actions_offered.open_practice
        notice.say("busy", _("The practice lab is starting..."))
        offered.setEnabled(False)
        options = self._options
        try:
            self._lab = await PracticeLab.start(
                options.practice or DEFAULT_SCENARIO,
                self._estate.workers,
                speed=options.speed,
                transcript=options.transcript,
            )
        except PracticeUnavailable as error:
            notice.say("error", str(error), _("Reinstall VM Ferry if parts of it are missing, then try again."))
            offered.setEnabled(True)
            return
        notice.clear()
        for connection in self._lab.connections:
            if options.configuration is not None:
                endpoint = replace(connection.endpoint, configuration_name=options.configuration)
                connection = replace(connection, endpoint=endpoint)
            self._estate.add(connection)
