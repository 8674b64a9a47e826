"""The pages for moving several machines: a grid of machines and items, networks, and one summary for all."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from core.amounts import size_text
from core.language import _
from core.moving.placement import Item
from core.moving.rules import PLACEHOLDERS
from core.wizards.move import MoveWizard
from core.wizards.move_choices import MoveType
from core.wizards.move_many import MoveManyWizard
from core.wizards.wizard import Problem, Step
from gui.icons import icon
from gui.panels.notice import text_label
from gui.plain_text import tip
from gui.wizards.help_link import Question
from gui.wizards.move_summary import move_question
from gui.wizards.page import Page
from gui.wizards.summary_page import SummaryPage, SummaryTexts

_NAME, _SIZE, _PRESENT, _DESTINATION, _PLACE = range(5)
_WIDTHS = (190, 76, 230, 120)
_ROW = Qt.ItemDataRole.UserRole


def move_many_page(wizard: MoveManyWizard, step: Step) -> Page:
    """The page for a step of ``wizard``."""
    match step.page:
        case wizard.GRID:
            return GridPage(wizard)
        case wizard.NETWORKS:
            return NetworksPage(wizard)
        case _:
            return _summary(wizard)


class GridPage(Page):
    """Every machine with its items: where each goes, and whether the hosts have room for all of them."""

    def __init__(self, wizard: MoveManyWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._what = QComboBox()
        self._what.setObjectName("what")
        self._what.addItem(_("The virtual machines"), MoveType.MACHINE)
        self._what.addItem(_("Only their storage"), MoveType.STORAGE)
        self._destination = QComboBox()
        self._destination.setObjectName("destination")
        self._destination.setEditable(True)
        self._destination.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._destination.addItems([picture.key.name for picture in wizard.destinations()])
        self._destination.setEditText(wizard.choices.destination)
        self._destination.lineEdit().setAccessibleName(_("Destination for all"))
        self._disks = QLineEdit(wizard.choices.rules.disks)
        self._disks.setObjectName("disks_rule")
        self._others = QLineEdit(wizard.choices.rules.others)
        self._others.setObjectName("others_rule")
        self._grid = _tree("machines_grid", _("Machines and items"), 5)
        self._grid.setHeaderLabels([_("Name"), _("Size"), _("Present location"), _("Destination"), _("New location")])
        self._grid.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        self._grid.setItemDelegate(CellDelegate(wizard, self._grid))
        for column, width in enumerate(_WIDTHS):
            self._grid.setColumnWidth(column, width)
        self._volumes = _tree("volumes", _("Free space at the destinations"), 5)
        self._volumes.setHeaderLabels([_("Host"), _("Drive"), _("Free now"), _("Arriving"), _("Free afterwards")])
        self._volumes.setMaximumHeight(96)
        self._arrange()
        self._what.currentIndexChanged.connect(self._choose_what)
        self._destination.currentTextChanged.connect(self._choose_destination)
        self._disks.textEdited.connect(lambda text: self._choose_rules(disks=text))
        self._others.textEdited.connect(lambda text: self._choose_rules(others=text))
        self._grid.itemChanged.connect(self._cell_edited)

    def question(self) -> Question:
        """What may be asked here."""
        if self._wizard.may_stay:
            return Question(_("How do I empty a host to service it?"), "how-do-i-empty-a-host-to-service-it")
        return Question(_("How do I say where each machine goes?"), "how-do-i-say-where-each-machine-goes")

    def enter(self) -> None:
        """Show the choices as they stand."""
        self._wizard.apply()
        self._show()

    async def load(self) -> None:
        """Read the sizes of the disks and what tells how well a host fits."""
        await self._wizard.load()
        self._show()

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Show what was read."""
        self._show()

    def first_field(self) -> QWidget:
        """The destination for all, or the grid where each machine has its own."""
        return self._grid if self._wizard.may_stay else self._destination

    def field(self, name: str) -> QWidget | None:
        """The control that a problem means."""
        fields = {"disks_rule": self._disks, "others_rule": self._others, "grid": self._grid}
        return fields.get(name, self.first_field())

    def _arrange(self) -> None:
        fields = QGridLayout()
        fields.setHorizontalSpacing(10)
        fields.setVerticalSpacing(6)
        rules = ((_("&Disks go to:"), self._disks), (_("Everything e&lse goes to:"), self._others))
        for_all = ((_("M&ove:"), self._what), (_("D&estination for all:"), self._destination))
        # A plan that says of each machine where it goes has nothing to say for all of them.
        columns = (rules,) if self._wizard.may_stay else (for_all, rules)
        for column, pairs in enumerate(columns):
            for row, (text, field) in enumerate(pairs):
                label = QLabel(text)
                label.setBuddy(field)
                field.setAccessibleName(text.replace("&", "").rstrip(":"))
                fields.addWidget(label, row, column * 2)
                fields.addWidget(field, row, column * 2 + 1)
        fields.setColumnStretch(1, 1)
        fields.setColumnStretch(3, 2)
        default, drive, folder, name, machine = PLACEHOLDERS
        explanation = _(
            "Rules: {folder} stands for the present folder, {drive} for the letter of its drive, {item} and {vm} for"
            " the names of item and machine, {default} for the destination's default folder for machines. What is typed"
            " into the grid goes before them."
        )
        self.column.addLayout(fields)
        self.column.addWidget(
            text_label(explanation.format(folder=folder, drive=drive, item=name, vm=machine, default=default))
        )
        self.column.addWidget(self._grid, 1)
        self.column.addWidget(self._volumes)

    def _show(self) -> None:
        """Fill the grid and the forecast anew; what is open and where the user is stays."""
        wizard = self._wizard
        with QSignalBlocker(self._grid):
            nodes = [self._grid.topLevelItem(row) for row in range(self._grid.topLevelItemCount())]
            opened = {node.data(_NAME, _ROW).machine.machine_id: node.isExpanded() for node in nodes}
            place = self._grid.verticalScrollBar().value()
            self._grid.clear()
            for row in wizard.rows:
                node = self._machine_node(row)
                self._grid.addTopLevelItem(node)
                node.addChildren([self._item_node(row, item) for item in row.items])
                # Where whole machines are given places, their items are looked at only when somebody wants to.
                node.setExpanded(opened.get(row.machine.machine_id, not wizard.may_stay))
            self._grid.verticalScrollBar().setValue(place)
        self._show_forecast()

    def _machine_node(self, row: MoveWizard) -> QTreeWidgetItem:
        rating = self._wizard.rating(row)
        words = self._wizard.words(row)
        texts = [row.machine.name, size_text(row.size) if row.size else "", row.machine.state.word, "", words]
        node = QTreeWidgetItem(texts)
        node.setData(_NAME, _ROW, row)
        if self._wizard.is_live:
            node.setText(_DESTINATION, self._wizard.destination(row))
            node.setFlags(node.flags() | Qt.ItemFlag.ItemIsEditable)
        if row not in self._wizard.going or (rating is not None and rating.problems):
            node.setIcon(_PLACE, icon("warning"))
        font = node.font(_NAME)
        font.setBold(True)
        node.setFont(_NAME, font)
        node.setToolTip(_PLACE, tip(words))
        return node

    def _item_node(self, row: MoveWizard, item: Item) -> QTreeWidgetItem:
        size = size_text(item.size) if item.size else ""
        node = QTreeWidgetItem([item.name, size, item.folder, "", self._wizard.folder(row, item)])
        node.setData(_NAME, _ROW, row)
        node.setData(_PLACE, _ROW, item)
        node.setFlags(node.flags() | Qt.ItemFlag.ItemIsEditable)
        for column in (_PRESENT, _PLACE):
            node.setToolTip(column, tip(node.text(column)))
        return node

    def _show_forecast(self) -> None:
        self._volumes.clear()
        for each in self._wizard.forecast():
            left = (
                size_text(each.left) if each.left >= 0 else _("too little by {size}").format(size=size_text(-each.left))
            )
            node = QTreeWidgetItem([each.host, each.drive, size_text(each.free), size_text(each.arriving), left])
            if each.left < 0:
                node.setIcon(4, icon("error"))
            self._volumes.addTopLevelItem(node)

    def _choose_what(self) -> None:
        self._wizard.choices.move_type = self._what.currentData()
        self._destination.setEnabled(self._wizard.is_live)
        self._changed()

    def _choose_destination(self, name: str) -> None:
        self._wizard.choices.destination = name
        self._changed()

    def _choose_rules(self, **rules: str) -> None:
        self._wizard.choices.rules = replace(self._wizard.choices.rules, **rules)
        self._changed()

    def _cell_edited(self, node: QTreeWidgetItem, column: int) -> None:
        row, item = node.data(_NAME, _ROW), node.data(_PLACE, _ROW)
        if item is not None and column == _PLACE:
            self._wizard.set_folder(row, item, node.text(_PLACE))
        elif item is None and column == _DESTINATION:
            self._wizard.set_destination(row, node.text(_DESTINATION))
        # The cell is still being edited: the grid is filled anew in the next turn.
        asyncio.get_running_loop().call_soon(self._changed)

    def _changed(self) -> None:
        self._wizard.apply()
        self._show()
        self.edited.emit()


