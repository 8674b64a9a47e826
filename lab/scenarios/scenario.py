"""Reads a scenario file and builds the estate it describes.

Sizes are written as ``"40 GB"``, rates as ``"1 GB/s"`` (units of 1024), machines' ages in days.
"""

from __future__ import annotations

import datetime
import ntpath
import random
import re
import uuid
from pathlib import Path
from typing import Annotated

import msgspec

from lab.hyperv.clock import Clock
from lab.hyperv.estate import Estate
from lab.hyperv.files import DiskType, FileSystem, VirtualDisk, Volume
from lab.hyperv.host import Host, MigrationSettings, SwitchType, VirtualSwitch
from lab.hyperv.machine import Checkpoint, DiskDrive, MachineState, NetworkAdapter, VirtualMachine

START = datetime.datetime(2025, 3, 10, 8, 0, tzinfo=datetime.UTC)
"""The moment at which every lab begins, so that the same seed always tells the same story."""

Size = Annotated[str, msgspec.Meta(pattern=r"^\d+(\.\d+)? (MB|GB|TB)(/s)?$")]
_UNITS = {"MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}


class ScenarioError(Exception):
    """A scenario that does not exist or cannot be read; the text says which and why."""


class _VolumeEntry(msgspec.Struct, forbid_unknown_fields=True):
    letter: str
    label: str
    size: Size
    used: Size = "0 GB"


class _SwitchEntry(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    kind: str = "External"


class _DiskEntry(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    size: Size
    used: Size
    kind: str = "Dynamic"
    folder: str | None = None


class _AdapterEntry(msgspec.Struct, forbid_unknown_fields=True):
    switch: str | None = None
    name: str = "Network Adapter"
    addresses: list[str] = []


class _MachineEntry(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    memory: Size
    folder: str
    state: str = "Running"
    processors: int = 2
    usage: int = 0
    version: str = "10.0"
    generation: int = 2
    dirty_rate: Size = "20 MB/s"
    working_set: Size = "256 MB"
    age_days: float = 30
    notes: str = ""
    disks: list[_DiskEntry] = []
    adapters: list[_AdapterEntry] = []
    checkpoints: list[str] = []


class _HostEntry(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    memory: Size
    version: str = "2022"
    processors: int = 16
    utc_offset_hours: float = 0.0
    link: Size = "1.1 GB/s"
    default_folder: str = "C:\\ProgramData\\Microsoft\\Windows\\Hyper-V"
    migration_enabled: bool = True
    volumes: list[_VolumeEntry] = []
    switches: list[_SwitchEntry] = []
    machines: list[_MachineEntry] = []


class Scenario(msgspec.Struct, forbid_unknown_fields=True):
    """A scenario file: one domain, one administrator, hosts with everything on them."""

    title: str
    domain: str
    administrator: str
    hosts: list[_HostEntry]


def available() -> list[str]:
    """The names of all scenarios."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.toml"))


def read(name: str) -> Scenario:
    """The scenario called ``name``, or the one in the file ``name`` when it ends in ``.toml``.

    Raises ScenarioError.
    """
    path = Path(name) if name.endswith(".toml") else Path(__file__).parent / f"{name}.toml"
    if not name.endswith(".toml") and name not in available():
        raise ScenarioError(f"There is no scenario {name!r}. There are: {', '.join(available())}.")
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Scenario)
    except (OSError, msgspec.DecodeError) as error:
        raise ScenarioError(f"The scenario {path} cannot be read: {error}") from error


def build(scenario: Scenario, clock: Clock, seed: int) -> Estate:
    """The estate that ``scenario`` describes. What it leaves open (IDs, MAC addresses) follows from ``seed``."""
    chance = random.Random(seed)
    estate = Estate(clock)
    for entry in scenario.hosts:
        estate.hosts.append(_host(entry, scenario.domain, estate, chance))
    return estate


def size_in_bytes(text: str) -> int:
    """``"1.5 GB"`` in bytes; for a rate, bytes a second."""
    match = re.match(r"^([\d.]+) (MB|GB|TB)", text)
    if match is None:
        raise ScenarioError(f"{text!r} is no size such as '40 GB'.")
    return int(float(match[1]) * _UNITS[match[2]])


def _host(entry: _HostEntry, domain: str, estate: Estate, chance: random.Random) -> Host:
    volumes = [
        Volume(v.letter, v.label, size_in_bytes(v.size), size_in_bytes(v.used), _new_id(chance)) for v in entry.volumes
    ]
    host = Host(
        name=entry.name,
        domain=domain,
        version=entry.version,
        memory=size_in_bytes(entry.memory),
        processors=entry.processors,
        estate=estate,
        files=FileSystem(volumes),
        utc_offset=datetime.timedelta(hours=entry.utc_offset_hours),
        link=size_in_bytes(entry.link),
        default_disk_path=ntpath.join(entry.default_folder, "Virtual Hard Disks"),
        default_machine_path=entry.default_folder,
        migration=MigrationSettings(enabled=entry.migration_enabled),
        switches=[
            VirtualSwitch(s.name, _new_id(chance), SwitchType[s.kind], "Intel(R) Ethernet Controller X710")
            for s in entry.switches
        ],
    )
    for machine_entry in entry.machines:
        machine = _machine(machine_entry, host, chance)
        host.machines[machine.machine_id] = machine
    return host


def _machine(entry: _MachineEntry, host: Host, chance: random.Random) -> VirtualMachine:
    now = host.clock.now()
    state = MachineState[entry.state]
    machine = VirtualMachine(
        name=entry.name,
        machine_id=_new_id(chance),
        path=entry.folder,
        checkpoint_path=entry.folder,
        smart_paging_path=entry.folder,
        state=state,
        memory=size_in_bytes(entry.memory),
        created=now - datetime.timedelta(days=entry.age_days),
        generation=entry.generation,
        version=entry.version,
        processors=entry.processors,
        processor_usage=entry.usage if state is MachineState.Running else 0,
        dirty_rate=size_in_bytes(entry.dirty_rate),
        working_set=size_in_bytes(entry.working_set),
        notes=entry.notes,
        started=now - datetime.timedelta(days=entry.age_days / 3) if state is MachineState.Running else None,
    )
    for number, disk_entry in enumerate(entry.disks):
        machine.drives.append(DiskDrive(_disk(disk_entry, entry, host, chance), location=number))
    for adapter in entry.adapters:
        mac = f"00155D{chance.randrange(1 << 24):06X}"
        machine.adapters.append(
            NetworkAdapter(adapter.name, _new_id(chance), mac, adapter.switch, tuple(adapter.addresses))
        )
    parent = None
    for number, name in enumerate(entry.checkpoints, start=1):
        created = now - datetime.timedelta(days=1.0 / number)
        parent = Checkpoint(name, _new_id(chance), created, parent)
        machine.checkpoints.append(parent)
    return machine


def _disk(entry: _DiskEntry, machine: _MachineEntry, host: Host, chance: random.Random) -> VirtualDisk:
    folder = entry.folder or ntpath.join(machine.folder, "Virtual Hard Disks")
    disk = VirtualDisk(
        ntpath.join(folder, entry.name),
        size_in_bytes(entry.used),
        capacity=size_in_bytes(entry.size),
        kind=DiskType[entry.kind],
        identifier=_new_id(chance),
    )
    host.files.add(disk)
    for _ in machine.checkpoints:
        stem, extension = ntpath.splitext(disk.path)
        stem = stem.split("_")[0]
        disk = VirtualDisk(
            f"{stem}_{str(_new_id(chance)).upper()}{extension.replace('.vhd', '.avhd')[:6]}",
            1 << 30,
            capacity=disk.capacity,
            kind=DiskType.Differencing,
            parent=disk,
            identifier=_new_id(chance),
        )
        host.files.add(disk)
    return disk


def _new_id(chance: random.Random) -> uuid.UUID:
    return uuid.UUID(int=chance.getrandbits(128), version=4)
