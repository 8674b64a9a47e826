"""The way back of a machine after a failover: after each step what is true on both hosts, and what comes next."""

from __future__ import annotations

import asyncio
import contextlib

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.failover.way_back import ROUTE, Journey, Stage, Waypoint
from core.jobs.admission import NotStarted
from core.jobs.plan import Plan
from core.jobs.status import JobState
from core.kept_file import NotKept
from core.language import _
from core.remoting.errors import RemotingError
from gui import theme
from gui.form import dialog_column, push_button
from gui.icons import icon
from gui.panels.notice import Notice, text_label
from gui.replicas.workbench import Workbench
from gui.wizards.fix_dialog import script_of

LOOK_EVERY, LOOK_SOON = 10.0, 1.0
"""Seconds between two looks at both hosts while the dialog is open, and while a job that was begun elsewhere runs."""
_STANDS_FOR = {
    Stage.SPLIT: Stage.COMPLETE,
    Stage.WAIT_FOR_HOME: Stage.AS_REPLICA,
    Stage.TROUBLED: Stage.COPYING,
    Stage.PREPARED: Stage.IN_STEP,
    Stage.START_AT_HOME: Stage.AT_HOME,
}
"""The stage of the list that one stands in for when something is in the way."""


class WayBackDialog(QDialog):
    """It can be closed at any time: what is true on both hosts tells where to go on. ``looked`` follows each look."""

    looked = Signal()

    def __init__(self, journey: Journey, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("way_back")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Way Back of {machine}").format(machine=journey.machine_name))
        self.setWindowIcon(icon("replica"))
        self.resize(760, 520)
        self.waypoint: Waypoint | None = None
        self._journey = journey
        self._bench = bench
        self._woken = asyncio.Event()
        self._plan: Plan | None = None
        self.steps = _steps()
        self.question = text_label(_("Bring {machine} back from {away} to {home}").format(**journey.names))
        self.question.setObjectName("question")
        self.question.setFont(theme.text_font(12))
        theme.look(self.question, "question")
        self.truth = text_label(selectable=True)
        self.truth.setObjectName("truth")
        self.next = text_label(selectable=True)
        self.next.setObjectName("next_step")
        self.progress = QProgressBar(minimum=0, maximum=100)
        self.progress.setAccessibleName(_("Progress of the copy"))
        self.undo = text_label(selectable=True)
        self.undo.setObjectName("undo")
        theme.look(self.undo, "subtle")
        self.script = QPlainTextEdit(readOnly=True)
        self.script.setObjectName("script")
        self.script.setAccessibleName(_("PowerShell script"))
        self.script.setFont(theme.fixed_font())
        self.script.setTabChangesFocus(True)
        self.script.setFixedHeight(88)
        self.notice = Notice()
        self.forward = push_button("forward", "", self._go_forward)
        self.others = [push_button(f"other_{number}", "", lambda n=number: self._go_elsewhere(n)) for number in (0, 1)]
        self._look = push_button("look_again", _("&Look Again"), self.look)
        self._stay = push_button("stay", _("&Stay on {away}").format(**journey.names), self._stay_away)
        self._stay.setToolTip(_("The way back is forgotten; nothing is changed on the hosts."))
        self._arrange()
        self._task = bench.tasks.start(self._run(), f"way back of {journey.machine_name}")
        self._work: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a step is under way."""
        return self._work is not None and not self._work.done()

    def look(self) -> None:
        """Ask both hosts now."""
        self._woken.set()

    def done(self, result: int) -> None:
        """End the dialog; a job that is under way goes on."""
        self._task.cancel()
        if self._work is not None:
            self._work.cancel()
        super().done(result)

    def _arrange(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.question)
        for title, widget in ((_("What is true now:"), self.truth), (_("What comes next:"), self.next)):
            heading = QLabel(title)
            heading.setFont(theme.text_font(bold=True))
            right.addWidget(heading)
            right.addWidget(widget)
        right.addWidget(self.progress)
        right.addWidget(self.script)
        right.addWidget(self.undo)
        right.addStretch()
        right.addWidget(self.notice)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.steps)
        row.addLayout(right, 1)
        column = dialog_column(self)
        column.addLayout(row, 1)
        choices = QHBoxLayout()
        choices.setSpacing(8)
        choices.addStretch()
        for button in (*self.others, self.forward):
            choices.addWidget(button)
        column.addLayout(choices)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._look)
        buttons.addWidget(self._stay)
        buttons.addStretch()
        close = QPushButton(_("Close"))
        close.setObjectName("close")
        close.setDefault(True)
        close.clicked.connect(self.reject)
        buttons.addWidget(close)
        column.addLayout(buttons)
        for widget in (*self.others, self.forward, self.progress, self.script):
            widget.hide()
        close.setFocus()

    async def _run(self) -> None:
        """Look again and again; while a step is under way its end is what is waited for."""
        while True:
            if not self.is_busy:
                self._woken.clear()
                await self._look_now()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SOON if self._has_job else LOOK_EVERY):
                    await self._woken.wait()

    async def _look_now(self) -> None:
        if self.waypoint is None:
            self.notice.say("busy", _("The hosts are being asked..."))
        found = await self._bench.desk.way_back(self._journey)
        if self.is_busy:
            return
        if self._has_job:
            # What is true in the middle of it is no stage of the way.
            self.notice.say("busy", _("A job for {machine} is under way.").format(**self._journey.names))
            self._offer(is_offered=False)
            return
        if self.notice.kind == "busy":
            self.notice.clear()
        self._offer(is_offered=True)
        self._show(found)
        if found.stage.is_done:
            await self._forget()

    def _show(self, found: Waypoint) -> None:
        self.waypoint = found
        self._plan = found.plan
        self.truth.setText("\n".join(found.truth))
        self.next.setText(found.sentence)
        self.progress.setVisible(found.percent is not None)
        self.progress.setValue(found.percent or 0)
        self.forward.setVisible(found.plan is not None)
        self.script.setVisible(found.plan is not None)
        undo = dict.fromkeys(action.undo_text for action in found.plan.actions) if found.plan is not None else {}
        self.undo.setText("\n".join(undo))
        if found.plan is not None:
            self.forward.setText(found.plan.title.replace("&", "&&"))
            self.script.setPlainText(script_of(found.plan))
        for number, button in enumerate(self.others):
            button.setVisible(number < len(found.other))
            if number < len(found.other):
                button.setText(found.other[number].title.replace("&", "&&"))
        self._mark(found.stage)
        self.looked.emit()

    def _mark(self, stage: Stage) -> None:
        here = _STANDS_FOR.get(stage, stage)
        place = ROUTE.index(here) if here in ROUTE else -1
        for number, each in enumerate(ROUTE):
            item = self.steps.item(number)
            is_here = number == place
            is_past = number < place or stage.is_done
            item.setIcon(icon("completed" if is_past else "start" if is_here else "waiting"))
            item.setFont(theme.text_font(bold=is_here))
            item.setText(_word(each))

    def _go_forward(self) -> None:
        if self._plan is not None:
            self._begin(self._plan)

    def _go_elsewhere(self, number: int) -> None:
        if self.waypoint is not None and number < len(self.waypoint.other):
            self._begin(self.waypoint.other[number])

    def _begin(self, plan: Plan) -> None:
        if self.is_busy:
            return
        self.notice.say("busy", plan.title, _("Closing this window leaves the job running."))
        self._offer(is_offered=False)
        self._work = self._bench.tasks.start(self._carry_out(plan), f"way back: {plan.title}")
        self._work.add_done_callback(lambda task: None if task.cancelled() else self._settle())

    def _settle(self) -> None:
        self._offer(is_offered=True)
        self.look()

    def _offer(self, *, is_offered: bool) -> None:
        for button in (*self.others, self.forward):
            button.setEnabled(is_offered)

    @property
    def _has_job(self) -> bool:
        return self._bench.has_job(self._journey.machine_id)

    async def _carry_out(self, plan: Plan) -> None:
        try:
            status = await self._bench.carry_out(plan)
        except NotStarted as error:
            self.notice.say("error", error.what, error.cure)
        except RemotingError as error:
            self.notice.say("error", f"{error.sentence} {error.cause}", error.cure)
        else:
            if status.state is JobState.COMPLETED:
                self.notice.clear()
            else:
                self.notice.say("error", f"{status.state.word}: {status.detail}", status.cure)

    def _stay_away(self) -> None:
        self._work = self._bench.tasks.start(self._leave(), "forget the way back")

    async def _leave(self) -> None:
        await self._forget()
        self._work = None
        self.reject()

    async def _forget(self) -> None:
        try:
            await self._bench.journeys.end(self._journey.machine_id)
        except NotKept as error:
            self.notice.say("warning", str(error), _("It is forgotten for this run only."))


def _steps() -> QListWidget:
    steps = QListWidget()
    steps.setObjectName("way_back_steps")
    steps.setAccessibleName(_("Steps of the way back"))
    steps.setFrameShape(QFrame.Shape.StyledPanel)
    steps.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    steps.setSelectionMode(QListWidget.SelectionMode.NoSelection)
    steps.setIconSize(QSize(16, 16))
    steps.setSpacing(4)
    for stage in ROUTE:
        steps.addItem(QListWidgetItem(icon("waiting"), _word(stage)))
    steps.setFixedWidth(steps.sizeHintForColumn(0) + 44)
    return steps


def _word(stage: Stage) -> str:
    return {
        Stage.COMPLETE: _("Complete the failover"),
        Stage.AS_REPLICA: _("Make the old primary the replica"),
        Stage.REVERSE: _("Reverse the replication"),
        Stage.START_COPY: _("Send the copy home"),
        Stage.COPYING: _("Wait for the copy"),
        Stage.IN_STEP: _("Fail back, as planned"),
        Stage.REVERSE_AGAIN: _("Reverse once more"),
        Stage.AT_HOME: _("At home"),
    }[stage]
