"""The user guide in a window: the Markdown files of ``docs`` with their pictures, without a network."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QImage, QKeySequence, QShortcut, QTextBlock, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

import gui
from core.language import _
from gui.icons import icon

FOLDER = Path(gui.__path__[0]).parent / "docs"
GUIDE = "user-guide.md"


def anchor(heading: str) -> str:
    """How links name a heading, as code hosting sites do: ``Why has it failed?`` is ``why-has-it-failed``."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


class GuideText(QTextBrowser):
    """Shows a file of the guide at a heading, and follows links to headings and to other files."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("guide")
        self.setAccessibleName(_("User guide"))
        self.setOpenLinks(False)
        self.document().setDocumentMargin(16)
        self.file = ""
        self.anchorClicked.connect(self._follow)

    def open(self, file: str, heading: str = "") -> None:
        """Show ``file`` with the heading that the anchor ``heading`` names at the top."""
        if file != self.file:
            self.file = file
            self._render()
        place = next((block for block in self.headings() if anchor(block.text()) == heading), None)
        cursor = QTextCursor(place if place is not None else self.document().firstBlock())
        self.setTextCursor(cursor)
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.cursorRect(cursor).top())

    def headings(self) -> list[QTextBlock]:
        """The headings of the file that is shown."""
        found = []
        block = self.document().firstBlock()
        while block.isValid():
            if block.blockFormat().headingLevel():
                found.append(block)
            block = block.next()
        return found

    def heading(self) -> str:
        """The text of the heading that was gone to."""
        return self.textCursor().block().text()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Pictures no wider than the page."""
        found = super().loadResource(kind, name)
        room = self.viewport().width() - 2 * round(self.document().documentMargin())
        if kind == QTextDocument.ResourceType.ImageResource.value and not name.isRelative():
            picture = QImage(name.toLocalFile())
            if picture.width() > room > 0:
                return picture.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)
        return found

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of the new palette when the system turns light or dark."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self.file:
            self._render()

    def _render(self) -> None:
        self.document().setBaseUrl(QUrl.fromLocalFile(f"{FOLDER}/"))
        self.setMarkdown((FOLDER / self.file).read_text(encoding="utf-8"))

    def _follow(self, link: QUrl) -> None:
        # The folder alone is served: no link of a file leads to a network or to another program.
        if link.isRelative():
            self.open(Path(link.path()).name or self.file, link.fragment())


class GuideWindow(QDialog):
    """A window of its own beside the others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide_window")
        self.setWindowTitle(_("User Guide of VM Ferry"))
        self.setWindowIcon(icon("info"))
        self.resize(960, 720)
        self.text = GuideText()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text)
        QShortcut(QKeySequence.StandardKey.Close, self, self.close)

    def show_heading(self, heading: str = "") -> None:
        """Come to the front with a heading of the user guide at the top."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.text.open(GUIDE, heading)
