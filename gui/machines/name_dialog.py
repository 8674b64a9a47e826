"""Asks for one line of text, such as another name, and says what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLabel, QWidget

from gui.form import button_row, dialog_column, height_of, line_edit
from gui.panels.notice import Notice, text_label

_WIDTH = 460


@dataclass(frozen=True, slots=True)
class LineTexts:
    """The ``title`` of the dialog, ``what`` it is about, the ``label`` of the field, its button, and a general cure."""

    title: str
    what: str
    label: str
    commit: str
    cure: str


class NameDialog(QDialog):
    """``chosen`` is emitted with a text in which ``fault`` finds nothing wrong; what it has now may stay."""

    chosen = Signal(str)

    def __init__(self, texts: LineTexts, text: str, fault: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("name_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(texts.title)
        self._before = text
        self._fault = fault
        self._cure = texts.cure
        self.name = line_edit("line", texts.label.replace("&", "").rstrip(":"))
        self.name.setText(text)
        self.name.selectAll()
        label = QLabel(texts.label)
        label.setBuddy(self.name)
        self.notice = Notice()
        self._column = dialog_column(self)
        self._column.addWidget(text_label(texts.what))
        self._column.addWidget(label)
        self._column.addWidget(self.name)
        self._column.addWidget(self.notice)
        self._column.addStretch()
        self._column.addLayout(button_row("rename", texts.commit, self._accept, self))
        self.name.textChanged.connect(self.notice.clear)
        self._fit()

    def _accept(self) -> None:
        text = self.name.text()
        if text and text == self._before:
            self.reject()
        elif fault := self._fault(text):
            self.notice.say("warning", fault, self._cure)
            self._fit()
            self.name.setFocus()
        else:
            self.chosen.emit(text)
            self.accept()

    def _fit(self) -> None:
        self.resize(_WIDTH, height_of(self._column, _WIDTH))
