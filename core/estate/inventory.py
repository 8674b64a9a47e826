"""One frozen picture of a host, read in one pipeline, and what differs between two pictures."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import UUID

from core.hyperv.migration_jobs import MIGRATION_JOBS
from core.hyperv.query import CLOCK, Question, Reading, UnexpectedAnswer, ask
from core.hyperv.records import (
    Checkpoint,
    HardDiskDrive,
    Host,
    Machine,
    MigrationJob,
    NetworkAdapter,
    Switch,
    Volume,
)
from core.hyperv.replication_states import ReplicationState
from core.language import _
from core.powershell.command import Pipeline, command
from core.remoting.records import ErrorRecord

_PartT = TypeVar("_PartT", HardDiskDrive, NetworkAdapter, Checkpoint)
_LASTING = (
    *("machine_id", "name", "memory_startup", "processor_count", "generation", "version", "is_clustered", "notes"),
    *("path", "snapshot_file_location", "smart_paging_file_path", "checkpoint_type", "current_checkpoint_id"),
)
_HOST = Question("host", command("Get-VMHost"), Host)
_MACHINES = Question("machines", command("Get-VM"), Machine)
_DRIVES = Question("drives", command("Get-VM") | command("Get-VMHardDiskDrive"), HardDiskDrive)
_ADAPTERS = Question("adapters", command("Get-VM") | command("Get-VMNetworkAdapter"), NetworkAdapter)
_CHECKPOINTS = Question("checkpoints", command("Get-VM") | command("Get-VMSnapshot"), Checkpoint)
_SWITCHES = Question("switches", command("Get-VMSwitch"), Switch)
_VOLUMES = Question("volumes", command("Get-Volume"), Volume)

INVENTORY_QUERY: Pipeline = ask(
    (CLOCK, _HOST, _MACHINES, _DRIVES, _ADAPTERS, _CHECKPOINTS, _SWITCHES, _VOLUMES, MIGRATION_JOBS)
)
"""Everything a refresh asks a host, in one pipeline."""

GLANCE_QUERY: Pipeline = ask((CLOCK, _MACHINES, MIGRATION_JOBS))
"""What a host is asked when nobody looks at it closely: what its machines do, not what they are made of."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """A host as it was at ``read_at``: the host's own clock, with its offset from UTC.

    ``errors`` are what the host refused to tell; the parts it did tell are there all the same. ``received_at`` is by
    the clock of this computer.
    """

    read_at: datetime.datetime
    host: Host
    machines: tuple[Machine, ...]
    drives: tuple[HardDiskDrive, ...]
    adapters: tuple[NetworkAdapter, ...]
    checkpoints: tuple[Checkpoint, ...]
    switches: tuple[Switch, ...]
    volumes: tuple[Volume, ...]
    migrations: tuple[MigrationJob, ...] = ()
    errors: tuple[ErrorRecord, ...] = ()
    received_at: datetime.datetime | None = field(default=None, compare=False)
    _machines: dict[UUID, Machine] = field(init=False, repr=False, compare=False)
    _drives: dict[UUID, tuple[HardDiskDrive, ...]] = field(init=False, repr=False, compare=False)
    _owners: dict[str, Machine] = field(init=False, repr=False, compare=False)
    _adapters: dict[UUID, tuple[NetworkAdapter, ...]] = field(init=False, repr=False, compare=False)
    _checkpoints: dict[UUID, tuple[Checkpoint, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Whoever looks at many machines looks these up for each of them.
        object.__setattr__(self, "_machines", {machine.machine_id: machine for machine in self.machines})
        object.__setattr__(self, "_drives", _by_machine(self.drives))
        attached = ((drive.path, self._machines.get(drive.machine_id)) for drive in self.drives)
        owners = {path.lower(): machine for path, machine in attached if path and machine is not None}
        object.__setattr__(self, "_owners", owners)
        object.__setattr__(self, "_adapters", _by_machine(self.adapters))
        object.__setattr__(self, "_checkpoints", _by_machine(self.checkpoints))

    @classmethod
    def of(cls, output: Sequence[object], errors: tuple[ErrorRecord, ...]) -> Inventory:
        """The inventory that an answer to INVENTORY_QUERY describes.

        Raises UnexpectedAnswer when the host itself, its machines or its clock are missing or cannot be read.
        """
        reading = Reading.of(output)
        hosts = reading.records(_HOST)
        if len(hosts) != 1:
            raise UnexpectedAnswer(_("It has no Hyper-V cmdlets."))
        return cls(
            reading.clock(),
            hosts[0],
            reading.records(_MACHINES),
            reading.records(_DRIVES),
            reading.records(_ADAPTERS),
            reading.records(_CHECKPOINTS),
            reading.records(_SWITCHES),
            reading.records(_VOLUMES),
            reading.records(MIGRATION_JOBS),
            errors,
            datetime.datetime.now().astimezone(),
        )

    def glanced(self, output: Sequence[object], errors: tuple[ErrorRecord, ...]) -> Inventory | None:
        """This inventory with what a glance has seen; None when the machines are others, or made of something else.

        Raises UnexpectedAnswer when the answer cannot be read.
        """
        reading = Reading.of(output)
        machines = reading.records(_MACHINES)
        if {_lasting(machine) for machine in machines} != {_lasting(machine) for machine in self.machines}:
            return None
        return replace(
            self,
            read_at=reading.clock(),
            machines=machines,
            migrations=reading.records(MIGRATION_JOBS),
            errors=tuple(dict.fromkeys((*self.errors, *errors))),
            received_at=datetime.datetime.now().astimezone(),
        )

    @property
    def clock_ahead(self) -> float | None:
        """Seconds that the host's clock is ahead of this computer's; None where that is not known."""
        return (self.read_at - self.received_at).total_seconds() if self.received_at is not None else None

    def age(self, now: datetime.datetime) -> float:
        """Seconds since it was received; infinite where that is not known."""
        return (now - self.received_at).total_seconds() if self.received_at is not None else math.inf

    def machine(self, machine_id: UUID) -> Machine | None:
        """The machine with this ID, or None."""
        return self._machines.get(machine_id)

    def replication_state(self, machine: Machine) -> ReplicationState:
        """Where the replication of ``machine`` stands.

        The Hyper-V module of Windows Server 2016 and later gives Get-VM's ReplicationState WMI's number, so that a
        machine that replicates is called WaitingForInitialReplication (public issue; assumed for every such host).
        """
        number = machine.replication_number
        return ReplicationState.of_wmi(number) if self.host.supported_vm_versions else ReplicationState(number)

    def drives_of(self, machine_id: UUID) -> tuple[HardDiskDrive, ...]:
        """The machine's hard disk drives."""
        return self._drives.get(machine_id, ())

    def disks_of(self, machine_id: UUID) -> tuple[str, ...]:
        """The paths of the disk files that are attached to the machine."""
        return tuple(drive.path for drive in self.drives_of(machine_id) if drive.path and drive.disk_number is None)

    def owner_of(self, path: str) -> Machine | None:
        """The machine to which the disk file at ``path`` is attached, or None."""
        return self._owners.get(path.lower())

    def adapters_of(self, machine_id: UUID) -> tuple[NetworkAdapter, ...]:
        """The machine's network adapters."""
        return self._adapters.get(machine_id, ())

    def checkpoints_of(self, machine_id: UUID) -> tuple[Checkpoint, ...]:
        """The machine's checkpoints."""
        return self._checkpoints.get(machine_id, ())

    def migration_of(self, machine_id: UUID) -> MigrationJob | None:
        """The migration of the machine that is under way from here, or None."""
        return next(
            (job for job in self.migrations if job.machine_id == machine_id and not job.job_state.has_ended), None
        )

    def run_began(self, machine: Machine) -> float:
        """When the machine's present run began by the host's clock, in seconds since 1970."""
        return self.read_at.timestamp() - machine.uptime.seconds

    def volume_of(self, path: str) -> Volume | None:
        """The volume whose drive letter ``path`` begins with, or None."""
        letter = path[:1].upper() if path[1:2] == ":" else None
        return next((volume for volume in self.volumes if letter and volume.drive_letter == letter), None)


