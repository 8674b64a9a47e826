"""Machines that are imported from the files of an export: registered where they lie, or copied."""

from __future__ import annotations

import ntpath
from collections.abc import Iterator
from dataclasses import dataclass

from lab.hyperv.changes import refusal
from lab.hyperv.clock import Course
from lab.hyperv.exporting import DISKS, ExportedConfiguration
from lab.hyperv.files import NoSuchVolume, ShareDenied, StoredFile, VirtualDisk, is_on_share, key
from lab.hyperv.host import Host
from lab.hyperv.listing import configuration_file
from lab.hyperv.machine import MachineState, VirtualMachine, saved_state_path
from lab.hyperv.messages import OperationFailed, failed
from lab.hyperv.operation import OperationalStatus
from lab.hyperv.settings_copy import with_checkpoints
from lab.hyperv.transfer import Transfer, copy_of, parents_first

SET_UP = 1.0
"""Seconds until the machine stands, besides those for its files (assumed)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a machine is imported; a folder that is None is the host's default. ``disk_source`` is where its disks lie
    if not where the export put them.
    """

    path: str
    copies: bool = False
    has_new_id: bool = False
    machine_folder: str | None = None
    checkpoint_folder: str | None = None
    paging_folder: str | None = None
    disk_folder: str | None = None
    disk_source: str | None = None


class Import:
    """An import that somebody asks for. ``machine`` is the planned one: it can be mended before it becomes real.

    Raises OperationFailed when there is no configuration file that can be read.
    """

    def __init__(self, wanted: Wanted, host: Host) -> None:
        self.wanted = wanted
        self.host = host
        self.configuration = _configuration(wanted.path, host)
        described = self.configuration.machine
        self.folder = ntpath.dirname(ntpath.dirname(self.configuration.path))
        self.checkpoint_source = ntpath.join(self.folder, "Snapshots")
        self.machine = with_checkpoints(described, self._found_disks(described))
        self.machine.path = wanted.machine_folder or self._default
        self.machine.checkpoint_path = wanted.checkpoint_folder or self._default
        self.machine.smart_paging_path = wanted.paging_folder or self._default
        host.planned[key(self.configuration.path)] = self.machine

    @property
    def disk_folder(self) -> str | None:
        """Where copies of the disks go; None when they stay where they are."""
        return (self.wanted.disk_folder or self.host.default_disk_path) if self.wanted.copies else None

    @property
    def _default(self) -> str:
        return self.host.default_machine_path if self.wanted.copies else self.folder

    def problems(self) -> list[OperationFailed]:
        """What keeps the machine from becoming real; empty when the import can be tried."""
        return list(self._problems())

    def begin(self) -> Importing:
        """Begin the import.

        Raises OperationFailed when the report still lists something, or the machine exists already.
        """
        if any(self.problems()):
            raise self._failed("import_incompatible")
        return Importing(self).begin()

    def _problems(self) -> Iterator[OperationFailed]:
        machine, host = self.machine, self.host
        if not self.wanted.has_new_id and machine.machine_id in host.machines:
            yield self._failed("import_id_exists")
        if machine.version not in host.supported_versions:
            yield self._failed("version_unsupported", version=machine.version)
        if machine.processors > host.processors:
            yield self._failed("import_processors", subject=machine, count=machine.processors, most=host.processors)
        if machine.memory > host.memory:
            yield self._failed("import_memory", subject=machine, memory=machine.memory >> 20)
        if machine.state is MachineState.Saved:
            yield from self._saved_state_problems()
        if machine.guardians is not None and host.name not in machine.guardians:
            yield self._failed("import_guardian_missing", subject=machine)
        used = {each.device for other in host.machines.values() for each in other.assigned_devices}
        for assigned in machine.assigned_devices:
            if assigned.device in used or assigned.device not in host.hardware.devices:
                yield self._failed("machine_uses_device", subject=machine, source=host.name)
        for hba in machine.hbas:
            if host.hardware.find_san(hba.san) is None:
                yield self._failed("machine_san_missing", san=hba.san)
        for adapter in machine.adapters:
            switch = adapter.switch_at(host.name)
            if switch is not None and host.find_switch(switch) is None:
                yield self._failed("switch_missing", subject=adapter, switch=switch)
        for drive in machine.drives:
            for disk in drive.disk.chain() if drive.disk is not None else ():
                if host.files.find(disk.path) is not disk:
                    yield self._failed("import_file_missing", subject=drive, path=disk.path)
        for dvd in machine.dvd_drives:
            if dvd.path is not None and host.files.find(dvd.path) is None:
                yield self._failed("import_file_missing", subject=dvd, path=dvd.path)
        if machine.floppy is not None and host.files.find(machine.floppy) is None:
            yield self._failed("import_file_missing", subject=machine, path=machine.floppy)
        yield from self._checkpoint_problems()

    def _saved_state_problems(self) -> Iterator[OperationFailed]:
        machine, offered = self.machine, self.host.processor
        if self.saved_state is None:
            yield self._failed("saved_state_unreadable", subject=machine)
        used = machine.processor
        if used.maker != offered.maker or (used.level > offered.level and not machine.runs_on_any_processor):
            yield self._failed("import_processor_incompatible", subject=machine)

    def _checkpoint_problems(self) -> Iterator[OperationFailed]:
        files = [ntpath.basename(file.path) for file in self.configuration.checkpoint_files]
        if any(self.host.files.find(ntpath.join(self.checkpoint_source, name)) is None for name in files):
            yield self._failed("import_checkpoints_missing", subject=self.machine, path=self.checkpoint_source)
        missing = {
            disk.path: disk
            for disk in self.machine.disk_files()
            if disk not in self._attached() and self.host.files.find(disk.path) is not disk
        }
        for path in missing:
            yield self._failed("import_file_missing", path=path)

    def _attached(self) -> set[VirtualDisk]:
        return {disk for drive in self.machine.drives if drive.disk is not None for disk in drive.disk.chain()}

    @property
    def saved_state(self) -> StoredFile | None:
        """The file with the memory of a saved machine."""
        return self.host.files.find(saved_state_path(self.folder, self.configuration.machine.machine_id))

    def _found_disks(self, described: VirtualMachine) -> dict[VirtualDisk, VirtualDisk]:
        """The disk files that lie where the export, or -VhdSourcePath, says."""
        found: dict[VirtualDisk, VirtualDisk] = {}
        for disk in described.disk_files():
            folder = self.wanted.disk_source or ntpath.dirname(disk.path)
            file = self.host.files.find(ntpath.join(folder, ntpath.basename(disk.path)))
            if isinstance(file, VirtualDisk):
                found[disk] = file
        return found

    def _failed(self, problem: str, *, subject: object = None, **names: object) -> OperationFailed:
        names["destination"] = self.host.name
        return refusal(problem, self.machine, self.host, subject=subject, **names)


