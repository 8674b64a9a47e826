"""Builds the estate that a scenario describes."""

from __future__ import annotations

import datetime
import ntpath
import random
import uuid

from lab.hyperv.checkpointing import Backup, DeleteCheckpoint, put_on_top
from lab.hyperv.clock import Clock
from lab.hyperv.clustering import Cluster, SharedVolume
from lab.hyperv.estate import Estate
from lab.hyperv.files import DiskType, FileSystem, Share, StoredFile, VirtualDisk, Volume
from lab.hyperv.hardware import AssignableDevice, FibrePort, Hardware, PartitionableGpu, VideoAdapter
from lab.hyperv.host import (
    Delegation,
    Host,
    MigrationAuthentication,
    MigrationSettings,
    NetworkInterface,
    SwitchType,
    VirtualSwitch,
)
from lab.hyperv.machine import (
    Checkpoint,
    DiskDrive,
    DvdDrive,
    MachineState,
    NetworkAdapter,
    Processor,
    VirtualMachine,
    saved_state_path,
)
from lab.hyperv.redundancy import NicTeam, Redundancy, SmbChannels
from lab.hyperv.settings_copy import settings_of
from lab.scenarios.replicating import add_replication
from lab.scenarios.replication_entries import ClusterEntry
from lab.scenarios.scenario import (
    DiskEntry,
    HostEntry,
    MachineEntry,
    Scenario,
    ShareEntry,
    SwitchEntry,
    size_in_bytes,
)

START = datetime.datetime(2025, 3, 10, 8, 0, tzinfo=datetime.UTC)
"""The moment at which every lab begins, so that the same seed always tells the same story."""
LEFTOVER_SIZE = 1 << 30
"""Bytes of a leftover, and of a differencing disk."""


def build(scenario: Scenario, clock: Clock, seed: int) -> Estate:
    """The estate that ``scenario`` describes. What it leaves open (IDs, MAC addresses) follows from ``seed``."""
    estate = Estate(clock, random.Random(seed))
    estate.shares += [_share(entry, estate) for entry in scenario.shares]
    for entry in scenario.hosts:
        estate.hosts.append(_host(entry, scenario.domain, estate))
    estate.clusters += [_cluster(entry, estate) for entry in scenario.clusters]
    for entry, host in zip(scenario.hosts, estate.hosts, strict=True):
        for machine_entry in entry.machines:
            _add_machine(machine_entry, host)
        for path in entry.leftovers:
            host.files.add(StoredFile(path, LEFTOVER_SIZE))
    add_replication(scenario, estate)
    return estate


def _share(entry: ShareEntry, estate: Estate) -> Share:
    root = f"\\\\{entry.server}\\{entry.name}\\"
    volume = Volume(root, entry.name, size_in_bytes(entry.size), size_in_bytes(entry.used), estate.new_id())
    return Share(entry.server, entry.name, volume, None if entry.hosts is None else frozenset(entry.hosts))


def _host(entry: HostEntry, domain: str, estate: Estate) -> Host:
    volumes = [
        Volume(f"{v.letter}:\\", v.label, size_in_bytes(v.size), size_in_bytes(v.used), estate.new_id())
        for v in entry.volumes
    ]
    return Host(
        name=entry.name,
        domain=domain if entry.domain is None else entry.domain,
        version=entry.version,
        memory=size_in_bytes(entry.memory),
        processors=entry.processors,
        processor=Processor(entry.processor_maker, entry.processor_level),
        estate=estate,
        files=FileSystem(entry.name, volumes, estate.shares),
        utc_offset=datetime.timedelta(hours=entry.utc_offset_hours),
        clock_ahead=datetime.timedelta(minutes=entry.clock_ahead_minutes),
        link=size_in_bytes(entry.link),
        default_disk_path=ntpath.join(entry.default_folder, "Virtual Hard Disks"),
        default_machine_path=entry.default_folder,
        language=entry.language,
        migration=MigrationSettings(
            enabled=entry.migration_enabled,
            maximum_live=entry.maximum_live,
            maximum_storage=entry.maximum_storage,
            authentication=MigrationAuthentication[entry.authentication],
            any_network=entry.migration_networks is None,
            networks=list(entry.migration_networks or ()),
        ),
        delegation=Delegation(entry.delegation),
        delegates_to=None if entry.delegates_to is None else frozenset(entry.delegates_to),
        aliases=frozenset(alias.lower() for alias in entry.aliases),
        switches=[
            VirtualSwitch(s.name, estate.new_id(), SwitchType[s.kind], _adapter_of(s, entry)) for s in entry.switches
        ],
        interfaces=[
            NetworkInterface(
                i.name,
                _description(number),
                _mac_address(estate, "3CFDFE"),
                i.address,
                i.prefix_length,
                int(i.speed_gbit * 1_000_000_000),
                i.is_up,
            )
            for number, i in enumerate(entry.interfaces)
        ],
        closed_shell_cancels=entry.closed_shell_cancels,
        progress_restarts=entry.progress_restarts,
        has_directory_module=entry.has_directory_module,
        hardware=_hardware(entry),
        cluster=entry.cluster,
        redundancy=Redundancy(
            [NicTeam(team.name, team.members) for team in entry.nic_teams],
            [SmbChannels(channels.server, channels.addresses) for channels in entry.smb_channels],
            entry.multipath,
        ),
    )


