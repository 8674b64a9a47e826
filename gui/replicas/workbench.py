"""What the dialogs about replicas work with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtWidgets import QDialog

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.failover.desk import Desk
from core.failover.journeys import JourneyStore
from core.failover.rehearsal_ends import RehearsalEnds
from core.jobs.plan import Plan
from core.jobs.status import JobStatus
from core.remoting.workers import Workers
from core.replicas.history import History
from core.replicas.survey import Survey
from gui.replicas.watch import ReplicaWatch
from gui.tasks import Tasks
from gui.wizards.fix_dialog import CarryOut


@dataclass(frozen=True, slots=True)
class Workbench:
    """``start`` starts a plan as a job and returns at once. Raises NotStarted and RemotingError.

    ``carry_out`` runs a plan as a job and tells how it ended; ``has_job`` tells whether a job about a machine has not
    ended; ``open_dialog`` shows a dialog.
    """

    estate: Estate
    survey: Survey
    desk: Desk
    journeys: JourneyStore
    ends: RehearsalEnds
    history: History
    watch: ReplicaWatch
    workers: Workers
    tasks: Tasks
    open_dialog: Callable[[QDialog], None]
    start: Callable[[Plan], Awaitable[JobStatus]]
    carry_out: CarryOut
    has_job: Callable[[UUID], bool]

    def is_practice(self, host: HostKey) -> bool:
        """Whether a host is simulated."""
        return self.estate.picture(host).connection.is_practice
