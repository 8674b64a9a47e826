"""Starts Qt and asyncio as one loop, builds the objects once and takes them down in order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
import threading
import traceback
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from core.language import _
from gui import theme
from gui.event_loop import EventLoop
from gui.icons import icon
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.taskbar import name_program
from gui.translation import translate

if TYPE_CHECKING:
    from gui.console import Console
    from gui.one_program import OneProgram
    from gui.options import Options

_COLLECT_EVERY = 1000
_NOTICE_SIGNALS_EVERY = 250
"""Milliseconds."""
_SWITCH_WITHIN = 0.001
"""Seconds."""


def make_application(language: str | None = None) -> QApplication:
    """The Qt application, once in a process. ``language`` (such as ``de``) takes the place of the user's own."""
    QCoreApplication.setOrganizationName("VM Ferry")
    QCoreApplication.setApplicationName("VM Ferry")
    name_program()
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    app.setWindowIcon(icon("vmferry"))
    theme.follow(app)
    translate(app, language)
    return app


def make_runner(app: QApplication) -> asyncio.Runner:
    """What runs coroutines in the loop of ``app``."""
    return asyncio.Runner(loop_factory=lambda: EventLoop(app))


def make_window(preferences: Preferences) -> MainWindow:
    """The window without anything behind it."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    with theme.unpolished(app):
        return MainWindow(preferences)


@contextlib.asynccontextmanager
async def opened(options: Options) -> AsyncIterator[Console]:
    """The window with everything behind it, open until the block ends."""
    # How long the window waits at most for a thread that reads what a host said; Python's own 5 ms are felt.
    sys.setswitchinterval(_SWITCH_WITHIN)
    with collected_here():
        preferences = Preferences(options.folder)
        window = make_window(preferences)
        window.show()
        # One turn for Qt, which paints.
        await asyncio.sleep(0)
        # Whatever the window does not need by itself is imported from here on: it must not delay the window.
        from core.remoting.workers import Workers

        workers = Workers()
        workers.start()
        try:
            # What speaks to hosts takes half a second to import.
            await workers.run(_import_console)
            from gui.console import Console

            console = Console(window, workers, options, preferences)
            console.start()
            try:
                yield console
            finally:
                window.setEnabled(False)
                window.say(_("Closing the sessions..."))
                await console.close()
        finally:
            await workers.close()
            window.close_now()
            preferences.save()
            window.deleteLater()


async def run(options: Options, program: OneProgram | None = None) -> None:
    """Show the window until the user closes it; ``program`` meets later starts meanwhile."""
    async with opened(options) as console:
        if program is not None:
            program.listen(console.take_wish)
        try:
            with telling_unforeseen(console), _interrupts(console.closing):
                if options.practice is not None and not console.closing.is_set():
                    console.practice.open()
                await console.closing.wait()
        finally:
            if program is not None:
                program.stop_listening()


def _import_console() -> None:
    import gui.console  # noqa: F401


@contextlib.contextmanager
def telling_unforeseen(console: Console) -> Iterator[None]:
    """Write down errors that nobody foresaw, in tasks, in slots of Qt and in threads, without passwords.

    Those in tasks are shown, too: what somebody was doing may not be complete.
    """
    # The log is imported with what speaks to hosts: it must not delay the window.
    from core.redaction import redacted
    from core.support.log import note

    def write_down(error: BaseException | None, message: str) -> None:
        told = "".join(traceback.format_exception(error)) if error is not None else ""
        # What Python itself would print may hold a password.
        print(redacted(f"{message}\n{told}"), file=sys.stderr)
        note("unforeseen", what=type(error).__name__, detail=told or message)

    def of_task(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        write_down(error, context["message"])
        console.show_error(redacted(str(error or context["message"])))

    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler(), sys.excepthook, threading.excepthook
    loop.set_exception_handler(of_task)
    sys.excepthook = lambda _kind, error, _trace: write_down(error, "An error that nobody has met:")
    threading.excepthook = lambda thread: write_down(thread.exc_value, "An error that ended a thread:")
    try:
        yield
    finally:
        loop.set_exception_handler(before[0])
        sys.excepthook, threading.excepthook = before[1:]


@contextlib.contextmanager
def _interrupts(closing: asyncio.Event) -> Iterator[None]:
    """Let Ctrl+C set ``closing``."""
    if sys.platform == "win32":
        before = signal.signal(signal.SIGINT, lambda number, frame: closing.set())
        # Python looks at signals only when it runs; Qt alone would sleep on.
        alarm = QTimer(interval=_NOTICE_SIGNALS_EVERY)
        alarm.timeout.connect(lambda: None)
        alarm.start()
        yield
        alarm.stop()
        signal.signal(signal.SIGINT, before)
    else:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, closing.set)
        yield
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


@contextlib.contextmanager
def collected_here() -> Iterator[None]:
    """Collect garbage in this thread only: collected in another, Qt objects with timers crash."""
    if not gc.isenabled():
        # It is so already.
        yield
        return
    gc.disable()
    timer = QTimer(interval=_COLLECT_EVERY)
    timer.timeout.connect(_collect)
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        gc.enable()


def _collect() -> None:
    """Collect what the collector would have: the oldest generation that is due."""
    due = [count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    if any(due):
        gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))
