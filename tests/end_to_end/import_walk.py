"""Exports machines to a folder and to a share, and imports one through the Import Wizard, beside the first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QTableView

if TYPE_CHECKING:
    from tests.end_to_end.tour import Tour

SCENARIO = Path(__file__).with_name("importing.toml")
SHARE = r"\\FS-01\exports"
FOLDER = r"D:\Exports"


class ImportWalk:
    """The walk through the windows about exports and imports."""

    def __init__(self, tour: Tour) -> None:
        self.tour = tour
        self.hands = tour.hands

    async def walk(self) -> None:
        """PLAIN01 is exported and becomes two on its host; LARGE01 goes to a share."""
        tour, hands = self.tour, self.hands
        await tour.select_host("HV-01", "PLAIN01")
        await self.export("PLAIN01", FOLDER)
        wizard = await self.open(FOLDER)
        await tour.next_page(wizard, "Select Virtual Machine")
        hands.picture("select-virtual-machine", wizard)
        await tour.next_page(wizard, "Choose Import Type")
        hands.click("next", wizard)
        await hands.until(lambda: "with this ID already: PLAIN01" in tour.said(wizard), "that the ID is there")
        hands.picture("id-is-there", wizard)
        hands.click("copy", wizard)
        await tour.next_page(wizard, "Choose Folders for Virtual Machine Files")
        for field in ("machine_folder", "checkpoint_folder", "paging_folder"):
            hands.write(field, r"D:\Twin", wizard)
        hands.picture("destination", wizard)
        await tour.next_page(wizard, "Choose Folders to Store Virtual Hard Disks")
        await tour.refused(wizard, "disks_folder", r"Q:\Twin", "HV-01 has no drive Q:.")
        hands.write("disks_folder", r"D:\Twin\Disks", wizard)
        await tour.next_page(wizard, "Completing Import Wizard")
        await self.commit(wizard)
        tour.say("PLAIN01 was imported as a copy beside the first")
        await self.export("LARGE01", SHARE)
        tour.say(f"the export says: {tour.job_text('job_detail')}")

    async def export(self, machine: str, folder: str) -> None:
        """Export a machine through the dialog, to its end."""
        tour, hands = self.tour, self.hands
        before = tour.job_count()
        hands.click_row(tour.machines, tour.row(tour.machines, machine))
        hands.click("action_export_machine")
        dialog = await hands.dialog("export_machines")
        hands.write("export_folder", folder, dialog)
        hands.picture(f"export-{machine.lower()}", dialog)
        hands.click("export", dialog)
        await hands.until(lambda: tour.job_count() > before, f"the job that exports {machine}")
        await hands.until(lambda: tour.job_reads("job_state", "Completed", "Failed"), "the export to end")
        tour.say(f"the export of {machine} has ended: {tour.job_text('job_state')}")

    async def open(self, folder: str) -> QDialog:
        """Open the wizard and look for machines in a folder."""
        tour, hands = self.tour, self.hands
        hands.click("action_import_machine")
        wizard = await hands.dialog("wizard")
        tour.page_is(wizard, "Before You Begin")
        hands.picture("before-you-begin", wizard)
        await tour.next_page(wizard, "Locate Folder")
        hands.write("folder", folder, wizard)
        hands.picture("locate-folder", wizard)
        return wizard

    async def commit(self, wizard: QDialog) -> None:
        """Import, and wait for the second machine of that name."""
        tour, hands = self.tour, self.hands
        before = tour.job_count()
        await tour.summary_is_ready(wizard, "Import-VM")
        hands.picture("summary", wizard)
        hands.click("commit", wizard)
        await hands.until(lambda: not tour.wizard_is_open(), "the wizard to close")
        await hands.until(lambda: tour.job_count() > before, "the job that imports")
        await hands.until(lambda: tour.job_reads("job_state", "Completed", "Failed"), "the import to end")
        hands.picture("imported")
        await hands.until(lambda: names_in(tour.machines).count("PLAIN01") == 2, "two machines called PLAIN01")


def names_in(view: QTableView) -> list[str]:
    """The first column of a list."""
    model = view.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]
