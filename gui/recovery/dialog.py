"""A recovery plan: put together, kept as a file, judged, tested and carried out, with a report of its last run."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.jobs.queue import Jobs
from core.kept_file import NotKept, Unreadable
from core.language import _
from core.operating.questions import Question
from core.own_files import write_file
from core.recovery.document import Member, RecoveryPlan, as_file, from_file, problems
from core.recovery.readiness import RunRecords, judgement
from core.recovery.report import run_confirmation, run_html
from core.recovery.run import PlanRun
from core.recovery.status import Kind, RunState, RunStatus
from gui.export_dialog import ExportDialog
from gui.form import close_row, dialog_column, push_button
from gui.icons import icon
from gui.machines.confirmation import Confirmation
from gui.panels.notice import text_label
from gui.panels.problem_list import ProblemNotice
from gui.recovery.machines_dialog import MachinesDialog
from gui.recovery.plan_editor import PlanEditor, named_field
from gui.replicas.workbench import Workbench

_SUFFIX = ".json"


class RecoveryDialog(QDialog):
    """``shown`` follows each change of a run. While a plan is carried out it stays open: a run is stopped first."""

    shown = Signal()

    def __init__(self, bench: Workbench, jobs: Jobs, records: RunRecords, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("recovery_plan")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Recovery Plan"))
        self.setWindowIcon(icon("replica"))
        self.resize(880, 700)
        self._bench = bench
        self._jobs = jobs
        self._records = records
        self._run: PlanRun | None = None
        self._task: asyncio.Task[None] | None = None
        self.status: RunStatus | None = None
        self.editor = PlanEditor(RecoveryPlan(_("Recovery plan"), "", ()))
        self.name = named_field("plan_name", _("Name of the plan"), self.editor.plan.name, self._rename)
        self.readiness = text_label(selectable=True)
        self.readiness.setObjectName("readiness")
        self.notice = ProblemNotice(offers_fixes=False)
        self._new = push_button("new_plan", _("&New"), lambda: self._edit(RecoveryPlan(_("Recovery plan"), "", ())))
        self._open = push_button("open_plan", _("&Open..."), self._choose_file)
        self._save = push_button("save_plan", _("&Save As..."), self._save_as)
        self._verbs = {
            Kind.TEST: push_button("run_test", _("&Test..."), lambda: self._ask(Kind.TEST)),
            Kind.PLANNED: push_button("run_planned", _("&Planned Failover..."), lambda: self._ask(Kind.PLANNED)),
            Kind.UNPLANNED: push_button("run_unplanned", _("&Failover..."), lambda: self._ask(Kind.UNPLANNED)),
        }
        self._go_on = push_button("go_on", _("&Continue"), self._answer)
        self._stop = push_button("stop_run", _("Stop"), self._stop_run)
        self._report = push_button("run_report", _("R&eport..."), self._save_report)
        self._arrange()
        self.editor.changed.connect(self._judge)
        self.editor.add_asked.connect(self._ask_for_machines)
        self._offer()
        self._reading = bench.tasks.start(self._read(), "read for the recovery plan")

    @property
    def is_running(self) -> bool:
        """Whether a plan is being carried out."""
        return self._task is not None and not self._task.done()

    def reject(self) -> None:
        """Close, unless a plan is being carried out."""
        if self.is_running:
            self.notice.say("warning", _("The plan is being carried out."), _("Stop it first, or wait for its end."))
        else:
            super().reject()

    def done(self, result: int) -> None:
        """End the dialog."""
        self._reading.cancel()
        super().done(result)

    def open_file(self, file: Path) -> None:
        """Edit the plan in a file."""
        self._bench.tasks.start(self._open_file(file), f"open {file.name}")

    def _arrange(self) -> None:
        label = QLabel(_("P&lan:"))
        label.setBuddy(self.name)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(label)
        top.addWidget(self.name, 1)
        for button in (self._new, self._open, self._save):
            top.addWidget(button)
        verbs = QHBoxLayout()
        verbs.setSpacing(8)
        for button in (*self._verbs.values(), self._go_on, self._stop):
            verbs.addWidget(button)
        verbs.addStretch()
        inner = QVBoxLayout()
        inner.setSpacing(9)
        inner.addWidget(self.editor, 1)
        inner.addWidget(self.readiness)
        inner.addWidget(self.notice)
        inner.addLayout(verbs)
        column = dialog_column(self)
        column.addLayout(top)
        column.addLayout(inner, 1)
        column.addLayout(close_row(self, self._report))

    async def _read(self) -> None:
        notes = await self._records.load()
        await self._bench.watch.read([picture.key for picture in self._bench.estate.pictures])
        if notes:
            self.notice.say("warning", "\n".join(notes))
        self._judge()

    def _rename(self, name: str) -> None:
        self.editor.plan = msgspec.structs.replace(self.editor.plan, name=name)
        self._judge()

    def _edit(self, plan: RecoveryPlan) -> None:
        self.status = None
        self.name.setText(plan.name)
        self.editor.show_plan(plan)
        self.notice.clear()
        self._judge()

    def _judge(self) -> None:
        plan = self.editor.plan
        now = datetime.datetime.now(datetime.UTC)
        told = judgement(plan, self._records.current, self._bench.survey.overview, now)
        self.readiness.setText("\n".join((told.sentence, *told.doubts)))
        self._offer()
        self.shown.emit()

    def _offer(self) -> None:
        is_running = self.is_running
        self.editor.forbid(is_forbidden=is_running)
        for button in (self.name, self._new, self._open, self._save, *self._verbs.values()):
            button.setEnabled(not is_running)
        self._stop.setVisible(is_running)
        is_asking = self.status is not None and self.status.state is RunState.ASKING
        self._go_on.setVisible(is_running and is_asking)
        self._report.setEnabled(self.status is not None and not is_running)

    def _ask_for_machines(self) -> None:
        plan = self.editor.plan
        known = {member.machine_id for member in plan.members}
        offered = [
            leg
            for leg in self._bench.survey.overview.relationships
            if not leg.is_extension and leg.machine_id not in known and plan.estate in ("", leg.side.host.group)
        ]
        dialog = MachinesDialog(offered, self)
        groups = {leg.machine_id: leg.side.host.group for leg in offered}

        def add(members: tuple[Member, ...]) -> None:
            if members and not self.editor.plan.estate:
                estate = groups[members[0].machine_id]
                self.editor.plan = msgspec.structs.replace(self.editor.plan, estate=estate)
            # All hosts of a plan are of one group of servers.
            self.editor.add_members([each for each in members if groups[each.machine_id] == self.editor.plan.estate])

        dialog.chosen.connect(add)
        self._bench.open_dialog(dialog)

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, _("Open Recovery Plan"))
        dialog.setObjectName("open_recovery_plan")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(_("Recovery plans (*.json)"))
        dialog.fileSelected.connect(lambda name: self.open_file(Path(name)))
        dialog.open()

    async def _open_file(self, file: Path) -> None:
        try:
            plan = from_file(await self._bench.workers.run(file.read_bytes))
        except OSError as error:
            what = _("{file} cannot be read. {reason}").format(file=file, reason=error.strerror or error)
            self.notice.say("error", what, _("Choose another file."))
        except Unreadable as error:
            what = _("{file} is no recovery plan. {reason}").format(file=file, reason=error)
            self.notice.say("error", what, _("Choose another file."))
        else:
            self._edit(plan)

    def _save_as(self) -> None:
        if not self._is_sound():
            return
        dialog = QFileDialog(self, _("Save Recovery Plan"))
        dialog.setObjectName("save_recovery_plan")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(_("Recovery plans (*.json)"))
        dialog.setDefaultSuffix(_SUFFIX)
        dialog.selectFile(self.editor.plan.name + _SUFFIX)
        dialog.fileSelected.connect(lambda name: self._bench.tasks.start(self._write(Path(name)), "save the plan"))
        dialog.open()

    async def _write(self, file: Path) -> None:
        try:
            await self._bench.workers.run(write_file, file, as_file(self.editor.plan))
        except OSError as error:
            what = _("{file} cannot be written: {reason}.").format(file=file, reason=error.strerror or error)
            self.notice.say("error", what, _("Choose another folder."))
        else:
            self.notice.say("info", _("The plan is in {file}.").format(file=file))

    def _is_sound(self) -> bool:
        found = tuple(problems(self.editor.plan))
        if found:
            self.notice.say_problems(found)
        else:
            self.notice.clear()
        return not found

    def _ask(self, kind: Kind) -> None:
        if self.is_running or not self._is_sound():
            return
        plan = self.editor.plan
        asked = run_confirmation(plan, kind)
        dialog = Confirmation(
            Question(asked.title, asked.question, asked.consequence, asked.undo, asked.commit),
            "",
            machines=[member.name for member in plan.members],
            is_practice=any(
                picture.connection.is_practice
                for picture in self._bench.estate.pictures
                if picture.key.group == plan.estate
            ),
            typed=asked.typed,
            parent=self,
        )
        dialog.accepted.connect(lambda: self._begin(plan, kind))
        self._bench.open_dialog(dialog)

    def _begin(self, plan: RecoveryPlan, kind: Kind) -> None:
        self._run = PlanRun(plan, kind, self._bench.estate, self._jobs, self._bench.survey)
        self._task = self._bench.tasks.start(self._carry_out(self._run), f"recovery plan {plan.name}")
        self._task.add_done_callback(lambda _task: self._settle())
        self._show(self._run.status)

    async def _carry_out(self, run: PlanRun) -> None:
        # Watched from now on: what is shown before would be missed.
        following = self._bench.tasks.start(self._follow(run.watch()), "follow the recovery plan")
        try:
            await run.carry_out()
        finally:
            following.cancel()
            self._show(run.status)
        if run.status.state.has_ended:
            try:
                await self._records.add(run.status)
            except NotKept as error:
                self.notice.say("warning", str(error), _("It is remembered for this run of the program only."))

    async def _follow(self, news: AsyncIterator[RunStatus]) -> None:
        async for status in news:
            self._show(status)

    def _show(self, status: RunStatus) -> None:
        self.status = status
        self.editor.show_states(status.members)
        kinds = {RunState.SUCCEEDED: "info", RunState.STOPPED: "error", RunState.ASKING: "warning"}
        words = _state_words(status)
        self.notice.say(kinds.get(status.state, "busy"), words, status.message)
        self._offer()
        self.shown.emit()

    def _settle(self) -> None:
        self._run = None
        self._judge()

    def _answer(self) -> None:
        if self._run is not None:
            self._run.answer()

    def _stop_run(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _save_report(self) -> None:
        status = self.status
        if status is None:
            return
        dialog = ExportDialog(self, _("Report"), status.plan.name, ".html", _("Web pages (*.html)"))
        dialog.setObjectName("recovery_report")
        dialog.write(
            lambda: (run_html(status), len(status.members)),
            lambda _count: _("The report is in {file}."),
            *(self._bench.workers, self._bench.tasks, self.notice.say),
        )
        dialog.open()


def _state_words(status: RunStatus) -> str:
    groups = status.plan.groups
    name = groups[status.group].name if status.group < len(groups) else ""
    return {
        RunState.RUNNING: _("{kind}: the group {group} is under way.").format(kind=status.kind.word, group=name),
        RunState.ASKING: _("Before the group {group} goes on, somebody has to answer:").format(group=name),
        RunState.CHECKING: _("It is looked at whether the machines of {group} run.").format(group=name),
        RunState.DELAYING: _("The next group follows {group} after its delay.").format(group=name),
        RunState.CLEANING_UP: _("The test machines are removed."),
        RunState.SUCCEEDED: _("{kind}: everything was carried out.").format(kind=status.kind.word),
        RunState.STOPPED: _("{kind}: stopped in the group {group}.").format(kind=status.kind.word, group=name),
    }[status.state]
