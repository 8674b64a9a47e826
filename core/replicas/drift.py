"""What differs between a machine and its replica: settings are not replicated, only disks are (Windows Server docs).

Adapters and disks are told apart by their order and their places: a replica is made with the same ones (assumed).
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from core.amounts import size_text
from core.estate.connection import HostKey
from core.hyperv.disks import Asker
from core.hyperv.query import Question, Reading, UnexpectedAnswer, ask
from core.hyperv.records import HardDiskDrive, Machine, NetworkAdapter
from core.language import _
from core.powershell.command import command
from core.replicas.side import Side

ACCESS, UNTAGGED = 1, 0
"""VMNetworkAdapterVlanMode of an adapter in one VLAN, and in none (assumed)."""


class ProcessorSettings(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMProcessor."""

    count: int


class MemorySettings(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMMemory; sizes in bytes."""

    dynamic_memory_enabled: bool
    startup: int
    minimum: int
    maximum: int


class VlanSettings(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMNetworkAdapterVlan, one for each adapter in their order; an access VLAN of 0 is none."""

    operation_mode: int
    access_vlan_id: int | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """A machine as one host has it."""

    host: HostKey
    machine: Machine
    processors: int
    memory: MemorySettings
    adapters: tuple[NetworkAdapter, ...]
    vlans: tuple[VlanSettings, ...]
    drives: tuple[HardDiskDrive, ...]
    switches: tuple[str, ...]


class Part(enum.Enum):
    """What may differ."""

    PROCESSORS = "processors"
    MEMORY = "memory"
    ADAPTERS = "adapters"
    SWITCH = "switch"
    VLAN = "vlan"
    DISK = "disk"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in which a replica differs: both values in words, and what that means after a failover.

    ``place`` counts the adapters, for what is about one of them.
    """

    part: Part
    what: str
    primary: str
    replica: str
    consequence: str
    place: int | None = None


async def read_configuration(asker: Asker, side: Side, machine: Machine, switches: tuple[str, ...]) -> Configuration:
    """A machine's settings on the host of ``side``. Raises RemotingError and UnexpectedAnswer."""
    picked = command("Get-VM", Id=side.machine_id)
    processors = Question("processors", picked | command("Get-VMProcessor"), ProcessorSettings)
    memory = Question("memory", picked | command("Get-VMMemory"), MemorySettings)
    adapters = Question("adapters", picked | command("Get-VMNetworkAdapter"), NetworkAdapter)
    vlans = Question(
        "vlans", picked | command("Get-VMNetworkAdapter") | command("Get-VMNetworkAdapterVlan"), VlanSettings
    )
    drives = Question("drives", picked | command("Get-VMHardDiskDrive"), HardDiskDrive)
    answer = await asker(ask((processors, memory, adapters, vlans, drives)))
    answer.raise_for_errors()
    reading = Reading.of(answer.output)
    counted, remembered = reading.records(processors), reading.records(memory)
    if not counted or not remembered:
        raise UnexpectedAnswer(_("It does not tell the processors and the memory of {name}.").format(name=machine.name))
    return Configuration(
        side.host,
        machine,
        counted[0].count,
        remembered[0],
        reading.records(adapters),
        reading.records(vlans),
        reading.records(drives),
        switches,
    )


def differences(primary: Configuration, replica: Configuration) -> tuple[Difference, ...]:
    """In what a replica differs from its primary, what matters most first."""
    return (*_sizes(primary, replica), *_disks(primary, replica), *_networks(primary, replica))


def _sizes(primary: Configuration, replica: Configuration) -> Iterator[Difference]:
    if primary.processors != replica.processors:
        yield Difference(
            Part.PROCESSORS,
            _("Processors"),
            str(primary.processors),
            str(replica.processors),
            _("After a failover the virtual machine has another number of processors."),
        )
    if primary.memory != replica.memory:
        yield Difference(
            Part.MEMORY,
            _("Memory"),
            memory_text(primary.memory),
            memory_text(replica.memory),
            _("After a failover the virtual machine has other memory."),
        )


def _disks(primary: Configuration, replica: Configuration) -> Iterator[Difference]:
    there = {_place(drive) for drive in replica.drives}
    for drive in primary.drives:
        if _place(drive) not in there:
            yield Difference(
                Part.DISK,
                _("Hard disk"),
                drive.path or _("Physical disk {number}").format(number=drive.disk_number),
                _("None"),
                _("It is not replicated: after a failover the virtual machine lacks it."),
            )


def _networks(primary: Configuration, replica: Configuration) -> Iterator[Difference]:
    if len(primary.adapters) != len(replica.adapters):
        yield Difference(
            Part.ADAPTERS,
            _("Network adapters"),
            str(len(primary.adapters)),
            str(len(replica.adapters)),
            _("After a failover the virtual machine has other network adapters."),
        )
    for place, (adapter, copy) in enumerate(zip(primary.adapters, replica.adapters, strict=False)):
        names = {"adapter": adapter.name}
        wanted, found = adapter.switch_name or "", copy.switch_name or ""
        if wanted and not found:
            yield Difference(
                Part.SWITCH,
                _("Switch of {adapter}").format(**names),
                wanted,
                _("Not connected"),
                _("After a failover the virtual machine has no network on this adapter."),
                place,
            )
        if place < len(primary.vlans) and place < len(replica.vlans):
            own, others = vlan_text(primary.vlans[place]), vlan_text(replica.vlans[place])
            if own != others:
                what = _("VLAN of {adapter}").format(**names)
                told = _("It may be meant so where the sites have other VLANs.")
                yield Difference(Part.VLAN, what, own, others, told, place)


def memory_text(memory: MemorySettings) -> str:
    """Memory settings in words."""
    if not memory.dynamic_memory_enabled:
        return size_text(memory.startup)
    spans = {
        "startup": size_text(memory.startup),
        "minimum": size_text(memory.minimum),
        "maximum": size_text(memory.maximum),
    }
    return _("{startup}, dynamic from {minimum} to {maximum}").format(**spans)


def vlan_text(vlan: VlanSettings) -> str:
    """A VLAN in words."""
    if vlan.operation_mode == UNTAGGED:
        return _("None")
    if vlan.operation_mode == ACCESS:
        return str(vlan.access_vlan_id or 0)
    return _("Trunk or private VLAN")


def _place(drive: HardDiskDrive) -> tuple[int, int, int]:
    return drive.controller_type, drive.controller_number, drive.controller_location
