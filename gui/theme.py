"""The look of the program: like Windows' own administration tools on every platform, light or dark as the system is.

Colours stand in gui/colours.py alone and reach widgets through the palette and the style sheet of the application, so
that all change at once when the system does. A widget that looks unlike others of its kind is given a ``look``.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from gui.colours import DARK, LIGHT, Colours
from gui.style import sheet

_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "alternate",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "subtle_text",
    QPalette.ColorRole.Button: "window",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "accent_text",
    QPalette.ColorRole.Light: "light",
    QPalette.ColorRole.Midlight: "midlight",
    QPalette.ColorRole.Mid: "mid",
    QPalette.ColorRole.Dark: "dark",
    QPalette.ColorRole.Shadow: "shadow",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "accent_text",
    QPalette.ColorRole.Link: "link",
    QPalette.ColorRole.LinkVisited: "visited_text",
    QPalette.ColorRole.ToolTipBase: "surface",
    QPalette.ColorRole.ToolTipText: "text",
}
_DISABLED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)

_colours = LIGHT


def colours() -> Colours:
    """The colours that are shown at present."""
    return _colours


def follow(app: QApplication) -> None:
    """Give ``app`` the program's style and font, and the system's choice of light or dark, now and when it changes."""
    app.setStyle("Fusion")
    app.setFont(text_font())
    hints = app.styleHints()
    apply(app, hints.colorScheme())
    hints.colorSchemeChanged.connect(lambda scheme: apply(app, scheme))


@contextlib.contextmanager
def unpolished(app: QApplication) -> Iterator[None]:
    """Take the style sheet away while a large window is built.

    With it each widget that is put into another is styled again with all that is in it, which takes half of the time.
    """
    sheet_before = app.styleSheet()
    app.setStyleSheet("")
    yield
    app.setStyleSheet(sheet_before)


def apply(app: QApplication, scheme: Qt.ColorScheme) -> None:
    """Show everything light or dark."""
    global _colours
    _colours = DARK if scheme is Qt.ColorScheme.Dark else LIGHT
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, QColor(getattr(_colours, name)))
    for role in _DISABLED:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(_colours.disabled_text))
    palette.setColor(QPalette.ColorGroup.Inactive, QPalette.ColorRole.Highlight, QColor(_colours.inactive))
    palette.setColor(QPalette.ColorGroup.Inactive, QPalette.ColorRole.HighlightedText, QColor(_colours.text))
    app.setPalette(palette)
    app.setStyleSheet(sheet(_colours))


def look(widget: QWidget, name: str) -> None:
    """Give ``widget`` one of the looks of gui/style.py, such as ``subtle`` or ``surface``."""
    widget.setProperty("look", name)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


@functools.cache
def _has_font(family: str) -> bool:
    """Listing the fonts of a computer takes long on some."""
    return family in QFontDatabase.families()


def text_font(points: float = 9.0, *, bold: bool = False) -> QFont:
    """The program's font in a size, in points."""
    wanted = "Segoe UI" if sys.platform == "win32" else "Open Sans"
    font = QFont(wanted) if _has_font(wanted) else QFont(QApplication.font())
    font.setPointSizeF(points)
    font.setBold(bold)
    return font


def fixed_font() -> QFont:
    """The font for PowerShell."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(9.0)
    return font
