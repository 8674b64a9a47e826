"""Get- and Set-VMComPort."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from lab.cmdlets.checkpoints import asked_settings
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.failures import error_of
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import listed, reported
from lab.hyperv.changes import refusal, require_off
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.settings import ComPort
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMComPort", "VMDevice", "VMComponentObject", "VirtualizationObject")
_PIPE = re.compile(r"\\\\[^\\]+\\pipe\\.+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class MachinePort:
    """A port of a machine, which a record of it stands for; ``number`` is 1 or 2."""

    machine: VirtualMachine
    number: int


def com_port_record(machine: VirtualMachine, number: int, host: Host) -> Record:
    """A serial port as Get-VMComPort prints it."""
    port = machine.com_ports[number - 1]
    properties: dict[str, Value] = {
        "Path": port.path,
        "DebuggerMode": hyperv_enum("OnOffState", *(("On", 0) if port.is_for_debugger else ("Off", 1))),
        "Name": f"COM {number}",
        "Id": f"Microsoft:{machine.machine_id}\\8E3A359F-559A-4B6A-98A9-1690A6100ED7\\{number - 1}".upper(),
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    if host.is_old:
        del properties["DebuggerMode"]
    text = f"VMComPort (Name = 'COM {number}') [VMName = '{machine.name}']"
    return Record(TYPES, properties, text, MachinePort(machine, number))


@cmdlet("Get-VMComPort")
async def get_vm_com_port(call: Call) -> AsyncIterator[Value]:
    """The two serial ports of machines and checkpoints, or the one with -Number."""
    for port in _asked(call):
        yield com_port_record(port.machine, port.number, call.host)


@cmdlet("Set-VMComPort")
async def set_vm_com_port(call: Call) -> AsyncIterator[Value]:
    """Put a named pipe behind serial ports, or (an empty -Path) nothing, while the machines are off."""
    for port in _asked(call):
        machine, ports = port.machine, list(port.machine.com_ports)
        with reported(call):
            require_off(machine, call.host)
            ports[port.number - 1] = _changed(call, ports[port.number - 1], machine)
            machine.com_ports = (ports[0], ports[1])
            if call.switch("Passthru"):
                yield com_port_record(machine, port.number, call.host)


def _changed(call: Call, port: ComPort, machine: VirtualMachine) -> ComPort:
    """The port with what the call says of it; raises OperationFailed for a path that names no pipe."""
    if "Path" in call.parameters:
        path = display_text(call.parameters["Path"])
        if path and not _PIPE.fullmatch(path):
            raise refusal("pipe_invalid", machine, call.host, path=path)
        port = dataclasses.replace(port, path=path)
    if "DebuggerMode" in call.parameters:
        port = dataclasses.replace(port, is_for_debugger=display_text(call.parameters["DebuggerMode"]) == "On")
    return port


def _asked(call: Call) -> Iterator[MachinePort]:
    for value in listed(call.parameters.get("VMComPort")):
        if isinstance(value, Record) and isinstance(value.subject, MachinePort):
            yield value.subject
    number = integer(call, "Number")
    for machine in asked_settings(call):
        if number is None:
            yield from (MachinePort(machine, each) for each in (1, 2))
        elif number in (1, 2):
            yield MachinePort(machine, int(number))
        else:
            call.error(error_of(call, refusal("com_port_unknown", machine, call.host, number=number), number))