class Importing(Transfer):
    """An import under way."""

    words = "Importing virtual machine"
    failed_key, denied_key = "import_failed", "import_denied"

    def __init__(self, asked: Import) -> None:
        super().__init__(asked.machine, asked.host)
        self.asked = asked
        self.total = sum(disk.size for disk in asked.machine.disk_files()) + self._memory

    @property
    def status(self) -> OperationalStatus:
        """The machine is being made."""
        return OperationalStatus.ModifyingUpVirtualMachine

    @property
    def _memory(self) -> int:
        saved = self.asked.saved_state if self.machine.state is MachineState.Saved else None
        return saved.size if saved is not None else 0

    def course(self) -> Course:
        """Copy the files, where that is asked for, and make the machine real."""
        yield SET_UP
        asked, machine, host = self.asked, self.machine, self.host
        if asked.wanted.has_new_id:
            _give_new_ids(machine, host)
        if asked.wanted.copies:
            yield from self._copy_files()
        if machine.machine_id in host.machines:
            raise self.fail("import_id_exists", destination=host.name)
        configuration = asked.configuration
        if host.files.find(configuration.path) is not configuration:  # somebody else was quicker
            cause = failed("system_file_not_found", host.language).message
            raise self.fail("import_failed", path=configuration.path, cause=cause)
        self.make_folder(machine.path)
        if not asked.wanted.copies:
            for file in (configuration, *configuration.checkpoint_files):
                host.files.remove(file)
        for adapter in machine.adapters:
            adapter.switch = adapter.switch_at(host.name)
            adapter.planned.clear()
        host.machines[machine.machine_id] = machine
        host.planned.pop(key(configuration.path), None)

    def _copy_files(self) -> Course:
        asked, machine = self.asked, self.machine
        folder = asked.disk_folder or ntpath.join(machine.path, DISKS)
        copies: dict[VirtualDisk, VirtualDisk] = {}
        for disk in parents_first(machine.disk_files()):
            parent = copies[disk.parent] if disk.parent is not None else None
            copies[disk] = copy_of(disk, folder, parent)
            yield from self.copy(disk, copies[disk])
        saved = asked.saved_state if machine.state is MachineState.Saved else None
        if saved is not None:
            yield from self.copy(saved, StoredFile(saved_state_path(machine.path, machine.machine_id), 0))
        for drive in machine.drives:
            drive.disk = copies.get(drive.disk) if drive.disk is not None else None
        for checkpoint in machine.checkpoints:
            checkpoint.replace_disks(copies)


def _give_new_ids(machine: VirtualMachine, host: Host) -> None:
    """A copy is another machine: its ID, its checkpoints' and its adapters' are new, and so are dynamic addresses."""
    machine.machine_id = host.estate.new_id()
    for adapter in machine.adapters:
        adapter.adapter_id = host.estate.new_id()
        if adapter.has_dynamic_address:
            adapter.mac_address = f"00155D{host.estate.chance.randrange(1 << 24):06X}"
    for checkpoint in machine.checkpoints:
        checkpoint.checkpoint_id = host.estate.new_id()
        checkpoint.settings.machine_id = machine.machine_id


def _configuration(path: str, host: Host) -> ExportedConfiguration:
    """The configuration file at ``path``, which the host reads under its own computer account (known)."""
    full = ntpath.normpath(path)
    cause = "system_file_not_found"
    try:
        file = host.files.volume_of(full).files.get(key(full))
        if isinstance(file, ExportedConfiguration):
            return file
        if file is not None:
            cause = "import_no_configuration_cause"
    except NoSuchVolume:
        server = full.lstrip("\\").partition("\\")[0]
        is_denied = is_on_share(full) and host.estate.find(server) is not None
        cause = "system_access_denied" if is_denied else "system_path_not_found"
    except ShareDenied:
        cause = "system_access_denied"
    if any(key(registered) == key(full) for registered in _registered(host, everywhere=is_on_share(full))):
        cause = "import_registered_cause"
    text = failed(cause, host.language).message
    raise failed("import_no_configuration", host.language, path=path, cause=text)


def _registered(host: Host, *, everywhere: bool) -> Iterator[str]:
    """The configuration files of the machines of this host, or of all of them."""
    for each in host.estate.hosts if everywhere else [host]:
        for machine in each.machines.values():
            yield configuration_file(machine, each)
