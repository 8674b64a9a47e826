"""Machines and their storage on the way, in simulated time.

The order is the documented one: storage is copied, then writes are mirrored, then memory goes in passes over the
pages modified meanwhile until the last pass fits the blackout, then the machine switches, and only then the source's
disks are deleted. A migration that stops or fails before the switch leaves the machine at the source as it was.
"""

from __future__ import annotations

import dataclasses
import datetime
import ntpath
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum

from lab.hyperv.changes import refusal
from lab.hyperv.clock import Course
from lab.hyperv.compatibility import Move, is_in_test
from lab.hyperv.events import Level
from lab.hyperv.files import (
    FileThere,
    NoSuchVolume,
    OutOfSpace,
    ShareDenied,
    StorageError,
    StoredFile,
    VirtualDisk,
    key,
)
from lab.hyperv.host import Host
from lab.hyperv.listing import configuration_file
from lab.hyperv.machine import MachineState, VirtualMachine, saved_state_path
from lab.hyperv.operation import Operation, OperationalStatus
from lab.hyperv.placement import Placement
from lab.hyperv.replication.link import busy_lanes

SET_UP = 2.0
"""Seconds until the planned machine stands at the destination (assumed)."""
BLACKOUT = 0.5
"""Seconds that the last memory pass may take (assumed; the reference gives 1 to 2 s of total blackout)."""
LONG_BLACKOUT = 5.0
"""Seconds of blackout from which the host warns (assumed)."""
MAXIMUM_PASSES = 10
"""Memory passes before the last one is made however long it takes (assumed)."""
CLEAN_UP = 1.0
"""Seconds it takes to remove the source's files (assumed)."""
LOCAL_COPY = 400 << 20
"""Bytes a second at which a host copies from one place to another of its own (assumed)."""
REMEMBERED = datetime.timedelta(minutes=5)
"""How long an ended migration's job can still be read (Msvm_MigrationJob, TimeBeforeRemoval)."""
STEPS = 200
"""Into how many steps a copy is divided."""
PAGE = 4096


class Phase(Enum):
    """What a migration is doing, with the operational status that the machine shows meanwhile."""

    STARTING = ("Starting", OperationalStatus.MigratingVirtualMachine)
    COPYING_STORAGE = ("Copying storage", OperationalStatus.StorageMigrationPhaseOne)
    MIRRORING_STORAGE = ("Mirroring writes", OperationalStatus.StorageMigrationPhaseTwo)
    COPYING_MEMORY = ("Copying memory", OperationalStatus.MigratingVirtualMachine)
    SWITCHING = ("Switching", OperationalStatus.MigratingVirtualMachine)
    REMOVING_SOURCE = ("Removing source files", OperationalStatus.MigratingVirtualMachine)

    def __init__(self, label: str, status: OperationalStatus) -> None:
        self.label = label
        self.status_shown = status


