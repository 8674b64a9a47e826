"""A machine moving to another host with its storage, in simulated time.

The order is the documented one: storage is copied, then writes are mirrored, then memory goes in passes over the
pages modified meanwhile until the last pass fits the blackout, then the machine switches, and only then the source's
disks are deleted. A migration that stops or fails before the switch leaves the machine at the source as it was.
"""

from __future__ import annotations

import asyncio
import ntpath
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from lab.hyperv import refusals
from lab.hyperv.clock import Clock, Course
from lab.hyperv.files import FileSystem, NoSuchVolume, OutOfSpace, VirtualDisk
from lab.hyperv.host import Host
from lab.hyperv.machine import MachineState, OperationalStatus, VirtualMachine, single_location
from lab.hyperv.refusals import MigrationFailed

SET_UP = 2.0
"""Seconds until the planned machine stands at the destination (assumed)."""
BLACKOUT = 0.5
"""Seconds that the last memory pass may take (assumed; the reference gives 1 to 2 s of total blackout)."""
MAXIMUM_PASSES = 10
"""Memory passes before the last one is made however long it takes (assumed)."""
CLEAN_UP = 1.0
"""Seconds it takes to remove the source's files (assumed)."""
STEPS = 200
"""Into how many steps a copy is divided."""


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
        self.status = status


@dataclass(frozen=True, slots=True)
class Placement:
    """Where everything goes: ``disks`` maps each disk file's present path to its new one."""

    path: str
    checkpoint_path: str
    smart_paging_path: str
    disks: Mapping[str, str]


def place_in_one_folder(machine: VirtualMachine, folder: str) -> Placement:
    """Everything below one folder, as the wizard's single location does it."""
    disk_folder, rest = single_location(folder)
    disks = {disk.path: ntpath.join(disk_folder, ntpath.basename(disk.path)) for disk in machine.disk_files()}
    return Placement(rest, rest, rest, disks)


def compatibility_problems(
    machine: VirtualMachine, source: Host, destination_name: str, placement: Placement | None
) -> list[MigrationFailed]:
    """Everything that keeps ``machine`` from moving, the most fundamental first; empty when it can be tried.

    ``placement`` is None when the files stay where they are.
    """
    if not source.migration.enabled:
        return [refusals.source_disabled()]
    destination = source.estate.find(destination_name)
    if destination is None:
        return [refusals.destination_unknown(machine, source, destination_name)]
    if destination is source:
        return [refusals.destination_is_source(machine, source)]
    if not destination.migration.enabled:
        return [refusals.destination_disabled(machine, source, destination)]
    problems = []
    if machine.machine_id in destination.machines:
        problems.append(refusals.already_there(machine, destination))
    if machine.version not in destination.supported_versions:
        problems.append(refusals.version_unsupported(machine, destination))
    problems += [
        refusals.switch_missing(machine, destination, adapter)
        for adapter in machine.adapters
        if adapter.switch is not None and destination.find_switch(adapter.switch) is None
    ]
    if machine.memory_assigned > destination.memory_free:
        problems.append(refusals.memory_short(machine, destination))
    if placement is None:
        problems.append(refusals.storage_not_shared(machine, destination))
    return problems


