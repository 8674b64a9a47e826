"""The tree of groups and hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from core.language import _
from gui.icons import host_icon, icon

if TYPE_CHECKING:
    from core.estate.connection import HostKey
    from core.estate.estate import Picture

_KEY = Qt.ItemDataRole.UserRole


class HostTreeModel(QStandardItemModel):
    """A root, a group below it, and its hosts below that; each host with its state in icon and words."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.root = _item(_("VM Ferry"), "vmferry")
        self._groups: dict[str, QStandardItem] = {}
        self._hosts: dict[HostKey, QStandardItem] = {}
        self.appendRow(self.root)

    def show(self, picture: Picture) -> None:
        """Show the latest picture of a host, which is added where it is new."""
        item = self._hosts.get(picture.key)
        if item is None:
            item = _item(picture.key.name, "host")
            item.setData(picture.key, _KEY)
            self._hosts[picture.key] = item
            self._group(picture).appendRow(item)
        is_down = picture.failure is not None
        is_waiting = picture.inventory is None and not is_down
        name = picture.key.name
        text = _("{host} (not answering)").format(host=name) if is_down else name
        if is_waiting:
            text = _("{host} (connecting)").format(host=name)
        item.setText(text)
        item.setIcon(host_icon(picture.connection.is_practice, is_down, is_waiting))
        item.setToolTip(str(picture.failure) if picture.failure else picture.connection.endpoint.address)

    def key(self, index: QModelIndex) -> HostKey | None:
        """The host of a node; None for the root and for groups."""
        key: HostKey | None = index.data(_KEY) if index.isValid() else None
        return key

    def find(self, key: HostKey) -> QModelIndex:
        """The node of a host; invalid when there is none."""
        item = self._hosts.get(key)
        return item.index() if item is not None else QModelIndex()

    def _group(self, picture: Picture) -> QStandardItem:
        group = picture.key.group
        if group not in self._groups:
            if picture.connection.is_practice:
                item = _item(_("Practice (simulated hosts)"), "practice")
            else:
                item = _item(_("Servers"), "group")
            self._groups[group] = item
            self.root.appendRow(item)
        return self._groups[group]


def _item(text: str, icon_name: str) -> QStandardItem:
    item = QStandardItem(icon(icon_name), text)
    item.setEditable(False)
    return item
