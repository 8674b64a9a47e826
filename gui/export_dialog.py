"""Asks for a file, writes text into it, and tells what came of that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from core.language import _
from core.own_files import write_file
from core.remoting.workers import Workers
from gui.tasks import Tasks


class ExportDialog(QFileDialog):
    """Asks under ``title`` where to write a file called ``proposed``; ``kinds`` is a name filter of Qt's."""

    def __init__(self, parent: QWidget, title: str, proposed: str, suffix: str, kinds: str) -> None:
        super().__init__(parent, title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setNameFilter(kinds)
        self.setDefaultSuffix(suffix)
        self.selectFile(proposed + suffix)

    def write(
        self,
        content: Callable[[], tuple[str, int]],
        written: Callable[[int], str],
        workers: Workers,
        tasks: Tasks,
        tell: Callable[[str, str, str], None],
    ) -> None:
        """Write ``content`` once the file is chosen: its text, and how much that is.

        ``written`` makes of the latter a sentence with ``{file}``. ``tell`` is called with error or info, with what
        happened, and with the cure of an error.
        """

        async def write_into(file: Path) -> None:
            text, count = content()
            try:
                await workers.run(_write_text, file, text)
            except OSError as error:
                what = _("{file} cannot be written: {reason}.").format(file=file, reason=error.strerror or error)
                tell("error", what, _("Choose another folder."))
            else:
                tell("info", written(count).format(count=count, file=file), "")

        self.fileSelected.connect(lambda name: tasks.start(write_into(Path(name)), f"write {Path(name).name}"))


def _write_text(file: Path, text: str) -> None:
    # With a byte order mark: spreadsheets and Windows PowerShell read UTF-8 as something else without one.
    write_file(file, text.encode("utf-8-sig"))