class Migration(Operation):
    """One machine on its way to ``destination``, or within ``host`` when only its storage moves."""

    words = "Moving virtual machine"

    def __init__(self, machine: VirtualMachine, host: Host, destination: Host, placement: Placement) -> None:
        super().__init__(machine, host)
        self.destination = destination
        self.placement = placement
        self.phase = Phase.STARTING
        self.passes = 0
        self.dirty_pages = 0
        self.switched = False
        self._memory = machine.memory_assigned if self.is_live else 0
        moving = [disk for disk in machine.disk_files() if key(disk.path) in placement.disks]
        self._moving = sorted(moving, key=lambda disk: len(disk.chain()))  # a parent before what lies on top of it
        self._storage = sum(disk.size for disk in self._moving)
        self._total = self._storage + self._memory
        self._done = 0
        self._copies: dict[VirtualDisk, VirtualDisk] = {}
        self._saved_state: tuple[StoredFile, StoredFile] | None = None
        self._unreachable: Host | None = None
        self._left = ""

    @property
    def is_live(self) -> bool:
        """Whether the machine itself goes to another host."""
        return self.destination is not self.host

    @property
    def moves_storage(self) -> bool:
        """Whether any disk is copied."""
        return bool(self._moving)

    @property
    def status(self) -> OperationalStatus:
        """The status that belongs to the phase."""
        return self.phase.status_shown

    @property
    def stage(self) -> str:
        """The phase in words."""
        return self.phase.label

    @property
    def can_be_cancelled(self) -> bool:
        """Until the machine has switched."""
        return not self.ended and not self.switched and self.phase is not Phase.SWITCHING

    @property
    def rate(self) -> float:
        """Bytes a second: the slower link, shared with all that goes over it; within a host its own speed."""
        if not self.is_live:
            return LOCAL_COPY / max(1, len(self.host.migrations))
        hosts = (self.host, self.destination)
        return min(host.link / max(1, len(live_migrations(host)) + busy_lanes(host)) for host in hosts)

    def connection_lost(self, host: Host) -> None:
        """``host`` has become unreachable: a live migration over it that has not switched breaks off."""
        if self.is_live and host in (self.host, self.destination) and self.can_be_cancelled:
            self._unreachable = host
            self.interrupt(self.fail("connection_lost"))

    def names(self) -> dict[str, object]:
        """What the texts of failures call the things involved."""
        return {**super().names(), "destination": self.destination.name}

    def course(self) -> Course:
        """The whole way."""
        self._memory_reserved(self._memory)
        self.host.migrations.append(self)
        try:
            yield SET_UP
            yield from self._copy_storage()
            yield from self._copy_saved_state()
            if self.is_live:
                yield from self._copy_memory()
            self._switch()
            yield from self._remove_source()
            self._note_success()
        finally:
            self._memory_reserved(-self._memory)
            self.host.clock.call_later(REMEMBERED.total_seconds(), lambda: self.host.migrations.remove(self))

    def undo(self) -> None:
        """Remove the copies, as far as the destination can be reached: what cannot is left over."""
        if self.failure is not None:
            self.host.log(21024, Level.ERROR, self.failure.message, self.machine)
        if self._unreachable is not self.destination:
            for copy in (*self._copies.values(), *(self._saved_state or ())[1:]):
                self.destination.files.remove(copy)
        self._copies.clear()

    def _copy_storage(self) -> Course:
        if not self._moving:
            return
        self._count_phase(self._storage)
        self._enter(Phase.COPYING_STORAGE)
        for disk in self._moving:
            copy = self._create_copy(disk)
            while copy.size < disk.size:
                step = min(max(disk.size // STEPS, 1 << 20), disk.size - copy.size)
                yield step / self.rate
                with self._storage_failures():
                    self.destination.files.grow(copy, copy.size + step)
                self._advance(step)
        self._enter(Phase.MIRRORING_STORAGE)
        yield SET_UP if self.machine.state is MachineState.Running else 0.0

    def _copy_saved_state(self) -> Course:
        """The memory of a saved machine is a file below its configuration, and goes with it."""
        source = self.host.files.find(saved_state_path(self.machine.path, self.machine.machine_id))
        target = saved_state_path(self.placement.path, self.machine.machine_id)
        if source is None or self.destination.files.find(target) is source:
            return
        copy = StoredFile(target, source.size)
        with self._storage_failures():
            self.destination.files.add(copy)
        self._saved_state = (source, copy)
        yield source.size / self.rate

    def _copy_memory(self) -> Course:
        remaining = self._memory
        if not remaining:
            return
        self._count_phase(self._memory)
        self._enter(Phase.COPYING_MEMORY)
        while self.passes < MAXIMUM_PASSES and remaining / self.rate > BLACKOUT:
            self.passes += 1
            self.dirty_pages = remaining // PAGE
            begin = self.host.clock.elapsed
            left = remaining
            while left > 0:
                step = min(max(self._memory // STEPS, 1 << 20), left)
                yield step / self.rate
                left -= step
                self._advance(step if self.passes == 1 else 0)
            seconds = self.host.clock.elapsed - begin
            remaining = min(int(self.machine.dirty_rate * seconds), self.machine.working_set)
        self.dirty_pages = remaining // PAGE
        self._enter(Phase.SWITCHING)
        blackout = remaining / self.rate
        yield blackout
        event, level = (20417, Level.WARNING) if blackout > LONG_BLACKOUT else (20415, Level.INFORMATION)
        text = (
            f"The Virtual Machine Management Service successfully completed the live migration of virtual machine "
            f"'{self.machine.name}' with a blackout time of {blackout:.1f} seconds."
        )
        self.destination.log(event, level, text, self.machine)

    def _switch(self) -> None:
        machine, placement = self.machine, self.placement
        self.switched = True
        self._left = configuration_file(machine, self.host)
        if self.is_live:
            del self.host.machines[machine.machine_id]
            self.destination.machines[machine.machine_id] = machine
            for adapter in machine.adapters:
                adapter.switch = adapter.switch_at(self.destination.name)
                adapter.planned.clear()
        for drive in machine.drives:
            if drive.disk is not None:
                drive.disk = self._copies.get(drive.disk, drive.disk)
        for checkpoint in machine.checkpoints:
            checkpoint.replace_disks(self._copies)
        machine.path = placement.path
        machine.checkpoint_path = placement.checkpoint_path
        machine.smart_paging_path = placement.smart_paging_path
        if machine.replication is not None:
            machine.replication.moved(self.destination)

    def _remove_source(self) -> Course:
        self._enter(Phase.REMOVING_SOURCE)
        yield CLEAN_UP
        for file in (*self._copies, *(self._saved_state or ())[:1]):
            self.host.files.remove(file)
        with suppress(NoSuchVolume, ShareDenied):  # the folders stay, empty (known)
            self.host.files.volume_of(self._left).add_folder(ntpath.dirname(self._left))

    def _create_copy(self, disk: VirtualDisk) -> VirtualDisk:
        path = self.placement.disk_path(disk.path)
        parent = self._copies.get(disk.parent, disk.parent) if disk.parent is not None else None
        copy = dataclasses.replace(disk, path=path, size=0, parent=parent)
        with self._storage_failures():
            self.destination.files.add(copy)
        self._copies[disk] = copy
        return copy

    def _note_success(self) -> None:
        text = f"Virtual machine migration for '{self.machine.name}' completed successfully."
        self.host.log(20414, Level.INFORMATION, text, self.machine)

    def _memory_reserved(self, amount: int) -> None:
        if self.is_live:
            self.destination.memory_reserved += amount

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        self.show()

    def _count_phase(self, size: int) -> None:
        """Begin to count anew, up to ``size`` bytes, where the host does so with each phase."""
        if self.host.progress_restarts:
            self.percent, self._done, self._total = 0, 0, size

    def _advance(self, amount: int) -> None:
        self._done += amount
        percent = self._done * 100 // max(1, self._total)
        if percent > self.percent:
            self.show(percent)

    @contextmanager
    def _storage_failures(self) -> Iterator[None]:
        """Turns what a file system refuses into the failure of the migration."""
        keys = {
            NoSuchVolume: "path_not_found",
            ShareDenied: "share_denied",
            FileThere: "file_exists",
            OutOfSpace: "disk_full",
        }
        try:
            yield
        except StorageError as error:
            raise self.fail(keys[type(error)], path=error.path) from error


def live_migrations(host: Host) -> list[Migration]:
    """The live migrations under way from or to ``host``."""
    return [migration for migration in _under_way(host) if migration.is_live]


def storage_migrations(host: Host) -> list[Migration]:
    """The migrations under way that copy storage from or to ``host``."""
    return [migration for migration in _under_way(host) if migration.moves_storage]


def start(move: Move) -> Migration:
    """Start a move between hosts and return the migration under way.

    Raises OperationFailed when the hosts refuse it; nothing has changed then.
    """
    problems = move.problems()
    destination = move.destination
    if problems or destination is None:
        raise problems[0]
    _keep_limits(move.machine, move.source, destination, copies=move.with_storage)
    return Migration(move.machine, move.source, destination, move.placement).begin()


def start_storage(machine: VirtualMachine, host: Host, placement: Placement) -> Migration:
    """Start to move storage within ``host`` and return the migration under way.

    Raises OperationFailed when the host refuses it; nothing has changed then.
    """
    for drive in machine.drives:
        if drive.disk_number is not None:
            raise refusal("physical_disk", machine, host, subject=drive)
        if drive.is_shared and drive.disk is not None and key(drive.disk.path) in placement.disks:
            raise refusal("shared_disk", machine, host, subject=drive, path=drive.disk.path)
    if placement.disks and is_in_test(machine):
        raise refusal("test_on_disks", machine, host)
    _keep_limits(machine, host, host, copies=bool(placement.disks))
    return Migration(machine, host, host, placement).begin()


def _under_way(host: Host) -> Iterator[Migration]:
    for each in host.estate.hosts:
        for migration in each.migrations:
            if not migration.ended and host in (migration.host, migration.destination):
                yield migration


def _keep_limits(machine: VirtualMachine, source: Host, destination: Host, *, copies: bool) -> None:
    """Raises OperationFailed when one of the hosts has as many migrations under way as it allows.

    A move with storage counts as a live and as a storage migration (assumed).
    """
    kinds = []
    if source is not destination:
        kinds.append(("live_limit_reached", live_migrations, "maximum_live"))
    if copies:
        kinds.append(("storage_limit_reached", storage_migrations, "maximum_storage"))
    for problem, under_way, setting in kinds:
        for host in (source, destination):
            limit: int = getattr(host.migration, setting)
            if len(under_way(host)) >= limit:
                raise refusal(problem, machine, source, source=source.name, host=host.name, limit=limit)
