"""Replication is enabled in the window in every way: over the network, on media, on a basis, to a server that is
configured on the way, and for several machines at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialog, QTabWidget, QTreeWidget, QWidget

from tests.end_to_end.hands import Unexpected

if TYPE_CHECKING:
    from tests.end_to_end.tour import Tour

SCENARIO = Path(__file__).with_name("replication.toml")
ADDRESSES = {
    "4_address": "192.168.15.10",
    "4_mask": "255.255.255.0",
    "4_gateway": "192.168.15.1",
    "4_preferred_dns": "192.168.15.2",
    "6_address": "2001:db8:15::10",
    "6_mask": "64",
}
LAST = "Completing the Enable Replication Wizard"


class ReplicationWalk:
    """Enables the machines of HV-01 one after the other."""

    def __init__(self, tour: Tour) -> None:
        self.tour = tour
        self.hands = tour.hands

    async def walk(self) -> None:
        """Every method, both kinds of authentication, with and without recovery points, addresses, several machines."""
        await self.over_the_network()
        await self.on_media()
        await self.on_a_basis()
        await self.to_a_server_that_is_configured_first()
        await self.several()

    async def over_the_network(self) -> None:
        """With recovery points, without the page file's disk, with addresses of both families on both sides."""
        wizard = await self.open("WEB01")
        await self.server(wizard, "HV-DR")
        self.hands.click("test_connection", wizard)
        await self.hands.until(lambda: "reaches" in self.tour.said(wizard.page), "the connection to be tested")
        self.hands.picture("connection", wizard)
        await self.next(wizard, "Choose Replication VHDs")
        disks = self.hands.find(QTreeWidget, "disks", wizard)
        await self.hands.until(lambda: disks.topLevelItem(1).text(2), "the sizes of the disks")
        self.hands.press(Qt.Key.Key_Down, wizard)
        self.hands.press(Qt.Key.Key_Space, wizard)
        self.hands.picture("disks", wizard)
        await self.next(wizard, "Configure Replication Frequency")
        self.hands.press(Qt.Key.Key_Up, wizard)
        await self.next(wizard, "Configure Additional Recovery Points")
        self.hands.click("hourly", wizard)
        self.hands.click("consistent", wizard)
        self.hands.picture("recovery-points", wizard)
        await self.next(wizard, "Choose Initial Replication Method")
        self.hands.picture("initial-copy", wizard)
        await self.next(wizard, "Failover TCP/IP")
        for side, tab in (("replica", 0), ("primary", 1)):
            self.hands.find(QTabWidget, "sides", wizard).setCurrentIndex(tab)
            self.hands.find(QCheckBox, f"sets_{side}", wizard).click()
            for name, text in ADDRESSES.items():
                self.hands.write(f"{side}_{name}", text, wizard)
        self.hands.find(QTabWidget, "sides", wizard).setCurrentIndex(0)
        self.hands.find(QWidget, "test_switch", wizard).setFocus()
        for _switch in ("Not Connected", "Replica site", "Failover tests"):
            self.hands.press(Qt.Key.Key_Down, wizard)
        self.hands.picture("addresses", wizard)
        await self.enable(wizard, "network")
        await self.connect()
        await self.job_ends("Enable replication of WEB01")

    async def on_media(self) -> None:
        """By certificate, without recovery points, to a folder."""
        wizard = await self.open("APP01")
        await self.server(wizard, "HV-DR")
        self.hands.click("certificate", wizard)
        self.hands.click("select_certificate", wizard)
        certificates = await self.hands.dialog("select_certificate")
        self.hands.picture("certificates", certificates)
        self.hands.click("ok", certificates)
        await self.go_to(wizard, "Choose Initial Replication Method")
        self.hands.click("media", wizard)
        self.hands.click("next", wizard)
        await self.hands.until(lambda: "No folder is named." in self.tour.said(wizard), "the missing folder")
        self.hands.write("folder", r"D:\Initial copies", wizard)
        await self.enable(wizard, "media")
        await self.close_enabled()
        await self.job_ends("Enable replication of APP01")

    async def on_a_basis(self) -> None:
        """A machine of the same ID is there already."""
        wizard = await self.open("SEED01")
        await self.server(wizard, "HV-DR")
        await self.go_to(wizard, "Choose Initial Replication Method")
        self.hands.click("existing", wizard)
        await self.enable(wizard, "basis")
        await self.close_enabled()
        await self.job_ends("Enable replication of SEED01")

    async def to_a_server_that_is_configured_first(self) -> None:
        """HV-NEW is no Replica server: that is said, and cured right there."""
        wizard = await self.open("NEW01")
        self.hands.write("server", "HV-NEW", wizard)
        self.hands.click("next", wizard)
        complaint = "HV-NEW is not configured as a Replica server."
        await self.hands.until(lambda: complaint in self.tour.said(wizard), f"the words {complaint!r}")
        self.hands.picture("not-configured", wizard)
        self.hands.click("configure_server", wizard)
        await self.configure()
        await self.next(wizard, "Specify Connection Parameters")
        await self.enable(wizard, "configured")
        await self.close_enabled()
        await self.job_ends("Enable replication of NEW01")

    async def several(self) -> None:
        """Two machines at once, one with recovery points of its own, their copies at the same time."""
        await self.tour.select_host("HV-01", "TWO01")
        machines = self.tour.machines
        self.hands.click_row(machines, self.tour.row(machines, "ONE01"))
        row = self.tour.row(machines, "TWO01")
        machines.scrollTo(row)
        place = machines.visualRect(row)
        held, at = Qt.KeyboardModifier.ControlModifier, QPoint(place.left() + 20, place.center().y())
        QTest.mouseClick(machines.viewport(), Qt.MouseButton.LeftButton, held, at)
        self.hands.click("action_enable_replication")
        wizard = await self.hands.dialog("wizard")
        self.hands.write("server", "HV-DR", wizard)
        await self.go_to(wizard, "Machines and Their Exceptions")
        self.hands.write("stagger", "0", wizard)
        self.hands.picture("several", wizard)
        await self.enable(wizard, "several")
        for name in ("ONE01", "TWO01"):
            await self.job_ends(f"Enable replication of {name}")

    async def open(self, machine: str, host: str = "HV-01") -> QDialog:
        """The wizard for a machine, opened from the Actions pane, on its second page."""
        await self.tour.select_host(host, machine)
        self.hands.click_row(self.tour.machines, self.tour.row(self.tour.machines, machine))
        await self.hands.until(
            lambda: self.hands.find(QWidget, "action_enable_replication").isEnabled(), "the action to be offered"
        )
        self.hands.click("action_enable_replication")
        wizard = await self.hands.dialog("wizard")
        await self.next(wizard, "Specify Replica Server")
        return wizard

    async def server(self, wizard: QDialog, name: str) -> None:
        """The Replica server, and on to the parameters that it tells."""
        self.hands.write("server", name, wizard)
        self.hands.picture("server", wizard)
        await self.next(wizard, "Specify Connection Parameters")

    async def next(self, wizard: QDialog, heading: str) -> None:
        await self.tour.next_page(wizard, heading)

    async def go_to(self, wizard: QDialog, heading: str) -> None:
        """Next, until a page is shown."""
        while self.tour.text(wizard, "heading") != heading:
            before = self.tour.current_step(wizard)
            self.hands.click("next", wizard)
            await self.hands.until(lambda before=before: self.tour.current_step(wizard) != before, "the next page")

    async def enable(self, wizard: QDialog, name: str) -> None:
        """On to the summary, a look at it, and Enable Replication."""
        await self.go_to(wizard, LAST)
        script = self.hands.find(QTabWidget, "summary_tabs", wizard).findChild(QWidget, "script")
        await self.hands.until(
            lambda: "Enable-VMReplication" in script.property("plainText"), f"the script ({self.tour.said(wizard)})"
        )
        self.hands.picture(f"summary-{name}", wizard)
        self.hands.find(QTabWidget, "summary_tabs", wizard).setCurrentIndex(1)
        self.hands.picture(f"script-{name}", wizard)
        self.hands.click("commit", wizard)
        await self.hands.until(lambda: not self.tour.wizard_is_open(), "the wizard to close")

    async def connect(self) -> None:
        """The replica's adapter gets a switch of its host."""
        enabled = await self.hands.dialog("replication_enabled")
        self.hands.picture("enabled", enabled)
        self.hands.click("replica_settings", enabled)
        network = await self.hands.dialog("replica_network")
        self.hands.find(QWidget, "replica_switch_0", network).setFocus()
        self.hands.press(Qt.Key.Key_Down, network)
        self.hands.picture("network", network)
        self.hands.click("connect", network)
        await self.job_ends("Connect the network adapters of the replica WEB01")

    async def close_enabled(self) -> None:
        enabled = await self.hands.dialog("replication_enabled")
        self.hands.click("close", enabled)

    async def configure(self) -> None:
        """HV-NEW becomes a Replica server for anybody."""
        shown = await self.hands.dialog("replication_configuration")
        await self.hands.until(
            lambda: self.hands.find(QWidget, "configure", shown).isEnabled(), "the settings of HV-NEW to be read"
        )
        self.hands.find(QCheckBox, "replica_enabled", shown).click()
        self.hands.write("storage_location", "R:\\", shown)
        self.hands.picture("configure", shown)
        self.hands.click("configure", shown)
        question = await self.hands.until(lambda: self._question(), "the question")
        self.hands.click("commit", question)
        window = self.hands.window
        await self.hands.until(
            lambda: not window.findChildren(QDialog, "replication_configuration"), "the dialog to close"
        )

    def _question(self) -> QDialog | None:
        found = self.hands.window.findChildren(QDialog, "plan_question")
        return next((each for each in found if each.isVisible()), None)

    async def job_ends(self, title: str) -> None:
        """The job of that title has ended well."""

        def ended() -> str:
            rows = self.hands.window.jobs.rows.values()
            statuses = [row.status for row in rows if row.status is not None and row.status.title.startswith(title)]
            return next((each.state.word for each in statuses if each.state.is_final), "")

        state = await self.hands.until(ended, f"the end of {title!r}")
        if state != "Completed":
            raise Unexpected(f"{title}: {state}")
        self.tour.say(f"{title}: {state}")


async def enable_after_move(tour: Tour) -> None:
    """The machine that has moved is protected right away; its first copy goes on."""
    hands = tour.hands
    await tour.select_host("HV-02", "WEB01")
    hands.click_row(tour.machines, tour.row(tour.machines, "WEB01"))
    await hands.until(
        lambda: hands.find(QWidget, "action_enable_replication").isEnabled(), "the action Enable Replication..."
    )
    hands.click("action_enable_replication")
    wizard = await hands.dialog("wizard")
    walk = ReplicationWalk(tour)
    await walk.next(wizard, "Specify Replica Server")
    await walk.server(wizard, "HV-DR")
    await walk.enable(wizard, "after-move")
    await walk.close_enabled()
    tour.say("WEB01 is replicated to HV-DR")
