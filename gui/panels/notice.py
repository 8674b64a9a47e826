"""A strip that says something at length: what is wrong and the cure, with an icon, to be read and copied."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from core.language import _
from gui import theme
from gui.icons import icon


def text_label(text: str = "", *, selectable: bool = False) -> QLabel:
    """A label that shows ``text`` as it is, wrapped at words; ``selectable`` lets it be copied."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if selectable:
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return label


class Notice(QFrame):
    """One message: an icon, what there is to say, and a cure; hidden while there is none.

    ``kind`` is that of the latest message. ``is_strip`` lets it lie between other panes, with a line below it only;
    ``is_closable`` lets the user put it away.
    """

    def __init__(self, *, is_strip: bool = False, is_closable: bool = False) -> None:
        super().__init__()
        self.kind = ""
        self._form = "strip" if is_strip else "notice"
        self.setObjectName("notice")
        self._icon = QLabel()
        self._what = text_label(selectable=True)
        self._what.setObjectName("notice_what")
        self._cure = text_label(selectable=True)
        self._cure.setObjectName("notice_cure")
        self._progress = QProgressBar(minimum=0, maximum=0, textVisible=False)
        self._progress.setAccessibleName(_("Waiting for an answer"))
        words = self._words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(self._what)
        words.addWidget(self._cure)
        words.addWidget(self._progress)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(10)
        layout.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        self.close_button = QPushButton(_("Close"))
        self.close_button.setObjectName("notice_close")
        self.close_button.setAccessibleName(_("Close the message"))
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.clear)
        self.close_button.setVisible(is_closable)
        layout.addWidget(self.close_button, alignment=Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(self, kind: str, what: str, cure: str = "") -> None:
        """Show a message; ``kind`` is error, warning, info, busy or practice and names the icon."""
        self.kind = kind
        theme.look(self, f"{self._form}-{kind}")
        self._icon.setPixmap(icon(kind).pixmap(QSize(16, 16), self.devicePixelRatioF()))
        self._what.setText(what)
        self._cure.setText(cure)
        self._cure.setVisible(bool(cure))
        self._progress.setVisible(kind == "busy")
        self.setAccessibleName(what)
        self.setAccessibleDescription(cure)
        self.show()
        if kind in ("error", "warning"):
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def clear(self) -> None:
        """Say nothing."""
        self.hide()

    @property
    def text(self) -> str:
        """What is said at present; empty when nothing is."""
        return "" if self.isHidden() else "\n".join(filter(None, (self._what.text(), self._cure.text())))
