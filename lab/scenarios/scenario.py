"""A scenario: a readable file that describes an estate to start from.

Sizes are written as ``"40 GB"``, rates as ``"1 GB/s"`` (units of 1024), machines' ages in days.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from lab.scenarios.replication_entries import CertificateEntry, ClusterEntry, ReplicaServerEntry, ReplicationEntry
from lab.scenarios.scale import scale
from lab.wire.accounts import AccountState, Rights
from lab.wire.disturbances import Disturbance
from lab.wire.settings import WireSettings

Size = Annotated[str, msgspec.Meta(pattern=r"^\d+(\.\d+)? (MB|GB|TB)(/s)?$")]
_UNITS = {"MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}


class ScenarioError(Exception):
    """A scenario that does not exist or cannot be read; the text says which and why."""


class VolumeEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A volume with a drive letter; ``used`` is taken by what is none of the machines'."""

    letter: str
    label: str
    size: Size
    used: Size = "0 GB"


class ShareEntry(msgspec.Struct, forbid_unknown_fields=True):
    """An SMB share of a file server; ``hosts`` may use it, all of them where none is named."""

    server: str
    name: str
    size: Size
    used: Size = "0 GB"
    hosts: list[str] | None = None


class SwitchEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A virtual switch."""

    name: str
    kind: Literal["Private", "Internal", "External"] = "External"


class InterfaceEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A physical network adapter; ``speed_gbit`` in gigabits a second."""

    name: str
    address: str
    prefix_length: int = 24
    speed_gbit: float = 10
    is_up: bool = True


class DiskEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A virtual hard disk, or (``disk_number``) a physical disk of the host."""

    name: str = ""
    size: Size = "0 GB"
    used: Size = "0 GB"
    kind: Literal["Fixed", "Dynamic"] = "Dynamic"
    folder: str | None = None
    controller: Literal["IDE", "SCSI", "PMEM"] = "SCSI"
    disk_number: int | None = None
    is_shared: bool = False


class AdapterEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A network adapter of a machine; ``failover`` are its addresses after a failover, by property name."""

    switch: str | None = None
    name: str = "Network Adapter"
    addresses: list[str] = []
    failover: dict[str, str] = {}


class MachineEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A virtual machine.

    ``backup_seconds`` and ``merge`` let a backup, or the merging of its checkpoints, be under way from the start.
    ``guardians`` gives it a virtual TPM whose certificate these hosts hold. ``write_rate`` is what it writes to its
    disks while it runs. ``id_of`` names a machine, described before, whose ID it has too, as a restored copy has.
    """

    name: str
    memory: Size
    folder: str
    state: Literal["Running", "Off", "Saved", "Paused"] = "Running"
    processors: int = 2
    usage: int = 0
    version: str = "10.0"
    generation: int = 2
    dirty_rate: Size = "20 MB/s"
    working_set: Size = "256 MB"
    write_rate: Size = "0.2 MB/s"
    age_days: float = 30
    notes: str = ""
    disks: list[DiskEntry] = []
    adapters: list[AdapterEntry] = []
    checkpoints: list[str] = []
    iso: str | None = None
    guardians: list[str] | None = None
    is_clustered: bool = False
    runs_on_any_processor: bool = False
    backup_seconds: float = 0
    merge: bool = False
    id_of: str | None = None


class DeviceEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A PCI device that can be given to machines; ``is_safe`` when it has a mitigation driver."""

    name: str
    instance_path: str
    location_path: str
    is_safe: bool = False


class GpuEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A GPU that can be divided into one of ``counts`` parts; at first it is divided into the last of them."""

    name: str
    memory: Size = "8 GB"
    counts: tuple[int, ...] = (1, 2, 4, 8)


class FibrePortEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A Fibre Channel port by its World Wide Names of 16 hexadecimal digits."""

    node: str
    port: str


class NicTeamEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A team of Windows itself, of physical adapters by their names."""

    name: str
    members: list[str]


class SmbChannelsEntry(msgspec.Struct, forbid_unknown_fields=True):
    """Channels to a file server, from these addresses of the host."""

    server: str
    addresses: list[str]


class HostEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A host; an empty ``domain`` puts it in a workgroup, None in the scenario's domain."""

    name: str
    memory: Size
    version: Literal["2012", "2012R2", "2016", "2019", "2022", "2025"] = "2022"
    domain: str | None = None
    language: Literal["en", "de"] = "en"
    processors: int = 16
    processor_maker: Literal["Intel", "AMD"] = "Intel"
    processor_level: int = 3
    utc_offset_hours: float = 0.0
    clock_ahead_minutes: float = 0.0
    link: Size = "1.1 GB/s"
    default_folder: str = "C:\\ProgramData\\Microsoft\\Windows\\Hyper-V"
    migration_enabled: bool = True
    maximum_live: int = 2
    maximum_storage: int = 2
    authentication: Literal["CredSSP", "Kerberos"] = "Kerberos"
    migration_networks: list[str] | None = None
    delegation: Literal["none", "kerberos", "any"] = "any"
    delegates_to: list[str] | None = None
    aliases: list[str] = []
    has_directory_module: bool = False
    wire: WireSettings = WireSettings()
    disturbances: list[Disturbance] = []
    closed_shell_cancels: bool = True
    progress_restarts: bool = True
    volumes: list[VolumeEntry] = []
    switches: list[SwitchEntry] = []
    interfaces: list[InterfaceEntry] = []
    machines: list[MachineEntry] = []
    cluster: str = ""
    nic_teams: list[NicTeamEntry] = []
    smb_channels: list[SmbChannelsEntry] = []
    multipath: list[tuple[str, str]] | None = None
    """Vendor and product of the hardware that multipath I/O has claimed; None: that feature was not added."""
    assignable_devices: list[DeviceEntry] = []
    partitionable_gpus: list[GpuEntry] = []
    video_adapters: list[str] = []
    fibre_channel_ports: list[FibrePortEntry] = []
    replica_server: ReplicaServerEntry | None = None
    certificates: list[CertificateEntry] = []
    leftovers: list[str] = []
    """Files that lie about from failed moves, of 1 GB each."""


class AccountEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A user besides the administrator, the same on every host."""

    user: str
    rights: Rights = "administrator"
    state: AccountState = "enabled"


class Scenario(msgspec.Struct, forbid_unknown_fields=True):
    """A scenario file: a domain, its users, hosts with everything on them, shares, clusters, replications.

    One that ``prepares_answers`` says again what it has said before (see lab.powershell.prepared).
    """

    title: str
    domain: str
    administrator: str
    hosts: list[HostEntry]
    shares: list[ShareEntry] = []
    accounts: list[AccountEntry] = []
    clusters: list[ClusterEntry] = []
    replications: list[ReplicationEntry] = []
    prepares_answers: bool = False


def available() -> list[str]:
    """The names of all scenarios that are files."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.toml"))


def read(name: str) -> Scenario:
    """The scenario called ``name``, the one in the file ``name`` when it ends in ``.toml``, or ``scale:HOSTSxVMS``.

    Raises ScenarioError.
    """
    if made := re.fullmatch(r"scale:(\d{1,4})x(\d{1,3})", name):
        return msgspec.convert(scale(int(made[1]), int(made[2])), Scenario)
    path = Path(name) if name.endswith(".toml") else Path(__file__).parent / f"{name}.toml"
    if not name.endswith(".toml") and name not in available():
        offered = ", ".join([*available(), "scale:HOSTSxVMS"])
        raise ScenarioError(f"There is no scenario {name!r}. There are: {offered}.")
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Scenario)
    except (OSError, msgspec.DecodeError) as error:
        raise ScenarioError(f"The scenario {path} cannot be read: {error}") from error


def size_in_bytes(text: str) -> int:
    """``"1.5 GB"`` in bytes; for a rate, bytes a second.

    Raises ScenarioError.
    """
    match = re.match(r"^([\d.]+) (MB|GB|TB)", text)
    if match is None:
        raise ScenarioError(f"{text!r} is no size such as '40 GB'.")
    return int(float(match[1]) * _UNITS[match[2]])
