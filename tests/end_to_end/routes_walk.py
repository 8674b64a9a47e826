"""Every route of the Move Wizard, walked in the window with mouse and keys, each to its end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTabWidget, QTreeWidget, QWidget

from tests.end_to_end.hands import Unexpected, row_called

if TYPE_CHECKING:
    from tests.end_to_end.tour import Tour

SCENARIO = Path(__file__).with_name("routes.toml")
SHARE = "\\\\FS-01\\machines"


class RoutesWalk:
    """Moves WEB01 and TEST01 to and fro."""

    def __init__(self, tour: Tour) -> None:
        self.tour = tour
        self.hands = tour.hands
        self._jobs_before = 0

    async def walk(self) -> None:
        """Every route but the single location between hosts, which the short tour takes."""
        await self.items_one_by_one()
        await self.same_paths()
        await self.disks_to_different_places()
        await self.storage_to_one_location()
        await self.storage_item_by_item()
        await self.only_the_disks()
        await self.only_the_machine()

    async def items_one_by_one(self) -> None:
        """Each item to a folder of its own; one is made on the way, in the folder dialog."""
        wizard = await self.open("HV-01", "WEB01")
        await self.destination(wizard, "HV-02", picture="ratings")
        await self.choose(wizard, "each_item", "Choose Advanced Options")
        self.hands.picture("advanced-options", wizard)
        await self.choose(wizard, "items", "Select Items to Move")
        await self.hands.until(lambda: "8 GB" in self.item_texts(wizard), "the sizes of the items")
        self.hands.picture("select-items", wizard)
        await self.tour.next_page(wizard, "Choose a new location for attached virtual hard disk")
        await self.browse(wizard)
        for folder, heading in (
            ("E:\\Data\\WEB01", "Choose a new location for attached virtual hard disk"),
            ("D:\\VMs\\WEB01", "Choose a new location for current configuration"),
            ("D:\\Checkpoints\\WEB01", "Choose a new location for checkpoints"),
            ("D:\\Paging\\WEB01", "Choose a new location for Smart Paging"),
        ):
            await self.tour.next_page(wizard, heading)
            self.hands.write("folder", folder, wizard)
        self.hands.picture("item-page", wizard)
        await self.commit(wizard, "items")
        await self.arrived("HV-02", "WEB01")

    async def same_paths(self) -> None:
        """Everything where it is now, on another host."""
        wizard = await self.open("HV-02", "WEB01")
        await self.destination(wizard, "HV-01")
        await self.choose(wizard, "each_item", "Choose Advanced Options")
        await self.choose(wizard, "same_paths", "Completing Move Wizard")
        await self.commit(wizard, "same-paths")
        await self.arrived("HV-01", "WEB01")

    async def disks_to_different_places(self) -> None:
        """Each disk to a folder of its own, the rest to the same paths."""
        wizard = await self.open("HV-01", "WEB01")
        await self.destination(wizard, "HV-02")
        await self.choose(wizard, "each_item", "Choose Advanced Options")
        await self.choose(wizard, "disks", "Choose a new location for attached virtual hard disk")
        self.hands.write("folder", "D:\\Disks", wizard)
        await self.tour.next_page(wizard, "Choose a new location for attached virtual hard disk")
        self.hands.write("folder", "E:\\Disks", wizard)
        await self.commit(wizard, "disks")
        await self.arrived("HV-02", "WEB01")

    async def storage_to_one_location(self) -> None:
        """All files to one folder of the same host; the present one is refused."""
        wizard = await self.open("HV-02", "WEB01")
        await self.storage(wizard)
        await self.choose(wizard, "single_location", "Choose a new location for virtual machine")
        self.hands.write("folder", "D:\\Together", wizard)
        await self.commit(wizard, "storage-single-location")
        await self.job_ends()

    async def storage_item_by_item(self) -> None:
        """Some items to folders of their own; what is not ticked stays."""
        wizard = await self.open("HV-02", "WEB01")
        await self.storage(wizard)
        await self.choose(wizard, "items", "Select Items to Move")
        items = self.hands.find(QTreeWidget, "items", wizard)
        for _item in range(4):
            self.hands.press(Qt.Key.Key_Down, wizard)
            if self.current(items) in ("Configuration", "Smart Paging"):
                self.hands.press(Qt.Key.Key_Space, wizard)
        await self.tour.next_page(wizard, "Choose a new location for attached virtual hard disk")
        self.hands.write("folder", "E:\\Apart\\System", wizard)
        await self.tour.next_page(wizard, "Choose a new location for attached virtual hard disk")
        self.hands.write("folder", "E:\\Apart\\Data", wizard)
        await self.tour.next_page(wizard, "Choose a new location for checkpoints")
        self.hands.write("folder", "E:\\Apart\\Checkpoints", wizard)
        await self.commit(wizard, "storage-items")
        await self.job_ends()

    async def only_the_disks(self) -> None:
        """The disks alone; where one lies already is refused."""
        wizard = await self.open("HV-02", "WEB01")
        await self.storage(wizard)
        await self.choose(wizard, "disks", "Choose a new location for attached virtual hard disk")
        await self.tour.refused(wizard, "folder", "E:\\Apart\\System", "WEB01.vhdx is in E:\\Apart\\System already.")
        self.hands.write("folder", "D:\\Disks", wizard)
        await self.tour.next_page(wizard, "Choose a new location for attached virtual hard disk")
        self.hands.write("folder", "D:\\Disks", wizard)
        await self.commit(wizard, "storage-disks")
        await self.job_ends()

    async def only_the_machine(self) -> None:
        """The data goes to a share first; then the machine alone to another host, with another switch there."""
        wizard = await self.open("HV-01", "TEST01")
        await self.destination(wizard, "HV-02")
        self.hands.click("machine_only", wizard)
        self.hands.click("next", wizard)
        complaint = "This would stay on drives of HV-01"
        await self.hands.until(lambda: complaint in self.tour.said(wizard), f"the words {complaint!r}")
        self.hands.picture("machine-only-refused", wizard)
        self.hands.click("cancel", wizard)
        wizard = await self.open("HV-01", "TEST01")
        await self.storage(wizard)
        await self.choose(wizard, "single_location", "Choose a new location for virtual machine")
        self.hands.write("folder", f"{SHARE}\\TEST01", wizard)
        await self.commit(wizard, "storage-to-share")
        await self.job_ends()
        wizard = await self.open("HV-01", "TEST01")
        await self.destination(wizard, "HV-02")
        await self.choose(wizard, "machine_only", "Connect Network")
        self.hands.press(Qt.Key.Key_Down, wizard)
        self.hands.press(Qt.Key.Key_Down, wizard)
        self.hands.picture("connect-network", wizard)
        await self.commit(wizard, "machine-only")
        await self.arrived("HV-02", "TEST01")

    async def open(self, host: str, machine: str) -> QDialog:
        """The wizard for a machine, opened from the Actions pane, on its second page."""
        tour, hands = self.tour, self.hands
        await tour.select_host(host, machine)
        hands.click_row(tour.machines, tour.row(tour.machines, machine))
        await hands.until(lambda: hands.window.findChild(QWidget, "action_move"), "the action Move...")
        hands.click("action_move")
        wizard = await hands.dialog("wizard")
        await tour.next_page(wizard, "Choose Move Type")
        return wizard

    async def destination(self, wizard: QDialog, host: str, picture: str = "") -> None:
        """The destination chosen from the rated list."""
        await self.tour.next_page(wizard, "Specify Destination Computer")
        await self.hands.until(lambda: self.rating(wizard, host) == "Fits.", f"{host} to be rated")
        self.hands.click_row(self.tour.hosts_in(wizard), self.tour.row(self.tour.hosts_in(wizard), host))
        if picture:
            await self.hands.until(lambda: "memory" in self.rating(wizard, "HV-SMALL"), "HV-SMALL to be rated")
            self.hands.picture(picture, wizard)
        await self.tour.next_page(wizard, "Choose Move Options")

    async def storage(self, wizard: QDialog) -> None:
        """Move the virtual machine's storage."""
        await self.choose(wizard, "storage", "Choose Options for Moving Storage")
        self.hands.picture("storage-options", wizard)

    async def choose(self, wizard: QDialog, way: str, heading: str) -> None:
        """One of several ways, and Next."""
        self.hands.click(way, wizard)
        await self.tour.next_page(wizard, heading)

    async def browse(self, wizard: QDialog) -> None:
        """A folder of the destination, made in the folder dialog."""
        hands = self.hands
        hands.click("browse", wizard)
        folders = await hands.dialog("folders")
        tree = hands.find(QTreeWidget, "folder_tree", folders)
        hands.click_row(tree, self.tour.row(tree, "Shares"))
        hands.press(Qt.Key.Key_Right, folders)
        await hands.until(lambda: row_called(tree, "HV-02 serves no shares."), "the words about shares")
        hands.click_row(tree, self.tour.row(tree, "Archive (E:)"))
        hands.write("new_folder_name", "Systems", folders)
        hands.click("create_folder", folders)
        await hands.until(lambda: row_called(tree, "Systems"), "the folder that was made")
        hands.write("folder_path", SHARE, folders)
        hands.write("folder_path", "E:\\Systems", folders)
        hands.picture("folders", folders)
        hands.click("ok", folders)
        await hands.until(lambda: not folders_are_open(wizard), "the folder dialog to close")
        hands.picture("item-page-browsed", wizard)

    async def commit(self, wizard: QDialog, name: str) -> None:
        """On to the summary, a look at it, and Move."""
        hands = self.hands
        while self.tour.text(wizard, "heading") != "Completing Move Wizard":
            before = self.step(wizard)
            hands.click("next", wizard)
            await hands.until(lambda before=before: self.step(wizard) != before, "the next page")
        await self.tour.summary_is_ready(wizard)
        hands.picture(f"summary-{name}", wizard)
        tabs = hands.find(QTabWidget, "summary_tabs", wizard)
        tabs.setFocus()
        hands.press(Qt.Key.Key_Right, wizard)
        hands.picture(f"script-{name}", wizard)
        hands.press(Qt.Key.Key_Right, wizard)
        hands.picture(f"duration-{name}", wizard)
        self._jobs_before = self.tour.job_count()
        hands.click("commit", wizard)
        await hands.until(lambda: not self.tour.wizard_is_open(), "the wizard to close")

    async def job_ends(self) -> None:
        """The newest job has ended well."""
        await self.hands.until(lambda: self.tour.job_count() > self._jobs_before, "a new job")
        await self.hands.until(
            lambda: self.tour.job_reads("job_state", "Completed", "Failed", "Cancelled", "unknown"), "the job to end"
        )
        if not self.tour.job_reads("job_state", "Completed"):
            state, detail = self.tour.job_text("job_state"), self.tour.job_text("job_detail")
            raise Unexpected(f"the job ended: {state}: {detail}")
        self.tour.say(f"the job has ended: {self.tour.job_text('job_detail')}")

    async def arrived(self, host: str, machine: str) -> None:
        await self.job_ends()
        await self.tour.select_host(host, machine)

    def rating(self, wizard: QDialog, host: str) -> str:
        hosts = self.tour.hosts_in(wizard)
        index = row_called(hosts, host)
        return str(index.siblingAtColumn(1).data()) if index is not None else ""

    def step(self, wizard: QDialog) -> str:
        return self.tour.current_step(wizard)

    def item_texts(self, wizard: QDialog) -> str:
        items = self.hands.find(QTreeWidget, "items", wizard)
        return " ".join(items.topLevelItem(row).text(1) for row in range(items.topLevelItemCount()))

    def current(self, items: QTreeWidget) -> str:
        item = items.currentItem()
        return item.text(0) if item is not None else ""


def folders_are_open(wizard: QDialog) -> bool:
    return any(dialog.isVisible() for dialog in wizard.findChildren(QDialog, "folders"))
