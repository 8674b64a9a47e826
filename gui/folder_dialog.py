"""Chooses a folder of a host: its drives with their free space, its shares, and what lies in them, read as opened."""

from __future__ import annotations

import asyncio
import ntpath
from collections.abc import Awaitable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.estate.folders import Listing, Place, Unreadable, folders_in, make_folder, shares_of, volumes_of
from core.hyperv.paths import folder_fault, same_path, tidy
from core.language import _
from gui.icons import icon
from gui.panels.notice import Notice, text_label
from gui.plain_text import tip
from gui.tasks import Tasks

_PATH = Qt.ItemDataRole.UserRole
_IS_READ = Qt.ItemDataRole.UserRole + 1
_SHARES = "shares"
"""Stands in place of the path of the row under which the shares are."""


class FolderDialog(QDialog):
    """``chosen`` is emitted with the path. What cannot be read says why, and a path can always be typed."""

    chosen = Signal(str)

    def __init__(self, estate: Estate, host: HostKey, folder: str, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("folders")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Select a Folder on {host}").format(host=host.name))
        self.setWindowIcon(icon("disk"))
        self.resize(580, 500)
        self._estate = estate
        self._host = host
        self._tasks = tasks
        self._under_way: set[asyncio.Task[None]] = set()
        self.tree = _make_tree()
        self.folder = _edit("folder_path", _("Folder"))
        self.folder.setText(folder)
        self.new_name = _edit("new_folder_name", _("Name of the new folder"))
        self.create = _button("create_folder", _("C&reate"))
        self.create.setAutoDefault(False)
        self.accept_button = _button("ok", _("&OK"))
        self.accept_button.setDefault(True)
        self.notice = Notice()
        self._arrange()
        self.tree.itemExpanded.connect(self._open)
        self.tree.currentItemChanged.connect(self._point_to)
        self.create.clicked.connect(self._make)
        self.accept_button.clicked.connect(self._choose)
        self._fill()

    @property
    def is_waiting(self) -> bool:
        """Whether an answer of the host is awaited."""
        return bool(self._under_way)

    def done(self, result: int) -> None:
        """End the dialog, and what is being read for it."""
        for task in self._under_way:
            task.cancel()
        super().done(result)

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        for row, (text, field) in enumerate(((_("&Folder:"), self.folder), (_("&New folder:"), self.new_name))):
            label = QLabel(text)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1, 1, 2 if field is self.folder else 1)
        grid.addWidget(self.create, 1, 2)
        cancel = _button("cancel", _("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self.accept_button)
        buttons.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        words = _("These are the drives, shares and folders of {host}. Any path can be typed as well.")
        column.addWidget(text_label(words.format(host=self._host.name)))
        column.addWidget(self.tree, 1)
        column.addLayout(grid)
        column.addWidget(self.notice)
        column.addLayout(buttons)

    def _fill(self) -> None:
        """The drives, which are known, and a row for the shares; the folder that is chosen is laid open."""
        volumes = volumes_of(self._estate, self._host)
        for place in volumes:
            self.tree.addTopLevelItem(_row(place, "disk"))
        if not volumes:
            self.tree.addTopLevelItem(_hint(_("{host} told of no drives.").format(host=self._host.name)))
        self.tree.addTopLevelItem(_row(Place(_SHARES, _("Shares")), "host"))
        self._start(self._lay_open(self.folder.text()))

    async def _lay_open(self, folder: str) -> None:
        """Open what lies above ``folder``, as far as it is there, and point to the last of it."""
        drive, rest = ntpath.splitdrive(folder)
        row = self._top_row(drive + "\\")
        if row is None or not drive.endswith(":"):
            return
        for part in [*filter(None, rest.split("\\"))]:
            await self._read(row)
            row.setExpanded(True)
            found = next((each for each in _children(row) if each.text(0).lower() == part.lower()), None)
            if found is None:
                break
            row = found
        self.tree.blockSignals(True)
        self.tree.setCurrentItem(row)
        self.tree.blockSignals(False)
        self.tree.scrollToItem(row)

    def _top_row(self, path: str) -> QTreeWidgetItem | None:
        rows = (self.tree.topLevelItem(number) for number in range(self.tree.topLevelItemCount()))
        return next((row for row in rows if same_path(str(row.data(0, _PATH)), path)), None)

    def _open(self, row: QTreeWidgetItem) -> None:
        if not row.data(0, _IS_READ):
            self._start(self._read(row))

    async def _read(self, row: QTreeWidgetItem) -> None:
        """Read what lies in ``row``, unless it was read or is being read."""
        if row.data(0, _IS_READ):
            return
        row.setData(0, _IS_READ, True)
        path = str(row.data(0, _PATH))
        listing: Listing
        if path == _SHARES:
            listing = await shares_of(self._estate, self._host)
        else:
            listing = await folders_in(self._estate, self._host, path)
        row.takeChildren()
        if isinstance(listing, Unreadable):
            _say_below(row, listing.what)
            row.setData(0, _IS_READ, False)  # opening it again asks again
            self.notice.say("warning", listing.what, listing.cure)
        elif listing:
            row.addChildren([_row(place, "host" if path == _SHARES else "folder") for place in listing])
        else:
            words = _("{host} serves no shares.") if path == _SHARES else _("There are no folders in it.")
            _say_below(row, words.format(host=self._host.name))

    def _point_to(self, row: QTreeWidgetItem | None) -> None:
        path = row.data(0, _PATH) if row is not None else None
        if path and path != _SHARES:
            self.folder.setText(path)
            self.notice.clear()

    def _make(self) -> None:
        """Make the new folder below the one that is chosen."""
        name, parent = self.new_name.text(), tidy(self.folder.text())
        path = ntpath.join(parent, name) if name.strip() else ""
        fault = _("No name is given.") if not name.strip() else folder_fault(parent) or folder_fault(path)
        if fault is None and "\\" in name:
            fault = _("The name of a folder cannot contain a backslash.")
        if fault is not None:
            self.notice.say("warning", fault, _("Choose the folder above it, and type a name for the new one."))
            self.new_name.setFocus()
        else:
            self.create.setEnabled(False)
            self._start(self._made(path))

    async def _made(self, path: str) -> None:
        self.notice.say("busy", _("Making {path}...").format(path=path))
        refused = await make_folder(self._estate, self._host, path)
        self.create.setEnabled(True)
        if refused is not None:
            self.notice.say("error", refused.what, refused.cure)
            return
        self.notice.clear()
        self.new_name.clear()
        self.folder.setText(path)
        if (above := self._row_of(ntpath.dirname(path))) is not None:
            above.setData(0, _IS_READ, False)
            await self._read(above)
            above.setExpanded(True)
        await self._lay_open(path)
        self.accept_button.setFocus()

    def _row_of(self, path: str) -> QTreeWidgetItem | None:
        """The row of a folder that is shown."""
        waiting = [self.tree.topLevelItem(number) for number in range(self.tree.topLevelItemCount())]
        while waiting:
            row = waiting.pop()
            if same_path(str(row.data(0, _PATH)), path):
                return row
            waiting += _children(row)
        return None

    def _choose(self) -> None:
        folder = self.folder.text()
        if fault := folder_fault(folder):
            self.notice.say("warning", fault, _("Choose a folder from the list, or type a full path."))
            self.folder.setFocus()
            return
        self.chosen.emit(folder)
        self.accept()

    def _start(self, following: Awaitable[None]) -> None:
        async def run() -> None:
            await following

        task = self._tasks.start(run(), f"folders of {self._host}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def _make_tree() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setObjectName("folder_tree")
    tree.setAccessibleName(_("Folders"))
    tree.setHeaderLabels([_("Name"), _("Free space")])
    tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
    tree.header().setStretchLastSection(False)
    tree.setAllColumnsShowFocus(True)
    tree.setUniformRowHeights(True)
    return tree


def _row(place: Place, mark: str) -> QTreeWidgetItem:
    row = QTreeWidgetItem([place.name, place.remark])
    row.setData(0, _PATH, place.path)
    row.setIcon(0, icon(mark))
    row.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
    row.addChild(_hint(_("Reading...")))
    return row


def _hint(words: str) -> QTreeWidgetItem:
    """A row that only says something."""
    row = QTreeWidgetItem([words])
    row.setFlags(Qt.ItemFlag.NoItemFlags)
    row.setToolTip(0, tip(words))
    return row


def _say_below(row: QTreeWidgetItem, words: str) -> None:
    hint = _hint(words)
    row.addChild(hint)
    hint.setFirstColumnSpanned(True)


def _children(row: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    return [row.child(number) for number in range(row.childCount())]


def _edit(name: str, accessible_name: str) -> QLineEdit:
    edit = QLineEdit()
    edit.setObjectName(name)
    edit.setAccessibleName(accessible_name)
    return edit


def _button(name: str, text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    return button
