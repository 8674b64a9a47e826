"""The two sides of a relationship: what the host that sends knows, and what the host that receives knows.

Each host keeps its own side, with a state of its own: the other one may be unreachable, paused or removed.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.hyperv.changes import refusal
from lab.hyperv.files import VirtualDisk
from lab.hyperv.machine import DiskDrive, VirtualMachine
from lab.hyperv.messages import OperationFailed
from lab.hyperv.replication.recovery_points import PointKind, RecoveryPoint, RecoveryPoints
from lab.hyperv.replication.settings import Settings
from lab.hyperv.replication.states import Mode, Relationship, ReplicationState, ReplicationType
from lab.hyperv.replication.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.hyperv.host import Host
    from lab.hyperv.replication.cycles import Cycles
    from lab.hyperv.replication.job import ReplicationJob

Place = tuple[str, int, int]
"""Where a disk is attached: controller, its number, and the location there. It is the same on both sides."""


def place_of(drive: DiskDrive) -> Place:
    """The place of a drive."""
    return drive.controller, drive.controller_number, drive.location


@dataclass(slots=True, eq=False, kw_only=True)
class Side:
    """What both sides have. ``replica_name`` is what was configured, ``current_replica`` the host that has the replica.

    ``places`` are those of the replicated disks; ``last_replication`` is the moment of the last log sent or received.
    """

    machine: VirtualMachine
    host: Host
    relationship: Relationship
    settings: Settings
    primary_name: str
    replica_name: str
    current_replica: str
    places: list[Place]
    state: ReplicationState
    statistics: Statistics
    last_replication: datetime.datetime | None = None
    last_type: ReplicationType = ReplicationType.NoReplication
    copied_since: datetime.datetime | None = None
    """When the initial copy was complete; None before that."""
    job: ReplicationJob | None = None
    failure: OperationFailed | None = None
    """Why the last attempt to replicate failed; None when it did not."""

    @property
    def is_in_transfer(self) -> bool:
        """Whether the changes of a cycle are on their way."""
        return False

    def drives(self) -> list[DiskDrive]:
        """The drives of the replicated disks, as far as they are attached."""
        return [drive for drive in self.machine.drives if drive.disk is not None and place_of(drive) in self.places]

    def disk_at(self, place: Place) -> VirtualDisk | None:
        """The disk in that place, or None."""
        return next((drive.disk for drive in self.machine.drives if place_of(drive) == place), None)

    def refuse(self, task: str) -> OperationFailed:
        """The host's words for a task that the present state does not allow (published, task names in part)."""
        return refusal("replication_wrong_state", self.machine, self.host, task=task, state=self.state.name)

    def require(self, task: str, *states: ReplicationState) -> None:
        """Raises OperationFailed unless the side is in one of these states."""
        if self.state not in states:
            raise self.refuse(task)


@dataclass(slots=True, eq=False, kw_only=True)
class Sender(Side):
    """The side that sends: of a primary, or of a replica that is extended to a third host.

    ``initial_at`` and ``resynchronize_at`` are scheduled beginnings. Of an initial copy, ``copy_moment`` is when its
    content was fixed, ``on_basis`` whether it compares with disks that are there, and ``exported_to`` where it was
    written to. ``compared`` are the bytes that a resynchronisation has compared, by place,
    ``added`` are the disks that are being added to the set.
    """

    cycles: Cycles = field(init=False)
    initial_at: datetime.datetime | None = None
    resynchronize_at: datetime.datetime | None = None
    initial_size: int = 0
    copy_moment: datetime.datetime | None = None
    on_basis: bool = False
    exported_to: str | None = None
    compared: dict[Place, int] = field(default_factory=dict)
    added: list[Place] = field(default_factory=list)
    _cancel_schedule: Callable[[], None] | None = None

    @property
    def is_in_transfer(self) -> bool:
        """Whether the changes of a cycle are on their way."""
        return self.cycles.shipment is not None

    def schedule(self, delay: float, action: Callable[[], None]) -> None:
        """Let ``action`` follow in ``delay`` seconds; it takes the place of what was scheduled before."""
        self.unschedule()
        self._cancel_schedule = self.host.clock.call_later(delay, action)

    def unschedule(self) -> None:
        """Let nothing follow that was scheduled."""
        if self._cancel_schedule is not None:
            self._cancel_schedule()
            self._cancel_schedule = None
        self.initial_at = self.resynchronize_at = None


