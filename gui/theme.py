"""The look of the program: light, like Windows' own administration tools, on every platform."""

from __future__ import annotations

import sys

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

ACCENT = "#0078d7"
PRACTICE = "#6b3fa0"
PRACTICE_BACKGROUND = "#f1e9fa"
SUBTLE_TEXT = "#5a5a5a"
LINE = "#d5d5d5"
PANE_HEADER = "#dbe7f3"
PANE_HEADER_TEXT = "#1f3a5f"

_COLOURS = {
    QPalette.ColorRole.Window: "#f0f0f0",
    QPalette.ColorRole.WindowText: "#000000",
    QPalette.ColorRole.Base: "#ffffff",
    QPalette.ColorRole.AlternateBase: "#f7f7f7",
    QPalette.ColorRole.Text: "#000000",
    QPalette.ColorRole.PlaceholderText: "#6d6d6d",
    QPalette.ColorRole.Button: "#f0f0f0",
    QPalette.ColorRole.ButtonText: "#000000",
    QPalette.ColorRole.Light: "#ffffff",
    QPalette.ColorRole.Midlight: "#e3e3e3",
    QPalette.ColorRole.Mid: "#a0a0a0",
    QPalette.ColorRole.Dark: "#a0a0a0",
    QPalette.ColorRole.Shadow: "#696969",
    QPalette.ColorRole.Highlight: ACCENT,
    QPalette.ColorRole.HighlightedText: "#ffffff",
    QPalette.ColorRole.Link: "#0066cc",
    QPalette.ColorRole.ToolTipBase: "#ffffff",
    QPalette.ColorRole.ToolTipText: "#3c3c3c",
}
_DISABLED = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
)

_STYLE = f"""
QPushButton {{
    background: #e1e1e1; border: 1px solid #adadad; padding: 3px 14px; min-height: 17px; min-width: 52px;
}}
QPushButton:hover, QPushButton:focus {{ border-color: {ACCENT}; }}
QPushButton:hover {{ background: #e5f1fb; }}
QPushButton:pressed {{ background: #cce4f7; border-color: #005499; }}
QPushButton:default {{ border: 2px solid {ACCENT}; padding: 2px 13px; }}
QPushButton:disabled {{ background: #f0f0f0; border: 1px solid #cfcfcf; color: #9a9a9a; padding: 3px 14px; }}
QGroupBox {{ border: 1px solid #dcdcdc; margin-top: 9px; padding: 8px 4px 4px 4px; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 9px; padding: 0 3px; }}
QHeaderView::section {{
    background: #ffffff; border: none; border-right: 1px solid #e5e5e5; border-bottom: 1px solid #e5e5e5;
    padding: 3px 6px;
}}
QTableView#machine_list::item {{ padding: 0 6px 0 3px; border: none; }}
QHeaderView::section:hover {{ background: #d9ebf9; }}
QProgressBar {{ background: #e6e6e6; border: 1px solid #bcbcbc; max-height: 13px; min-height: 13px; }}
QProgressBar::chunk {{ background: #06b025; }}
#start_page QPushButton {{ min-height: 24px; }}
QLineEdit, QSpinBox, QComboBox {{ min-height: 18px; }}
QSplitter::handle {{ background: #f0f0f0; }}
QStatusBar::item {{ border: none; }}
QToolTip {{ border: 1px solid #767676; padding: 3px; }}
"""


def apply(app: QApplication) -> None:
    """Give ``app`` the program's style, palette and font."""
    app.setStyle("Fusion")
    palette = QPalette()
    for role, colour in _COLOURS.items():
        palette.setColor(role, QColor(colour))
    for role in _DISABLED:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor("#8a8a8a"))
    palette.setColor(QPalette.ColorGroup.Inactive, QPalette.ColorRole.Highlight, QColor("#d9d9d9"))
    palette.setColor(QPalette.ColorGroup.Inactive, QPalette.ColorRole.HighlightedText, QColor("#000000"))
    app.setPalette(palette)
    app.setFont(text_font())
    app.setStyleSheet(_STYLE)


def text_font(points: float = 9.0, *, bold: bool = False) -> QFont:
    """The program's font in a size, in points."""
    wanted = "Segoe UI" if sys.platform == "win32" else "Open Sans"
    font = QFont(wanted) if wanted in QFontDatabase.families() else QFont(QApplication.font())
    font.setPointSizeF(points)
    font.setBold(bold)
    return font


def fixed_font() -> QFont:
    """The font for PowerShell."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(9.0)
    return font
