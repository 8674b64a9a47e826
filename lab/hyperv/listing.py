"""What somebody sees of the files: volumes, shares, administrative shares, and the files that machines are made of."""

from __future__ import annotations

import ntpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lab.hyperv.caller import Caller
from lab.hyperv.files import NoSuchVolume, ShareDenied, StoredFile, VirtualDisk, Volume, is_on_share, key
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine

CONFIGURATION_SIZE = 96 << 10
"""Bytes of a machine's configuration file (assumed)."""
_ADMINISTRATIVE = re.compile(r"\\\\(?P<server>[^\\]+)\\(?P<share>[A-Za-z]\$|ADMIN\$)(?P<rest>\\.*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder by its path."""

    path: str


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is seen at ``path``, which on a share is not always where its volume has it."""

    path: str
    stored: StoredFile


Item = Folder | File


class Listing:
    """The files and folders that ``caller``, signed in at ``host``, can see there and over the network.

    A share of another computer is a second hop: without credentials to carry there, access is denied.
    """

    def __init__(self, host: Host, caller: Caller) -> None:
        self._host = host
        self._caller = caller

    def find(self, path: str) -> Item | None:
        """What lies at ``path``, or None; raises NoSuchVolume or ShareDenied."""
        volume, local = self.place(path)
        file = volume.files.get(key(local)) or self._made_files(volume).get(key(local))
        if file is not None:
            return File(ntpath.normpath(path), file)
        if volume.has_folder(local) or key(local) in self._made_folders(volume):
            return Folder(ntpath.normpath(path))
        return None

    def children(self, folder: Folder) -> Iterator[Item]:
        """What lies directly in it: folders first, then files, each in the order of their names."""
        volume, local = self.place(folder.path)
        within = key(local).rstrip("\\")
        folders = {**self._made_folders(volume), **volume.folders}
        files = {**self._made_files(volume), **volume.files}
        for known in sorted(folders):
            if ntpath.dirname(known).rstrip("\\") == within:
                yield Folder(ntpath.join(folder.path, ntpath.basename(folders[known])))
        for known in sorted(files):
            if ntpath.dirname(known).rstrip("\\") == within:
                file = files[known]
                yield File(ntpath.join(folder.path, ntpath.basename(file.path)), file)

    def place(self, path: str) -> tuple[Volume, str]:
        """The volume behind ``path``, and the path that the volume itself has for it.

        Raises NoSuchVolume, or ShareDenied for a second hop that nobody may make.
        """
        full = ntpath.normpath(path)
        if not is_on_share(full):
            return self._host.files.volume_of(full), full
        host, local = self._administrative(full)
        if host is not None:
            return host.files.volume_of(local), local
        drive = ntpath.splitdrive(full)[0].lower()
        for share in self._host.estate.shares:
            if share.root.lower() == drive:
                self._require_credentials(share.server, path)
                return share.volume, full
        raise NoSuchVolume(path)

    def is_in_use(self, path: str) -> bool:
        """Whether a machine holds the file at ``path`` open: its configuration, or a disk while it runs."""
        volume, local = self.place(path)
        if key(local) in self._made_files(volume):
            return True
        file = volume.files.get(key(local))
        hosts = self._host.estate.hosts
        machines = (machine for host in hosts for machine in host.machines.values() if machine.memory_assigned)
        mounted = any(file in host.mounted.values() for host in hosts)
        return mounted or any(file in disk.chain() for machine in machines for disk in _attached(machine))

    def _administrative(self, path: str) -> tuple[Host | None, str]:
        found = _ADMINISTRATIVE.fullmatch(path)
        host = self._host.estate.find(found["server"]) if found else None
        if found is None or host is None:
            return None, path
        self._require_credentials(found["server"], path)
        root = "C:\\Windows" if found["share"].upper() == "ADMIN$" else f"{found['share'][0]}:"
        return host, ntpath.normpath(root + (found["rest"] or "\\"))

    def _require_credentials(self, server: str, path: str) -> None:
        if not (self._host.is_called(server) or self._caller.carries_credentials):
            raise ShareDenied(path)

    def _hosts_on(self, volume: Volume) -> list[Host]:
        """The hosts whose machines can lie on the volume: its own, or all of them behind a share."""
        hosts = self._host.estate.hosts
        return [host for host in hosts if volume in host.files.volumes] or hosts

    def _made_files(self, volume: Volume) -> dict[str, StoredFile]:
        """The configuration files on the volume, by key: machines have them without anybody storing them."""
        found: dict[str, StoredFile] = {}
        for host in self._hosts_on(volume):
            for machine in host.machines.values():
                path = configuration_file(machine, host)
                if _is_on(volume, path, host):
                    found[key(path)] = StoredFile(path, CONFIGURATION_SIZE)
        return found

    def _made_folders(self, volume: Volume) -> dict[str, str]:
        """The folders that those files and the host's defaults need, by key."""
        folders = [ntpath.dirname(file.path) for file in self._made_files(volume).values()]
        for host in self._hosts_on(volume):
            for default in (host.default_disk_path, host.default_machine_path):
                if _is_on(volume, default, host):
                    folders.append(default)
        found: dict[str, str] = {}
        for folder in folders:
            while len(folder.rstrip("\\")) > len(volume.root.rstrip("\\")):
                found[key(folder)] = folder
                folder = ntpath.dirname(folder)
        return found


def configuration_file(machine: VirtualMachine, host: Host) -> str:
    """Where the configuration of a machine lies: .vmcx since version 6.2, before that .xml (Windows documentation)."""
    extension = "xml" if machine.version in ("4.0", "5.0") else "vmcx"
    return ntpath.join(machine.path, "Virtual Machines", f"{str(machine.machine_id).upper()}.{extension}")


def _is_on(volume: Volume, path: str, host: Host) -> bool:
    try:
        return host.files.volume_of(path) is volume
    except (NoSuchVolume, ShareDenied):
        return False


def _attached(machine: VirtualMachine) -> Iterator[VirtualDisk]:
    for drive in machine.drives:
        if drive.disk is not None:
            yield drive.disk
