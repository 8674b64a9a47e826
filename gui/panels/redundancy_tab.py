"""What of a host fails with what: adapters, file servers, paths to disks, the host itself, and the site."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from core.language import _
from gui import theme
from gui.form import push_button
from gui.icons import icon
from gui.panels.notice import Notice, text_label
from gui.plain_text import tip

if TYPE_CHECKING:
    from core.estate.redundancy import Standing

_MACHINES_WIDTH = 260


class RedundancyTab(QFrame):
    """Shows what a host has answered. ``refresh_asked`` is emitted when it is to be asked again."""

    refresh_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("redundancy")
        theme.look(self, "surface")
        self.layers = QTreeWidget()
        self.layers.setObjectName("layers")
        self.layers.setAccessibleName(_("Redundancy"))
        self.layers.setHeaderLabels((_("What happens when a part fails"), _("Virtual machines")))
        self.layers.setWordWrap(True)
        self.layers.setFrameShape(QFrame.Shape.NoFrame)
        header = self.layers.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, header.ResizeMode.Stretch)
        header.resizeSection(1, _MACHINES_WIDTH)
        # A row that wraps is as high as its width wants, which is known only then.
        header.sectionResized.connect(lambda *_sizes: self.layers.scheduleDelayedItemsLayout())
        self.notice = Notice()
        row = QHBoxLayout()
        row.addWidget(text_label(_("What is there once is gone when it fails; what is there twice is not.")), 1)
        row.addWidget(push_button("redundancy_refresh", _("Refresh"), self.refresh_asked.emit))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.notice)
        column.addWidget(self.layers, 1)

    def wait(self, host: str) -> None:
        """Say that the host is being asked; what another one has told goes away."""
        self.layers.clear()
        self.notice.say("busy", _("{host} is being asked...").format(host=host))

    def fail(self, what: str, cure: str = "") -> None:
        """Say why there is nothing to show."""
        self.layers.clear()
        self.notice.say("error", what, cure)

    def show_standings(self, found: Sequence[Standing]) -> None:
        """Show each layer with what becomes of it."""
        self.layers.clear()
        self.notice.clear()
        tops: dict[str, QTreeWidgetItem] = {}
        for each in found:
            word = each.layer.word
            if word not in tops:
                tops[word] = QTreeWidgetItem([word, ""])
                self.layers.addTopLevelItem(tops[word])
            row = QTreeWidgetItem([each.sentence, ", ".join(each.machines)])
            row.setIcon(0, icon({True: "completed", False: "warning", None: "info"}[each.is_redundant]))
            row.setToolTip(0, tip(each.sentence))
            row.setToolTip(1, tip("\n".join(each.machines)))
            tops[word].addChild(row)
        self.layers.expandAll()
