"""Files that are put into drives, and virtual hard disks that are opened."""

from __future__ import annotations

from collections.abc import Iterator

from lab.hyperv.caller import Caller
from lab.hyperv.changes import refusal
from lab.hyperv.files import NoSuchVolume, ShareDenied, StoredFile, VirtualDisk, key
from lab.hyperv.host import Host
from lab.hyperv.listing import Listing
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import failed


def attachment(path: str, device: str, machine: VirtualMachine, host: Host, caller: Caller) -> StoredFile:
    """The file for a drive of ``machine``; ``device`` is what the host calls the drive.

    Raises OperationFailed when it is not there, cannot be reached under the caller's name, or another running machine
    holds it open.
    """
    try:
        file = stored(path, host, caller)
    except ShareDenied as error:
        raise refusal("attachment_denied", machine, host, path=path, device=device) from error
    except NoSuchVolume as error:
        raise refusal("attachment_not_found", machine, host, path=path, device=device) from error
    if file is None:
        raise refusal("attachment_not_found", machine, host, path=path, device=device)
    if isinstance(file, VirtualDisk) and any(user is not machine for user, _ in users(file, host)):
        raise refusal("attachment_in_use", machine, host, path=path, device=device)
    return file


def opened(path: str, host: Host, caller: Caller) -> VirtualDisk:
    """The virtual hard disk at ``path``, with its whole chain.

    Raises OperationFailed when it, or a parent, is not there or cannot be reached under the caller's name, or another
    host uses it.
    """
    language = host.language
    try:
        file = stored(path, host, caller)
    except ShareDenied as error:
        raise failed("disk_file_denied", language, path=path) from error
    except NoSuchVolume as error:
        raise failed("disk_file_missing", language, path=path) from error
    if file is None:
        raise failed("disk_file_missing", language, path=path)
    if not isinstance(file, VirtualDisk):
        raise failed("disk_file_unreadable", language, path=path)
    for parent in file.chain()[1:]:
        if host.files.find(parent.path) is not parent:
            raise failed("disk_parent_missing", language, path=path)
    elsewhere = any(user is not host for _, user in users(file, host))
    if elsewhere or any(file in other.mounted.values() for other in host.estate.hosts if other is not host):
        raise failed("disk_file_in_use", language, path=path)
    return file


def opened_alone(path: str, host: Host, caller: Caller) -> VirtualDisk:
    """The virtual hard disk at ``path``, in use by nobody.

    Raises OperationFailed as ``opened`` does, and when a running machine or this host itself uses it.
    """
    disk = opened(path, host, caller)
    if is_in_use(disk, host):
        raise failed("disk_file_in_use", host.language, path=path)
    return disk


def is_in_use(disk: VirtualDisk, host: Host) -> bool:
    """Whether a machine runs with the disk, or a host has it mounted."""
    return any(users(disk, host)) or any(disk in other.mounted.values() for other in host.estate.hosts)


def users(disk: VirtualDisk, host: Host) -> Iterator[tuple[VirtualMachine, Host]]:
    """The machines that run with the disk, or with one on top of it, and the hosts they are on."""
    for each in host.estate.hosts:
        for machine in each.machines.values():
            if machine.memory_assigned and any(disk in drive.disk.chain() for drive in machine.drives if drive.disk):
                yield machine, each


def stored(path: str, host: Host, caller: Caller) -> StoredFile | None:
    """The file at ``path`` as the caller reaches it from ``host``, or None; raises NoSuchVolume or ShareDenied."""
    volume, local = Listing(host, caller).place(path)
    return volume.files.get(key(local))
