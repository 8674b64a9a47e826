"""What the middle of the window shows while no host is selected."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.language import _
from gui import theme
from gui.icons import icon
from gui.panels.notice import Notice, text_label


class StartPage(QWidget):
    """Says what the program does and offers the ways to begin."""

    def __init__(self, *beginnings: QAction) -> None:
        super().__init__()
        self.setObjectName("start_page")
        theme.look(self, "surface")
        self.notice = Notice()
        picture = QLabel()
        picture.setPixmap(icon("vmferry").pixmap(QSize(48, 48), self.devicePixelRatioF()))
        heading = QLabel(_("Welcome to VM Ferry"))
        heading.setFont(theme.text_font(16))
        what = text_label(
            _(
                "VM Ferry moves Hyper-V virtual machines from one host to another. Connect to the hosts you"
                " administer, or try everything out first with simulated hosts on this computer."
            )
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        for action in beginnings:
            buttons.addWidget(_button(action))
        buttons.addStretch()
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(picture)
        column.addWidget(heading)
        column.addWidget(what)
        column.addLayout(buttons)
        column.addWidget(self.notice)
        column.addStretch(3)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(32, 16, 32, 16)
        layout.addStretch(1)
        layout.addLayout(column, 6)
        layout.addStretch(1)


def _button(action: QAction) -> QPushButton:
    button = QPushButton(action.icon(), action.iconText())
    button.setObjectName(f"start_{action.objectName()}")
    button.setIconSize(QSize(16, 16))
    button.clicked.connect(action.trigger)

    def follow() -> None:
        button.setEnabled(action.isEnabled())
        button.setVisible(action.isVisible())

    action.changed.connect(follow)
    button.setVisible(action.isVisible())
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
