"""The page on which the items are chosen that move."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from core.amounts import size_text
from core.language import _
from core.moving.placement import Item, ItemKind
from core.wizards.move import MoveWizard
from core.wizards.wizard import Problem
from gui.icons import icon
from gui.panels.notice import text_label
from gui.plain_text import tip
from gui.wizards.help_link import Question
from gui.wizards.page import Page

_KEY = Qt.ItemDataRole.UserRole


class ItemsPage(Page):
    """A list to tick: every item with its size and present path. Each ticked one gets a page of its own."""

    examines_on_entry = True

    def __init__(self, wizard: MoveWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._list = QTreeWidget()
        self._list.setObjectName("items")
        self._list.setAccessibleName(_("Items"))
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setAllColumnsShowFocus(True)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHeaderLabels([_("Item"), _("Size"), _("Present location")])
        self._list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._list.header().setStretchLastSection(True)
        question = _("Which items do you want to move? You choose a folder for each on the following pages.")
        self.column.addWidget(text_label(question))
        self.column.addWidget(self._list, 1)
        if wizard.is_live:
            hint = _("What you leave out must be on a share that both computers reach: it stays where it is.")
            self.column.addWidget(text_label(hint))
        self._list.itemChanged.connect(self._ticked)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which items does a machine have?"), "which-items-does-a-machine-have")

    def enter(self) -> None:
        """List the items as they are known now."""
        self._list.blockSignals(True)
        self._list.clear()
        for item in self._wizard.items:
            self._list.addTopLevelItem(self._row(item))
        self._list.setCurrentItem(self._list.topLevelItem(0))
        self._list.blockSignals(False)

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Show the sizes that were read."""
        self.enter()

    def first_field(self) -> QWidget:
        """The list."""
        return self._list

    def field(self, name: str) -> QWidget | None:
        """The list."""
        return self._list if name == "items" else None

    def _row(self, item: Item) -> QTreeWidgetItem:
        size = size_text(item.size) if item.size is not None else ""
        row = QTreeWidgetItem([_name(item), size, item.path])
        row.setData(0, _KEY, item.key)
        row.setIcon(0, icon("disk" if item.kind is ItemKind.DISK else "checkpoint"))
        row.setToolTip(2, tip(item.path))
        is_ticked = item.key not in self._wizard.choices.left_out
        row.setCheckState(0, Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
        return row

    def _ticked(self, row: QTreeWidgetItem, _column: int) -> None:
        key, left_out = row.data(0, _KEY), self._wizard.choices.left_out
        if row.checkState(0) is Qt.CheckState.Checked:
            left_out.discard(key)
        else:
            left_out.add(key)
        self.edited.emit()


def _name(item: Item) -> str:
    if item.position is None:
        return item.name
    return _("{disk} ({position})").format(disk=item.name, position=item.position)
