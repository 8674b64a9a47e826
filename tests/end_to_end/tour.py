"""Drives the real window through the program's work, against the lab, and leaves a picture of every page.

``python -m tests.end_to_end.tour``: exits with 0 when everything was as it should be, with 1 and what was seen
when not.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import sys
import tempfile
import time
import traceback
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QLabel,
    QListWidget,
    QTableView,
    QTabWidget,
    QTreeView,
    QWidget,
)

from gui.application import make_application, make_runner, opened
from gui.options import Options
from gui.panels.notice import Notice
from tests.end_to_end.cluster_walk import ClusterWalk
from tests.end_to_end.hands import PATIENCE, Hands, Unexpected, row_called
from tests.end_to_end.import_walk import SCENARIO as IMPORT_SCENARIO
from tests.end_to_end.import_walk import ImportWalk
from tests.end_to_end.living_walk import LivingWalk
from tests.end_to_end.many_walk import walk_many
from tests.end_to_end.queue_walk import walk_queue
from tests.end_to_end.replication_walk import SCENARIO as REPLICATION_SCENARIO
from tests.end_to_end.replication_walk import ReplicationWalk, enable_after_move
from tests.end_to_end.routes_walk import SCENARIO, RoutesWalk
from tests.end_to_end.ways_walk import walk_ways, walk_workgroup

SPEED = 10.0
"""Simulated seconds per second: a move takes a few seconds."""
QUEUE_SPEED = 2.0
"""The same for the walk of the queue: its first moves still run when the last is ordered, on a slow machine too."""
REPLICATION_SPEED = 120.0
"""The same for the walk of the Enable Replication Wizard."""
CLUSTER_SPEED = 600.0
"""The same for the walk of the cluster, in which whole machines are copied twice."""
ROUTES_SPEED = 60.0
"""The same for the walk of every route, which has no time to watch."""
WAYS_SPEED = 600.0
"""The same for the walk of the other ways, which copies over a slow link."""
WORTH_A_PICTURE = 40
"""Percent of a move at which a picture is taken."""
FOLDER = "build/tour"


class Tour:
    """One walk through the window."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.hosts: QTreeView = hands.window.findChild(QTreeView, "host_tree")
        self.machines: QTableView = hands.window.findChild(QTableView, "machine_list")
        self.began = time.monotonic()

    async def short(self) -> None:
        """The main job: one machine moves to another host through the Move Wizard."""
        hands, machines = self.hands, self.machines
        await self.select_host("HV-01", "WEB01")
        hands.picture("window")
        hands.click_row(machines, self.row(machines, "WEB01"))
        self.say("WEB01 is selected on HV-01")
        await hands.until(lambda: hands.window.findChild(QWidget, "action_move"), "the action Move...")
        hands.click("action_move")
        wizard = await hands.dialog("wizard")
        await self.walk_to_summary(wizard)
        hands.click("commit", wizard)
        await hands.until(lambda: not wizard_is_open(hands), "the wizard to close")
        await self.follow_job()
        await hands.until(lambda: "HV-02" in hands.window.windowTitle(), "the window to follow WEB01 to HV-02")
        await hands.until(lambda: row_called(machines, "WEB01"), "WEB01 in the list of HV-02")
        hands.picture("arrived")
        self.say("WEB01 is in the list of HV-02")
        await self.select_host("HV-01", "APP01")
        await hands.until(lambda: row_called(machines, "WEB01") is None, "WEB01 to leave the list of HV-01")
        self.say("WEB01 has left the list of HV-01")
        hands.picture("left")

    async def refusals(self) -> None:
        """What the short tour leaves out: what the wizard refuses, and a move that is cancelled."""
        hands, machines = self.hands, self.machines
        await self.select_host("HV-01", "APP01")
        hands.click_row(machines, self.row(machines, "APP01"))
        hands.click("action_move")
        wizard = await hands.dialog("wizard")
        await self.next_page(wizard, "Choose Move Type")
        await self.next_page(wizard, "Specify Destination Computer")
        for typed, complaint in (
            ("", "No destination computer is named."),
            ("HV-01", "APP01 is on HV-01 already."),
            ("HV-99", "There is no practice host called HV-99."),
        ):
            await self.refused(wizard, "destination", typed, complaint)
        hands.write("destination", "HV-02", wizard)
        await self.next_page(wizard, "Choose Move Options")
        await self.next_page(wizard, "Choose a new location for virtual machine")
        for typed, complaint in (
            ("Machines", "Machines is not a full path."),
            ("Q:\\Machines", "HV-02 has no drive Q:."),
            ("E:\\Machines", "Drive E: of HV-02 has 10 GB free, but the disks need 59 GB."),
        ):
            await self.refused(wizard, "folder", typed, complaint)
        hands.write("folder", "D:\\VMs\\APP01", wizard)
        await self.next_page(wizard, "Completing Move Wizard")
        await self.summary_is_ready(wizard)
        hands.click("commit", wizard)
        await hands.until(lambda: not wizard_is_open(hands), "the wizard to close")
        await hands.until(lambda: self.percent() > 0, "the job to get on")
        hands.click("job_cancel")
        await hands.until(lambda: self.job_reads("job_state", "Cancelled"), "the job to be cancelled")
        hands.picture("cancelled")
        self.say("a move of APP01 was cancelled; it is still on HV-01")
        await hands.until(lambda: row_called(machines, "APP01"), "APP01 in the list of HV-01")

    async def select_host(self, name: str, machine: str) -> None:
        hands, hosts, machines = self.hands, self.hosts, self.machines
        index = await hands.until(lambda: row_called(hosts, name), f"{name} in the tree")
        hands.click_row(hosts, index)
        await hands.until(lambda: row_called(machines, machine), f"{machine} in the list of {name}")
        self.say(f"{name} shows its virtual machines")

    async def walk_to_summary(self, wizard: QDialog) -> None:
        hands = self.hands
        self.page_is(wizard, "Before You Begin")
        hands.picture("before-you-begin", wizard)
        await self.next_page(wizard, "Choose Move Type")
        hands.picture("choose-move-type", wizard)
        await self.next_page(wizard, "Specify Destination Computer")
        hands.write("destination", "HV-02", wizard)
        hands.picture("specify-destination", wizard)
        hands.press(Qt.Key.Key_Return, wizard)
        await self.page_becomes(wizard, "Choose Move Options")
        hands.picture("choose-move-options", wizard)
        await self.next_page(wizard, "Choose a new location for virtual machine")
        await hands.until(lambda: "27.5 GB" in self.text(wizard, "size"), "the size of the disks")
        hands.picture("virtual-machine", wizard)
        await self.next_page(wizard, "Completing Move Wizard")
        await self.summary_is_ready(wizard)
        hands.picture("summary", wizard)
        tabs = hands.find(QTabWidget, "summary_tabs", wizard)
        tabs.setFocus()
        hands.press(Qt.Key.Key_Right, wizard)
        hands.picture("summary-powershell", wizard)

    async def next_page(self, wizard: QDialog, heading: str) -> None:
        before = self.current_step(wizard)
        self.hands.click("next", wizard)
        await self.hands.until(lambda: self.current_step(wizard) != before, f"the page {heading!r}")
        await self.page_becomes(wizard, heading)

    async def page_becomes(self, wizard: QDialog, heading: str) -> None:
        await self.hands.until(lambda: self.text(wizard, "heading") == heading, f"the page {heading!r}")
        self.say(f"the wizard shows: {heading}")

    def page_is(self, wizard: QDialog, heading: str) -> None:
        if (seen := self.text(wizard, "heading")) != heading:
            raise Unexpected(f"the wizard shows {seen!r} where {heading!r} should be")

    async def summary_is_ready(self, wizard: QDialog, cmdlet: str = "Move-") -> None:
        """The hosts have been asked: the page shows the script, and no complaint."""
        script = self.hands.find(QTabWidget, "summary_tabs", wizard).findChild(QWidget, "script")
        if script is None:
            raise Unexpected("the summary has no script")
        await self.hands.until(lambda: cmdlet in script.property("plainText"), "the script of the plan")

    async def refused(self, wizard: QDialog, field: str, typed: str, complaint: str) -> None:
        hands = self.hands
        hands.write(field, typed, wizard)
        hands.click("next", wizard)
        await hands.until(lambda: complaint in self.said(wizard), f"the words {complaint!r}")
        hands.picture(f"refused-{field}", wizard)
        self.say(f"refused: {complaint}")

    async def follow_job(self) -> None:
        hands = self.hands
        await hands.until(lambda: self.percent() >= WORTH_A_PICTURE, "the job to get on")
        hands.picture("moving")
        self.say(f"the job says: {self.job_text('job_state')}, {self.job_text('job_detail')}")
        await hands.until(lambda: self.job_reads("job_state", "Completed", "Failed", "Cancelled"), "the job to end")
        if not self.job_reads("job_state", "Completed"):
            raise Unexpected(f"the job ended: {self.job_text('job_state')}: {self.job_text('job_detail')}")
        self.say(f"the job has ended: {self.job_text('job_detail')}")

    def said(self, within: QWidget) -> str:
        """What the notices of a dialog say."""
        return "\n".join(notice.text for notice in within.findChildren(Notice) if notice.isVisible())

    def hosts_in(self, wizard: QDialog) -> QTreeView:
        """The list of computers on the wizard's page for the destination."""
        return self.hands.find(QTreeView, "destination_list", wizard)

    def current_step(self, wizard: QDialog) -> str:
        """The step that the list on the left points to, with its place."""
        steps = self.hands.find(QListWidget, "steps", wizard)
        return f"{steps.currentRow()} {steps.currentItem().text()}"

    def wizard_is_open(self) -> bool:
        return wizard_is_open(self.hands)

    def job_count(self) -> int:
        """How many jobs the window shows."""
        return len(self.hands.window.findChildren(QLabel, "job_state"))

    def percent(self) -> int:
        """How far the newest job says it is."""
        found = re.search(r"(\d+)%", self.job_text("job_state"))
        return int(found[1]) if found else 0

    def job_text(self, name: str) -> str:
        """What the newest job says."""
        rows = self.hands.window.findChildren(QLabel, name)
        newest = min(rows, key=lambda label: label.mapTo(self.hands.window, label.rect().topLeft()).y(), default=None)
        return newest.text() if newest is not None else ""

    def job_reads(self, name: str, *words: str) -> bool:
        return any(word in self.job_text(name) for word in words)

    def text(self, within: QWidget, name: str) -> str:
        label = within.findChild(QLabel, name)
        return label.text() if label is not None and label.isVisible() else ""

    def row(self, view: QAbstractItemView, text: str) -> QModelIndex:
        index = row_called(view, text)
        if index is None:
            raise Unexpected(f"{text} is not in the list")
        return index

    def say(self, what: str) -> None:
        print(f"{time.monotonic() - self.began:5.1f} s  {what}", flush=True)


