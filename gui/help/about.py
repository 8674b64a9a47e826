"""What this program is: its version, its licence, and the licences of everything it is made of."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from core.language import _
from core.support.licences import Package, packages, qt_notice, version
from gui import theme
from gui.form import dialog_column
from gui.panels.notice import text_label


class AboutDialog(QDialog):
    """Shows what is installed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle(_("About VM Ferry"))
        self.resize(640, 520)
        picture = QLabel()
        picture.setPixmap(self.windowIcon().pixmap(48, 48))
        name = QLabel(_("VM Ferry {version}").format(version=version()).strip())
        name.setFont(theme.text_font(14))
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(name)
        words.addWidget(text_label(_("VM Ferry moves Hyper-V virtual machines from one host to another.")))
        words.addWidget(text_label(_("It is free software under the MIT licence, without any warranty.")))
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(picture)
        head.addLayout(words, 1)
        self.licences = QTextBrowser()
        self.licences.setObjectName("licences")
        self.licences.setAccessibleName(_("Licences"))
        self.licences.setTabChangesFocus(True)
        self.licences.setPlainText(licences_text(packages()))
        label = QLabel(_("&Licences of what it is made of:"))
        label.setBuddy(self.licences)
        close = QPushButton(_("Close"))
        close.setObjectName("close")
        close.setDefault(True)
        close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(close)
        column = dialog_column(self)
        column.addLayout(head)
        column.addWidget(label)
        column.addWidget(self.licences, 1)
        column.addLayout(buttons)
        close.setFocus()


def licences_text(known: tuple[Package, ...]) -> str:
    """A list of the packages, and then the texts of their licences, each once."""
    lines = [qt_notice(), ""]
    lines += [f"{package.name} {package.version}: {package.licence}" for package in known]
    told: dict[str, list[str]] = {}
    for package in known:
        for text in package.texts:
            told.setdefault(text.strip(), []).append(package.name)
    for text, names in told.items():
        lines += ["", "_" * 60, ", ".join(names), "", text]
    return "\n".join(lines)
