"""Replication that is enabled: on a primary, on a replica that is extended, or on a machine that is to be a replica."""

from __future__ import annotations

import copy
import dataclasses
import ntpath
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.hyperv.changes import refusal, require_idle
from lab.hyperv.files import StorageError, VirtualDisk, key
from lab.hyperv.machine import DiskDrive, MachineState, NetworkAdapter, VirtualMachine
from lab.hyperv.messages import OperationFailed, failed, nested
from lab.hyperv.replication.broker import broker_of
from lab.hyperv.replication.connection import client_name, contacted
from lab.hyperv.replication.disk_copy import PLACEHOLDER
from lab.hyperv.replication.relationship import add_receiver, add_sender
from lab.hyperv.replication.settings import Settings, require_valid
from lab.hyperv.replication.side import Place, Receiver, Sender, place_of
from lab.hyperv.replication.states import Authentication, Mode, Relationship, ReplicationState
from lab.hyperv.settings import FirmwareSettings

if TYPE_CHECKING:
    from lab.hyperv.host import Host

FOLDER = "Hyper-V Replica"
"""Below the storage location (Windows Server documentation)."""


@dataclass(slots=True)
class Wanted:
    """What is asked for: the Replica server, the settings, and the paths of disks to leave out."""

    server: str
    settings: Settings
    excluded: set[str] = field(default_factory=set)


def enable(machine: VirtualMachine, host: Host, wanted: Wanted) -> Sender:
    """Enable replication of a machine, or of a replica to a third host; nothing is copied yet.

    Raises OperationFailed; nothing has changed then.
    """
    first_leg = machine.replication.receiver if machine.replication is not None else None
    _require_free(machine, host, first_leg)
    relationship = Relationship.Simple if first_leg is None else Relationship.Extended
    leg = first_leg.settings if first_leg is not None else None
    require_valid(wanted.settings, machine, host, relationship, leg)
    places = _places(machine, host, wanted.excluded) if first_leg is None else list(first_leg.places)
    try:
        node = contacted(host, wanted.server, wanted.settings, machine.machine_id)
        receiver = _receiver(machine, host, node, wanted, places, is_extended=first_leg is not None)
    except OperationFailed as cause:
        raise nested(refusal("replication_not_enabled", machine, host), cause) from cause
    return add_sender(machine, host, wanted.server, receiver.host, dataclasses.replace(wanted.settings), places)


def enable_as_replica(machine: VirtualMachine, host: Host, allowed_primary: str) -> Receiver:
    """Let a machine that is there be the basis of a replica; the primary is enabled afterwards.

    Raises OperationFailed; nothing has changed then.
    """
    if machine.replication is not None:
        raise refusal("replication_already_enabled", machine, host)
    return as_replica(machine, host, allowed_primary, [place_of(d) for d in machine.drives if d.disk is not None])


def as_replica(machine: VirtualMachine, host: Host, allowed_primary: str, places: list[Place]) -> Receiver:
    """A machine that waits to be the replica of ``allowed_primary`` (empty: of any that may replicate here).

    Raises OperationFailed; nothing has changed then.
    """
    require_basis(machine, host)
    server = host.replication.server
    entry = server.entry_for(allowed_primary) if allowed_primary else None
    receiver = add_receiver(
        machine,
        host,
        _settings_until_linked(host),
        places,
        primary=allowed_primary,
        trust_group=entry.trust_group if entry is not None else "",
        replica_name=client_name(host),
    )
    receiver.has_basis = True
    return receiver


def require_basis(machine: VirtualMachine, host: Host) -> None:
    """Raises OperationFailed unless a machine can be made a replica."""
    require_idle(machine, host)
    if not host.replication.server.enabled:
        raise refusal("replica_server_disabled", machine, host)
    if machine.state is not MachineState.Off:
        raise refusal("replica_not_off", machine, host)
    if machine.checkpoints:
        raise refusal("replica_has_checkpoints", machine, host)
    if broker_of(host) is not None and not machine.is_clustered:
        raise refusal("replica_not_highly_available", machine, host)


def adopt(receiver: Receiver, sender_host: Host, settings: Settings, places: list[Place]) -> None:
    """Let a waiting replica belong to what ``sender_host`` sends."""
    entry = receiver.host.replication.server.entry_for(client_name(sender_host))
    receiver.settings = dataclasses.replace(settings)
    receiver.places = list(places)
    receiver.primary_name = receiver.allowed_primary = client_name(sender_host)
    receiver.trust_group = entry.trust_group if entry is not None else ""
    receiver.see_disks()


def waits_for(receiver: Receiver | None, host: Host) -> bool:
    """Whether a replica waits for what ``host`` is to send."""
    if receiver is None or receiver.state is not ReplicationState.WaitingForInitialReplication:
        return False
    return receiver.allowed_primary.lower() in ("", client_name(host).lower(), host.name.lower())


def new_replica(
    machine: VirtualMachine, source: Host, node: Host, settings: Settings, places: list[Place], *, is_extended: bool
) -> Receiver:
    """A new replica machine on ``node``, off, its adapters not connected, its disks empty.

    Raises OperationFailed when it cannot be made there.
    """
    entry = node.replication.server.entry_for(client_name(source))
    if entry is None:
        raise failed("replica_not_authorized", source.language, server=node.full_name, primary=client_name(source))
    if machine.version not in node.supported_versions:
        raise failed("replica_version", source.language, server=node.full_name, version=machine.version)
    folder = ntpath.join(entry.storage_location, FOLDER)
    replica = copied(machine, node, folder)
    try:
        node.files.volume_of(folder).add_folder(folder)
        for drive in machine.drives:
            if drive.disk is not None and place_of(drive) in places:
                replica.drives.append(placeholder(drive, drive.disk, machine, folder, node))
    except StorageError as error:
        for drive in replica.drives:
            if drive.disk is not None:
                node.files.remove(drive.disk)
        raise failed("replica_storage", source.language, server=node.full_name, path=error.path) from error
    node.machines[replica.machine_id] = replica
    return add_receiver(
        replica,
        node,
        dataclasses.replace(settings),
        list(places),
        primary=client_name(source),
        trust_group=entry.trust_group,
        replica_name=client_name(node),
        is_extended=is_extended,
    )


