"""Hardware of hosts that machines can use: PCI devices, GPUs, Fibre Channel ports; and what machines have of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class AssignableDevice:
    """A PCI device; ``is_dismounted`` once the host has given it up for machines. ``pools`` are names of pools.

    ``is_safe``: whether it has a mitigation driver, without which only force gives it up.
    """

    name: str
    instance_path: str
    location_path: str
    is_safe: bool = False
    is_dismounted: bool = False
    pools: list[str] = field(default_factory=list)

    @property
    def shown_path(self) -> str:
        """The instance path: that of a device which was given up begins with PCIP instead of PCI (known)."""
        kind, separator, rest = self.instance_path.partition("\\")
        return f"{kind}P{separator}{rest}" if self.is_dismounted else self.instance_path

    def is_called(self, instance_path: str, location_path: str) -> bool:
        """Whether these paths, as far as they are not empty, are its own."""
        own = (self.instance_path.lower(), self.shown_path.lower())
        return (not instance_path or instance_path.lower() in own) and (
            not location_path or location_path.lower() == self.location_path.lower()
        )


@dataclass(slots=True, eq=False)
class PartitionableGpu:
    """A GPU that can be divided into ``counts`` parts; ``memory`` in bytes."""

    name: str
    counts: tuple[int, ...]
    memory: int
    partitions: int


@dataclass(slots=True, eq=False)
class VideoAdapter:
    """A GPU for RemoteFX."""

    name: str
    is_enabled: bool = False


@dataclass(frozen=True, slots=True)
class FibrePort:
    """A Fibre Channel port of a host, by its World Wide Names of 16 hexadecimal digits."""

    node: str
    port: str


@dataclass(slots=True, eq=False)
class San:
    """A virtual SAN of a host."""

    name: str
    note: str = ""
    ports: list[FibrePort] = field(default_factory=list)


@dataclass(slots=True)
class Hardware:
    """What a host has; nothing unless the scenario says so."""

    devices: list[AssignableDevice] = field(default_factory=list)
    gpus: list[PartitionableGpu] = field(default_factory=list)
    video_adapters: list[VideoAdapter] = field(default_factory=list)
    ports: list[FibrePort] = field(default_factory=list)
    sans: list[San] = field(default_factory=list)

    def find_san(self, name: str) -> San | None:
        """The virtual SAN of that name, or None."""
        return next((san for san in self.sans if san.name.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class AssignedDevice:
    """A device that a machine has; ``pool`` is the resource pool that it came from, empty for none."""

    device: AssignableDevice
    virtual_function: int = 0
    pool: str = ""


@dataclass(frozen=True, slots=True)
class GpuPartition:
    """A machine's part of a GPU; ``limits`` by the names of their parameters."""

    adapter_id: uuid.UUID
    instance_path: str
    limits: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RemoteFx:
    """A machine's RemoteFX 3D video adapter; ``memory`` in bytes."""

    monitors: int = 1
    resolution: str = "1280x1024"
    memory: int = 256 << 20


@dataclass(frozen=True, slots=True)
class FibreChannelHba:
    """A machine's Fibre Channel adapter: two sets of World Wide Names, between which a migration alternates."""

    hba_id: uuid.UUID
    san: str
    names: tuple[str, str, str, str]
    """Node name and port name of set A, then those of set B."""
