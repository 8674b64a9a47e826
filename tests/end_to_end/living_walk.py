"""A machine lives with its replica: tests, failovers and the way back, extension, resynchronisation, removal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QMenu, QPushButton, QTreeWidget, QWidget

from core.replicas.verbs import Verb
from tests.end_to_end.hands import Unexpected
from tests.end_to_end.replication_walk import ReplicationWalk

if TYPE_CHECKING:
    from tests.end_to_end.tour import Tour

MACHINE = "WEB01"
MOST_STEPS = 20
BETWEEN_LOOKS = 0.5
"""Seconds between two looks at what the hosts do by themselves."""


class LivingWalk:
    """Goes on with the machine that the walk of the Enable Replication Wizard has protected first."""

    def __init__(self, tour: Tour) -> None:
        self.tour = tour
        self.hands = tour.hands
        self.actions = tour.hands.window.actions_offered.machines.replication
        self.ended: set[int] = set()

    async def walk(self) -> None:
        """Everything that is done with a replica, from the side on which the machine is looked at."""
        await self.select("HV-01")
        await self.look_at_health()
        await self.test()
        await self.planned("HV-01")
        await self.select("HV-DR")
        await self.planned("HV-DR")
        await self.select("HV-01")
        await self.unplanned_and_back()
        await self.extension()
        await self.resynchronization()
        await self.removal()

    async def look_at_health(self, picture: str = "health") -> None:
        await self.choose(Verb.VIEW_HEALTH)
        health = await self.hands.dialog("replication_health")
        await self.hands.until(lambda: not self.tour.said(health), "the health of both sides")
        self.hands.picture(picture, health)
        self.hands.click("close", health)

    async def test(self) -> None:
        await self.choose(Verb.TEST_FAILOVER)
        testing = await self.ready("test_failover")
        self.hands.picture("test-failover", testing)
        self.hands.click("commit", testing)
        await self.choose(Verb.STOP_TEST)
        await self.confirm("stop-test")
        await self.offered(Verb.TEST_FAILOVER)
        self.tour.say(f"the failover of {MACHINE} was tested, and nothing of it is left")

    async def planned(self, host: str) -> None:
        """From ``host`` to the other one, with the direction reversed."""
        await self.choose(Verb.PLANNED_FAILOVER)
        planned = await self.ready("planned_failover")
        self.hands.picture("planned-failover", planned)
        self.hands.click("commit", planned)
        title = f"Planned failover of {MACHINE} from {host}"
        await self.job_ends(title)

    async def unplanned_and_back(self) -> None:
        await self.hands.until(lambda: self.hands.find(QWidget, "action_turn_off").isEnabled(), "the machine to run")
        self.hands.click("action_turn_off")
        await self.confirm("turn-off")
        start = self.hands.window.findChild(QWidget, "action_start")
        await self.hands.until(lambda: start.isVisible() and start.isEnabled(), f"{MACHINE} to be off")
        await self.choose(Verb.FAILOVER)
        failing_over = await self.ready("failover")
        points = self.hands.find(QTreeWidget, "recovery_points", failing_over)
        if not points.topLevelItemCount():
            raise Unexpected("there is no recovery point")
        self.hands.write("typed", MACHINE, failing_over)
        self.hands.picture("failover", failing_over)
        self.hands.click("commit", failing_over)
        way_back = await self.hands.dialog("way_back")
        told = ""
        for _step in range(MOST_STEPS):
            told = await self.hands.until(lambda before=told: self.next_step(way_back, before), "the next step")
            self.tour.say(told)
            if told == f"{MACHINE} is at home on HV-01.":
                break
            self.hands.picture("way-back", way_back)
            if self.hands.window.findChild(QPushButton, "forward").isVisible():
                self.hands.click("forward", way_back)
        else:
            raise Unexpected(f"the way back did not end: {told}")
        self.hands.click("close", way_back)

    def next_step(self, way_back: QDialog, before: str) -> str:
        """What comes next, once it is something else than ``before`` and nothing is under way."""
        text = way_back.findChild(QLabel, "next_step").text()
        forward = way_back.findChild(QPushButton, "forward")
        is_settled = not self.tour.said(way_back) and (forward.isEnabled() or not forward.isVisible())
        return text if is_settled and text != before else ""

    async def extension(self) -> None:
        await self.choose(Verb.EXTEND)
        wizard = await self.hands.dialog("wizard")
        pages = ReplicationWalk(self.tour)
        await pages.go_to(wizard, "Specify Replica Server")
        await pages.server(wizard, "HV-NEW")
        await pages.go_to(wizard, "Configure Additional Recovery Points")
        self.hands.picture("extend-recovery-points", wizard)
        await pages.go_to(wizard, "Completing the Extend Replication Wizard")
        await self.hands.until(self.hands.find(QPushButton, "commit", wizard).isEnabled, "the summary to be complete")
        self.hands.picture("extend-summary", wizard)
        self.hands.click("commit", wizard)
        await self.job_ends(f"Extend the replication of {MACHINE}")
        # It asks all hosts: what one of them said before the copy was complete would let the removal be refused.
        await self.look_at_health("health-extended")
        await self.choose(Verb.REMOVE, extension=True)
        await self.confirm("remove-extension")
        await self.job_ends(f"Remove the replication of {MACHINE}")

    async def resynchronization(self) -> None:
        await self.choose(Verb.PAUSE)
        await self.choose(Verb.RESYNCHRONIZE)
        dialog = await self.ready("resynchronize")
        self.hands.picture("resynchronize", dialog)
        self.hands.click("commit", dialog)
        await self.job_ends(f"Resynchronize {MACHINE}")

    async def removal(self) -> None:
        # A resynchronisation goes on in the hosts: nothing here tells its end but another look.
        # A planned failover is offered where both sides replicate, and nowhere else.
        action = self.actions.verbs[Verb.PLANNED_FAILOVER]
        looked = 0.0

        def look_again() -> bool:
            nonlocal looked
            if time.monotonic() - looked > BETWEEN_LOOKS:
                looked = time.monotonic()
                self.hands.click("action_refresh")
            self.actions.menu.aboutToShow.emit()
            return action.isEnabled()

        await self.hands.until(look_again, "the resynchronisation to end")
        await self.choose(Verb.REMOVE)
        await self.confirm("remove-replication")
        await self.job_ends(f"Remove the replication of {MACHINE}")
        await self.hands.until(
            lambda: self.hands.find(QWidget, "action_enable_replication").isEnabled(), "the replication to be gone"
        )
        self.tour.say(f"{MACHINE} is not replicated any more")

    async def select(self, host: str) -> None:
        await self.tour.select_host(host, MACHINE)
        self.hands.click_row(self.tour.machines, self.tour.row(self.tour.machines, MACHINE))

    async def offered(self, verb: Verb, *, extension: bool = False) -> QAction:
        """The entry of the menu, once it is offered."""
        action = (self.actions.extended if extension else self.actions.verbs)[verb]

        def look() -> bool:
            self.actions.menu.aboutToShow.emit()
            return action.isEnabled()

        await self.hands.until(look, f"the entry {verb.word!r} ({action.toolTip()})")
        return action

    async def choose(self, verb: Verb, *, extension: bool = False) -> None:
        """Open the menu, and click an entry."""
        action = await self.offered(verb, extension=extension)
        menu = next(
            menu for menu in (self.actions.menu, *self.actions.menu.findChildren(QMenu)) if action in menu.actions()
        )
        menu.popup(self.hands.window.mapToGlobal(QPoint(300, 60)))
        if verb is Verb.VIEW_HEALTH:
            self.hands.picture("menu", menu)
        QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())

    async def ready(self, name: str) -> QDialog:
        """A dialog that has read its hosts."""
        dialog = await self.hands.dialog(name)
        await self.hands.until(
            lambda: self.hands.find(QPushButton, "commit", dialog).isEnabled(), f"{name} to be ready"
        )
        return dialog

    async def confirm(self, picture: str) -> None:
        asked = await self.hands.dialog("confirmation")
        self.hands.picture(picture, asked)
        self.hands.click("commit", asked)

    async def job_ends(self, title: str) -> None:
        """A job of that title has ended well, of which nobody has seen the end so far."""

        def state() -> str:
            rows = self.hands.window.jobs.rows.values()
            statuses = [row.status for row in rows if row.status is not None and row.status.title.startswith(title)]
            ended = [status for status in statuses if status.state.is_final and status.number not in self.ended]
            self.ended |= {status.number for status in ended}
            return f"{ended[-1].state.word} {ended[-1].detail}" if ended else ""

        ended = await self.hands.until(state, f"the end of {title!r}")
        if not ended.startswith("Completed"):
            raise Unexpected(f"{title}: {ended}")
        self.tour.say(f"{title}: {ended}")
