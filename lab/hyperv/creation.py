"""Machines that are created and deleted."""

from __future__ import annotations

from dataclasses import dataclass

from lab.hyperv.changes import LEAST_MEMORY, MOST_MEMORY, refusal, require_idle
from lab.hyperv.files import (
    EMPTY_DISK,
    FileThere,
    NoSuchVolume,
    OutOfSpace,
    ShareDenied,
    StorageError,
    VirtualDisk,
)
from lab.hyperv.host import Host
from lab.hyperv.machine import DiskDrive, DvdDrive, MachineState, NetworkAdapter, VirtualMachine, saved_state_path
from lab.hyperv.messages import OperationFailed, failed
from lab.hyperv.replication.relationship import forget

OLD_DEFAULT_MEMORY = 512 << 20
DEFAULT_MEMORY = 1 << 30
"""Bytes of a new machine for which nothing is said: 2012 and 2012 R2, and from 2016 on (assumed)."""
BUSY_RATE = 20 << 20
"""Bytes of memory that the guest of a new machine modifies in a second."""
BUSY_SET = 256 << 20
CAUSES: dict[type[StorageError], str] = {
    NoSuchVolume: "system_path_not_found",
    ShareDenied: "system_access_denied",
    OutOfSpace: "system_disk_full",
    FileThere: "system_file_exists",
}


@dataclass(slots=True)
class NewDisk:
    """The disk of a new machine: ``capacity`` in bytes of one to be made, None for one that is there."""

    path: str
    capacity: int | None = None


@dataclass(slots=True)
class NewMachine:
    """What is asked for; None is the host's default. ``memory`` in bytes."""

    name: str
    path: str | None = None
    memory: int | None = None
    generation: int = 1
    version: str | None = None
    switch: str | None = None
    boot_device: str | None = None
    disk: NewDisk | None = None


def create(wanted: NewMachine, host: Host) -> VirtualMachine:
    """Create a machine that is off.

    A machine of generation 1 has a DVD drive from the beginning; every machine has a network adapter.
    Raises OperationFailed; nothing has changed then.
    """
    machine = _bare_machine(wanted, host)
    if not LEAST_MEMORY <= machine.memory <= MOST_MEMORY:
        range_of = {"setting": "memory", "value": machine.memory, "least": LEAST_MEMORY, "most": MOST_MEMORY}
        raise refusal("value_out_of_range", machine, host, **range_of)
    if machine.version not in host.supported_versions:
        raise failed("version_not_offered", host.language, version=machine.version)
    if wanted.switch is not None and host.find_switch(wanted.switch) is None:
        raise failed("switch_unknown_by_name", host.language, name=wanted.switch)
    if wanted.disk is not None and wanted.generation == 2 and not wanted.disk.path.lower().endswith(".vhdx"):
        raise failed("generation_unsupported", host.language, generation=wanted.generation, path=wanted.disk.path)
    disk = None
    try:
        folder = host.files.volume_of(machine.path)
        disk = _disk(wanted.disk, machine, host) if wanted.disk is not None else None
    except (NoSuchVolume, ShareDenied, OutOfSpace, FileThere) as error:
        raise _not_created(machine, host, error.path, CAUSES[type(error)]) from error
    folder.add_folder(machine.path)
    _add_devices(machine, wanted, disk, host)
    host.machines[machine.machine_id] = machine
    return machine


def delete(machine: VirtualMachine, host: Host) -> None:
    """Delete a machine with its saved state and its replication; its disks stay.

    Raises OperationFailed unless it is off or saved, with nothing under way.
    """
    require_idle(machine, host)
    if machine.state not in (MachineState.Off, MachineState.Saved):
        raise refusal("wrong_state", machine, host)
    saved = host.files.find(saved_state_path(machine.path, machine.machine_id))
    if saved is not None:
        host.files.remove(saved)
    forget(machine)
    del host.machines[machine.machine_id]


def _bare_machine(wanted: NewMachine, host: Host) -> VirtualMachine:
    path = wanted.path or host.default_machine_path
    return VirtualMachine(
        name=wanted.name,
        machine_id=host.estate.new_id(),
        path=path,
        checkpoint_path=path,
        smart_paging_path=path,
        state=MachineState.Off,
        memory=wanted.memory or (OLD_DEFAULT_MEMORY if host.is_old else DEFAULT_MEMORY),
        created=host.clock.now(),
        processor=host.processor,
        generation=wanted.generation,
        version=wanted.version or host.supported_versions[-1],
        processors=1,
        dirty_rate=BUSY_RATE,
        working_set=BUSY_SET,
    )


def _disk(wanted: NewDisk, machine: VirtualMachine, host: Host) -> VirtualDisk:
    if wanted.capacity is not None:
        disk = VirtualDisk(wanted.path, EMPTY_DISK, capacity=wanted.capacity, identifier=host.estate.new_id())
        host.files.add(disk)
        return disk
    found = host.files.find(wanted.path)
    if not isinstance(found, VirtualDisk):
        raise _not_created(machine, host, wanted.path, "system_file_not_found")
    return found


def _not_created(machine: VirtualMachine, host: Host, path: str, cause: str) -> OperationFailed:
    text = failed(cause, host.language).message
    return refusal("machine_not_created", machine, host, path=path, cause=text)


def _add_devices(machine: VirtualMachine, wanted: NewMachine, disk: VirtualDisk | None, host: Host) -> None:
    if disk is not None:
        machine.drives.append(DiskDrive(disk, "SCSI" if machine.generation == 2 else "IDE"))
    if machine.generation == 1:
        machine.dvd_drives.append(DvdDrive(controller_number=1, location=0))
    name = "Netzwerkkarte" if host.language == "de" else "Network Adapter"
    address = f"00155D{host.estate.chance.randrange(1 << 24):06X}"
    switch = host.find_switch(wanted.switch) if wanted.switch is not None else None
    machine.adapters.append(
        NetworkAdapter(name, host.estate.new_id(), address, switch.name if switch is not None else None)
    )
    if wanted.boot_device is None:
        return
    if machine.generation == 1:
        order = machine.bios.startup_order
        machine.bios.startup_order = (wanted.boot_device, *(d for d in order if d != wanted.boot_device))
    else:
        kinds: dict[str, list[object]] = {
            "VHD": [*machine.drives],
            "CD": [*machine.dvd_drives],
            "NetworkAdapter": [*machine.adapters],
        }
        machine.firmware.boot_order = kinds.get(wanted.boot_device, [])
