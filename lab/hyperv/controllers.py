"""The controllers of machines and the drives on them.

Generation 1 has two IDE controllers of two locations each; both generations have up to four SCSI controllers of 64
locations (Windows Server documentation).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lab.hyperv.changes import refusal, require_idle, require_off
from lab.hyperv.host import Host
from lab.hyperv.machine import DiskDrive, DvdDrive, VirtualMachine

IDE_CONTROLLERS = 2
LOCATIONS = {"IDE": 2, "SCSI": 64}
MOST_SCSI_CONTROLLERS = 4
Drive = DiskDrive | DvdDrive


@dataclass(frozen=True, slots=True)
class Controller:
    """A controller of a machine: ``kind`` is ``IDE`` or ``SCSI``."""

    machine: VirtualMachine
    kind: str
    number: int

    @property
    def drives(self) -> list[Drive]:
        """What is attached to it, by location."""
        attached = [drive for drive in drives(self.machine) if self.holds(drive)]
        return sorted(attached, key=lambda drive: drive.location)

    def holds(self, drive: Drive) -> bool:
        """Whether ``drive`` is attached to it."""
        return (kind_of(drive, self.machine), drive.controller_number) == (self.kind, self.number)


@dataclass(frozen=True, slots=True)
class Place:
    """A location on a controller; None stands for the first that fits."""

    kind: str | None = None
    number: int | None = None
    location: int | None = None


def drives(machine: VirtualMachine) -> list[Drive]:
    """All drives of a machine."""
    return [*machine.drives, *machine.dvd_drives]


def kind_of(drive: Drive, machine: VirtualMachine) -> str:
    """The kind of controller that ``drive`` is attached to; DVD drives of generation 1 are always on IDE."""
    if isinstance(drive, DiskDrive):
        return drive.controller
    return "IDE" if machine.generation == 1 else "SCSI"


def controllers(machine: VirtualMachine, kind: str | None = None) -> list[Controller]:
    """The controllers of a machine, those of one kind or all."""
    ide = IDE_CONTROLLERS if machine.generation == 1 else 0
    found = [Controller(machine, "IDE", number) for number in range(ide)]
    found += [Controller(machine, "SCSI", number) for number in range(machine.scsi_controllers)]
    return [controller for controller in found if kind in (None, controller.kind)]


def free_place(machine: VirtualMachine, host: Host, wanted: Place) -> tuple[Controller, int]:
    """A free location that fits ``wanted``.

    Raises OperationFailed when there is none, or the machine's state does not let a drive be added there.
    """
    fitting = [c for c in controllers(machine, wanted.kind) if wanted.number in (None, c.number)]
    if not fitting:
        kind = wanted.kind or ("IDE" if machine.generation == 1 else "SCSI")
        raise refusal("controller_missing", machine, host, kind=kind, number=wanted.number or 0)
    for controller, location in _locations(fitting, wanted.location):
        if location not in {drive.location for drive in controller.drives}:
            require_pluggable(machine, host, controller.kind)
            return controller, location
    if wanted.location is not None:
        names = {"kind": fitting[0].kind, "number": fitting[0].number, "location": wanted.location}
        raise refusal("location_taken", machine, host, **names)
    raise refusal("no_location_free", machine, host)


def require_pluggable(machine: VirtualMachine, host: Host, kind: str) -> None:
    """Raises OperationFailed unless a drive can come and go: on SCSI at any time, on IDE while the machine is off."""
    if kind == "IDE":
        require_off(machine, host)
    else:
        require_idle(machine, host)


def add_controller(machine: VirtualMachine, host: Host) -> Controller:
    """Add a SCSI controller; raises OperationFailed unless the machine is off and has fewer than four."""
    require_off(machine, host)
    if machine.scsi_controllers >= MOST_SCSI_CONTROLLERS:
        raise refusal("no_location_free", machine, host)
    machine.scsi_controllers += 1
    return Controller(machine, "SCSI", machine.scsi_controllers - 1)


def remove_controller(controller: Controller, host: Host) -> None:
    """Remove a SCSI controller with its drives, while the machine is off; the later ones move up.

    Raises OperationFailed.
    """
    machine = controller.machine
    require_off(machine, host)
    for drive in controller.drives:
        remove_drive(drive, machine, host)
    for later in drives(machine):
        if kind_of(later, machine) == "SCSI" and later.controller_number > controller.number:
            later.controller_number -= 1
    machine.scsi_controllers -= 1


def remove_drive(drive: Drive, machine: VirtualMachine, host: Host) -> None:
    """Take a drive away; the file in it stays. Raises OperationFailed when the machine's state forbids it."""
    require_pluggable(machine, host, kind_of(drive, machine))
    if isinstance(drive, DiskDrive):
        machine.drives.remove(drive)
    else:
        machine.dvd_drives.remove(drive)


def owner(drive: Drive, host: Host) -> VirtualMachine | None:
    """The machine of ``host`` that has the drive, one that is planned included, or None."""
    machines = (*host.machines.values(), *host.planned.values())
    return next((machine for machine in machines if drive in drives(machine)), None)


def _locations(fitting: list[Controller], location: int | None) -> Iterator[tuple[Controller, int]]:
    for controller in fitting:
        for each in range(LOCATIONS[controller.kind]):
            if location in (None, each):
                yield controller, each
