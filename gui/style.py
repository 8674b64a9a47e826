"""The style sheet of the program. What a widget looks like beyond its kind is its ``look``; see gui/theme.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.icons import FOLDER

if TYPE_CHECKING:
    from gui.colours import Colours

ICONS = FOLDER.as_posix()

NOTICES = ("error", "warning", "info", "busy", "practice")


def sheet(colours: Colours) -> str:
    """The style sheet in these colours."""
    c = colours
    notices = "".join(_notice(kind, getattr(c, kind), getattr(c, f"{kind}_frame")) for kind in NOTICES)
    # Names of hosts may look like markup, and no label of the program has any; gui/plain_text.py sees to tool tips.
    return f"""
QLabel {{ qproperty-textFormat: PlainText; }}
QTipLabel {{ qproperty-textFormat: AutoText; }}
QPushButton {{
    background: {c.button}; border: 1px solid {c.button_frame}; padding: 3px 14px; min-height: 17px; min-width: 52px;
}}
QPushButton:hover, QPushButton:focus {{ border-color: {c.accent}; }}
QPushButton:hover {{ background: {c.hover}; }}
QPushButton:pressed {{ background: {c.pressed}; border-color: {c.pressed_frame}; }}
QPushButton:default {{ border: 2px solid {c.accent}; padding: 2px 13px; }}
QPushButton:disabled {{
    background: {c.window}; border: 1px solid {c.line}; color: {c.disabled_text}; padding: 3px 14px;
}}
QGroupBox {{ border: 1px solid {c.frame}; margin-top: 9px; padding: 8px 4px 4px 4px; }}
QGroupBox::title {{ subcontrol-origin: margin; left: 9px; padding: 0 3px; }}
QHeaderView::section {{
    background: {c.surface}; border: none; border-right: 1px solid {c.frame}; border-bottom: 1px solid {c.frame};
    padding: 3px 6px;
}}
QTableView#machine_list::item {{ padding: 0 6px 0 3px; border: none; }}
QHeaderView::section:hover {{ background: {c.hover}; }}
QProgressBar {{
    background: {c.groove}; border: 1px solid {c.button_frame}; max-height: 13px; min-height: 13px;
}}
QProgressBar::chunk {{ background: {c.progress}; }}
#start_page QPushButton {{ min-height: 24px; }}
QLineEdit, QSpinBox, QComboBox {{ min-height: 18px; }}
QCheckBox::indicator, QRadioButton::indicator, QGroupBox::indicator, QAbstractItemView::indicator {{
    width: 11px; height: 11px; background: {c.surface}; border: 1px solid {c.indicator};
}}
QRadioButton::indicator {{ border-radius: 6px; }}
QCheckBox::indicator:hover, QRadioButton::indicator:hover {{ border-color: {c.accent}; }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ background: {c.window}; border-color: {c.line}; }}
QCheckBox::indicator:checked, QGroupBox::indicator:checked, QAbstractItemView::indicator:checked {{
    image: url("{ICONS}/checked.svg");
}}
QAbstractItemView::indicator:indeterminate {{ image: url("{ICONS}/checked-partly.svg"); }}
QRadioButton::indicator:checked {{ image: url("{ICONS}/chosen.svg"); }}
QSplitter::handle {{ background: {c.window}; }}
QStatusBar::item {{ border: none; }}
QToolTip {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.button_frame}; padding: 3px; }}
QListWidget#steps {{ background: {c.steps}; outline: none; padding-top: 8px; }}
QListWidget#steps::item {{ padding: 0 6px 0 12px; border-left: 3px solid transparent; }}
QListWidget#steps::item:selected {{ background: {c.step}; color: {c.text}; border-left-color: {c.accent}; }}
*[look="surface"] {{ background: {c.surface}; }}
*[look="clear"] {{ background: transparent; }}
*[look="bar"] {{ border: none; border-bottom: 1px solid {c.line}; }}
*[look="line"] {{ color: {c.line}; }}
*[look="subtle"] {{ color: {c.subtle_text}; }}
*[look="question"] {{ color: {c.heading_text}; }}
*[look="pane-heading"] {{
    background: {c.heading}; color: {c.heading_text}; padding: 4px 8px; border-bottom: 1px solid {c.line};
}}
*[look="pane-section"] {{ background: {c.section}; color: {c.heading_text}; padding: 4px 8px; }}
*[look="practice"] {{ background: {c.practice}; color: {c.practice_text}; padding: 2px 10px; }}
*[look="practice-badge"] {{ background: {c.practice}; color: {c.practice_text}; padding: 0 6px; }}
*[look="badge"] {{ background: {c.mark}; color: {c.subtle_text}; padding: 0 6px; }}
*[look="row"] {{ background: {c.surface}; border: 1px solid transparent; border-bottom: 1px solid {c.line}; }}
*[look="row"]:focus {{ border: 1px solid {c.accent}; }}
QToolButton[look="action"] {{ border: 1px solid transparent; padding: 3px 8px; text-align: left; }}
QToolButton[look="action"]:hover {{ background: {c.hover}; border-color: {c.pressed}; }}
QToolButton[look="action"]:focus {{ border-color: {c.accent}; }}
QToolButton[look="action"]:disabled {{ color: {c.disabled_text}; }}
QToolButton[look="link"] {{ border: 1px solid transparent; padding: 1px 3px; color: {c.link}; }}
QToolButton[look="link"]:hover {{ text-decoration: underline; }}
QToolButton[look="link"]:focus {{ border-color: {c.accent}; }}
QToolButton[look="unfold"] {{ border: 1px solid transparent; padding: 1px 4px 1px 0; color: {c.subtle_text}; }}
QToolButton[look="unfold"]:focus {{ border-color: {c.accent}; }}
{notices}
"""


def _notice(kind: str, background: str, frame: str) -> str:
    """A message in its frame, and one that lies as a strip between panes."""
    return f"""
*[look="notice-{kind}"] {{ background: {background}; border: 1px solid {frame}; }}
*[look="strip-{kind}"] {{ background: {background}; border: none; border-bottom: 1px solid {frame}; }}
"""
