"""Something under way on a machine, in simulated time: it gets further, and ends well or with a failure."""

from __future__ import annotations

import abc
import asyncio
import datetime
from collections.abc import AsyncIterator
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Self

from lab.hyperv.clock import Course
from lab.hyperv.messages import OperationFailed, failed

if TYPE_CHECKING:
    from lab.hyperv.host import Host
    from lab.hyperv.machine import VirtualMachine


class OperationalStatus(Enum):
    """VMOperationalStatus with the numbers of the PowerShell module."""

    Ok = 2
    InService = 11
    ApplyingSnapshot = 23769
    CreatingSnapshot = 32768
    DeletingSnapshot = 32770
    WaitingToStart = 32771
    MergingDisks = 32772
    ExportingVirtualMachine = 32773
    MigratingVirtualMachine = 32774
    BackingUpVirtualMachine = 32776
    ModifyingUpVirtualMachine = 32777
    StorageMigrationPhaseOne = 32778
    StorageMigrationPhaseTwo = 32779


class Operation(abc.ABC):
    """One operation on a machine of ``host``. ``percent`` covers the whole of it and never falls,
    unless it is a migration on a host that counts each phase anew.

    A machine has at most one at a time, in ``machine.operation``, besides those that leave it free for others
    (``claims_machine`` is false). Clients find it by ``job_id``.
    """

    claims_machine: ClassVar[bool] = True

    words: ClassVar[str]
    """What the machine's Status column says of it (assumed)."""
    cancelled_key: ClassVar[str] = "cancelled"
    """The message when it is cancelled."""

    def __init__(self, machine: VirtualMachine, host: Host) -> None:
        self.machine = machine
        self.host = host
        self.job_id = host.estate.new_id()
        self.began = host.clock.now()
        self.ended_at: datetime.datetime | None = None
        self.percent = 0
        self.failure: OperationFailed | None = None
        self._watchers: set[asyncio.Event] = set()

    @property
    @abc.abstractmethod
    def status(self) -> OperationalStatus:
        """What the machine's secondary operational status is meanwhile."""

    @abc.abstractmethod
    def course(self) -> Course:
        """What happens, in simulated time; raises OperationFailed where it fails."""

    @property
    def stage(self) -> str:
        """What it is doing right now, as its progress records say (assumed)."""
        return self.words

    def undo(self) -> None:  # noqa: B027 - most operations leave nothing to take back
        """Take back what has been done, after a failure."""

    @property
    def ended(self) -> bool:
        """Whether it is over, well or not."""
        return self.ended_at is not None

    @property
    def can_be_cancelled(self) -> bool:
        """Whether a request to cancel is still heard."""
        return not self.ended

    def begin(self) -> Self:
        """Start on the host's clock.

        Raises OperationFailed when another operation is under way on the machine.
        """
        if self.claims_machine:
            if self.machine.operation is not None:
                raise self.fail("busy")
            self.machine.operation = self
        self._running = self.host.clock.start(self._whole())
        return self

    def cancel(self) -> bool:
        """Ask for the end; False when it comes too late."""
        if not self.can_be_cancelled:
            return False
        self.interrupt(self.fail(self.cancelled_key))
        return True

    def interrupt(self, reason: OperationFailed) -> None:
        """End it with ``reason``, wherever it is."""
        self._running.interrupt(reason)

    async def watch(self) -> AsyncIterator[Self]:
        """The operation, each time it got further, until it has ended."""
        changed = asyncio.Event()
        self._watchers.add(changed)
        try:
            yield self
            while not self.ended:
                await changed.wait()
                changed.clear()
                yield self
        finally:
            self._watchers.discard(changed)

    def fail(self, key: str, *, subject: object = None, **names: object) -> OperationFailed:
        """The failure ``key`` in the words of the host, about this machine."""
        return failed(key, self.host.language, subject=subject, **self.names(), **names)

    def names(self) -> dict[str, object]:
        """What the texts of failures call the things involved."""
        machine = self.machine
        return {"machine": machine.name, "machine_id": str(machine.machine_id).upper(), "source": self.host.name}

    def show(self, percent: int | None = None) -> None:
        """Tell the watchers that it got further."""
        if percent is not None:
            self.percent = max(self.percent, min(percent, 99))
        for changed in self._watchers:
            changed.set()

    def _whole(self) -> Course:
        try:
            yield from self.course()
        except OperationFailed as failure:
            self.failure = failure
            self.undo()
        finally:
            if self.claims_machine:
                self.machine.operation = None
            self.ended_at = self.host.clock.now()
            if self.failure is None:
                self.percent = 100
            self.show()
