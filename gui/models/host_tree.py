"""The tree of groups and hosts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel

from core.language import _
from core.remoting.errors import PasswordMissing
from gui.icons import host_icon, icon
from gui.plain_text import tip

if TYPE_CHECKING:
    from core.estate.connection import HostKey
    from core.estate.estate import Picture

_KEY = Qt.ItemDataRole.UserRole
_FOLDER = Qt.ItemDataRole.UserRole + 1
_LABEL = Qt.ItemDataRole.UserRole + 2
_DRAGGED = "application/x-vmferry-host"
_Index = QModelIndex | QPersistentModelIndex


class HostTreeModel(QStandardItemModel):
    """A root, groups below it, and their hosts below that, the nodes of a cluster together; each with its state.

    ``host_moved`` is emitted with a host and the group that the user has dragged it to, empty for none; nothing has
    moved by then.
    """

    host_moved = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.root = _item(_("VM Ferry"), "vmferry")
        self._practice: QStandardItem | None = None
        self._listed: frozenset[str] = frozenset()
        self._groups: dict[str, QStandardItem] = {}
        self._silent: set[HostKey] = set()
        self._hosts: dict[HostKey, QStandardItem] = {}
        self._cluster_of: dict[HostKey, str] = {}
        self._clusters: dict[tuple[int, str], QStandardItem] = {}
        self._pictures: dict[HostKey, Picture] = {}
        self.appendRow(self.root)

    def show(self, picture: Picture) -> None:
        """Show the latest picture of a host, which is added where it is new, and moved where its group is another.

        What groups say of their hosts follows with ``word_groups``, once for many pictures.
        """
        item = self._hosts.get(picture.key)
        self._pictures[picture.key] = picture
        group = self._parent_of(picture)
        if item is None:
            item = _item(picture.key.name, "host")
            item.setData(picture.key, _KEY)
            item.setDragEnabled(not picture.connection.is_practice)
            self._hosts[picture.key] = item
            group.appendRow(item)
        elif (parent := item.parent()) is not None and parent is not group:
            group.appendRow(parent.takeRow(item.row()))
            self._tidy()
        is_down = picture.failure is not None
        is_waiting = picture.inventory is None and not is_down
        name = picture.key.name
        text = _("{host} (not answering)").format(host=name) if is_down else name
        if isinstance(picture.failure, PasswordMissing):
            text = _("{host} (sign-in needed)").format(host=name)
        if is_waiting:
            text = _("{host} (connecting)").format(host=name)
        if picture.connection.is_read_only:
            text = _("{host} - read-only").format(host=text)
        item.setText(text)
        item.setIcon(host_icon(picture.connection.is_practice, is_down, is_waiting))
        item.setToolTip(tip(str(picture.failure) if picture.failure else picture.connection.endpoint.address))
        (self._silent.add if is_down else self._silent.discard)(picture.key)

    def show_clusters(self, cluster_of: Mapping[HostKey, str]) -> None:
        """Show these hosts below the clusters that they are nodes of, each by its name."""
        changed = [key for key in self._hosts if cluster_of.get(key) != self._cluster_of.get(key)]
        self._cluster_of = dict(cluster_of)
        for key in changed:
            self.show(self._pictures[key])
        if changed:
            self.word_groups()

    def show_groups(self, groups: Sequence[str]) -> None:
        """Show these groups, also those that are empty; one that is not among them goes when it has no hosts."""
        self._listed = frozenset(groups)
        for group in ("", *groups) if groups else ():
            self._folder(group)
        self._tidy()

    def remove(self, key: HostKey) -> None:
        """Show a host no longer."""
        item = self._hosts.pop(key)
        del self._pictures[key]
        self._silent.discard(key)
        if (parent := item.parent()) is not None:
            parent.removeRow(item.row())
        self._tidy()
        self.word_groups()

    def word_groups(self) -> None:
        """Say of each group how many of its hosts do not answer, so that a closed one hides no trouble."""
        silent = Counter(self._top(self._hosts[key]).row() for key in self._silent)
        for item in (*self._groups.values(), *filter(None, (self._practice,))):
            name = str(item.data(_LABEL))
            count = silent[item.row()]
            text = _("{group} - {count} not answering").format(group=name, count=count) if count else name
            if item.text() != text:
                item.setText(text)

    def key(self, index: QModelIndex) -> HostKey | None:
        """The host of a node; None for the root and for groups."""
        key: HostKey | None = index.data(_KEY) if index.isValid() else None
        return key

    def group(self, index: QModelIndex) -> str:
        """The name of the group that a node is; empty for any other node."""
        return str(index.data(_FOLDER) or "") if index.isValid() else ""

    def name(self, index: QModelIndex) -> str:
        """How a group, or that of the practice hosts, is called; empty for the root."""
        return str(index.data(_LABEL) or "") if index.isValid() else ""

    def hosts(self, index: QModelIndex) -> tuple[HostKey, ...]:
        """The hosts that a node stands for, from top to bottom: itself, or all below it."""
        key = self.key(index)
        if key is not None:
            return (key,)
        below = (self.index(row, 0, index) for row in range(self.rowCount(index)))
        return tuple(found for each in below for found in self.hosts(each))

    def find(self, key: HostKey) -> QModelIndex:
        """The node of a host; invalid when there is none."""
        item = self._hosts.get(key)
        return item.index() if item is not None else QModelIndex()

    def find_group(self, group: str) -> QModelIndex:
        """The node of a group, of that for hosts without one when empty; invalid when there is none."""
        item = self._groups.get(group)
        return item.index() if item is not None else QModelIndex()

    def mimeTypes(self) -> list[str]:
        """What can be dragged."""
        return [_DRAGGED]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The hosts that are dragged, by their rows in the list."""
        known = list(self._hosts)
        data = QMimeData()
        keys = [key for index in indexes if (key := self.key(index)) is not None]
        data.setData(_DRAGGED, " ".join(str(known.index(key)) for key in keys).encode())
        return data

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index) -> bool:
        """Hosts can be dropped on the groups of real ones."""
        return data.hasFormat(_DRAGGED) and any(item.index() == parent for item in self._groups.values())

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index) -> bool:
        """Tell where hosts were dropped. The rows move when the profiles have changed, so not here."""
        if self.canDropMimeData(data, action, row, column, parent):
            known = list(self._hosts)
            for number in data.data(_DRAGGED).toStdString().split():
                self.host_moved.emit(known[int(number)], str(parent.data(_FOLDER) or ""))
        return False

    def _top(self, item: QStandardItem) -> QStandardItem:
        """The group that an item is in, or below a cluster of."""
        parent = item.parent()
        return item if parent is None or parent is self.root else self._top(parent)

    def _parent_of(self, picture: Picture) -> QStandardItem:
        """The group of a host, or its cluster in that group."""
        group, name = self._group(picture), self._cluster_of.get(picture.key)
        if name is None:
            return group
        key = (id(group), name)
        if key not in self._clusters:
            item = _item(name, "cluster")
            item.setData(name, _LABEL)
            item.setDropEnabled(False)
            item.setToolTip(tip(_("Failover cluster {name}").format(name=name)))
            self._clusters[key] = item
            group.appendRow(item)
        return self._clusters[key]

    def _tidy(self) -> None:
        for key, item in tuple(self._clusters.items()):
            if not item.hasChildren():
                del self._clusters[key]
                item.parent().removeRow(item.row())
        for name, item in tuple(self._groups.items()):
            if name and name not in self._listed and not item.hasChildren():
                del self._groups[name]
                self.root.removeRow(item.row())

    def _group(self, picture: Picture) -> QStandardItem:
        if not picture.connection.is_practice:
            return self._folder(picture.connection.folder)
        if self._practice is None:
            self._practice = _item(_("Practice (simulated hosts)"), "practice")
            self._practice.setData(self._practice.text(), _LABEL)
            self._practice.setDropEnabled(False)
            self.root.appendRow(self._practice)
        return self._practice

    def _folder(self, name: str) -> QStandardItem:
        if name not in self._groups:
            item = _item(name or _("Servers"), "group")
            item.setData(name, _FOLDER)
            item.setData(item.text(), _LABEL)
            self._groups[name] = item
            self.root.appendRow(item)
        return self._groups[name]


def _item(text: str, icon_name: str) -> QStandardItem:
    item = QStandardItem(icon(icon_name), text)
    item.setEditable(False)
    item.setDragEnabled(False)
    return item
