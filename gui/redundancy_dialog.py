"""What of a host fails with what: adapters, file servers, paths to disks, the host itself, and the site."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTreeWidget, QTreeWidgetItem, QWidget

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.estate.redundancy import Layer, Standing, read_redundancy, standings
from core.hyperv.query import UnexpectedAnswer
from core.language import _
from core.remoting.errors import RemotingError
from core.replicas.survey import Survey
from gui.form import close_row, dialog_column, push_button
from gui.icons import icon
from gui.panels.notice import Notice, text_label
from gui.tasks import Tasks


class RedundancyDialog(QDialog):
    """Reads ``host`` when it opens, and again with Refresh. It changes nothing."""

    def __init__(self, estate: Estate, survey: Survey, host: HostKey, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("redundancy")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Redundancy of {host}").format(host=host.name))
        self.setWindowIcon(icon("host"))
        self.resize(1040, 480)
        self._estate = estate
        self._survey = survey
        self._host = host
        self._tasks = tasks
        self._task: asyncio.Task[None] | None = None
        self.layers = QTreeWidget()
        self.layers.setObjectName("layers")
        self.layers.setAccessibleName(_("Redundancy of {host}").format(host=host.name))
        self.layers.setHeaderLabels((_("What happens when a part fails"), _("Virtual machines")))
        self.layers.setWordWrap(True)
        self.layers.setColumnWidth(0, 780)
        self.notice = Notice()
        refresh = push_button("redundancy_refresh", _("&Refresh"), self.load)
        column = dialog_column(self)
        column.addWidget(text_label(_("What is there once is gone when it fails; what is there twice is not.")))
        column.addWidget(self.layers, 1)
        column.addWidget(self.notice)
        column.addLayout(close_row(self, refresh))
        self.load()

    def load(self) -> None:
        """Read the host."""
        self.notice.say("busy", _("The hosts are being asked..."))
        self._task = self._tasks.start(self._load(), f"redundancy of {self._host}")

    def done(self, result: int) -> None:
        """End the dialog."""
        if self._task is not None:
            self._task.cancel()
        super().done(result)

    async def _load(self) -> None:
        try:
            facts = await read_redundancy(partial(self._estate.ask, self._host), self._host)
        except RemotingError as error:
            self.notice.say("error", f"{error.sentence} {error.cause}", error.cure)
            return
        except UnexpectedAnswer as error:
            self.notice.say("error", str(error), _("Look at the host itself."))
            return
        overview = await self._survey.read((self._host,))
        inventory = self._estate.picture(self._host).inventory
        if inventory is None:
            self.notice.say("error", _("{host} has not answered so far.").format(host=self._host.name))
            return
        own = [leg for leg in overview.relationships if leg.on(self._host) is not None]
        self._show(standings(facts, inventory, own))
        self.notice.clear()

    def _show(self, found: Sequence[Standing]) -> None:
        self.layers.clear()
        for layer in Layer:
            here = [each for each in found if each.layer is layer]
            if not here:
                continue
            top = QTreeWidgetItem([layer.word, ""])
            self.layers.addTopLevelItem(top)
            for each in here:
                row = QTreeWidgetItem([each.sentence, ", ".join(each.machines)])
                name = {True: "completed", False: "warning", None: "info"}[each.is_redundant]
                row.setIcon(0, icon(name))
                row.setToolTip(0, each.sentence)
                row.setToolTip(1, "\n".join(each.machines))
                top.addChild(row)
        self.layers.expandAll()
