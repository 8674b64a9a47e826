"""Settings of machines that are copied: for checkpoints, and for machines that are exported and imported."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from lab.hyperv.files import VirtualDisk
from lab.hyperv.machine import Checkpoint, NetworkAdapter, VirtualMachine

OWN = frozenset(
    {
        "machine_id",
        "path",
        "checkpoint_path",
        "smart_paging_path",
        "state",
        "created",
        "processor",
        "started",
        "checkpoints",
        "current_checkpoint",
        "operation",
        "replication",
        "is_clustered",
        "metered_since",
        "connect_access",
        "guest_files",
        "kept_in",
    }
)
"""What a machine keeps when the settings of a checkpoint are applied to it: who and where it is, and what it does."""


def settings_of(machine: VirtualMachine) -> VirtualMachine:
    """The settings of a machine as they are now, with devices of their own; the disks in the drives are the same."""
    drives = {drive: dataclasses.replace(drive) for drive in machine.drives}
    dvd_drives = {drive: dataclasses.replace(drive) for drive in machine.dvd_drives}
    adapters = {adapter: _copy_of(adapter) for adapter in machine.adapters}
    copies: list[tuple[object, object]] = [*drives.items(), *dvd_drives.items(), *adapters.items()]
    devices = dict(copies)
    firmware = machine.firmware
    return dataclasses.replace(
        machine,
        drives=list(drives.values()),
        dvd_drives=list(dvd_drives.values()),
        adapters=list(adapters.values()),
        checkpoints=[],
        current_checkpoint=None,
        operation=None,
        replication=None,
        critical_errors=dataclasses.replace(machine.critical_errors),
        processor_settings=dataclasses.replace(machine.processor_settings),
        memory_settings=dataclasses.replace(machine.memory_settings),
        firmware=dataclasses.replace(firmware, boot_order=[devices.get(d, d) for d in firmware.boot_order]),
        bios=dataclasses.replace(machine.bios),
        security=dataclasses.replace(machine.security),
        kept_in=None,
    )


def with_checkpoints(machine: VirtualMachine, disks: Mapping[VirtualDisk, VirtualDisk]) -> VirtualMachine:
    """A copy of a machine and of its checkpoints, with other files instead of its ``disks``."""
    copy = settings_of(machine)
    for drive in copy.drives:
        if drive.disk is not None:
            drive.disk = disks.get(drive.disk, drive.disk)
    twins: dict[Checkpoint, Checkpoint] = {}
    for checkpoint in machine.checkpoints:
        parent = twins[checkpoint.parent] if checkpoint.parent is not None else None
        twins[checkpoint] = dataclasses.replace(checkpoint, settings=settings_of(checkpoint.settings), parent=parent)
        twins[checkpoint].replace_disks(disks)
    copy.checkpoints = list(twins.values())
    copy.current_checkpoint = twins[machine.current_checkpoint] if machine.current_checkpoint is not None else None
    return copy


def restore_settings(machine: VirtualMachine, kept: VirtualMachine) -> None:
    """Give ``machine`` the settings and devices of ``kept``, which is not to be used any more then."""
    for field in dataclasses.fields(VirtualMachine):
        if field.name not in OWN:
            setattr(machine, field.name, getattr(kept, field.name))


def _copy_of(adapter: NetworkAdapter) -> NetworkAdapter:
    return dataclasses.replace(
        adapter,
        failover=dict(adapter.failover),
        options=dict(adapter.options),
        planned=dict(adapter.planned),
        policies=None if adapter.policies is None else adapter.policies.copied(),
    )
