"""The parts that small dialogs and their pages are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.language import _


def form_layout() -> QFormLayout:
    """A form with its labels at the left."""
    form = QFormLayout()
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(8)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return form


def line_edit(name: str, accessible_name: str, placeholder: str = "") -> QLineEdit:
    """A field for one line."""
    edit = QLineEdit()
    edit.setObjectName(name)
    edit.setAccessibleName(accessible_name)
    edit.setPlaceholderText(placeholder)
    return edit


def password_edit(name: str = "password") -> QLineEdit:
    """A field whose text is not shown."""
    edit = line_edit(name, _("Password"))
    edit.setEchoMode(QLineEdit.EchoMode.Password)
    return edit


def combo(name: str, accessible_name: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
    """A list to choose from: what is meant, and how it is called."""
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(accessible_name)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    for value, text in choices:
        box.addItem(text, value)
    return box


def group_combo(groups: Sequence[str]) -> QComboBox:
    """The groups there are, none of them, or a new one that is typed."""
    box = combo("group", _("Group in the list"), [("", ""), *((group, group) for group in groups)])
    box.setEditable(True)
    if (field := box.lineEdit()) is not None:
        field.setAccessibleName(_("Group in the list"))
        field.setPlaceholderText(_("none"))
    return box


def choose(box: QComboBox, value: str) -> None:
    """Choose what is meant by ``value``; nothing changes where it is not offered."""
    if (index := box.findData(value)) >= 0:
        box.setCurrentIndex(index)


def add_row(form: QFormLayout, text: str, field: QWidget, row: QHBoxLayout | None = None) -> QLabel:
    """Add ``field`` under its label; it may stand in a ``row`` with others."""
    label = QLabel(text)
    label.setBuddy(field)
    if row is None:
        form.addRow(label, field)
    else:
        form.addRow(label, row)
    return label


def button_row(
    name: str, text: str, accept: Callable[[], None], dialog: QDialog, *, is_enabled: bool = True
) -> QHBoxLayout:
    """The default button ``name`` of ``dialog``, which calls ``accept``, and Cancel, which closes it."""
    default = QPushButton(text)
    default.setObjectName(name)
    default.setDefault(True)
    default.setEnabled(is_enabled)
    default.clicked.connect(lambda: accept())
    cancel = QPushButton(_("Cancel"))
    cancel.setObjectName("cancel")
    cancel.setAutoDefault(False)
    cancel.clicked.connect(dialog.reject)
    buttons = QHBoxLayout()
    buttons.setSpacing(8)
    buttons.addStretch()
    buttons.addWidget(default)
    buttons.addWidget(cancel)
    return buttons


def close_row(dialog: QDialog, *before: QPushButton) -> QHBoxLayout:
    """Buttons at the left, and Close."""
    close = QPushButton(_("Close"))
    close.setObjectName("close")
    close.setDefault(True)
    close.clicked.connect(dialog.reject)
    buttons = QHBoxLayout()
    buttons.setSpacing(8)
    for button in before:
        buttons.addWidget(button)
    buttons.addStretch()
    buttons.addWidget(close)
    return buttons


def push_button(name: str, text: str, clicked: Callable[[], None] | None = None) -> QPushButton:
    """A button that Enter does not press by itself; ``clicked`` is called when it is."""
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAutoDefault(False)
    if clicked is not None:
        button.clicked.connect(lambda: clicked())
    return button


def dialog_column(dialog: QDialog) -> QVBoxLayout:
    """The column that everything in ``dialog`` stands in."""
    column = QVBoxLayout(dialog)
    column.setContentsMargins(18, 16, 18, 14)
    column.setSpacing(12)
    return column


def height_of(layout: QLayout, width: int) -> int:
    """How high ``layout`` has to be for ``width``, with texts that are wrapped or without."""
    return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()


class FileField(QWidget):
    """A path, and a button that looks for the file."""

    def __init__(self, name: str, accessible_name: str, what: str, kinds: str) -> None:
        super().__init__()
        self.edit = line_edit(name, accessible_name)
        self._what = what
        self._kinds = kinds
        button = QPushButton(_("Browse..."))
        button.setObjectName(f"browse_{name}")
        button.setAccessibleName(what)
        button.setAutoDefault(False)
        button.clicked.connect(self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.edit)
        row.addWidget(button)
        self.setFocusProxy(self.edit)

    def _browse(self) -> None:
        dialog = QFileDialog(self.window(), self._what, self.edit.text(), self._kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.edit.setText)
        dialog.open()
