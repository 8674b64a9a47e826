"""What of a host fails with what: network, file servers, paths to disks, the host itself, and its site.

Each layer is read with the cmdlets of Windows, and a feature that was not added has none: that is an answer. Names of
properties are those of the CIM classes; which team is behind a switch is told by the name of its adapter (assumed).
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import field

from core.amounts import duration_text
from core.clusters.picture import NODES, Node, NodeState
from core.estate.connection import HostKey
from core.estate.inventory import Inventory
from core.hyperv.disks import Asker
from core.hyperv.query import Question, Reading, ask
from core.hyperv.states import SwitchType
from core.language import _, ngettext
from core.powershell.command import command
from core.replicas.relationship import Relationship
from core.replicas.role import Role
from core.replicas.rules import NEVER_COPIED


class _Switch(msgspec.Struct, frozen=True, rename="pascal"):
    name: str
    switch_type: SwitchType
    description: str | None = field(name="NetAdapterInterfaceDescription", default=None)
    descriptions: tuple[str, ...] | str | None = field(name="NetAdapterInterfaceDescriptions", default=None)
    is_teamed: bool | None = field(name="EmbeddedTeamingEnabled", default=None)

    @property
    def adapters(self) -> tuple[str, ...]:
        """The descriptions of the physical adapters behind it."""
        told = (self.descriptions,) if isinstance(self.descriptions, str) else self.descriptions or ()
        return told if self.is_teamed else (self.description,) if self.description else ()


class _Adapter(msgspec.Struct, frozen=True, rename="pascal"):
    name: str
    interface_description: str
    status: str


class _Team(msgspec.Struct, frozen=True, rename="pascal"):
    name: str
    members: tuple[str, ...] | str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its members."""
        return (self.members,) if isinstance(self.members, str) else self.members or ()


class _Channel(msgspec.Struct, frozen=True, rename="pascal"):
    server_name: str
    client_ip_address: str


class _Hardware(msgspec.Struct, frozen=True, rename="pascal"):
    vendor_id: str
    product_id: str


_SWITCHES = Question("switches", command("Get-VMSwitch"), _Switch)
_ADAPTERS = Question("adapters", command("Get-NetAdapter"), _Adapter)
_TEAMS = Question("teams", command("Get-NetLbfoTeam"), _Team)
_CHANNELS = Question("channels", command("Get-SmbMultichannelConnection"), _Channel)
_HARDWARE = Question("hardware", command("Get-MSDSMSupportedHW"), _Hardware)


class Layer(enum.Enum):
    """What stands between a failure and the machines."""

    NETWORK = "network"
    FILE_SERVERS = "file servers"
    DISKS = "disks"
    HOST = "host"
    SITE = "site"

    @property
    def word(self) -> str:
        """The layer in words."""
        return {
            Layer.NETWORK: _("Network adapters"),
            Layer.FILE_SERVERS: _("File servers (SMB Multichannel)"),
            Layer.DISKS: _("Paths to disks (multipath I/O)"),
            Layer.HOST: _("The host (failover cluster)"),
            Layer.SITE: _("The site (Hyper-V Replica)"),
        }[self]


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing of a layer, and what becomes of it when a part of it fails; ``machines`` are those that it concerns.

    ``is_redundant`` is None where there is nothing that could fail twice.
    """

    layer: Layer
    is_redundant: bool | None
    sentence: str
    machines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a host tells of what it has twice."""

    host: HostKey
    switches: tuple[_Switch, ...]
    adapters: tuple[_Adapter, ...]
    teams: tuple[_Team, ...]
    channels: tuple[_Channel, ...]
    hardware: tuple[_Hardware, ...] | None
    nodes: tuple[Node, ...]


async def read_redundancy(asker: Asker, host: HostKey) -> Facts:
    """What the host tells. Raises RemotingError when it cannot be asked, and UnexpectedAnswer."""
    answer = await asker(ask((_SWITCHES, _ADAPTERS, _TEAMS, _CHANNELS, _HARDWARE, NODES)))
    reading = Reading.of(answer.output)
    lacks_multipath = any("Get-MSDSMSupportedHW" in (error.target or error.cmdlet) for error in answer.errors)
    return Facts(
        host,
        reading.records(_SWITCHES),
        reading.records(_ADAPTERS),
        reading.records(_TEAMS),
        reading.records(_CHANNELS),
        None if lacks_multipath else reading.records(_HARDWARE),
        reading.records(NODES),
    )


def standings(facts: Facts, inventory: Inventory, relationships: Sequence[Relationship]) -> tuple[Standing, ...]:
    """What of a host fails with what, the nearest layer first."""
    return (
        *_network(facts, inventory),
        *_file_servers(facts),
        *_disks(facts),
        _of_host(facts, inventory),
        *_site(facts, inventory, relationships),
    )


