"""The page for the host that a machine moves to: chosen from the rated list, or typed."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QModelIndex, QSize, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeView,
    QWidget,
)

from core.estate.estate import Picture
from core.language import _
from core.moving.rating import CREDENTIALS, Fit, Rating
from core.remoting.endpoint import Credential
from core.wizards.move import MoveWizard
from core.wizards.wizard import Problem
from gui.icons import host_icon, icon
from gui.panels.notice import text_label
from gui.plain_text import tip
from gui.wizards.credentials_button import CredentialsButton
from gui.wizards.help_link import Question
from gui.wizards.page import Page

_MARKS = {Fit.FITS: "completed", Fit.UNSURE: "warning", Fit.UNFIT: "error", Fit.UNKNOWN: "info"}
_KEY = Qt.ItemDataRole.UserRole


class DestinationPage(Page):
    """Every saved host with its rating in words; those that do not fit are grey, and say why."""

    def __init__(self, wizard: MoveWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._name = QLineEdit()
        self._name.setObjectName("destination")
        self._name.setAccessibleName(_("Name of the destination computer"))
        self._credentials = CredentialsButton(self._named, lambda: wizard.choices.credentials)
        self._hosts = QStandardItemModel(0, 2, self)
        self._list = self._host_list()
        self._rating = text_label()
        self._rating.setObjectName("destination_rating")
        self._rating_icon = QLabel()
        label = QLabel(_("N&ame:"))
        label.setBuddy(self._name)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self._name, 0, 1)
        grid.addWidget(self._credentials, 0, 2)
        rating = QHBoxLayout()
        rating.setSpacing(6)
        rating.addWidget(self._rating_icon, alignment=Qt.AlignmentFlag.AlignTop)
        rating.addWidget(self._rating, 1)
        grid.addLayout(rating, 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        self.column.addWidget(text_label(_("Which computer do you want to move the virtual machine to?")))
        self.column.addLayout(grid)
        self.column.addWidget(text_label(_("Choose a computer from the list, or type the name of any other.")))
        self.column.addWidget(self._list, 1)
        self._name.textEdited.connect(self._typed)
        self._list.selectionModel().currentChanged.connect(self._chosen)
        self._credentials.given.connect(self._credentials_given)
        self._credentials.nameless.connect(self._name.setFocus)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which computer can be the destination?"), "which-computer-can-be-the-destination")

    def enter(self) -> None:
        """Show the hosts as they are known now."""
        self._name.setText(self._wizard.choices.destination)
        self._show_hosts()
        self._rate()

    async def load(self) -> None:
        """Read what the ratings need, of all hosts at once; each is rated as soon as it has told."""
        keys = [self._wizard.source, *(picture.key for picture in self._wizard.destinations())]
        async with asyncio.TaskGroup() as group:
            readings = [group.create_task(self._wizard.read_details(key)) for key in keys]
            for reading in asyncio.as_completed(readings):
                await reading
                # Shown from here: what is cancelled last may end after the page.
                self._show_hosts()
                self._rate()

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Rate the host by its fresh picture; what the problems say is not said twice."""
        self._name.setText(self._wizard.choices.destination)
        self._show_hosts()
        self._rate()
        if problems:
            self._rating.clear()
            self._rating_icon.clear()
        if refused := next((problem for problem in problems if problem.field == CREDENTIALS), None):
            self._credentials.ask(refused.what)

    def first_field(self) -> QWidget:
        """The name."""
        return self._name

    def field(self, name: str) -> QWidget | None:
        """The name."""
        return self._name if name in ("destination", CREDENTIALS) else None

    def _typed(self, name: str) -> None:
        self._wizard.choices.destination = name
        self._list.selectionModel().clear()
        self._rate()
        self.edited.emit()

    def _chosen(self, index: QModelIndex) -> None:
        name = index.siblingAtColumn(0).data(_KEY)
        if name and name != self._name.text():
            self._name.setText(name)
            self._wizard.choices.destination = name
            self._rate()
            self.edited.emit()

    def _named(self) -> tuple[str, Credential]:
        """The host that is named, and with whose credentials it is reached."""
        picture = self._wizard.destination_picture
        name = (picture.key.name if picture else self._wizard.choices.destination).strip()
        return name, (picture or self._wizard.source_picture).connection.credential

    def _credentials_given(self) -> None:
        self._name.setFocus()
        self.edited.emit()

    def _rate(self) -> None:
        picture = self._wizard.destination_picture
        if picture is None or picture.key == self._wizard.source:
            self._rating.clear()
            self._rating_icon.clear()
            return
        rating = self._wizard.rating(picture)
        self._rating.setText(_explanation(rating))
        self._rating_icon.setPixmap(icon(_MARKS[rating.fit]).pixmap(QSize(16, 16), self.devicePixelRatioF()))

    def _show_hosts(self) -> None:
        """The rows anew; the one that is chosen stays chosen."""
        chosen = self._wizard.destination_picture
        selection = self._list.selectionModel()
        selection.blockSignals(True)
        self._hosts.removeRows(0, self._hosts.rowCount())
        for row, picture in enumerate(self._wizard.destinations()):
            self._hosts.appendRow(self._row(picture))
            if chosen is not None and picture.key == chosen.key:
                flags = selection.SelectionFlag.ClearAndSelect | selection.SelectionFlag.Rows
                selection.setCurrentIndex(self._hosts.index(row, 0), flags)
        selection.blockSignals(False)
        self._list.viewport().update()

    def _row(self, picture: Picture) -> list[QStandardItem]:
        rating = self._wizard.rating(picture)
        is_down = picture.failure is not None
        mark = host_icon(picture.connection.is_practice, is_down, picture.inventory is None and not is_down)
        row = [QStandardItem(mark, picture.key.name), QStandardItem(rating.words)]
        row[0].setData(picture.key.name, _KEY)
        row[1].setIcon(icon(_MARKS[rating.fit]))
        row[1].setToolTip(tip(_explanation(rating)))
        for item in row:
            item.setEditable(False)
            item.setEnabled(rating.fit is not Fit.UNFIT)
        return row

    def _host_list(self) -> QTreeView:
        view = QTreeView()
        view.setObjectName("destination_list")
        view.setAccessibleName(_("Computers"))
        view.setModel(self._hosts)
        self._hosts.setHorizontalHeaderLabels([_("Computer"), _("Rating")])
        view.setRootIsDecorated(False)
        view.setAllColumnsShowFocus(True)
        view.setUniformRowHeights(True)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        view.header().setStretchLastSection(True)
        view.setTabKeyNavigation(False)
        return view


def _explanation(rating: Rating) -> str:
    """Everything that speaks against a host, with the cures."""
    if not rating.problems:
        return rating.words
    return "\n".join(f"{problem.what} {problem.cure}" for problem in rating.problems)
