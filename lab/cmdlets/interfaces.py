"""Get-NetAdapter and Get-NetIPAddress: the physical network adapters of a host, and its own on virtual switches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import query_empty, refuse_parameters
from lab.hyperv.host import Host
from lab.hyperv.wiring import bindings, own_adapters
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, UnsignedInt, UnsignedLong, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

CIM = "Microsoft.Management.Infrastructure.CimInstance"
ADAPTER_TYPES = (f"{CIM}#ROOT/StandardCimv2/MSFT_NetAdapter", CIM, "System.Object")
ADDRESS_TYPES = (f"{CIM}#ROOT/StandardCimv2/MSFT_NetIPAddress", CIM, "System.Object")
FIRST_INDEX = 4
"""The interface index of the first adapter (assumed); the loopback interface has 1."""
VIRTUAL_SPEED = 10_000_000_000


@dataclass(frozen=True, slots=True)
class Adapter:
    """A network adapter as Windows sees it; ``address`` is None where it has none of its own."""

    index: int
    name: str
    description: str
    mac_address: str
    speed: int
    is_up: bool
    is_virtual: bool
    address: tuple[str, int] | None


def network_adapters(host: Host) -> list[Adapter]:
    """The physical adapters, then those of the host on its switches.

    The address of an adapter whose switch the host shares is that of the host's first adapter on the switch.
    """
    bound = bindings(host)
    shared: set[str] = set()
    taken = [interface for group in bound.values() for interface in group]
    found: list[Adapter] = []
    for interface in host.interfaces:
        is_taken = interface in taken
        address = None if is_taken else (interface.address, interface.prefix_length)
        found.append(
            Adapter(
                FIRST_INDEX + len(found),
                interface.name,
                interface.description,
                interface.mac_address,
                interface.speed,
                interface.is_up,
                False,
                address,
            )
        )
    for number, own in enumerate(own_adapters(host), start=1):
        switch = host.find_switch(own.switch or "")
        behind = next(iter(bound.get(switch, ())), None) if switch is not None else None
        is_first = own.switch not in shared
        shared.add(own.switch or "")
        found.append(
            Adapter(
                FIRST_INDEX + len(found),
                f"vEthernet ({own.name})",
                "Hyper-V Virtual Ethernet Adapter" + (f" #{number}" if number > 1 else ""),
                own.mac_address,
                behind.speed if behind else VIRTUAL_SPEED,
                behind.is_up if behind else True,
                True,
                (behind.address, behind.prefix_length) if behind and is_first else None,
            )
        )
    return found


@cmdlet("Get-NetAdapter")
async def get_net_adapter(call: Call) -> AsyncIterator[Value]:
    """The network adapters by name, description or index; -Physical leaves the virtual ones out."""
    refuse_parameters(call)
    adapters = [each for each in network_adapters(call.host) if not (call.switch("Physical") and each.is_virtual)]
    wanted: dict[str, Callable[[Adapter], str]] = {
        "Name": lambda adapter: adapter.name,
        "InterfaceDescription": lambda adapter: adapter.description,
        "InterfaceIndex": lambda adapter: str(adapter.index),
    }
    for parameter, text_of in wanted.items():
        for pattern in map(display_text, listed(call.parameters.get(parameter))):
            found = [adapter for adapter in adapters if matches(pattern, text_of(adapter))]
            if not found and not has_wildcards(pattern):
                call.error(query_empty(call, "MSFT_NetAdapter", parameter, pattern))
            for adapter in found:
                yield _adapter_record(adapter)
    if not set(wanted) & set(call.parameters):
        for adapter in adapters:
            yield _adapter_record(adapter)


@cmdlet("Get-NetIPAddress")
async def get_net_ip_address(call: Call) -> AsyncIterator[Value]:
    """The IPv4 addresses of the adapters and of the loopback interface; simulated hosts have no IPv6."""
    refuse_parameters(call, "AssociatedIPInterface", "PolicyStore")
    tests = {
        "IPAddress": "IPAddress",
        "InterfaceAlias": "InterfaceAlias",
        "InterfaceIndex": "InterfaceIndex",
        "AddressFamily": "AddressFamily",
        "PrefixLength": "PrefixLength",
        "AddressState": "AddressState",
        "PrefixOrigin": "PrefixOrigin",
    }
    asked = {
        name: [display_text(value) for value in listed(call.parameters[parameter])]
        for parameter, name in tests.items()
        if parameter in call.parameters
    }
    found = [
        record
        for record in _addresses(call.host)
        if all(any(matches(p, display_text(record.get(name))) for p in patterns) for name, patterns in asked.items())
    ]
    if asked and not found:
        name, patterns = next(iter(asked.items()))
        call.error(query_empty(call, "MSFT_NetIPAddress", name, patterns[0]))
    for record in found:
        yield record


def _adapter_record(adapter: Adapter) -> Record:
    mac = adapter.mac_address
    speed = adapter.speed if adapter.is_up else 0
    number = speed / 1_000_000_000
    properties: dict[str, Value] = {
        "Name": adapter.name,
        "InterfaceAlias": adapter.name,
        "InterfaceDescription": adapter.description,
        "ifIndex": UnsignedInt(adapter.index),
        "InterfaceIndex": UnsignedInt(adapter.index),
        "Status": "Up" if adapter.is_up else "Disconnected",
        "MacAddress": "-".join(mac[at : at + 2] for at in range(0, len(mac), 2)),
        "LinkSpeed": f"{number:g} Gbps" if speed >= 1_000_000_000 else f"{speed / 1_000_000:g} Mbps",
        "Speed": UnsignedLong(speed),
        "MediaConnectionState": "Connected" if adapter.is_up else "Disconnected",
        "Virtual": adapter.is_virtual,
        "HardwareInterface": not adapter.is_virtual,
        "PSComputerName": None,
    }
    return Record(ADAPTER_TYPES, properties, f'MSFT_NetAdapter (Name = "{adapter.name}")', adapter)


def _addresses(host: Host) -> Iterator[Record]:
    for adapter in network_adapters(host):
        if adapter.address is not None and adapter.is_up:
            address, prefix = adapter.address
            yield _address_record(address, prefix, adapter.index, adapter.name, "Manual")
    yield _address_record("127.0.0.1", 8, 1, "Loopback Pseudo-Interface 1", "WellKnown")


def _address_record(address: str, prefix: int, index: int, alias: str, origin: str) -> Record:
    properties: dict[str, Value] = {
        "IPAddress": address,
        "IPv4Address": address,
        "PrefixLength": prefix,
        "InterfaceIndex": UnsignedInt(index),
        "InterfaceAlias": alias,
        "AddressFamily": "IPv4",
        "AddressState": "Preferred",
        "Type": "Unicast",
        "PrefixOrigin": origin,
        "SuffixOrigin": origin,
        "SkipAsSource": False,
        "PSComputerName": None,
    }
    return Record(ADDRESS_TYPES, properties, address)