class Migration:
    """One machine on its way. ``percent`` covers the whole move and never falls."""

    def __init__(self, machine: VirtualMachine, source: Host, destination: Host, placement: Placement) -> None:
        self.machine = machine
        self.source = source
        self.destination = destination
        self.placement = placement
        self.phase = Phase.STARTING
        self.percent = 0
        self.failure: MigrationFailed | None = None
        self.ended = False
        self._switched = False
        self._done = 0
        self._total = max(1, sum(disk.size for disk in machine.disk_files()) + machine.memory_assigned)
        self._copies: dict[VirtualDisk, VirtualDisk] = {}
        self._watchers: set[asyncio.Event] = set()

    @classmethod
    def start(
        cls,
        machine: VirtualMachine,
        source: Host,
        destination_name: str,
        placement: Placement | None,
    ) -> Migration:
        """Start to move ``machine`` from ``source`` and return the migration under way.

        Raises MigrationFailed when the hosts refuse it; nothing has changed then.
        """
        if machine.migration is not None:
            raise refusals.busy(machine)
        problems = compatibility_problems(machine, source, destination_name, placement)
        if problems:
            raise problems[0]
        destination = source.estate.find(destination_name)
        if destination is None or placement is None:
            raise refusals.destination_unknown(machine, source, destination_name)
        for host, under_way in ((source, source.outgoing), (destination, destination.incoming)):
            if under_way >= host.migration.maximum_live:
                raise refusals.limit_reached(machine, source, host)
        migration = cls(machine, source, destination, placement)
        migration._begin(source.clock)
        return migration

    def cancel(self) -> bool:
        """Ask for the end of the migration; False when it comes too late."""
        if self.ended or self._switched:
            return False
        self._running.interrupt(refusals.cancelled(self.machine, self.source))
        return True

    async def watch(self) -> AsyncIterator[Migration]:
        """The migration, each time it got further, until it has ended."""
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

    def _begin(self, clock: Clock) -> None:
        self.machine.migration = self
        self.source.outgoing += 1
        self.destination.incoming += 1
        self._reserved = self.machine.memory_assigned
        self.destination.memory_reserved += self._reserved
        self._running = clock.start(self._course())

    def _course(self) -> Course:
        try:
            yield SET_UP
            yield from self._copy_storage()
            yield from self._copy_memory()
            self._switch()
            yield from self._remove_source()
        except MigrationFailed as failure:
            self.failure = failure
            self._discard_copies()
        finally:
            self._end()

    def _copy_storage(self) -> Course:
        self._enter(Phase.COPYING_STORAGE)
        for disk in reversed(self.machine.disk_files()):
            copy = self._create_copy(disk)
            while copy.size < disk.size:
                step = max(disk.size // STEPS, 1 << 20)
                step = min(step, disk.size - copy.size)
                yield step / self._rate()
                self._grow(copy, copy.size + step)
                self._advance(step)
        self._enter(Phase.MIRRORING_STORAGE)
        yield SET_UP if self.machine.state is MachineState.Running else 0.0

    def _copy_memory(self) -> Course:
        remaining = self.machine.memory_assigned
        if not remaining:
            return
        self._enter(Phase.COPYING_MEMORY)
        first_pass = remaining
        for _ in range(MAXIMUM_PASSES):
            if remaining / self._rate() <= BLACKOUT:
                break
            sent = remaining
            while sent > 0:
                step = min(max(first_pass // STEPS, 1 << 20), sent)
                yield step / self._rate()
                sent -= step
                self._advance(step if remaining == first_pass else 0)
            seconds = remaining / self._rate()
            remaining = min(int(self.machine.dirty_rate * seconds), self.machine.working_set)
        self._enter(Phase.SWITCHING)
        yield remaining / self._rate()

    def _switch(self) -> None:
        machine = self.machine
        self._switched = True
        del self.source.machines[machine.machine_id]
        self.destination.machines[machine.machine_id] = machine
        for drive in machine.drives:
            drive.disk = self._copies[drive.disk]
        machine.path = self.placement.path
        machine.checkpoint_path = self.placement.checkpoint_path
        machine.smart_paging_path = self.placement.smart_paging_path

    def _remove_source(self) -> Course:
        self._enter(Phase.REMOVING_SOURCE)
        yield CLEAN_UP
        for disk in self._copies:
            self.source.files.remove(disk)

    def _create_copy(self, disk: VirtualDisk) -> VirtualDisk:
        path = self.placement.disks.get(disk.path, disk.path)
        parent = self._copies[disk.parent] if disk.parent is not None else None
        copy = VirtualDisk(path, 0, capacity=disk.capacity, kind=disk.kind, parent=parent, identifier=disk.identifier)
        with _file_failures(self, path):
            self._files.add(copy)
        self._copies[disk] = copy
        return copy

    def _grow(self, copy: VirtualDisk, size: int) -> None:
        with _file_failures(self, copy.path):
            self._files.grow(copy, size)

    def _discard_copies(self) -> None:
        for copy in self._copies.values():
            self._files.remove(copy)
        self._copies.clear()

    @property
    def _files(self) -> FileSystem:
        return self.destination.files

    def _rate(self) -> float:
        source = self.source.link / max(self.source.outgoing, 1)
        destination = self.destination.link / max(self.destination.incoming, 1)
        return min(source, destination)

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        self._notify()

    def _advance(self, amount: int) -> None:
        self._done += amount
        percent = min(99, self._done * 100 // self._total)
        if percent > self.percent:
            self.percent = percent
            self._notify()

    def _end(self) -> None:
        self.machine.migration = None
        self.source.outgoing -= 1
        self.destination.incoming -= 1
        self.destination.memory_reserved -= self._reserved
        self.ended = True
        if self.failure is None:
            self.percent = 100
        self._notify()

    def _notify(self) -> None:
        for changed in self._watchers:
            changed.set()


@contextmanager
def _file_failures(migration: Migration, path: str) -> Iterator[None]:
    """Turns what the destination's file system refuses into the failure of a migration."""
    try:
        yield
    except NoSuchVolume as error:
        raise refusals.path_not_found(migration.machine, migration.destination, path) from error
    except FileExistsError as error:
        raise refusals.file_exists(migration.machine, migration.destination, path) from error
    except OutOfSpace as error:
        raise refusals.disk_full(migration.machine, migration.destination, error.volume) from error
