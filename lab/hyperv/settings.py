"""The settings of a virtual machine's parts. Defaults are those of a new machine, as far as published."""

from __future__ import annotations

from dataclasses import dataclass, field

GUEST_SERVICE_INTERFACE = "Guest Service Interface"
SHUTDOWN = "Shutdown"
HEARTBEAT = "Heartbeat"


@dataclass(slots=True)
class ProcessorSettings:
    """``reserve`` and ``limit`` in percent of the processors' power, ``weight`` up to 10000."""

    reserve: int = 0
    limit: int = 100
    weight: int = 100
    suits_older_systems: bool = False
    exposes_virtualization: bool = False
    protects_host: bool = False
    threads_per_core: int = 0
    maximum_per_numa_node: int = 16
    maximum_numa_nodes_per_socket: int = 1


@dataclass(slots=True)
class MemorySettings:
    """``buffer`` in percent, ``priority`` from 0 to 100, ``maximum_per_numa_node`` in bytes."""

    buffer: int = 20
    priority: int = 50
    maximum_per_numa_node: int = 64 << 30


@dataclass(slots=True)
class FirmwareSettings:
    """The firmware of a machine of generation 2.

    ``boot_order`` holds drives and network adapters of the machine, the first to start from first; empty: drives, then
    adapters, as they were added.
    """

    secure_boot: bool = True
    template: str = "MicrosoftWindows"
    boot_order: list[object] = field(default_factory=list)
    network_protocol: str = "IPv4"
    console_mode: str = "Default"
    pauses_after_failure: bool = False


@dataclass(slots=True)
class BiosSettings:
    """The BIOS of a machine of generation 1; ``startup_order`` names kinds of devices."""

    num_lock: bool = False
    startup_order: tuple[str, ...] = ("CD", "IDE", "LegacyNetworkAdapter", "Floppy")


@dataclass(slots=True)
class SecuritySettings:
    """What else Get-VMSecurity shows."""

    encrypts_traffic: bool = False
    opts_out_of_virtualization_based: bool = False
    is_shielded: bool = False


@dataclass(slots=True)
class CriticalErrors:
    """What a machine does when it loses its storage; ``minutes`` until it is turned off."""

    pauses: bool = True
    minutes: int = 30


@dataclass(frozen=True, slots=True)
class ComPort:
    """A serial port; ``path`` is the named pipe behind it, empty when there is none."""

    path: str = ""
    is_for_debugger: bool = False


UNUSED_PORTS = (ComPort(), ComPort())
"""The two serial ports of every machine, with nothing behind them."""


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """The synthetic display: ``resolution_type`` is Maximum, Single or Default (names of ResolutionType)."""

    resolution_type: str = "Default"
    horizontal: int = 1920
    vertical: int = 1080


DEFAULT_VIDEO = VideoSettings()