@dataclass(slots=True, eq=False, kw_only=True)
class Receiver(Side):
    """The side that receives: of a replica or an extended replica.

    ``writes_seen`` is what each disk had been changed from outside when the last log was applied, by place;
    ``addresses_before`` are those of the adapters before a failover, by adapter name. ``has_basis``: whether the disks
    held a copy of the machine before it was replicated here.
    """

    allowed_primary: str
    trust_group: str
    points: RecoveryPoints
    last_applied: datetime.datetime | None = None
    last_consistent: datetime.datetime | None = None
    test_machine: VirtualMachine | None = None
    last_test: datetime.datetime | None = None
    is_planned: bool = False
    has_basis: bool = False
    failed_over_to: RecoveryPoint | None = None
    failed_over_type: ReplicationType = ReplicationType.NoReplication
    is_incoming: bool = False
    writes_seen: dict[Place, int] = field(default_factory=dict)
    addresses_before: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_in_transfer(self) -> bool:
        """Whether the changes of a cycle are on their way."""
        return self.is_incoming

    def forget_plan(self) -> None:
        """A planned failover was given up: its point goes."""
        self.is_planned = False
        self.points.drop(PointKind.SyncedReplica)

    def part_from_test(self) -> None:
        """The test machine is one like any other from now on."""
        if self.test_machine is not None:
            self.test_machine.replication = None
            self.test_machine = None

    def see_disks(self) -> None:
        """Remember the disks as they are now."""
        self.writes_seen = {
            place: disk.outside_writes for place in self.places if (disk := self.disk_at(place)) is not None
        }


@dataclass(slots=True, eq=False)
class MachineReplication:
    """The replication of a machine on one host: ``extended`` is the leg from a replica to a third host.

    A test replica has no side: ``test_of`` is the receiver it was made from.
    """

    mode: Mode
    simple: Sender | Receiver | None = None
    extended: Sender | None = None
    test_of: Receiver | None = None

    @property
    def sides(self) -> list[Sender | Receiver]:
        """The sides, the first leg first."""
        return [side for side in (self.simple, self.extended) if side is not None]

    @property
    def senders(self) -> list[Sender]:
        """The sides that send."""
        return [side for side in self.sides if isinstance(side, Sender)]

    @property
    def receiver(self) -> Receiver | None:
        """The side that receives, or None."""
        return self.simple if isinstance(self.simple, Receiver) else None

    def require_start(self, machine: VirtualMachine, host: Host) -> None:
        """Raises OperationFailed when replication keeps the machine from starting (Windows Server documentation).

        A primary prepared for failover, and a replica that has not failed over, stay off.
        """
        side = self.simple
        started = (ReplicationState.FailedOverWaitingCompletion, ReplicationState.FailedOver)
        if isinstance(side, Receiver) and side.state not in started:
            raise refusal("replica_cannot_start", machine, host)
        if isinstance(side, Sender) and side.state is ReplicationState.PreparedForFailover:
            raise refusal("prepared_cannot_start", machine, host)

    def moved(self, host: Host) -> None:
        """The machine, or its storage, has moved: the sides are those of ``host`` now, logs lie beside the disks.

        A test machine belongs to its replica only on the same host (Hyper-V team blog).
        """
        if self.test_of is not None and self.test_of.host is not host:
            self.test_of.part_from_test()
        if self.receiver is not None and self.receiver.host is not host:
            self.receiver.part_from_test()
        for side in self.sides:
            before = side.host
            if before is not host:
                before.replication.leave(side)
                side.host = side.statistics.host = host
                host.replication.join(side)
            if isinstance(side, Sender):
                side.cycles.disks_moved(before)
            else:
                side.points.follow(host)

    def went_back(self) -> None:
        """The machine's disks hold an earlier state: it has travelled in time."""
        for sender in self.senders:
            sender.cycles.travelled_in_time()
        for drive in self.simple.drives() if self.simple is not None else ():
            if drive.disk is not None:
                drive.disk.outside_writes += 1
