"""Carries out what the user asks for in the window, and keeps the window in step with the estate and the jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.estate.last_pictures import LastPictures
from core.estate.polling import Attention, Polling
from core.estate.preset_profiles import PresetProfiles, preset_file
from core.estate.profile_store import ProfileStore
from core.estate.secrets import Secrets
from core.evacuation.record import EvacuationStore
from core.failover.desk import Desk
from core.failover.journeys import JourneyStore
from core.failover.rehearsal_ends import RehearsalCaretaker, RehearsalEnds
from core.jobs.admission import NotStarted
from core.jobs.goal import Arrived
from core.jobs.journal import Journal, JournalUnavailable
from core.jobs.plan import Plan
from core.jobs.presence import Presence
from core.jobs.queue import Jobs
from core.jobs.status import JobState, JobStatus
from core.language import _
from core.recovery.readiness import RunRecords
from core.remoting.workers import Workers
from core.replicas.history import History
from core.replicas.survey import Survey
from core.support.log import Log
from gui.close_question import CloseQuestion
from gui.cluster_watch import ClusterWatch
from gui.detail_reader import DetailReader
from gui.evacuation import EvacuationCommands
from gui.failures import Failures
from gui.front import come_to_front
from gui.help.commands import HelpCommands
from gui.import_wizards import ImportWizards
from gui.job_commands import JobCommands
from gui.journal_dialog import JournalDialog
from gui.list_commands import ListCommands
from gui.machine_drop import MachineDrop
from gui.machines.checkpoint_commands import CheckpointCommands
from gui.machines.commands import MachineCommands
from gui.main_window import MainWindow
from gui.move_wizards import MoveWizards
from gui.notifier import Notifier
from gui.one_program import Wish
from gui.options import Options
from gui.practice import Practice
from gui.preferences import Preferences
from gui.profiles.commands import ProfileCommands
from gui.recovery.dialog import RecoveryDialog
from gui.replicas.commands import ReplicationCommands, machines_of_jobs
from gui.replicas.health_dialog import HealthDialog
from gui.replicas.overview_dialog import OverviewDialog
from gui.replicas.watch import ReplicaWatch
from gui.replicas.way_back_dialog import WayBackDialog
from gui.replicas.workbench import Workbench
from gui.replication.enable_wizards import EnableWizards
from gui.replication.server_dialog import ServerDialog
from gui.settings.commands import SettingsCommands
from gui.taskbar import Taskbar
from gui.tasks import Tasks
from gui.window_memory import WindowMemory
from gui.wizards.dialog import WizardDialog

_BESIDE_THE_WINDOW = HealthDialog | OverviewDialog | RecoveryDialog | WayBackDialog
"""Dialogs that let the window be used meanwhile."""
PICTURES_KEPT_EVERY = 300.0
"""Seconds."""
SHOWN_TOGETHER = 0.05
"""Seconds for which what hosts tell is collected before it is shown."""


class Console:
    """One window with what stands behind it. ``closing`` is set when the user has decided to leave."""

    def __init__(self, window: MainWindow, workers: Workers, options: Options, preferences: Preferences) -> None:
        self.window = window
        self.estate = Estate(workers)
        data = options.folder
        # Whoever keeps things elsewhere is apart from this computer's users.
        presets = options.presets or (preset_file() if options.data is None else None)
        self.secrets = Secrets(workers, key_store=options.key_store)
        self.jobs = Jobs(self.estate, Journal(data / "journal", workers), Presence(data / "programs"))
        self.closing = asyncio.Event()
        self._workers = workers
        self._tasks = Tasks()
        self.practice = Practice(self.estate, window, self._tasks, options)
        self._memory = WindowMemory(preferences)
        self._dialogs: set[QDialog] = set()
        self._polling = Polling(self.estate, self._attention, self._at_work)
        self._last_pictures = LastPictures(data / "pictures", workers)
        store = ProfileStore(data, workers)
        self.profiles = ProfileCommands(
            *(self.estate, self.jobs, store, PresetProfiles(presets, data, workers), self.secrets),
            *(self._last_pictures, workers),
            *(window, self._tasks, self._open, self._remove_host),
        )
        self._job_commands = JobCommands(self.jobs, window, self._tasks, self._open)
        self._move_wizards = MoveWizards(
            self.estate, self.jobs, window, self._tasks, self._open, self.carry_out_fix, preferences
        )
        self._enable_wizards = EnableWizards(
            *(self.estate, self.jobs, window, self._tasks, self._open, self.carry_out_fix, self.open_replica_server),
            preferences,
        )
        self.evacuated = EvacuationStore(data, workers)
        self._evacuation = EvacuationCommands(
            *(self.estate, self.jobs, self.evacuated, window, self._tasks, self._open, self.carry_out_fix)
        )
        self._import_wizards = ImportWizards(self.estate, self.begin, window, self._tasks, self._open, preferences)
        self._machine_drop = MachineDrop(self.estate, window, self._move_wizards)
        self._list_commands = ListCommands(window, workers, self._tasks, self._open)
        self._machine_commands = MachineCommands(self.estate, self.jobs, window, self._tasks, self._open, self.begin)
        self._checkpoint_commands = CheckpointCommands(self.estate, window, self._machine_commands, self._open)
        self._settings_commands = SettingsCommands(self.estate, window, self._tasks, self._open, self.carry_out_fix)
        survey, history = Survey(self.estate), History(data, workers)
        self._clusters = ClusterWatch(self.estate, window)
        self._detail_reader = DetailReader(self.estate, survey, window.details, self._tasks)
        self._watch = ReplicaWatch(self.estate, survey, history, lambda: self.replication.looked_at())
        ends = RehearsalEnds(data, workers)
        self._caretaker = RehearsalCaretaker(ends, self.estate, survey, self.jobs)
        bench = Workbench(
            *(self.estate, survey, Desk(self.estate, survey), JourneyStore(data, workers), ends, history, self._watch),
            *(workers, self._tasks, self._open, self.begin, self.carry_out_fix),
            lambda machine_id: machine_id in machines_of_jobs(self.jobs.statuses),
        )
        self.replication = ReplicationCommands(
            *(self.jobs, window, bench, RunRecords(data, workers), self._machine_commands.start, self._enable_wizards)
        )
        self._failures = Failures(self.estate, window, self._tasks, self._open, self._move_wizards.again)
        self.notifier = Notifier(window)
        self._log = Log(data / "log")
        self.help = HelpCommands(
            *(self._log.folder, self.jobs.journal, lambda: store.current.profiles, workers),
            *(window, self._tasks, self._open),
        )
        self._taskbar = Taskbar(window)

    def start(self) -> None:
        """Follow the estate and the jobs, and offer what can be done."""
        offered = self.window.actions_offered
        offered.refresh.triggered.connect(self.refresh)
        offered.configure_replication.triggered.connect(self.configure_replication)
        offered.move_machine.triggered.connect(self.move_machine)
        offered.machines.enable_replication.triggered.connect(self.enable_replication)
        offered.show_journal.triggered.connect(self.show_journal)
        self.window.job_asked.connect(self._job_commands.carry_out)
        self.window.jobs.failure_asked.connect(self.show_failure)
        self.window.close_asked.connect(self.ask_to_close)
        self._tasks.start(self._follow_estate(), "follow the estate")
        self._tasks.start(self._polling.run(), "poll the hosts")
        self._tasks.start(self._keep_pictures(), "keep what the hosts told")
        self._tasks.start(self._watch.run(), "read replications")
        self._tasks.start(self._clusters.run(), "read clusters")
        self._tasks.start(self.replication.follow(), "follow replications")
        self._tasks.start(self._caretaker.run(), "end test failovers")
        self.profiles.start()
        self.help.start()
        self._tasks.start(self._follow_jobs(), "follow the jobs")
        self._tasks.start(self._open_jobs(), "open the journal")
        self.window.set_ready()
        if not self.window.isVisible():
            # The user was faster.
            self.closing.set()

    async def close(self) -> None:
        """End everything this console has begun: jobs, sessions, the lab."""
        for dialog in tuple(self._dialogs):
            dialog.close()
        await self._tasks.close()
        await self._last_pictures.keep(self.estate.pictures)
        # At once, not one after the other: a silent host keeps each waiting up to its time-outs.
        await asyncio.gather(self.jobs.close(), self.estate.close())
        await self.practice.close()
        self.help.close()
        self._log.close()

    def take_wish(self, wish: Wish) -> None:
        """Do what a later start of the program asks for."""
        come_to_front(self.window)
        if wish.practice is not None:
            self.practice.take_wish(wish.practice, wish.speed)

    def refresh(self) -> None:
        """Read the selected host anew, or all hosts of the selected group."""
        pictures = self.window.hosts
        if len(pictures) == 1:
            self.window.say(_("Refreshing {host}...").format(host=pictures[0].key.name))
        elif pictures:
            self.window.say(_("Refreshing {count} hosts...").format(count=len(pictures)))
        for picture in pictures:
            self._tasks.start(self.estate.refresh(picture.key, signs_in_again=True), f"refresh {picture.key}")
        self._watch.expire(self.replication.looked_at())
        self._clusters.expire([picture.key for picture in pictures])

    def move_machine(self) -> None:
        """Open the Move Wizard for the selected machines; that of a single one comes to the front if it is open."""
        picture, machines = self.window.host, self.window.machines
        if picture is not None and len(machines) > 1:
            self._move_wizards.open_for_many(picture.key, machines)
        elif picture is not None and machines:
            self._move_wizards.open(picture.key, machines[0])

    def enable_replication(self) -> None:
        """Open the Enable Replication Wizard for the selected machines."""
        picture, machines = self.window.host, self.window.machines
        if picture is not None and len(machines) > 1:
            self._enable_wizards.open_for_many(picture.key, machines)
        elif picture is not None and machines:
            self._enable_wizards.open(picture.key, machines[0])

    def configure_replication(self) -> None:
        """Open the replication configuration of the selected host."""
        if (picture := self.window.host) is not None:
            self.open_replica_server(picture.key)

    def open_replica_server(self, host: HostKey, parent: QWidget | None = None) -> ServerDialog:
        """Open the replication configuration of a host; it is ``finished`` when the change has ended, or by Cancel."""
        dialog = ServerDialog(self.estate, host, self._tasks, self._open, self.carry_out_fix, parent or self.window)
        self._open(dialog)
        return dialog

    def show_failure(self, number: int) -> None:
        """Show why a job failed."""
        status = next((each for each in self.jobs.statuses if each.number == number), None)
        if status is not None:
            self._failures.show(status)

    async def begin(self, plan: Plan) -> JobStatus:
        """Start a plan as a job; where that is refused, its hosts are read anew: what was shown of them is not true.

        Raises NotStarted and RemotingError.
        """
        try:
            return await self.jobs.start(plan)
        except NotStarted:
            self._read_anew(plan.hosts)
            raise

    async def carry_out_fix(self, plan: Plan) -> JobStatus:
        """Start a plan that cures a problem and return how it ended, once its hosts have been read anew.

        Raises PlanOutdated and RemotingError when it does not begin.
        """
        ended = await self.jobs.carry_out(plan)
        await asyncio.gather(*(self.estate.reread(host) for host in plan.hosts))
        return ended

    def ask_to_close(self) -> None:
        """Leave, after a question if jobs are under way. What others began is none of this program's."""
        own = [status for status in self.jobs.under_way if status.plan is not None]
        if not own:
            self.closing.set()
        elif not any(isinstance(dialog, CloseQuestion) for dialog in self._dialogs):
            question = CloseQuestion(own, self.window.is_practice, self.window)
            question.leave.clicked.connect(self.closing.set)
            self._open(question)

    def show_journal(self) -> None:
        """Open the journal; when it is open already, it comes to the front and is read anew."""
        for dialog in self._dialogs:
            if isinstance(dialog, JournalDialog | OverviewDialog):
                dialog.read()
                dialog.raise_()
                dialog.activateWindow()
                return
        self._open(JournalDialog(self.jobs.journal, self._workers, self._tasks, self.window))

    def show_error(self, what: str) -> None:
        """Show an error that nobody foresaw."""
        box = QMessageBox(self.window)
        box.setObjectName("unexpected_error")
        box.setIcon(QMessageBox.Icon.Critical)
        box.setWindowTitle(_("VM Ferry"))
        box.setText(_("Something unexpected went wrong. What you were doing may not be complete."))
        box.setInformativeText(what)
        box.addButton(_("Close"), QMessageBox.ButtonRole.RejectRole)
        self._open(box)

    def _open(self, dialog: QDialog) -> None:
        self._dialogs.add(dialog)
        dialog.finished.connect(lambda _result: self._dialogs.discard(dialog))
        if isinstance(dialog, WizardDialog):
            dialog.help_asked.connect(self.help.show_guide)
            self._memory.size(dialog, f"wizard_{type(dialog.wizard).__name__}")
        if isinstance(dialog, JournalDialog | OverviewDialog):
            self._memory.size(dialog, dialog.objectName())
        if isinstance(dialog, WizardDialog | JournalDialog | _BESIDE_THE_WINDOW):
            dialog.show()
        else:
            dialog.open()

    async def _keep_pictures(self) -> None:
        """Keep what the hosts told for the next start now and then: a program may end without a word."""
        while True:
            await asyncio.sleep(PICTURES_KEPT_EVERY)
            await self._last_pictures.keep(self.estate.pictures)

    async def _follow_estate(self) -> None:
        news = self.estate.watch_together()
        self._show_pictures(self.estate.pictures)
        async for pictures in news:
            self._show_pictures(pictures)
            # At a start a thousand hosts answer within seconds, and each time the list is put in order.
            await asyncio.sleep(SHOWN_TOGETHER)

    def _show_pictures(self, pictures: Sequence[Picture]) -> None:
        # Some may have been removed while this was on its way.
        there = [picture for picture in pictures if picture.key in self.estate]
        self.window.show_pictures(there)
        for picture in there:
            self.replication.see(picture)
        if any((each.inventory is None or each.is_remembered) and each.failure is None for each in there):
            self._polling.wake()

    def _remove_host(self, key: HostKey) -> None:
        self.jobs.forget(key)
        self.estate.remove(key)
        self.window.remove_host(key)
        self.window.show_jobs(self.jobs.statuses)

    async def _open_jobs(self) -> None:
        try:
            await self.jobs.open()
        except JournalUnavailable as error:
            self.show_error(str(error))

    async def _follow_jobs(self) -> None:
        begun: set[int] = set()
        arrived: set[int] = set()
        news = self.jobs.watch()
        self.window.show_jobs(self.jobs.statuses)
        async for status in news:
            self.window.show_jobs(self.jobs.statuses)
            self.notifier.note(status)
            self._taskbar.show(self.jobs.statuses)
            if status.state.is_final and status.plan is not None:
                self._read_anew(status.plan.hosts)
            if status.state is JobState.COMPLETED and status.number not in arrived:
                arrived.add(status.number)
                self._follow_machine(status)
            if status.state is JobState.RUNNING and status.detail and status.number not in begun:
                # The host is at work: its list is to say so, and not only when its turn comes.
                begun.add(status.number)
                source = status.host
                self._tasks.start(self.estate.reread(source), f"refresh {source}")

    def _read_anew(self, hosts: Iterable[HostKey]) -> None:
        """Something has changed on these hosts: show it now, and not only when their turn comes."""
        managed = [host for host in hosts if host in self.estate]
        self._watch.expire(managed)
        self._clusters.expire(managed)
        for host in managed:
            self._tasks.start(self.estate.reread(host), f"refresh {host}")

    def _follow_machine(self, status: JobStatus) -> None:
        """Select a machine that was selected on the host that it has left; its hosts have just been read."""
        for action in status.plan.actions if status.plan is not None else ():
            if isinstance(action.goal, Arrived):
                self.window.follow_machine(action.goal.source, action.goal.destination, action.goal.machine_id)

    def _attention(self) -> Attention:
        """What the user looks at."""
        is_shown = self.window.isVisible() and not self.window.isMinimized()
        return Attention(is_shown, frozenset([self.window.host.key] if self.window.host is not None else []))

    def _at_work(self) -> set[HostKey]:
        """The hosts on which jobs run."""
        return {
            host
            for status in self.jobs.under_way
            for host in (status.plan.hosts if status.plan is not None else (status.host,))
        }
