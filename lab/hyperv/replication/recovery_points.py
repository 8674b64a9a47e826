"""Recovery points of a replica: what it can fail over to, and the undo logs they occupy."""

from __future__ import annotations

import datetime
import ntpath
import uuid
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from lab.hyperv.files import StorageError, StoredFile
from lab.hyperv.replication.states import ReplicationType

if TYPE_CHECKING:
    from lab.hyperv.host import Host
    from lab.hyperv.machine import VirtualMachine

INTERVAL = 3600.0
"""Seconds between recovery points."""


class PointKind(Enum):
    """SnapshotType of recovery points with its numbers."""

    Replica = 6
    AppConsistentReplica = 7
    SyncedReplica = 8

    @property
    def replication_type(self) -> ReplicationType:
        """What a failover to such a point counts as."""
        return _TYPES[self]

    @property
    def label(self) -> str:
        """How the name of such a point calls it; only the first is published, the others are assumed."""
        return _LABELS[self]


_TYPES = {
    PointKind.Replica: ReplicationType.Regular,
    PointKind.AppConsistentReplica: ReplicationType.ApplicationConsistent,
    PointKind.SyncedReplica: ReplicationType.Planned,
}
_LABELS = {
    PointKind.Replica: "Standard Replica",
    PointKind.AppConsistentReplica: "App Consistent Replica",
    PointKind.SyncedReplica: "Planned Failover Replica",
}


@dataclass(slots=True, eq=False)
class RecoveryPoint:
    """The state of the disks at ``moment``; ``undo`` holds what was overwritten since, up to the next point."""

    point_id: uuid.UUID
    name: str
    moment: datetime.datetime
    kind: PointKind
    undo: StoredFile


class RecoveryPoints:
    """The points of one replica, the oldest first."""

    def __init__(self, machine: VirtualMachine, host: Host) -> None:
        self._machine = machine
        self._host = host
        self.points: list[RecoveryPoint] = []

    @property
    def latest(self) -> RecoveryPoint | None:
        """The newest point, or None."""
        return self.points[-1] if self.points else None

    def next_due(self) -> datetime.datetime | None:
        """From when on a log makes the next point; None before the first."""
        latest = self.latest
        return latest.moment + datetime.timedelta(seconds=INTERVAL) if latest else None

    def overwrite(self, size: int) -> None:
        """Keep what ``size`` bytes of changes overwrite; raises OutOfSpace where they do not fit."""
        latest = self.latest
        if latest is not None:
            most = sum(drive.disk.capacity for drive in self._machine.drives if drive.disk is not None)
            self._host.files.grow(latest.undo, min(latest.undo.size + size, most))

    def add(self, moment: datetime.datetime, kind: PointKind, kept: int) -> RecoveryPoint:
        """A new point; of the others at most ``kept`` - 1 stay. Raises StorageError where its file cannot be."""
        self.keep(kept - 1)
        host, machine = self._host, self._machine
        local = moment.astimezone(datetime.timezone(host.utc_offset))
        point_id = host.estate.new_id()
        undo = StoredFile(ntpath.join(_folder(machine), f"{str(point_id).upper()}.hru"), 0)
        host.files.add(undo)
        form = "%d.%m.%Y - %H:%M:%S" if host.language == "de" else "%m/%d/%Y - %H:%M:%S"
        point = RecoveryPoint(point_id, f"{machine.name} - {kind.label} - ({local:{form}})", moment, kind, undo)
        self.points.append(point)
        return point

    def keep(self, count: int) -> None:
        """Let all but the ``count`` newest go."""
        gone = self.points[: max(0, len(self.points) - count)]
        for point in gone:
            self._host.files.remove(point.undo)
            self.points.remove(point)

    def drop(self, kind: PointKind) -> None:
        """Let those of one kind go."""
        for point in [point for point in self.points if point.kind is kind]:
            self._host.files.remove(point.undo)
            self.points.remove(point)

    def clear(self) -> None:
        """Let all go."""
        self.keep(0)

    def follow(self, host: Host) -> None:
        """Lie beside the disks on ``host`` from now on; points whose logs find no room there are lost."""
        for point in tuple(self.points):
            self._host.files.remove(point.undo)
            point.undo.path = ntpath.join(_folder(self._machine), ntpath.basename(point.undo.path))
            try:
                host.files.add(point.undo)
            except StorageError:
                self.points.remove(point)
        self._host = host


def _folder(machine: VirtualMachine) -> str:
    """The folder of the machine's first disk."""
    return next((ntpath.dirname(drive.disk.path) for drive in machine.drives if drive.disk is not None), machine.path)
