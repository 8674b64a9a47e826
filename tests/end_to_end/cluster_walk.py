"""Clusters, walked in the window: to another node and back, between shared volumes, in and out, and to the broker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QLabel

from tests.end_to_end.hands import row_called
from tests.end_to_end.replication_walk import ReplicationWalk
from tests.end_to_end.routes_walk import RoutesWalk

if TYPE_CHECKING:
    from tests.end_to_end.tour import Tour

VOLUMES = "C:\\ClusterStorage"


class ClusterWalk:
    """Moves ERP01 within the cluster, SHOP02 into it, and FILE02 out of it, which is replicated back into it then."""

    def __init__(self, tour: Tour) -> None:
        self.tour = tour
        self.hands = tour.hands
        self.routes = RoutesWalk(tour)

    async def walk(self) -> None:
        """Everything, in an order in which each finds what it needs."""
        await self.looked_at()
        await self.to_another_node("HV-C1", "HV-C2", "live")
        await self.to_another_node("HV-C2", "HV-C1", "quick")
        await self.between_volumes()
        await self.into_the_cluster()
        await self.out_of_the_cluster()
        await self.to_the_broker()

    async def to_another_node(self, owner: str, node: str, way: str) -> None:
        """The node that is proposed, live or by quick migration."""
        wizard = await self.routes.open(owner, "ERP01")
        await self.tour.next_page(wizard, "Choose a Node")
        await self.hands.until(lambda: "of memory free" in self.told(wizard), "what is known of the node")
        self.hands.click(way, wizard)
        self.hands.picture(f"node-{way}", wizard)
        await self.routes.commit(wizard, f"node-{way}")
        await self.routes.arrived(node, "ERP01")

    async def between_volumes(self) -> None:
        """The storage of a clustered machine, to another shared volume."""
        wizard = await self.routes.open("HV-C1", "ERP01")
        await self.routes.storage(wizard)
        await self.routes.choose(wizard, "single_location", "Choose a new location for virtual machine")
        self.hands.write("folder", f"{VOLUMES}\\Volume2\\ERP01", wizard)
        await self.routes.commit(wizard, "storage")
        await self.routes.job_ends()

    async def into_the_cluster(self) -> None:
        """A machine of a host of its own becomes a role."""
        wizard = await self.routes.open("HV-03", "SHOP02")
        self.hands.click("into_cluster", wizard)
        await self.tour.next_page(wizard, "Specify Destination Computer")
        self.hands.write("destination", "HV-C2", wizard)
        await self.tour.next_page(wizard, "Choose Move Options")
        await self.routes.choose(wizard, "single_location", "Choose a new location for virtual machine")
        self.hands.write("folder", f"{VOLUMES}\\Volume1\\SHOP02", wizard)
        await self.routes.commit(wizard, "into")
        await self.routes.arrived("HV-C2", "SHOP02")

    async def out_of_the_cluster(self) -> None:
        """The cure of the summary removes the role; then the machine moves as any other does."""
        wizard = await self.routes.open("HV-C2", "FILE02")
        self.hands.click("machine", wizard)
        await self.tour.next_page(wizard, "Specify Destination Computer")
        self.hands.write("destination", "HV-03", wizard)
        await self.tour.next_page(wizard, "Choose Move Options")
        await self.routes.choose(wizard, "single_location", "Choose a new location for virtual machine")
        self.hands.write("folder", "D:\\VMs\\FILE02", wizard)
        self.hands.click("next", wizard)
        complaint = "FILE02 belongs to a failover cluster."
        await self.hands.until(lambda: complaint in self.tour.said(wizard), f"the words {complaint!r}")
        self.hands.picture("out-refused", wizard)
        self.hands.click("fix", wizard)
        shown = await self.hands.dialog("fix_dialog")
        self.hands.picture("out-role-removed", shown)
        self.hands.click("fix_now", shown)
        await self.hands.until(lambda: complaint not in self.tour.said(wizard), "the role to be removed")
        await self.routes.commit(wizard, "out")
        await self.routes.arrived("HV-03", "FILE02")

    async def to_the_broker(self) -> None:
        """A node is named as the Replica server, and its broker is used."""
        replication = ReplicationWalk(self.tour)
        wizard = await replication.open("FILE02", "HV-03")
        await replication.server(wizard, "HV-C2")
        await replication.enable(wizard, "broker")
        await replication.close_enabled()
        await replication.job_ends("Enable replication of FILE02 to HV-BROKER.contoso.example")

    async def looked_at(self) -> None:
        """The cluster in the tree, and in the details of a node."""
        await self.hands.until(lambda: row_called(self.tour.hosts, "HV-CLU"), "the cluster in the tree")
        await self.tour.select_host("HV-C1", "ERP01")
        details = self.hands.window.details
        details.host.setCurrentWidget(details.host.cluster)
        self.hands.picture("node", self.hands.window)

    def told(self, wizard: QDialog) -> str:
        return self.hands.find(QLabel, "node_told", wizard).text()
