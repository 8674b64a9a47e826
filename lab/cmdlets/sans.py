"""Get-, New-, Set-, Remove- and Rename-VMSan, Connect- and Disconnect-VMSan."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator

from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.failures import not_found
from lab.cmdlets.targets import listed, reported
from lab.hyperv.fibre_channel import find_san, host_ports, new_san, remove_san
from lab.hyperv.hardware import FibrePort, San
from lab.hyperv.host import Host
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

TYPES = hyperv_types("VMSan", "VMResourcePool", "VirtualizationObject")
PORT_TYPES = ("Microsoft.Management.Infrastructure.CimInstance", "System.Object")


def san_record(san: San, host: Host) -> Record:
    """A virtual SAN as Get-VMSan prints it."""
    ports: list[Value] = [_port_record(port) for port in san.ports]
    properties: dict[str, Value] = {
        "Name": san.name,
        "Note": san.note,
        "HostBusAdapters": ports,
        "ComputerName": host.name,
        "IsDeleted": san not in host.hardware.sans,
    }
    return Record(TYPES, properties, f"VMSan (Name = '{san.name}')", san)


def _port_record(port: FibrePort) -> Record:
    properties: dict[str, Value] = {
        "NodeAddress": port.node,
        "PortAddress": port.port,
        "ConnectionType": "Fibre Channel",
    }
    return Record(PORT_TYPES, properties, port.port, port)


@cmdlet("Get-VMSan")
async def get_vm_san(call: Call) -> AsyncIterator[Value]:
    """The virtual SANs, all or by name (with wildcards)."""
    for name in map(display_text, listed(call.parameters.get("Name"))) if "Name" in call.parameters else ["*"]:
        found = [san for san in call.host.hardware.sans if matches(name, san.name)]
        if not found and not has_wildcards(name):
            call.error(not_found(call, "san_unknown", name))
        for san in found:
            yield san_record(san, call.host)


@cmdlet("New-VMSan")
async def new_vm_san(call: Call) -> AsyncIterator[Value]:
    """Make a virtual SAN of Fibre Channel ports of the host."""
    with reported(call):
        name, note = (display_text(call.parameters.get(part)) for part in ("Name", "Note"))
        yield san_record(new_san(name, note, _ports(call), call.host), call.host)


@cmdlet("Set-VMSan")
async def set_vm_san(call: Call) -> AsyncIterator[Value]:
    """Give a virtual SAN another note or other ports."""
    with reported(call):
        san = find_san(display_text(call.parameters["Name"]), call.host)
        ports = _ports(call)
        if {"HostBusAdapter", "WorldWideNodeName"} & set(call.parameters):
            san.ports = ports
        if "Note" in call.parameters:
            san.note = display_text(call.parameters["Note"])
        if call.switch("Passthru"):
            yield san_record(san, call.host)


@cmdlet("Connect-VMSan")
async def connect_vm_san(call: Call) -> AsyncIterator[Value]:
    """Add ports to a virtual SAN."""
    with reported(call):
        san = find_san(display_text(call.parameters["Name"]), call.host)
        for port in _ports(call):
            if port in san.ports:
                raise failed("port_in_san", call.host.language, name=san.name, port=port.port)
            san.ports.append(port)
        if call.switch("Passthru"):
            yield san_record(san, call.host)


@cmdlet("Disconnect-VMSan")
async def disconnect_vm_san(call: Call) -> AsyncIterator[Value]:
    """Take ports from a virtual SAN."""
    with reported(call):
        san = find_san(display_text(call.parameters["Name"]), call.host)
        for port in _ports(call):
            if port not in san.ports:
                raise failed("port_not_in_san", call.host.language, name=san.name, port=port.port)
            san.ports.remove(port)
        if call.switch("Passthru"):
            yield san_record(san, call.host)


@cmdlet("Remove-VMSan")
async def remove_vm_san(call: Call) -> AsyncIterator[Value]:
    """Remove virtual SANs that no machine uses."""
    for name in map(display_text, listed(call.parameters["Name"])):
        with reported(call, name):
            san = find_san(name, call.host)
            remove_san(san, call.host)
            if call.switch("Passthru"):
                yield san_record(san, call.host)


@cmdlet("Rename-VMSan")
async def rename_vm_san(call: Call) -> AsyncIterator[Value]:
    """Give a virtual SAN another name; the adapters on it stay there."""
    with reported(call):
        san, name = find_san(display_text(call.parameters["Name"]), call.host), display_text(call.parameters["NewName"])
        if call.host.hardware.find_san(name) not in (None, san):
            raise failed("san_exists", call.host.language, name=name)
        for machine in call.host.machines.values():
            machine.hbas = tuple(
                dataclasses.replace(hba, san=name) if hba.san == san.name else hba for hba in machine.hbas
            )
        san.name = name
        if call.switch("Passthru"):
            yield san_record(san, call.host)


def _ports(call: Call) -> list[FibrePort]:
    """The ports that -HostBusAdapter or the World Wide Names stand for; raises OperationFailed."""
    nodes, ports = (
        [display_text(value) for value in listed(call.parameters.get(name))]
        for name in ("WorldWideNodeName", "WorldWidePortName")
    )
    if len(nodes) != len(ports):
        raise failed("wwn_pairs", call.host.language)
    names = list(zip(nodes, ports, strict=True))
    for value in listed(call.parameters.get("HostBusAdapter")):
        if isinstance(value, Record):
            names.append((display_text(value.get("NodeAddress")), display_text(value.get("PortAddress"))))
    return host_ports(names, call.host)