def _network(facts: Facts, inventory: Inventory) -> Iterator[Standing]:
    for switch in facts.switches:
        if switch.switch_type is not SwitchType.EXTERNAL:
            continue
        names, up = _behind(switch, facts)
        machines = _machines_on(switch.name, inventory)
        told = {"switch": switch.name, "adapters": ", ".join(names), "host": facts.host.name, "count": len(up)}
        if len(up) > 1:
            text = _("The switch {switch} has {count} adapters that work ({adapters}): one of them may fail.")
        elif len(names) > 1:
            text = _("Of the adapters of the switch {switch} ({adapters}) only {count} works: its loss cuts it off.")
        elif names:
            text = _("If the adapter {adapters} fails, the switch {switch} of {host} is cut off.")
        else:
            text = _("Which adapter the switch {switch} of {host} uses is not known.")
        yield Standing(Layer.NETWORK, len(up) > 1 if names else None, text.format(**told), machines)


def _behind(switch: _Switch, facts: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the physical adapters behind a switch, and of those that work."""
    by_description = {adapter.interface_description: adapter for adapter in facts.adapters}
    by_name = {adapter.name: adapter for adapter in facts.adapters}
    found: list[_Adapter] = []
    for description in switch.adapters:
        adapter = by_description.get(description)
        if adapter is None:
            continue
        team = next((team for team in facts.teams if adapter.name in (team.name, *team.names)), None)
        members = team.names if team is not None else (adapter.name,)
        found += [by_name[name] for name in members if name in by_name]
    return (
        tuple(adapter.name for adapter in found),
        tuple(adapter.name for adapter in found if adapter.status.lower() == "up"),
    )


def _file_servers(facts: Facts) -> Iterator[Standing]:
    for server in dict.fromkeys(channel.server_name for channel in facts.channels):
        own = {channel.client_ip_address for channel in facts.channels if channel.server_name == server}
        names = {"server": server, "count": len(own)}
        text = _("{server} is reached from one address: its loss cuts the storage there off.")
        if len(own) > 1:
            text = _("{server} is reached from {count} addresses: one of them may fail.")
        yield Standing(Layer.FILE_SERVERS, len(own) > 1, text.format(**names))
    if not facts.channels:
        yield Standing(Layer.FILE_SERVERS, None, _("No storage on a file server is in use."))


def _disks(facts: Facts) -> Iterator[Standing]:
    if facts.hardware is None:
        text = _("Multipath I/O was not added: disks in a storage network are lost with their one path.")
        yield Standing(Layer.DISKS, False, text)
    elif not facts.hardware:
        yield Standing(Layer.DISKS, False, _("Multipath I/O was added, and has claimed no hardware."))
    else:
        names = ", ".join(f"{each.vendor_id.strip()} {each.product_id.strip()}" for each in facts.hardware)
        text = _("Multipath I/O has claimed: {hardware}. One of its paths may fail.")
        yield Standing(Layer.DISKS, True, text.format(hardware=names))


def _of_host(facts: Facts, inventory: Inventory) -> Standing:
    others = [node for node in facts.nodes if node.name.lower() != inventory.host.name.lower()]
    up = [node.name for node in others if node.state is NodeState.UP]
    outside = tuple(machine.name for machine in inventory.machines if not machine.is_clustered)
    names = {"host": facts.host.name, "nodes": ", ".join(up), "machines": len(outside)}
    if not facts.nodes:
        text = _("{host} is in no failover cluster: if it fails, its virtual machines stop until it is back.")
        return Standing(Layer.HOST, False, text.format(**names), outside)
    if not up:
        text = _("{host} is in a failover cluster, and no other node is up: if it fails, its machines stop.")
        return Standing(Layer.HOST, False, text.format(**names), tuple(each.name for each in inventory.machines))
    if outside:
        text = _("Clustered machines start again on {nodes} if {host} fails; {machines} are not clustered and stop.")
        return Standing(Layer.HOST, False, text.format(**names), outside)
    text = _("If {host} fails, its machines start again on {nodes}.")
    return Standing(Layer.HOST, True, text.format(**names))


def _site(facts: Facts, inventory: Inventory, relationships: Sequence[Relationship]) -> Iterator[Standing]:
    safe: set[str] = set()
    sent = (each for each in relationships if not each.is_extension and each.sender is not None)
    for relationship in sent:
        sender = relationship.sender
        if sender is None or sender.host != facts.host or sender.state in NEVER_COPIED:
            continue
        safe.add(relationship.machine_name)
        age = relationship.age
        told = {"machine": relationship.machine_name, "replica": relationship.replica_name}
        text = _("{machine} can go on at {replica}.")
        if age is not None:
            text = _("{machine} can go on at {replica}, without what was written in the last {age}.")
            told["age"] = duration_text(age)
        yield Standing(Layer.SITE, True, text.format(**told), (relationship.machine_name,))
    replicas = {side.machine_id for each in relationships for side in each.known if _receives(side.role)}
    lost = tuple(
        machine.name
        for machine in inventory.machines
        if machine.name not in safe and machine.machine_id not in replicas
    )
    if lost:
        text = ngettext(
            "{count} virtual machine has no replica: it is lost with the site.",
            "{count} virtual machines have no replica: they are lost with the site.",
            len(lost),
        )
        yield Standing(Layer.SITE, False, text.format(count=len(lost)), lost)


def _receives(role: Role) -> bool:
    return not role.sends


def _machines_on(switch: str, inventory: Inventory) -> tuple[str, ...]:
    on = {adapter.machine_id for adapter in inventory.adapters if (adapter.switch_name or "") == switch}
    return tuple(machine.name for machine in inventory.machines if machine.machine_id in on)
