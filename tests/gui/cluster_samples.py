"""What is shown of failover clusters, for tests that look at every window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QTabWidget, QWidget

from core.clusters.broker import Broker, ResourceState
from core.clusters.owners import Owners
from core.clusters.picture import Cluster, GroupState, Node, NodeState, Role, Volume
from core.language import _
from gui.main_window import MainWindow
from tests.gui.driving import select_machine

VOLUMES = tuple(
    Volume(f"C:\\ClusterStorage\\Volume{number}", {"Size": 2 << 40, "FreeSpace": 1 << 40}, fault, redirected)
    for number, fault, redirected in ((1, 0, False), (2, 1, True), (3, 2, False))
)
CLUSTER = Cluster(
    "HV-CLU",
    (Node("HV-01", NodeState.UP), Node("HV-02", NodeState.PAUSED), Node("HV-03", NodeState.DOWN)),
    (Role("WEB01", "HV-01", GroupState.ONLINE), Role("SQL01", "HV-02", GroupState.FAILED)),
    VOLUMES,
    Broker(ResourceState.ONLINE, "HV-BROKER"),
)


def look_at_cluster(window: MainWindow, visit: Callable[[str, QWidget], None]) -> None:
    """A cluster in the details of a host, one that does not answer any more, and the role of a machine."""
    host, before = window.details.host, window.machine
    role, [tabs] = window.details.role, window.details.findChildren(QTabWidget, "details_tabs")
    shown, shown_of_host = tabs.currentIndex(), host.currentIndex()
    window.machine_list.clearSelection()
    host.setTabVisible(host.indexOf(host.cluster), True)
    host.setCurrentWidget(host.cluster)
    host.cluster.show_cluster(CLUSTER, "")
    visit("host: cluster", window)
    silence = _("The cluster service of {host} does not answer: it is stopped, or the cluster is without quorum.")
    host.cluster.show_cluster(CLUSTER, silence.format(host="HV-01"))
    visit("host: cluster that does not answer", window)
    host.cluster.show_cluster(None, "")
    host.setCurrentIndex(shown_of_host)
    host.setTabVisible(host.indexOf(host.cluster), False)
    if before is not None:
        select_machine(window, before.name)
    tabs.setTabVisible(tabs.indexOf(role), True)
    window.details.show_tab(role)
    role.show_role(CLUSTER.roles[0], Owners(frozenset({"hv-01", "hv-02"}), frozenset({"hv-01"})), CLUSTER.name)
    visit("machine: role", window)
    tabs.setCurrentIndex(shown)
    tabs.setTabVisible(tabs.indexOf(role), False)
