"""Carries out what the user asks of the replications of the selected machines, from whichever side they are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Picture
from core.failover.choice import Candidate, Choice, Taken, candidate
from core.failover.control import control_plan, removal_plan
from core.failover.link import back_link
from core.hyperv.records import Machine
from core.hyperv.replication_states import ReplicationMode
from core.jobs.plan import Plan
from core.jobs.queue import Jobs
from core.jobs.status import JobStatus
from core.language import _
from core.operating.questions import Question
from core.recovery.readiness import RunRecords
from core.replicas.offers import Surroundings
from core.replicas.relationship import Relationship
from core.replicas.rules import FAILED_OVER
from core.replicas.side import Side
from core.replicas.survey import Overview
from core.replicas.verbs import Verb
from core.replication.planning import import_plan
from gui.machines.confirmation import Confirmation
from gui.main_window import MainWindow
from gui.recovery.dialog import RecoveryDialog
from gui.replicas.drift_dialog import DriftDialog
from gui.replicas.health_dialog import HealthDialog
from gui.replicas.initial_dialog import InitialDialog
from gui.replicas.overview_dialog import OverviewDialog
from gui.replicas.planned_dialog import PlannedDialog
from gui.replicas.rehearsal_dialog import RehearsalDialog
from gui.replicas.resynchronize_dialog import ResynchronizeDialog
from gui.replicas.settings_dialog import SettingsDialog
from gui.replicas.unplanned_dialog import UnplannedDialog
from gui.replicas.way_back_dialog import WayBackDialog
from gui.replicas.workbench import Workbench
from gui.replication.enable_wizards import EnableWizards
from gui.replication.import_dialog import ImportDialog
from gui.wizards.fix_dialog import script_of

_MOST_CANDIDATES = 200
"""Of more machines only so many are looked at before it is asked: nobody waits for a menu."""
_Start = Callable[[Sequence[Plan], Sequence[tuple[str, str]]], None]


class ReplicationCommands:
    """Offers the entries of the menu when it opens. ``start`` starts a job for each plan and says what was left out."""

    def __init__(
        self,
        jobs: Jobs,
        window: MainWindow,
        bench: Workbench,
        records: RunRecords,
        start: _Start,
        wizards: EnableWizards,
    ) -> None:
        self._jobs = jobs
        self.wizards = wizards
        self._window = window
        self.bench = bench
        self._records = records
        self._start = start
        self._actions = window.actions_offered.machines.replication
        self._known: dict[HostKey, frozenset[object]] = {}
        self._actions.menu.aboutToShow.connect(self.offer)
        for verb, action in self._actions.verbs.items():
            action.triggered.connect(partial(self.ask, verb))
        for verb, action in self._actions.extended.items():
            action.triggered.connect(partial(self.ask, verb, extension=True))
        self._actions.compare.triggered.connect(self.compare)
        window.actions_offered.recovery_plan.triggered.connect(self.show_recovery_plan)
        window.actions_offered.show_redundancy.triggered.connect(self.show_redundancy)
        window.actions_offered.show_replications.triggered.connect(self.show_overview)
        self._overview: OverviewDialog | None = None
        self._actions.way_back.triggered.connect(self.show_way_back)
        window.machine_pane.selection_changed.connect(bench.watch.wake)

    @property
    def overview(self) -> Overview:
        """What was read of the replications so far."""
        return self.bench.survey.overview

    def looked_at(self) -> set[HostKey]:
        """The hosts on which the replications of the selected machines lie."""
        window = self._window
        if not window.isVisible() or window.isMinimized():
            return set()
        if self._overview is not None:
            return {picture.key for picture in self.bench.estate.pictures}
        found: set[HostKey] = set()
        for row in window.machine_pane.rows[:_MOST_CANDIDATES]:
            if row.machine.replication_mode is ReplicationMode.NONE:
                continue
            found.add(row.key)
            for leg in self.overview.of_machine(row.machine.machine_id, row.key.group):
                found |= {side.host for side in leg.known}
                if leg.absence is not None and leg.absence.key is not None:
                    found.add(leg.absence.key)
        return found

    def see(self, picture: Picture) -> None:
        """Notice that a machine's replication is another than before: what was read of it is out of date then."""
        if picture.inventory is None:
            return
        now = frozenset(
            (machine.machine_id, machine.replication_number, machine.replication_mode, machine.replication_health)
            for machine in picture.inventory.machines
            if machine.replication_mode is not ReplicationMode.NONE
        )
        if now != self._known.get(picture.key, now):
            self.bench.watch.expire((picture.key,))
        self._known[picture.key] = now

    async def follow(self) -> None:
        """Offer anew whenever something was read, as long as the menu is open."""
        notes = (*await self.bench.journeys.load(), *await self.bench.ends.load())
        if notes:
            self._window.jobs.remark.say("warning", "\n".join(notes))
        async for _overview in self.bench.survey.watch():
            if self._actions.menu.isVisible():
                self.offer()

    def offer(self) -> None:
        """Offer what can be done with the selected machines, and say why the rest cannot."""
        self._actions.offer_way_back(self._why_no_way_back())
        legs = self._candidates(extension=False)
        is_known = any(each.relationship is not None for each in legs)
        why_not = "" if is_known else "\n".join(dict.fromkeys(each.why_not for each in legs))
        self._actions.offer_comparison(why_not)
        for extension in (False, True):
            found = self._candidates(extension=extension)
            if extension:
                self._actions.show_extended(is_extended=any(each.relationship is not None for each in found))
            around = self._surroundings()
            for verb in Verb:
                self._actions.offer(verb, Choice.of(verb, found, around).why_not, extension=extension)

    def ask(self, verb: Verb, _checked: bool = False, *, extension: bool = False) -> None:
        """Do something with the selected machines, after a question or in a dialog where there is one."""
        self._window.jobs.remark.clear()
        choice = Choice.of(verb, self._candidates(extension=extension), self._surroundings())
        if not choice.taken:
            return
        relationship, side = choice.taken[0].relationship, choice.taken[0].offer.side
        match verb:
            case Verb.VIEW_HEALTH:
                self.show_health(relationship)
            case Verb.PLANNED_FAILOVER:
                self.bench.open_dialog(PlannedDialog(relationship, self.bench, self._window))
            case Verb.IMPORT_INITIAL:
                self._ask_for_folder(choice.taken[0])
            case Verb.FAILOVER:
                failing_over = UnplannedDialog(relationship, self.bench, self._window)
                failing_over.accepted.connect(lambda: self._follow_home(relationship))
                self.bench.open_dialog(failing_over)
            case Verb.TEST_FAILOVER:
                receivers = [side for each in choice.taken if (side := each.offer.side) is not None]
                skipped = [why for _name, why in choice.skipped]
                self.bench.open_dialog(RehearsalDialog(receivers, skipped, self.bench, self._window))
            case Verb.RESYNCHRONIZE:
                legs, skipped = [each.relationship for each in choice.taken], [why for _name, why in choice.skipped]
                self.bench.open_dialog(ResynchronizeDialog(legs, skipped, self.bench, self._window))
            case Verb.REVERSE:
                self.bench.tasks.start(self._reverse(relationship), "reverse a replication")
            case Verb.EXTEND if side is not None:
                if (machine := self._machine_of(side)) is not None:
                    self.wizards.open_extension(side, machine)
            case Verb.START_INITIAL | Verb.CHANGE_SETTINGS if side is not None:
                kinds = {Verb.START_INITIAL: InitialDialog, Verb.CHANGE_SETTINGS: SettingsDialog}
                self.bench.open_dialog(kinds[verb](side, self.bench, self._window))
            case _:
                self._confirm(choice)

    def show_health(self, relationship: Relationship) -> HealthDialog:
        """Open the dialog of a relationship's health."""
        dialog = HealthDialog(relationship, self.bench, self._window)
        self.bench.open_dialog(dialog)
        return dialog

    def show_overview(self) -> None:
        """Open the view over all hosts; when it is open already, it comes to the front and reads anew."""
        if self._overview is not None:
            self._overview.refresh()
            self._overview.raise_()
            self._overview.activateWindow()
            return
        self._overview = dialog = OverviewDialog(self.bench, self._window)
        dialog.finished.connect(self._forget_overview)
        dialog.health_asked.connect(self.show_health)
        dialog.stop_asked.connect(self._stop_tests)
        self.bench.open_dialog(dialog)

    def _forget_overview(self) -> None:
        self._overview = None

    def _stop_tests(self) -> None:
        """Stop every test failover that is known, whoever began it."""
        legs = [leg for leg in self.overview.relationships if leg.receiver is not None and leg.receiver.has_test]
        found = [Candidate(leg.side.host, leg.machine_name, leg) for leg in legs]
        choice = Choice.of(Verb.STOP_TEST, found, self._surroundings())
        if choice.taken:
            self._confirm(choice)

    def compare(self) -> None:
        """Compare the selected machines with their replicas."""
        legs = [leg for each in self._candidates(extension=False) if (leg := each.relationship) is not None]
        if legs:
            self.bench.open_dialog(DriftDialog(legs, self.bench, self._window))

    def show_recovery_plan(self) -> None:
        """Open a recovery plan, a new one at first."""
        self.bench.open_dialog(RecoveryDialog(self.bench, self._jobs, self._records, self._window))

    def show_redundancy(self) -> None:
        """Show what of the selected host fails with what, in its details."""
        if (picture := self._window.host) is not None:
            self._window.select_host(picture.key)
            self._window.machine_list.clearSelection()
            self._window.details.show_redundancy()

    def show_way_back(self) -> None:
        """Open the way back of the selected machine, which was remembered when it failed over."""
        for row in self._window.machine_pane.rows[:1]:
            legs = self.overview.of_machine(row.machine.machine_id, row.key.group)
            self.bench.tasks.start(self._open_way_back(row.machine.machine_id, next(iter(legs), None)), "way back")

    def _follow_home(self, relationship: Relationship) -> None:
        self.bench.tasks.start(self._open_way_back(relationship.machine_id, relationship), "way back")

    async def _open_way_back(self, machine_id: UUID, relationship: Relationship | None) -> None:
        journey = next((each for each in self.bench.journeys.current if each.machine_id == machine_id), None)
        if journey is None and relationship is not None:
            journey = await self.bench.desk.journey(relationship)
        if journey is not None:
            self.bench.open_dialog(WayBackDialog(journey, self.bench, self._window))

    def _why_no_way_back(self) -> str:
        rows = self._window.machine_pane.rows
        if len(rows) != 1:
            return _("This is done with one virtual machine at a time: select just one.")
        machine = rows[0].machine
        if any(each.machine_id == machine.machine_id for each in self.bench.journeys.current):
            return ""
        legs = self.overview.of_machine(machine.machine_id, rows[0].key.group)
        if any(leg.receiver is not None and leg.receiver.state in FAILED_OVER for leg in legs if not leg.is_extension):
            return ""
        return _("{machine} is at home: no failover of it is remembered here.").format(machine=machine.name)

    async def _reverse(self, relationship: Relationship) -> None:
        """Open the wizard, filled with what both hosts tell of the way back as far as they can be asked."""
        receiver = relationship.receiver
        machine = self._machine_of(receiver) if receiver is not None else None
        if receiver is None or machine is None:
            return
        journey = await self.bench.desk.journey(relationship)
        link = journey.link_home if journey is not None else back_link(receiver)
        self.wizards.open_reversal(relationship, receiver, machine, link)

    def _machine_of(self, side: Side) -> Machine | None:
        inventory = self.bench.estate.picture(side.host).inventory
        return inventory.machine(side.machine_id) if inventory is not None else None

    def _ask_for_folder(self, taken: Taken) -> None:
        receiver = taken.offer.side
        machine = self._machine_of(receiver) if receiver is not None else None
        if receiver is None or machine is None:
            return
        bench = self.bench
        dialog = ImportDialog(bench.estate, receiver.host, receiver.row.machine_name, bench.tasks, self._window)
        dialog.chosen.connect(lambda folder: self._start([import_plan(receiver.host, machine, folder, 0)], ()))
        bench.open_dialog(dialog)

    def _confirm(self, choice: Choice) -> None:
        plans = [
            removal_plan(each.relationship) if choice.verb is Verb.REMOVE else control_plan(choice.verb, side)
            for each in choice.taken
            if (side := each.offer.side) is not None
        ]
        asked = choice.question
        if asked is None:
            self._start(plans, choice.skipped)
            return
        dialog = Confirmation(
            Question(asked.title, asked.question, asked.consequence, asked.undo, asked.commit),
            script_of(Plan("", plans[0].host, tuple(action for plan in plans for action in plan.actions))),
            machines=[each.relationship.machine_name for each in choice.taken],
            skipped=[why for _name, why in choice.skipped],
            is_practice=any(self.bench.is_practice(plan.host) for plan in plans),
            parent=self._window,
        )
        dialog.accepted.connect(lambda: self._start(plans, ()))
        self.bench.open_dialog(dialog)

    def _candidates(self, *, extension: bool) -> list[Candidate]:
        overview = self.overview
        rows = self._window.machine_pane.rows[:_MOST_CANDIDATES]
        return [candidate(overview, row.key, row.machine, extension=extension) for row in rows]

    def _surroundings(self) -> Surroundings:
        return Surroundings.of(self.bench.estate, self.overview, machines_of_jobs(self._jobs.statuses))


def machines_of_jobs(statuses: Iterable[JobStatus]) -> set[UUID]:
    """The machines that a job is about which has not ended."""
    found: set[UUID] = set()
    for status in statuses:
        if status.plan is not None and not status.state.is_final:
            found |= {premise.machine_id for premise in status.plan.premises}
            if status.plan.expectation is not None:
                found.add(status.plan.expectation.machine_id)
    return found
