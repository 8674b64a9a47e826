"""Work on a replication that takes time, as clients see it: Msvm_ConcreteJob with a JobType of 90 to 125."""

from __future__ import annotations

import abc
import datetime
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Self

from lab.hyperv.clock import Course
from lab.hyperv.operation import Operation, OperationalStatus

if TYPE_CHECKING:
    from lab.hyperv.replication.side import Receiver, Sender

REMEMBERED = datetime.timedelta(minutes=5)
"""How long an ended job can still be read (assumed to be as for migrations)."""


class JobType(Enum):
    """JobType with its numbers (WMI reference)."""

    ImportInitialReplication = 95
    InitiateFailover = 97
    RevertFailover = 98
    CommitFailover = 99
    PrepareFailover = 100
    CancelPreparedFailover = 101
    CreateTestReplica = 102
    RemoveTestReplica = 103
    Reverse = 104
    Resynchronize = 107
    SendInitialReplica = 116
    SendUsingBackup = 117
    ExportInitialReplica = 118
    ResynchronizeExtended = 121
    UpdateDiskSet = 125


class ReplicationJob(Operation):
    """One piece of work on a side of a relationship; it is the side's ``job`` meanwhile."""

    job_type: JobType

    def __init__(self, side: Sender | Receiver) -> None:
        super().__init__(side.machine, side.host)
        self.side = side

    @property
    def status(self) -> OperationalStatus:
        """The machine is being modified."""
        return OperationalStatus.ModifyingUpVirtualMachine

    @abc.abstractmethod
    def work(self) -> Course:
        """What happens, in simulated time; raises OperationFailed where it fails."""

    def begin(self) -> Self:
        """Start it.

        Raises OperationFailed when another operation is under way on the machine, or on this side.
        """
        if self.side.job is not None:
            raise self.fail("busy")
        self.side.job = self
        try:
            return super().begin()
        except BaseException:
            self.side.job = None
            raise

    def course(self) -> Course:
        """The work, as long as the side exists."""
        jobs = self.host.replication.jobs
        jobs.append(self)
        try:
            yield from self.work()
        finally:
            self.side.job = None
            self.host.clock.call_later(REMEMBERED.total_seconds(), lambda: jobs.remove(self))


class ShortJob(ReplicationJob):
    """Work of a few seconds that keeps the machine busy; ``seconds`` are assumed."""

    seconds: ClassVar[float] = 2.0

    def work(self) -> Course:
        """Let the time pass, then do it."""
        yield self.seconds
        self.finish()

    @abc.abstractmethod
    def finish(self) -> None:
        """What is so at the end; raises OperationFailed."""
