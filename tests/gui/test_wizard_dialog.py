"""The wizard dialog with a wizard whose answers come when the test wants them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton, QWidget

from core.estate.connection import HostKey
from core.hyperv.states import MachineState
from core.jobs.admission import PlanOutdated
from core.jobs.goal import Facts
from core.jobs.plan import Action, Expectation, Plan
from core.jobs.status import JobState, JobStatus
from core.powershell.command import Pipeline, Statement, command
from core.remoting.errors import SignInRefused
from core.wizards.wizard import Problem, Step
from gui.tasks import Tasks
from gui.wizards.dialog import WizardDialog
from gui.wizards.fix_dialog import CarryOut, FixDialog
from gui.wizards.page import Page
from tests.gui.driving import click, dialog, find, until

HOST = HostKey("Lab", "HV-01")


class TwoStepWizard:
    """Two pages; what is wrong with either is what the test answers."""

    title, commit = "Move", "Move"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, asyncio.Future[tuple[Problem, ...]]] = {}
        self.plans = 0

    def steps(self) -> list[Step]:
        return [Step("choices", "Choices", "Choices"), Step("summary", "Summary", "Summary")]

    def problems(self, step: Step) -> tuple[Problem, ...]:
        return ()

    async def examine(self, step: Step) -> tuple[Problem, ...]:
        self.asked.append(step.key)
        self.answers[step.key] = asyncio.get_running_loop().create_future()
        return await self.answers[step.key]

    async def plan(self) -> Plan:
        self.plans += 1
        expectation = Expectation(HOST, machine_id=UUID(int=1), machine_name="WEB01", state=MachineState.RUNNING)
        return Plan("Move", HOST, (), expectation=expectation)

    def answer(self, key: str, *problems: Problem) -> None:
        self.answers[key].set_result(problems)


class ListeningPage(Page):
    examines_on_entry = True

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[Problem, ...]] = []

    def answered(self, problems: tuple[Problem, ...]) -> None:
        self.heard.append(problems)


class OnShow(QObject):
    """Calls ``action`` the first time that a widget is shown."""

    def __init__(self, action: Callable[[], None]) -> None:
        super().__init__()
        self._action: Callable[[], None] | None = action

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and self._action is not None:
            action, self._action = self._action, None
            action()
        return False


class Open:
    """An open dialog over a TwoStepWizard."""

    def __init__(
        self, carry_out: Callable[[Plan], Awaitable[object]], tasks: Tasks, fix: CarryOut | None = None
    ) -> None:
        self.wizard = TwoStepWizard()
        self.pages = {"choices": ListeningPage(), "summary": ListeningPage()}
        self.dialog = WizardDialog(
            self.wizard, lambda step: self.pages[step.key], carry_out, tasks, is_practice=True, fix=fix
        )
        self.dialog.show()

    def answer_when_it_shows_that_it_waits(self, key: str) -> None:
        """Answer the moment the dialog, some time after the question, says that it waits."""
        self._listener = OnShow(lambda: self.wizard.answer(key))
        self.dialog.notice.installEventFilter(self._listener)
        # By the time a window is painted, whatever waits for the answer next began to wait noticeably later.
        self.dialog.grab()


@asynccontextmanager
async def opened(carry_out: Callable[[Plan], Awaitable[object]], fix: CarryOut | None = None) -> AsyncIterator[Open]:
    tasks = Tasks()
    shown = Open(carry_out, tasks, fix)
    try:
        await until(lambda: shown.wizard.asked == ["choices"])
        yield shown
    finally:
        shown.dialog.close()
        await tasks.close()


async def test_one_pages_answer_is_never_taken_for_anothers() -> None:
    carried_out: list[Plan] = []

    async def carry_out(plan: Plan) -> None:
        carried_out.append(plan)

    async with opened(carry_out) as shown:
        dialog, wizard = shown.dialog, shown.wizard
        shown.answer_when_it_shows_that_it_waits("choices")
        click(dialog, "next")
        await until(lambda: wizard.asked == ["choices", "summary"])
        click(dialog, "commit")
        await until(lambda: "Asking the hosts" in dialog.notice.text)
        assert shown.pages["choices"].heard == [()]
        assert shown.pages["summary"].heard == []
        wizard.answer("summary", Problem("", "HV-02 is full.", "Make room."))
        await until(lambda: not dialog.is_waiting)
        assert "HV-02 is full." in dialog.notice.text
        assert wizard.asked == ["choices", "summary"]
        assert wizard.plans == 0
        assert carried_out == []


async def test_a_plan_that_was_refused_is_never_offered_again() -> None:
    offered: list[Plan] = []

    async def refuse(plan: Plan) -> None:
        offered.append(plan)
        raise PlanOutdated("WEB01 has changed.", "Look again.")

    async with opened(refuse) as shown:
        dialog, wizard = shown.dialog, shown.wizard
        click(dialog, "next")
        wizard.answer("choices")
        await until(lambda: wizard.asked == ["choices", "summary"])
        shown.answer_when_it_shows_that_it_waits("summary")
        click(dialog, "commit")
        await until(lambda: "WEB01 has changed." in dialog.notice.text)
        click(dialog, "commit")
        await until(lambda: wizard.asked == ["choices", "summary", "summary"])
        assert len(offered) == 1
        wizard.answer("summary")
        await until(lambda: not dialog.is_waiting)
        assert len(offered) == 2
        assert offered[0] is not offered[1]


async def test_next_goes_on_with_the_answer_that_is_awaited_already() -> None:
    async def nothing(plan: Plan) -> None:
        return None

    async with opened(nothing) as shown:
        click(shown.dialog, "next")
        shown.wizard.answer("choices")
        await until(lambda: shown.dialog.current.key == "summary")
        assert shown.wizard.asked == ["choices", "summary"]


class DiskWizard(TwoStepWizard):
    """A page for each of ``disks``, between a page that chooses them and the summary."""

    def __init__(self) -> None:
        super().__init__()
        self.disks = ["A", "B"]

    def steps(self) -> list[Step]:
        disks = [Step(f"disk {name}", name, name, "disk") for name in self.disks]
        return [Step("choices", "Choices", "Choices"), *disks, Step("summary", "Summary", "Summary")]

    async def examine(self, step: Step) -> tuple[Problem, ...]:
        return (Problem("", "It takes long.", "Wait.", is_warning=True),)


async def test_steps_of_one_kind_have_pages_of_their_own_that_vanish_with_them() -> None:
    tasks, wizard, made = Tasks(), DiskWizard(), list[str]()
    loaded: list[str] = []

    class LoadingPage(Page):
        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

        async def load(self) -> None:
            loaded.append(self.key)

    def make(step: Step) -> Page:
        made.append(step.key)
        return LoadingPage(step.key)

    async def nothing(plan: Plan) -> None:
        return None

    def names() -> list[str]:
        return [dialog.steps.item(row).text() for row in range(dialog.steps.count())]

    dialog = WizardDialog(wizard, make, nothing, tasks, is_practice=True)
    dialog.show()
    try:
        for key in ("disk A", "disk B", "summary"):
            click(dialog, "next")  # a warning keeps nobody on a page
            await until(lambda key=key: dialog.current.key == key)
        assert made == loaded == ["choices", "disk A", "disk B", "summary"]
        first = dialog.page
        click(dialog, "previous")
        click(dialog, "previous")
        assert dialog.current.key == "disk A"
        wizard.disks = ["A", "C"]
        dialog.page.edited.emit()
        assert names() == ["Choices", "A", "C", "Summary"]
        click(dialog, "next")
        await until(lambda: dialog.current.key == "disk C")
        assert made[-1] == "disk C"
        click(dialog, "next")
        await until(lambda: dialog.current.key == "summary")
        assert dialog.page is first
    finally:
        dialog.close()
        await tasks.close()


def fix_of_a_host() -> Plan:
    """A plan that is never carried out here: the tests look at what the dialog makes of it."""
    goal = Facts(HOST, ())
    enable = Pipeline((Statement((command("Enable-VMMigration"),)),))
    action = Action("Enable", HOST, enable, goal, "Disabling them undoes it.")
    return Plan("Enable live migrations on HV-01", HOST, (action,), summary=(("What changes:", "The host."),))


async def nothing(plan: Plan) -> None:
    return None


async def test_warnings_are_shown_and_keep_nobody_on_the_page() -> None:
    async with opened(nothing) as shown:
        shown.wizard.answer("choices", Problem("", "Not known.", "Look.", is_warning=True))
        await until(lambda: "Not known." in shown.dialog.notice.text)
        assert shown.dialog.notice.kind == "info"
        click(shown.dialog, "next")
        await until(lambda: shown.wizard.asked == ["choices", "choices"])
        shown.wizard.answer("choices", Problem("", "Not known.", "Look.", is_warning=True))
        await until(lambda: shown.wizard.asked == ["choices", "choices", "summary"])
        shown.wizard.answer("summary", Problem("", "Not known either.", "Look.", is_warning=True))
        await until(lambda: "Not known either." in shown.dialog.notice.text)
        assert shown.wizard.plans == 1


async def test_each_problem_has_its_cure_and_its_own_fix() -> None:
    async def fix(plan: Plan) -> JobStatus:
        return JobStatus(1, plan.title, plan.host, plan, JobState.COMPLETED)

    curable = Problem("", "HV-01 is closed.", "Open it.", fix=fix_of_a_host())
    scripted = Problem("", "HV-01 may not delegate.", "Run the script.", script="Set-Something")
    async with opened(nothing, fix) as shown:
        remark = Problem("", "A remark.", "Nothing to do.", is_warning=True)
        shown.wizard.answer("choices", remark, curable, scripted)
        await until(lambda: "HV-01 is closed." in shown.dialog.notice.text)
        assert shown.dialog.notice.kind == "warning"
        shown.dialog.grab()
        entries = shown.dialog.notice.findChildren(QWidget, "problem")
        assert [entry.accessibleName() for entry in entries] == [curable.what, scripted.what, remark.what]
        assert [len(entry.findChildren(QPushButton, "fix")) for entry in entries] == [1, 0, 0]
        click(shown.dialog, "copy_cure")
        assert QApplication.clipboard().text() == "Set-Something"
        click(shown.dialog, "fix")
        shown_fix = dialog(FixDialog)
        assert find(shown_fix, QPlainTextEdit, "fix_script").toPlainText() == "# On HV-01:\nEnable-VMMigration"
        assert find(shown_fix, QLabel, "fix_undo").text() == "Disabling them undoes it."
        assert shown_fix.verb.text() == "Enable live migrations on HV-01"
        click(shown_fix, "fix_now")
        await until(lambda: shown.wizard.asked == ["choices", "choices"])
        shown.wizard.answer("choices")
        await until(lambda: not shown.dialog.is_waiting)
        assert shown.dialog.notice.text == ""


async def test_a_fix_that_failed_says_why_and_the_page_is_examined_again() -> None:
    answers: list[JobStatus | Exception] = [
        PlanOutdated("WEB01 has changed.", "Look again."),
        SignInRefused("HV-01", "The password is wrong.", "Type it again."),
        JobStatus(1, "", HOST, None, JobState.FAILED, detail="The host is too busy.", cure="Wait."),
    ]

    async def fix(plan: Plan) -> JobStatus:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with opened(nothing, fix) as shown:
        shown.wizard.answer("choices", Problem("", "HV-01 is closed.", "Open it.", fix=fix_of_a_host()))
        await until(lambda: "HV-01 is closed." in shown.dialog.notice.text)
        shown.dialog.grab()
        click(shown.dialog, "fix")
        shown_fix = dialog(FixDialog)
        for said in ("WEB01 has changed.", "The password is wrong.", "Failed: The host is too busy."):
            click(shown_fix, "fix_now")
            await until(lambda said=said: said in shown_fix.notice.text)
            assert shown_fix.notice.kind == "error"
        click(shown_fix, "cancel_fix")
        await until(lambda: shown.wizard.asked == ["choices", "choices"])
        shown.wizard.answer("choices")
        await until(lambda: not shown.dialog.is_waiting)


async def test_without_anybody_to_carry_it_out_no_fix_is_offered() -> None:
    async with opened(nothing) as shown:
        shown.wizard.answer("choices", Problem("", "HV-01 is closed.", "Open it.", fix=fix_of_a_host()))
        await until(lambda: "HV-01 is closed." in shown.dialog.notice.text)
        assert shown.dialog.notice.findChildren(QPushButton, "fix") == []