def _receiver(
    machine: VirtualMachine, host: Host, node: Host, wanted: Wanted, places: list[Place], *, is_extended: bool
) -> Receiver:
    there = node.machines.get(machine.machine_id)
    if there is None:
        return new_replica(machine, host, node, wanted.settings, places, is_extended=is_extended)
    receiver = there.replication.receiver if there.replication is not None else None
    if receiver is None or not receiver.has_basis or not waits_for(receiver, host):
        raise failed("replica_exists", host.language, machine=machine.name, server=node.full_name)
    if any(_capacity(machine, place) != _capacity(there, place) for place in places):
        raise failed("replica_disks_differ", host.language, machine=machine.name, server=node.full_name)
    adopt(receiver, host, wanted.settings, places)
    if is_extended and there.replication is not None:
        there.replication.mode = Mode.ExtendedReplica
    return receiver


def _require_free(machine: VirtualMachine, host: Host, first_leg: Receiver | None) -> None:
    """Raises OperationFailed unless replication can be enabled for the machine as it stands here."""
    require_idle(machine, host)
    replication = machine.replication
    if replication is not None:
        if replication.mode is Mode.ExtendedReplica or host.version == "2012":
            raise refusal("replication_cannot_extend", machine, host)
        if first_leg is None or replication.extended is not None:
            raise refusal("replication_already_enabled", machine, host)
        first_leg.require("Extend Replication", ReplicationState.Replicating)
    elif machine.is_clustered and broker_of(host) is None:
        raise failed("object_not_found", host.language, host=host.name)


def _places(machine: VirtualMachine, host: Host, excluded: Iterable[str]) -> list[Place]:
    """The places of the disks to replicate; raises OperationFailed for what cannot be, and for none."""
    left_out = {key(path) for path in excluded}
    known = {key(drive.disk.path) for drive in machine.drives if drive.disk is not None}
    if not left_out <= known | {key(f"Disk {drive.disk_number}") for drive in machine.drives}:
        raise refusal("replication_disks", machine, host)
    places = []
    for drive in machine.drives:
        if drive.disk_number is not None:
            if key(f"Disk {drive.disk_number}") not in left_out:
                raise refusal("replication_physical_disk", machine, host, number=drive.disk_number)
        elif drive.disk is not None and key(drive.disk.path) not in left_out:
            if drive.is_shared:
                raise refusal("replication_shared_disk", machine, host, path=drive.disk.path)
            places.append(place_of(drive))
    if not places:
        raise refusal("replication_disks", machine, host)
    return places


def copied(machine: VirtualMachine, node: Host, folder: str) -> VirtualMachine:
    """The configuration of a machine, for its replica; addresses after a failover are set on each side by itself."""
    return dataclasses.replace(
        machine,
        path=folder,
        checkpoint_path=folder,
        smart_paging_path=folder,
        state=MachineState.Off,
        created=node.clock.now(),
        processor=node.processor,
        processor_usage=0,
        started=None,
        drives=[],
        dvd_drives=[copy.copy(dvd) for dvd in machine.dvd_drives],
        adapters=[
            NetworkAdapter(
                adapter.name,
                node.estate.new_id(),
                adapter.mac_address,
                addresses=adapter.addresses,
                has_dynamic_address=adapter.has_dynamic_address,
                is_legacy=adapter.is_legacy,
                vlan=adapter.vlan,
                options=dict(adapter.options),
            )
            for adapter in machine.adapters
        ],
        checkpoints=[],
        current_checkpoint=None,
        operation=None,
        is_clustered=broker_of(node) is not None,
        metered_since=None,
        critical_errors=copy.copy(machine.critical_errors),
        processor_settings=copy.copy(machine.processor_settings),
        memory_settings=copy.copy(machine.memory_settings),
        firmware=FirmwareSettings(),
        bios=copy.copy(machine.bios),
        security=copy.copy(machine.security),
        replication=None,
        floppy=None,
        connect_access=(),
        guest_files=frozenset(),
        assigned_devices=(),
        gpu_partitions=(),
        remote_fx=None,
        hbas=(),
    )


def placeholder(drive: DiskDrive, disk: VirtualDisk, machine: VirtualMachine, folder: str, node: Host) -> DiskDrive:
    """An empty disk for a replica, in the place that ``drive`` has in the primary; raises StorageError."""
    base = disk.chain()[-1]
    machine_id = str(machine.machine_id).upper()
    path = ntpath.join(folder, "Virtual hard disks", machine_id, ntpath.basename(base.path))
    replica = VirtualDisk(path, PLACEHOLDER, capacity=disk.capacity, identifier=base.identifier)
    node.files.add(replica)
    return DiskDrive(replica, drive.controller, drive.controller_number, drive.location)


def _settings_until_linked(host: Host) -> Settings:
    """What holds for a replica until a primary tells its settings."""
    server = host.replication.server
    kerberos = server.authentication.accepts(Authentication.Kerberos)
    authentication = Authentication.Kerberos if kerberos else Authentication.Certificate
    return Settings(server.port(authentication, host.full_name), authentication)


def _capacity(machine: VirtualMachine, place: Place) -> int | None:
    disk = next((drive.disk for drive in machine.drives if place_of(drive) == place), None)
    return disk.capacity if disk is not None else None
