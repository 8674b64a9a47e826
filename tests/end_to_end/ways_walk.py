"""The other ways: a machine goes by replica where it cannot go live, and a host is emptied and filled again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QPlainTextEdit, QRadioButton, QTreeWidget, QWidget

from tests.end_to_end.hands import Unexpected, row_called

if TYPE_CHECKING:
    from tests.end_to_end.tour import Tour

BY_REPLICA = "DC01"
LOCAL, EXPORTED = "LOCAL01", "SHARED01"
EVACUATED = ("DC02", "PRINT01", "SHOP01")


async def walk_ways(tour: Tour) -> None:
    """Move BY_REPLICA from HV-01 to HV-DR, then take the machines of HV-02 away and bring them back."""
    await _by_replica(tour)
    await _evacuate(tour)
    await _bring_back(tour)


async def walk_workgroup(tour: Tour) -> None:
    """Between hosts of no domain a machine moves by replica, with certificates, and another is exported on its way."""
    hands = tour.hands
    await tour.select_host("WG-01", LOCAL)
    wizard = await _to_ways(tour, LOCAL, "WG-02")
    live = hands.find(QRadioButton, "live", wizard)
    if live.isEnabled() or not hands.find(QRadioButton, "replica", wizard).isChecked():
        raise Unexpected("a live migration is offered between hosts of no domain")
    offered = "\n".join(label.text() for label in wizard.findChildren(QLabel) if label.isVisible())
    if "WG-01 belongs to no domain" not in offered or "Down time: About " not in offered:
        raise Unexpected(f"the ways do not say why, and what they cost: {offered}")
    hands.picture("ways", wizard)
    await tour.next_page(wizard, "Completing Move Wizard")
    await _summary_reads(tour, wizard, "-CertificateThumbprint")
    hands.picture("summary", wizard)
    hands.click("commit", wizard)
    await _job_ends(tour, f"Move {LOCAL} to WG-02 by replica")
    await tour.select_host("WG-02", LOCAL)
    hands.picture("arrived")
    tour.say(f"{LOCAL} has moved between hosts of no domain, by replica")
    await _by_export(tour)


async def _by_export(tour: Tour) -> None:
    hands = tour.hands
    await tour.select_host("WG-01", EXPORTED)
    wizard = await _to_ways(tour, EXPORTED, "WG-02")
    hands.click("export", wizard)
    await tour.next_page(wizard, "Choose a Folder for the Export")
    hands.picture("export-folder", wizard)
    await tour.next_page(wizard, "Completing Move Wizard")
    await _summary_reads(tour, wizard, "Export-VM")
    hands.picture("export-summary", wizard)
    before = tour.job_count()
    hands.click("commit", wizard)
    await hands.until(lambda: tour.job_count() > before, "the job of the export")
    await _job_ends(tour, f"Export {EXPORTED} to move it to WG-02")
    if EXPORTED not in tour.job_text("job_detail"):
        raise Unexpected(f"the export says of itself: {tour.job_text('job_detail')}")
    tour.say(f"the job says: {tour.job_text('job_detail')}")


async def _to_ways(tour: Tour, machine: str, destination: str) -> QWidget:
    hands = tour.hands
    hands.click_row(tour.machines, tour.row(tour.machines, machine))
    hands.click("action_move")
    wizard = await hands.dialog("wizard")
    while tour.text(wizard, "heading") != "Specify Destination Computer":
        before = tour.current_step(wizard)
        hands.click("next", wizard)
        await hands.until(lambda before=before: tour.current_step(wizard) != before, "the next page")
    hands.write("destination", destination, wizard)
    await tour.next_page(wizard, "Choose How to Move")
    return wizard


async def _by_replica(tour: Tour) -> None:
    hands = tour.hands
    await tour.select_host("HV-01", BY_REPLICA)
    wizard = await _to_ways(tour, BY_REPLICA, "HV-DR")
    if not hands.find(QRadioButton, "replica", wizard).isChecked():
        raise Unexpected("the way by replica is not proposed")
    hands.picture("ways", wizard)
    await tour.next_page(wizard, "Connect Network")
    await tour.next_page(wizard, "Completing Move Wizard")
    await _summary_reads(tour, wizard, "Start-VMFailover")
    hands.picture("by-replica-summary", wizard)
    hands.click("commit", wizard)
    await _job_ends(tour, f"Move {BY_REPLICA} to HV-DR by replica")
    await tour.select_host("HV-DR", BY_REPLICA)
    tour.say(f"{BY_REPLICA} has moved to HV-DR by replica")


async def _evacuate(tour: Tour) -> None:
    hands = tour.hands
    await tour.select_host("HV-02", EVACUATED[0])
    hands.click("action_evacuate_host")
    wizard = await hands.dialog("wizard")
    grid = hands.find(QTreeWidget, "machines_grid", wizard)
    await hands.until(lambda: "of memory are left there." in grid.topLevelItem(0).text(4), "the places proposed")
    hands.picture("evacuate", wizard)
    await _carry_out(tour, wizard)
    for name in EVACUATED:
        await hands.until(lambda name=name: row_called(tour.machines, name) is None, f"{name} to leave HV-02")
    tour.say("HV-02 is emptied")


async def _bring_back(tour: Tour) -> None:
    hands = tour.hands
    await hands.until(lambda: _all_jobs_are_done(tour), "the jobs to end")
    hands.click("action_return_machines")
    wizard = await hands.dialog("wizard")
    grid = hands.find(QTreeWidget, "machines_grid", wizard)
    await hands.until(lambda: "Now on " in grid.topLevelItem(0).text(4), "where the machines are now")
    hands.picture("return", wizard)
    await _carry_out(tour, wizard)
    for name in EVACUATED:
        await hands.until(lambda name=name: row_called(tour.machines, name), f"{name} to return to HV-02")
    tour.say(f"{' and '.join(EVACUATED)} are on HV-02 again")


async def _carry_out(tour: Tour, wizard: QWidget) -> None:
    hands = tour.hands
    while tour.text(wizard, "heading") != "Completing Move Wizard":
        before = tour.current_step(wizard)
        hands.click("next", wizard)
        await hands.until(lambda before=before: tour.current_step(wizard) != before, "the next page")
    await _summary_reads(tour, wizard, "Move-VM")
    hands.picture("summary", wizard)
    hands.click("commit", wizard)
    await hands.until(lambda: not tour.wizard_is_open(), "the wizard to close")


async def _summary_reads(tour: Tour, wizard: QWidget, cmdlet: str) -> None:
    script = wizard.findChild(QPlainTextEdit, "script")
    if script is None:
        raise Unexpected("the summary has no script")
    await tour.hands.until(lambda: cmdlet in script.toPlainText(), "the script of the plan")


def _all_jobs_are_done(tour: Tour) -> bool:
    return all("Completed" in label.text() for label in tour.hands.window.findChildren(QLabel, "job_state"))


async def _job_ends(tour: Tour, title: str) -> None:
    hands = tour.hands
    await hands.until(lambda: not tour.wizard_is_open(), "the wizard to close")
    await hands.until(lambda: tour.job_reads("job_state", "Completed", "Failed"), f"the end of {title}")
    if not tour.job_reads("job_state", "Completed"):
        raise Unexpected(f"{title}: {tour.job_text('job_state')}: {tour.job_text('job_detail')}")
