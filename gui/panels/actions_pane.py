"""The Actions pane: the actions of the host and of the machine, each under a header with its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.language import _
from gui import theme
from gui.panels.heading import PaneHeading


class ActionsPane(QFrame):
    """Shows the same action objects as the menus."""

    def __init__(self, host_actions: Sequence[QAction], machine_actions: Sequence[QAction]) -> None:
        super().__init__()
        self.setObjectName("actions_pane")
        self.setAccessibleName(_("Actions"))
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._host = _Section(host_actions)
        self._machine = _Section(machine_actions)
        self._machine.hide()
        content = QWidget()
        content.setObjectName("actions_content")
        theme.look(content, "surface")
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        inner.addWidget(self._host)
        inner.addWidget(self._machine)
        inner.addStretch()
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(_("Actions"))
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        self._scroll, self._content = scroll, content
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(PaneHeading(_("Actions")))
        layout.addWidget(scroll)

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the pane wide enough for its actions, as wide as they are now that their style holds."""
        super().showEvent(event)
        # What is chosen here is read whole, also beside a scroll bar; the names above it may be long, and only widen
        # what is wide enough.
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        self._scroll.setMinimumWidth(self._content.minimumSizeHint().width() + bar)

    def show_host(self, name: str) -> None:
        """Name the host that the first section's actions are about."""
        self._host.rename(name)

    def show_machine(self, name: str | None) -> None:
        """Name the machine that the second section's actions are about; None hides them."""
        self._machine.setVisible(name is not None)
        self._machine.rename(name or "")


class _Section(QWidget):
    def __init__(self, actions: Sequence[QAction]) -> None:
        super().__init__()
        self._name = QLabel()
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setFont(theme.text_font(bold=True))
        theme.look(self._name, "pane-section")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._name)
        layout.addSpacing(2)
        for action in actions:
            layout.addWidget(_ActionButton(action))

    def rename(self, name: str) -> None:
        self._name.setText(name)


class _ActionButton(QToolButton):
    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setDefaultAction(action)
        if isinstance(action.menu(), QMenu):
            self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setObjectName(f"action_{action.objectName()}")
        self.setAccessibleName(action.iconText())
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(16, 16))
        self.setAutoRaise(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.look(self, "action")
        self.setHidden(not action.isVisible())
        action.visibleChanged.connect(lambda: self.setVisible(action.isVisible()))
