"""The failover cluster of a host, as one of its nodes told of it: nodes, roles and shared volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from core.amounts import size_text
from core.language import _
from gui import theme
from gui.icons import icon
from gui.panels.notice import Notice
from gui.plain_text import tip

if TYPE_CHECKING:
    from core.clusters.picture import Cluster

_OWNER_WIDTH, _STATE_WIDTH = 170, 150


class ClusterTab(QFrame):
    """Shows a cluster, or why it told nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("cluster")
        theme.look(self, "surface")
        self._shown: Cluster | None = None
        self.parts = QTreeWidget()
        self.parts.setObjectName("cluster_parts")
        self.parts.setAccessibleName(_("Failover Cluster"))
        self.parts.setHeaderLabels((_("Name"), _("Status"), _("Owner Node")))
        self.parts.setFrameShape(QFrame.Shape.NoFrame)
        self.parts.setUniformRowHeights(True)
        header = self.parts.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, header.ResizeMode.Stretch)
        header.resizeSection(1, _STATE_WIDTH)
        header.resizeSection(2, _OWNER_WIDTH)
        self.notice = Notice()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addWidget(self.notice)
        column.addWidget(self.parts, 1)

    def show_cluster(self, cluster: Cluster | None, silence: str) -> None:
        """Show what was told last; ``silence`` says why nothing newer was."""
        if silence:
            self.notice.say("error", silence)
        else:
            self.notice.clear()
        if cluster == self._shown:
            return
        self._shown = cluster
        self.parts.clear()
        if cluster is None:
            return
        broker = [] if cluster.broker is None else [(cluster.broker.name, cluster.broker.state.word, "")]
        self._add(_("Nodes"), "host", [(node.name, node.state.word, "") for node in cluster.nodes])
        self._add(_("Roles"), "machine-running", [(role.name, role.state.word, role.owner) for role in cluster.roles])
        self._add(_("Hyper-V Replica Broker"), "replica", broker)
        free = _("{path}: {free} free of {size}")
        self._add(
            _("Cluster Shared Volumes"),
            "disk",
            [
                (free.format(path=each.path, free=size_text(each.free), size=size_text(each.size)), each.word, "")
                for each in cluster.volumes
            ],
        )
        self.parts.expandAll()

    def _add(self, heading: str, icon_name: str, rows: Sequence[tuple[str, str, str]]) -> None:
        top = QTreeWidgetItem([heading])
        self.parts.addTopLevelItem(top)
        for row in rows:
            item = QTreeWidgetItem(list(row))
            item.setIcon(0, icon(icon_name))
            item.setToolTip(0, tip(row[0]))
            top.addChild(item)
        if not rows:
            none = QTreeWidgetItem([_("None")])
            none.setFlags(Qt.ItemFlag.NoItemFlags)
            top.addChild(none)