def wizard_is_open(hands: Hands) -> bool:
    return any(dialog.isVisible() for dialog in hands.window.findChildren(QDialog, "wizard"))


def complaint(context: dict[str, Any]) -> str:
    """What an event loop has to say, with the traceback of the exception."""
    error = context.get("exception")
    lines = traceback.format_exception(error) if error is not None else []
    return "".join([str(context["message"]), "\n", *lines])


async def walk(options: argparse.Namespace, complaints: list[str]) -> None:
    """Open the window with the practice lab and walk the tour."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: complaints.append(complaint(context)))
    options.out.mkdir(parents=True, exist_ok=True)
    for old in options.out.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as data:
        await walk_in_window(options, Path(data) / "first")
        if options.tour == "all":
            async with opened_apart(options, Path(data), "queue", options.scenario, QUEUE_SPEED) as tour:
                await walk_queue(tour)
            async with opened_apart(options, Path(data), "ways", options.scenario, WAYS_SPEED) as tour:
                await walk_ways(tour)
            async with opened_apart(options, Path(data), "workgroup", "workgroup", WAYS_SPEED) as tour:
                await walk_workgroup(tour)
            async with opened_apart(options, Path(data), "routes", str(SCENARIO), ROUTES_SPEED) as tour:
                await RoutesWalk(tour).walk()
            async with opened_apart(options, Path(data), "import", str(IMPORT_SCENARIO), ROUTES_SPEED) as tour:
                await ImportWalk(tour).walk()
            async with opened_apart(options, Path(data), "cluster", "cluster", CLUSTER_SPEED) as tour:
                await ClusterWalk(tour).walk()
            scenario = str(REPLICATION_SCENARIO)
            async with opened_apart(options, Path(data), "replication", scenario, REPLICATION_SPEED) as tour:
                await ReplicationWalk(tour).walk()
                await LivingWalk(tour).walk()
    if complaints:
        raise Unexpected("the program complained")


async def walk_in_window(options: argparse.Namespace, data: Path) -> None:
    given = Options(options.scenario, SPEED, options.transcript, options.configuration, data)
    async with opened(given) as console:
        console.practice.open()
        tour = Tour(Hands(console.window, options.out, options.patience))
        await tour.short()
        if options.tour == "all":
            await tour.refusals()
            await walk_many(tour, "HV-01", "HV-02")
        # Its first copy still goes on when the window closes: nothing of the jobs is looked at after this.
        await enable_after_move(tour)


@contextlib.asynccontextmanager
async def opened_apart(
    options: argparse.Namespace, data: Path, name: str, scenario: str, speed: float
) -> AsyncIterator[Tour]:
    """A window with hosts of its own; its pictures and its transcript bear ``name``."""
    transcript = options.transcript and options.transcript.with_stem(f"{options.transcript.stem}-{name}")
    async with opened(Options(scenario, speed, transcript, options.configuration, data / name)) as console:
        console.practice.open()
        yield Tour(Hands(console.window, options.out, options.patience, f"{name}-"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Walk a tour; returns the exit code."""
    parser = argparse.ArgumentParser(prog="tour", description=__doc__)
    parser.add_argument("--tour", choices=("short", "all"), default="short")
    parser.add_argument("--out", type=Path, default=Path(FOLDER), metavar="DIR")
    parser.add_argument("--scenario", default="two-sites", metavar="NAME")
    parser.add_argument("--transcript", type=Path, metavar="FILE")
    parser.add_argument("--configuration", metavar="NAME", help="the session configuration to use on the hosts")
    parser.add_argument("--patience", type=float, default=PATIENCE, metavar="SECONDS")
    options = parser.parse_args(arguments)
    complaints: list[str] = []

    def note(kind: QtMsgType, _context: object, message: str) -> None:
        # The offscreen platform has no window manager, and says so of every window shown.
        if kind is not QtMsgType.QtDebugMsg and "This plugin does not support" not in message:
            complaints.append(message)

    qInstallMessageHandler(note)
    app = make_application("en")
    began = time.monotonic()
    try:
        with make_runner(app) as runner:
            runner.run(walk(options, complaints))
    except Unexpected as seen:
        print("Not as it should be:", seen, *complaints, sep="\n", file=sys.stderr)
        return 1
    print(f"Everything was as it should be, in {time.monotonic() - began:.1f} s. Pictures: {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
