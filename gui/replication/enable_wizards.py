"""The Enable Replication Wizards that are open, and what follows when a replication is enabled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QDialog

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.failover.link import Link
from core.hyperv.records import Machine
from core.jobs.admission import NotStarted
from core.jobs.plan import Batch, Plan
from core.jobs.queue import Jobs
from core.jobs.status import JobStatus
from core.language import _
from core.remoting.errors import RemotingError
from core.replicas.relationship import Relationship
from core.replicas.side import Side
from core.replication.planning import connecting_plan, enabling_steps
from core.replication.protection import AdapterPlan
from core.wizards.enable_many import EnableManyWizard
from core.wizards.enable_replication import EnableWizard
from core.wizards.extend_replication import ExtendWizard
from core.wizards.reverse_replication import ReverseWizard
from core.wizards.wizard import Step
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.replication.connect_dialog import ReplicaNetworkDialog
from gui.replication.enabled_dialog import EnabledDialog
from gui.tasks import Tasks
from gui.wizards.dialog import WizardDialog
from gui.wizards.enable_many_pages import enable_many_page
from gui.wizards.enable_pages import Configure, enable_page
from gui.wizards.fix_dialog import CarryOut
from gui.wizards.open_wizards import OpenWizards
from gui.wizards.page import Page
from gui.wizards.replica_pages import extend_page, reverse_page

PICTURE = "replication-wizard"


class EnableWizards:
    """Opens wizards; ``fix`` carries out what cures a problem, ``configure`` opens a Replication Configuration."""

    def __init__(
        self,
        estate: Estate,
        jobs: Jobs,
        window: MainWindow,
        tasks: Tasks,
        open_dialog: Callable[[QDialog], None],
        fix: CarryOut,
        configure: Configure,
        preferences: Preferences,
    ) -> None:
        self._estate = estate
        self._jobs = jobs
        self._window = window
        self._tasks = tasks
        self._open_dialog = open_dialog
        self._fix = fix
        self._configure = configure
        self._preferences = preferences
        self._open = OpenWizards()

    def open(self, host: HostKey, machine: Machine) -> None:
        """Open a wizard for a machine; one that is open already comes to the front."""
        if self._open.raise_open(host, machine.machine_id):
            return
        preferences = self._preferences
        wizard = EnableWizard(self._estate, host, machine, is_introduced=preferences.introduces_replications)
        self._show(wizard, partial(enable_page, wizard, self._tasks, preferences, self._configure), self._carry_out)

    def open_extension(self, receiver: Side, machine: Machine) -> None:
        """Open the wizard that replicates a replica on to a third host."""
        if not self._open.raise_open(receiver.host, machine.machine_id):
            introduced = self._preferences.introduces_replications
            wizard = ExtendWizard(self._estate, receiver, machine, is_introduced=introduced)
            self._show(wizard, partial(extend_page, wizard, self._tasks, self._preferences, self._configure))

    def open_reversal(self, relationship: Relationship, receiver: Side, machine: Machine, link: Link) -> None:
        """Open the wizard that lets a replica that has taken over be the primary; ``link`` leads back home."""
        if not self._open.raise_open(receiver.host, machine.machine_id):
            introduced = self._preferences.introduces_replications
            wizard = ReverseWizard(self._estate, relationship, receiver, machine, link, is_introduced=introduced)
            self._show(wizard, partial(reverse_page, wizard, self._tasks, self._preferences, self._configure))

    def open_for_many(self, host: HostKey, machines: Sequence[Machine]) -> None:
        """Open the wizard for several machines of a host."""
        wizard = EnableManyWizard(self._estate, host, machines)
        dialog = WizardDialog(
            wizard,
            partial(enable_many_page, wizard, self._tasks, self._configure),
            self._carry_out_all,
            self._tasks,
            is_practice=self._estate.picture(host).connection.is_practice,
            fix=self._fix,
            picture=PICTURE,
            parent=self._window,
        )
        dialog.resize(900, 620)
        self._open_dialog(dialog)

    def _show(self, wizard: EnableWizard, page: Callable[[Step], Page], carry_out: CarryOut | None = None) -> None:
        dialog = WizardDialog(
            wizard,
            page,
            carry_out or self._jobs.start,
            self._tasks,
            is_practice=wizard.primary_picture.connection.is_practice,
            fix=self._fix,
            picture=PICTURE,
            parent=self._window,
        )
        dialog.resize(840, 690)
        self._open.add(wizard.primary, wizard.machine.machine_id, dialog)
        self._open_dialog(dialog)

    async def _carry_out(self, plan: Plan) -> JobStatus:
        status = await self._jobs.start(plan)
        self._tasks.start(self._follow(status.number, plan), f"replication of {plan.title}")
        return status

    async def _carry_out_all(self, batch: Batch) -> tuple[JobStatus, ...]:
        return await self._jobs.start_all(batch)

    async def _follow(self, number: int, plan: Plan) -> None:
        """Say that a replication is enabled as soon as it is, while its initial copy goes on."""
        steps = enabling_steps(plan)
        news = self._jobs.watch()
        status = next((each for each in self._jobs.statuses if each.number == number), None)
        while status is not None and status.step < steps and not status.state.is_final:
            status = await anext(news)
            while status.number != number:
                status = await anext(news)
        if status is None or status.step < steps:
            return
        replica = next((host for host in plan.hosts if host != plan.host), None) or _replica_of(plan)
        expected = plan.expectation
        if expected is None:
            return
        if replica is not None:
            await self._estate.reread(replica)
        dialog = EnabledDialog(
            expected.machine_name,
            replica.name if replica is not None else _("the Replica server"),
            can_connect=replica is not None,
            parent=self._window,
        )
        if replica is not None:
            dialog.settings_asked.connect(partial(self._ask_for_network, replica, expected.machine_id))
        self._open_dialog(dialog)

    def _ask_for_network(self, host: HostKey, machine_id: UUID) -> None:
        inventory = self._estate.picture(host).inventory
        machine = inventory.machine(machine_id) if inventory is not None else None
        if inventory is None or machine is None:
            return
        adapters = inventory.adapters_of(machine_id)
        switches = [switch.name for switch in inventory.switches]
        planned = {place: AdapterPlan(adapter, place) for place, adapter in enumerate(adapters)}
        dialog = ReplicaNetworkDialog(machine.name, host.name, adapters, switches, self._window)
        dialog.chosen.connect(lambda chosen: self._begin(connecting_plan(host, machine, chosen, planned)))
        self._open_dialog(dialog)

    def _begin(self, plan: Plan) -> None:
        self._tasks.start(self._start(plan), plan.title)

    async def _start(self, plan: Plan) -> None:
        try:
            await self._jobs.start(plan)
        except NotStarted as error:
            self._window.jobs.remark.say("warning", error.what, error.cure)
        except RemotingError as error:
            self._window.jobs.remark.say("warning", f"{error.sentence} {error.cause}", error.cure)


def _replica_of(plan: Plan) -> HostKey | None:
    """The host that gets the replica, where the plan knows it."""
    hosts = (undo.host for action in plan.actions for undo in action.undos)
    return next((host for host in hosts if host != plan.host), None)
