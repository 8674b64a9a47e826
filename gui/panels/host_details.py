"""The tabs about a host that is selected without a machine."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget

from core.language import _
from gui.panels.facts import scrolled
from gui.panels.host_facts import HostFacts
from gui.panels.redundancy_tab import RedundancyTab

if TYPE_CHECKING:
    from core.clusters.survey import ClusterSurvey
    from core.estate.connection import HostKey
    from core.estate.inventory import Inventory
    from gui.panels.cluster_tab import ClusterTab


class HostDetails(QTabWidget):
    """``redundancy_asked`` is emitted with a host whose redundancy somebody looks at: once, and again with Refresh."""

    redundancy_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("host_tabs")
        self.setAccessibleName(_("Details of the host"))
        self.setDocumentMode(True)
        self._host: HostKey | None = None
        self._asked: HostKey | None = None
        self._facts = HostFacts()
        self.redundancy = RedundancyTab()
        self.addTab(scrolled(self._facts, _("Details of the host")), _("Summary"))
        self.addTab(self.redundancy, _("Redundancy"))
        self._survey: ClusterSurvey | None = None
        self.currentChanged.connect(lambda _tab: self.ask())
        self.redundancy.refresh_asked.connect(self._ask_again)

    @cached_property
    def cluster(self) -> ClusterTab:
        """The tab of a failover cluster, made for the first host that has one: the first paint waits for no more."""
        from gui.panels.cluster_tab import ClusterTab

        tab = ClusterTab()
        self.addTab(tab, _("Failover Cluster"))
        return tab

    def show_host(self, host: HostKey, inventory: Inventory) -> None:
        """Show a host as it was read last."""
        self._host = host
        self._facts.show_inventory(inventory)
        self._show_cluster()
        self.ask()

    def show_clusters(self, survey: ClusterSurvey) -> None:
        """Show what is known of the host's cluster, now and whenever another host is shown."""
        self._survey = survey
        self._show_cluster()

    def leave(self) -> None:
        """Nobody looks at a host any more: whoever comes back wants to know it as it is then."""
        self._host = self._asked = None

    def is_about(self, host: HostKey) -> bool:
        """Whether a host is the one that is shown."""
        return self._host == host

    def ask(self) -> None:
        """Ask for the redundancy if somebody looks at it."""
        if self._host is None or self.currentWidget() is not self.redundancy or self._asked == self._host:
            return
        self._asked = self._host
        self.redundancy.wait(self._host.name)
        self.redundancy_asked.emit(self._host)

    def _show_cluster(self) -> None:
        if self._host is None or self._survey is None:
            return
        cluster, silence = self._survey.cluster(self._host), self._survey.silence(self._host)
        is_there = cluster is not None or bool(silence)
        if is_there or "cluster" in vars(self):
            self.setTabVisible(self.indexOf(self.cluster), is_there)
            self.cluster.show_cluster(cluster, silence)

    def _ask_again(self) -> None:
        self._asked = None
        self.ask()
