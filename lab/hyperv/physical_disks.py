"""The physical disks of a host, as far as its volumes and machines tell of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lab.hyperv.files import VirtualDisk
from lab.hyperv.host import Host

PASSED_THROUGH_SIZE = 1 << 40
"""Bytes of a disk that a machine uses directly (assumed)."""


@dataclass(frozen=True, slots=True)
class PhysicalDisk:
    """A disk by its number; ``virtual`` is the file behind a mounted one. Sizes in bytes."""

    number: int
    size: int
    allocated: int
    is_offline: bool = False
    virtual: VirtualDisk | None = None


def physical_disks(host: Host) -> Iterator[PhysicalDisk]:
    """One disk for each volume (assumed), those that machines use directly, and mounted virtual ones; by number."""
    disks = {number: PhysicalDisk(number, v.capacity, v.capacity) for number, v in enumerate(host.files.volumes)}
    for machine in host.machines.values():
        for drive in machine.drives:
            if drive.disk_number is not None:
                disks[drive.disk_number] = PhysicalDisk(drive.disk_number, PASSED_THROUGH_SIZE, 0, is_offline=True)
    for number, disk in host.mounted.items():
        disks[number] = PhysicalDisk(number, disk.capacity, disk.capacity, virtual=disk)
    yield from (disks[number] for number in sorted(disks))


def mount(disk: VirtualDisk, host: Host, *, is_writable: bool = True) -> int:
    """Show a virtual hard disk as a disk of the host; returns its number, the lowest that is free."""
    taken = {each.number for each in physical_disks(host)}
    number = next(number for number in range(len(taken) + 1) if number not in taken)
    host.mounted[number] = disk
    disk.outside_writes += is_writable
    return number