def essential_error(errors: Sequence[ErrorRecord]) -> ErrorRecord | None:
    """The first error that keeps an inventory from being true: the host or its machines could not be read.

    Without it an empty list would look like a host without machines. A cmdlet that does not exist has another error,
    and tells nothing.
    """
    return next((error for error in errors if error.cmdlet in ("Get-VM", "Get-VMHost")), None)


def _by_machine(parts: Sequence[_PartT]) -> dict[UUID, tuple[_PartT, ...]]:
    """What machines are made of, by the machine's ID."""
    found: dict[UUID, list[_PartT]] = {}
    for part in parts:
        found.setdefault(part.machine_id, []).append(part)
    return {machine_id: tuple(own) for machine_id, own in found.items()}


def _lasting(machine: Machine) -> tuple[object, ...]:
    """What of a machine changes only when somebody changes it: its name and places, and what it is made of."""
    return tuple(getattr(machine, name) for name in _LASTING)


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two inventories of one host, by machine: IDs gone, and machines new or changed."""

    gone: tuple[UUID, ...]
    new: tuple[Machine, ...]
    changed: tuple[Machine, ...]


def changes(old: Inventory | None, new: Inventory) -> Changes:
    """What became of the machines from ``old`` to ``new``."""
    before = {machine.machine_id: machine for machine in old.machines} if old else {}
    now = {machine.machine_id for machine in new.machines}
    return Changes(
        gone=tuple(machine_id for machine_id in before if machine_id not in now),
        new=tuple(machine for machine in new.machines if machine.machine_id not in before),
        changed=tuple(
            machine
            for machine in new.machines
            if machine.machine_id in before and before[machine.machine_id] != machine
        ),
    )