def _cluster(entry: ClusterEntry, estate: Estate) -> Cluster:
    nodes = [next(host for host in estate.hosts if host.name == name) for name in entry.nodes]
    cluster = Cluster(entry.name, nodes[0].domain, nodes)
    for number, each in enumerate(entry.volumes):
        root = f"C:\\ClusterStorage\\{each.name}\\"
        volume = Volume(root, each.name, size_in_bytes(each.size), size_in_bytes(each.used), estate.new_id())
        cluster.volumes.append(SharedVolume(f"Cluster Disk {number + 1}", volume, nodes[number % len(nodes)]))
    cluster.paused += [node for node in nodes if node.name in entry.paused]
    for node in nodes:
        node.cluster = entry.name
        node.files.volumes += [shared.volume for shared in cluster.volumes]
    return cluster


def _hardware(entry: HostEntry) -> Hardware:
    return Hardware(
        devices=[
            AssignableDevice(d.name, d.instance_path, d.location_path, d.is_safe) for d in entry.assignable_devices
        ],
        gpus=[
            PartitionableGpu(g.name, g.counts, size_in_bytes(g.memory), g.counts[-1]) for g in entry.partitionable_gpus
        ],
        video_adapters=[VideoAdapter(name) for name in entry.video_adapters],
        ports=[FibrePort(port.node.upper(), port.port.upper()) for port in entry.fibre_channel_ports],
    )


def _adapter_of(switch: SwitchEntry, entry: HostEntry) -> str:
    """The description of the physical adapter behind an external switch: each has the next one."""
    external = [other for other in entry.switches if other.kind == "External"]
    return _description(external.index(switch)) if switch in external else ""


def _description(number: int) -> str:
    """What Windows calls the adapters of one model: the first has no number."""
    return "Intel(R) Ethernet Controller X710" + (f" #{number + 1}" if number else "")


def _add_machine(entry: MachineEntry, host: Host) -> None:
    now, estate = host.clock.now(), host.estate
    state = MachineState[entry.state]
    machine = VirtualMachine(
        name=entry.name,
        machine_id=_machine_id(entry, estate),
        path=entry.folder,
        checkpoint_path=entry.folder,
        smart_paging_path=entry.folder,
        state=state,
        memory=size_in_bytes(entry.memory),
        created=now - datetime.timedelta(days=entry.age_days),
        processor=host.processor,
        generation=entry.generation,
        version=entry.version,
        processors=entry.processors,
        processor_usage=entry.usage if state is MachineState.Running else 0,
        dirty_rate=size_in_bytes(entry.dirty_rate),
        working_set=size_in_bytes(entry.working_set),
        write_rate=size_in_bytes(entry.write_rate),
        notes=entry.notes,
        started=now - datetime.timedelta(days=entry.age_days / 3) if state is MachineState.Running else None,
        runs_on_any_processor=entry.runs_on_any_processor,
        is_clustered=entry.is_clustered,
        guardians=None if entry.guardians is None else frozenset(entry.guardians),
    )
    for number, disk_entry in enumerate(entry.disks):
        machine.drives.append(_drive(disk_entry, number, entry, host))
    if entry.iso is not None:
        machine.dvd_drives.append(DvdDrive(entry.iso, location=len(entry.disks)))
        if host.files.find(entry.iso) is None:
            host.files.add(StoredFile(entry.iso, LEFTOVER_SIZE))
    for adapter in entry.adapters:
        address = _mac_address(estate, "00155D")
        machine.adapters.append(
            NetworkAdapter(
                adapter.name,
                estate.new_id(),
                address,
                adapter.switch,
                tuple(adapter.addresses),
                failover=dict(adapter.failover),
            )
        )
    _add_checkpoints(entry.checkpoints, machine, host)
    if state is MachineState.Saved:
        host.files.add(StoredFile(saved_state_path(machine.path, machine.machine_id), machine.memory))
    host.machines[machine.machine_id] = machine
    if entry.backup_seconds:
        Backup(machine, host, entry.backup_seconds).begin()
    elif entry.merge and machine.checkpoints:
        DeleteCheckpoint(machine, host, machine.checkpoints[-1]).begin()


def _machine_id(entry: MachineEntry, estate: Estate) -> uuid.UUID:
    """A new ID, or that of the machine whose copy it is."""
    if entry.id_of is None:
        return estate.new_id()
    return next(m.machine_id for host in estate.hosts for m in host.machines.values() if m.name == entry.id_of)


def _drive(entry: DiskEntry, number: int, machine: MachineEntry, host: Host) -> DiskDrive:
    if entry.disk_number is not None:
        return DiskDrive(None, entry.controller, location=number, disk_number=entry.disk_number)
    folder = entry.folder or ntpath.join(machine.folder, "Virtual Hard Disks")
    disk = VirtualDisk(
        ntpath.join(folder, entry.name),
        size_in_bytes(entry.size if entry.kind == "Fixed" else entry.used),
        capacity=size_in_bytes(entry.size),
        kind=DiskType[entry.kind],
        identifier=host.estate.new_id(),
    )
    host.files.add(disk)
    return DiskDrive(disk, entry.controller, location=number, is_shared=entry.is_shared)


def _add_checkpoints(names: list[str], machine: VirtualMachine, host: Host) -> None:
    """One checkpoint after the other, each with a differencing disk of 1 GB on top of every disk."""
    for number, name in enumerate(names, start=1):
        created = host.clock.now() - datetime.timedelta(days=1.0 / number)
        checkpoint = Checkpoint(name, host.estate.new_id(), created, settings_of(machine), machine.current_checkpoint)
        machine.current_checkpoint = checkpoint
        machine.checkpoints.append(checkpoint)
        for drive in machine.drives:
            if drive.disk is not None:
                drive.disk = put_on_top(drive.disk, host, LEFTOVER_SIZE)


def _mac_address(estate: Estate, maker: str) -> str:
    return f"{maker}{estate.chance.randrange(1 << 24):06X}"
