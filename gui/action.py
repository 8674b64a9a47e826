"""An action that a menu, a context menu and a pane show, offered or greyed with the reason."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from core.language import _
from gui.icons import icon
from gui.plain_text import tip

_REASONS_SHOWN = 4


def make_action(parent: QObject, name: str, text: str, icon_name: str | None) -> QAction:
    """An action that a menu, a context menu and a pane can show."""
    action = QAction(text, parent)
    action.setObjectName(name)
    # A tool button would drop the dots.
    action.setIconText(text.replace("&", ""))
    if icon_name is not None:
        action.setIcon(icon(icon_name))
    return action


def offer_action(action: QAction, is_offered: bool, why_not: str) -> None:
    """Offer an action, or say in its tool tip and in the status bar why not."""
    lines = why_not.splitlines()
    if len(lines) > _REASONS_SHOWN:
        lines[_REASONS_SHOWN:] = [_("and {count} more").format(count=len(lines) - _REASONS_SHOWN)]
    action.setEnabled(is_offered)
    # An empty tool tip would be taken for none, and the text shown in its place.
    action.setToolTip(tip("\n".join(lines) or action.iconText()))
    action.setStatusTip(" ".join(lines))