class CellDelegate(QStyledItemDelegate):
    """Lets the user edit destinations of machines and folders of items, and nothing else."""

    def __init__(self, wizard: MoveManyWizard, grid: QTreeWidget) -> None:
        super().__init__(grid)
        self._wizard = wizard

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget | None:
        """The editor of a cell, or None where there is nothing to edit."""
        is_machine = not index.parent().isValid()
        if is_machine and index.column() == _DESTINATION and self._wizard.is_live:
            hosts = QComboBox(parent)
            hosts.setEditable(True)
            hosts.setAccessibleName(_("Destination"))
            hosts.lineEdit().setAccessibleName(_("Destination"))
            hosts.addItems([picture.key.name for picture in self._wizard.destinations()])
            return hosts
        if not is_machine and index.column() == _PLACE:
            folder = QLineEdit(parent)
            folder.setFrame(False)
            folder.setAccessibleName(_("New location"))
            return folder
        return None


class NetworksPage(Page):
    """A switch of its destination for each switch that is missing there."""

    def __init__(self, wizard: MoveManyWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(12)
        self._rows.setVerticalSpacing(8)
        self._rows.setColumnStretch(1, 1)
        self._first: QComboBox | None = None
        self.column.addWidget(
            text_label(_("These virtual switches are missing at the destination. Choose what to connect instead:"))
        )
        self.column.addLayout(self._rows)
        self.column.addStretch()

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("What if a virtual switch is missing?"), "what-if-a-virtual-switch-is-missing")

    def enter(self) -> None:
        """Show the switches that are missing now."""
        while (taken := self._rows.takeAt(0)) is not None:
            if (widget := taken.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._first = None
        for number, (destination, switch) in enumerate(self._wizard.missing_switches()):
            choice = QComboBox()
            choice.setObjectName(f"switch_{number}")
            choice.addItem(_("Not Connected"), "")
            for name in self._wizard.switches_of(destination):
                choice.addItem(name, name)
            choice.setCurrentIndex(
                max(0, choice.findData(self._wizard.choices.switches.get((destination, switch), "")))
            )
            words = _("{switch} at {host}:").format(switch=switch, host=destination)
            choice.setAccessibleName(words)
            choice.currentIndexChanged.connect(
                lambda _index, key=(destination, switch), field=choice: self._choose(key, field.currentData())
            )
            self._rows.addWidget(text_label(words), number, 0)
            self._rows.addWidget(choice, number, 1)
            self._first = self._first or choice

    def first_field(self) -> QWidget | None:
        """The first switch."""
        return self._first

    def _choose(self, key: tuple[str, str], switch: str) -> None:
        self._wizard.choices.switches[key] = switch
        self._wizard.apply()
        self.edited.emit()


def _summary(wizard: MoveManyWizard) -> SummaryPage:
    texts = SummaryTexts(
        intro=_("You are about to move the following. Choose Move to start: each move is a job of its own."),
        runs=_("Move runs this, and nothing else. You can run it yourself from another computer:"),
        file="move.ps1",
        question=move_question(),
    )
    return SummaryPage(wizard, texts)


def _tree(name: str, accessible_name: str, columns: int) -> QTreeWidget:
    tree = QTreeWidget()
    tree.setObjectName(name)
    tree.setAccessibleName(accessible_name)
    tree.setColumnCount(columns)
    tree.setTabKeyNavigation(False)
    tree.setAlternatingRowColors(False)
    return tree
