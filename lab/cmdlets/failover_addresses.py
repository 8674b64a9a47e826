"""Get- and Set-VMNetworkAdapterFailoverConfiguration, and Test-VMNetworkAdapter."""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator

from lab.cmdlets.adapters import asked_adapters
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.targets import refuse_unsupported, reported
from lab.cmdlets.windows_errors import not_simulated
from lab.hyperv.changes import refusal, require_idle
from lab.hyperv.host import Host
from lab.hyperv.machine import NetworkAdapter, VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMNetworkAdapterFailoverConfiguration", "VirtualizationObject")
IPV4 = ("IPv4Address", "IPv4SubnetMask", "IPv4DefaultGateway", "IPv4PreferredDNSServer", "IPv4AlternateDNSServer")
IPV6 = (
    "IPv6Address",
    "IPv6SubnetPrefixLength",
    "IPv6DefaultGateway",
    "IPv6PreferredDNSServer",
    "IPv6AlternateDNSServer",
)
PROTOCOLS = {
    (False, False): ("None", 0),
    (True, False): ("IPv4", 4096),
    (False, True): ("IPv6", 4097),
    (True, True): ("IPv4IPv6", 4098),
}
"""ProtocolIFType with its numbers; the name of the last is assumed."""


def failover_record(adapter: NetworkAdapter, machine: VirtualMachine, host: Host) -> Record:
    """The addresses an adapter gets after a failover; the IPv6 prefix length is a text here."""
    held = adapter.failover
    protocol = PROTOCOLS["IPv4Address" in held, "IPv6Address" in held]
    properties: dict[str, Value] = {
        "VMName": machine.name,
        "VMNetworkAdapterName": adapter.name,
        "ProtocolIFType": hyperv_enum("ProtocolIFType", *protocol),
        **{name: held.get(name, "") for name in (*IPV4, *IPV6)},
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(TYPES, properties, TYPES[0], adapter)


@cmdlet("Get-VMNetworkAdapterFailoverConfiguration")
async def get_failover_configuration(call: Call) -> AsyncIterator[Value]:
    """The addresses that adapters get after a failover."""
    for adapter, machine in asked_adapters(call, "VMNetworkAdapterName"):
        yield failover_record(adapter, machine, call.host)


@cmdlet("Set-VMNetworkAdapterFailoverConfiguration")
async def set_failover_configuration(call: Call) -> AsyncIterator[Value]:
    """Set or clear the addresses that synthetic adapters get after a failover."""
    refuse_unsupported(call)
    for adapter, machine in asked_adapters(call, "VMNetworkAdapterName"):
        with reported(call):
            require_idle(machine, call.host)
            if adapter.is_legacy:
                raise refusal("failover_legacy", machine, call.host)
            adapter.failover = _changed(call, adapter, machine)
            if call.switch("Passthru"):
                yield failover_record(adapter, machine, call.host)


@cmdlet("Test-VMNetworkAdapter")
async def test_vm_network_adapter(call: Call) -> AsyncIterator[Value]:
    """No packets travel between simulated machines."""
    not_simulated(call, "Test-VMNetworkAdapter")
    yield  # nothing, ever: a cmdlet is a generator


def _changed(call: Call, adapter: NetworkAdapter, machine: VirtualMachine) -> dict[str, str]:
    """The addresses as they are to be; raises OperationFailed for one that is none."""
    held = dict(adapter.failover)
    for cleared, names in (("ClearFailoverIPv4Settings", IPV4), ("ClearFailoverIPv6Settings", IPV6)):
        if call.switch(cleared):
            held = {name: value for name, value in held.items() if name not in names}
    for name in (*IPV4, *IPV6):
        if name not in call.parameters:
            continue
        text = display_text(call.parameters[name])
        if not _is_valid(name, text):
            raise refusal("address_invalid", machine, call.host, parameter=name, address=text)
        held[name] = text
    return {name: value for name, value in held.items() if value}


def _is_valid(name: str, text: str) -> bool:
    if name == "IPv6SubnetPrefixLength":
        return text.isdecimal() and int(text) <= 128
    kind = ipaddress.IPv4Address if name.startswith("IPv4") else ipaddress.IPv6Address
    try:
        return not text or bool(str(kind(text)))
    except ValueError:
        return False
