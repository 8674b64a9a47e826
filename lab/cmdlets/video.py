"""Get- and Set-VMVideo, Enable- and Disable-VMConsoleSupport."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.checkpoints import asked_settings
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.machines import machine_record
from lab.cmdlets.targets import asked_machines, listed, machine_of, reported
from lab.hyperv.changes import refusal, require_off, require_range
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, UnsignedInt, Value, display_text

TYPES = hyperv_types("VMVideo", "VMDevice", "VMComponentObject", "VirtualizationObject")
RESOLUTION_TYPES = {"Maximum": 2, "Single": 3, "Default": 4}
"""ResolutionType with its numbers (assumed)."""
BOUNDS = {"HorizontalResolution": (640, 7680), "VerticalResolution": (480, 4320)}
"""Pixels (assumed)."""


def video_record(machine: VirtualMachine, host: Host) -> Record:
    """The display of a machine as Get-VMVideo prints it."""
    video = machine.video
    kind = video.resolution_type
    properties: dict[str, Value] = {
        "ResolutionType": hyperv_enum("ResolutionType", kind, RESOLUTION_TYPES[kind]),
        "HorizontalResolution": UnsignedInt(video.horizontal),
        "VerticalResolution": UnsignedInt(video.vertical),
        "Name": "Grafik" if host.language == "de" else "Video",
        "Id": f"Microsoft:{machine.machine_id}\\58F75A6D-D949-4320-99E1-A2A2576D581C".upper(),
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(TYPES, properties, f"VMVideo [VMName = '{machine.name}']", machine)


@cmdlet("Get-VMVideo")
async def get_vm_video(call: Call) -> AsyncIterator[Value]:
    """The displays of machines and checkpoints; one without console support has none."""
    for machine in asked_settings(call):
        if machine.has_console:
            yield video_record(machine, call.host)


@cmdlet("Set-VMVideo")
async def set_vm_video(call: Call) -> AsyncIterator[Value]:
    """Change the resolution that machines which are off offer."""
    for machine in _asked(call):
        with reported(call):
            require_off(machine, call.host)
            video = machine.video
            sizes = {name: integer(call, name) for name in BOUNDS}
            for name, size in sizes.items():
                if size is not None:
                    require_range(machine, call.host, name, size, *BOUNDS[name])
            horizontal, vertical = sizes.values()
            machine.video = dataclasses.replace(
                video,
                resolution_type=display_text(call.parameters.get("ResolutionType", video.resolution_type)),
                horizontal=video.horizontal if horizontal is None else int(horizontal),
                vertical=video.vertical if vertical is None else int(vertical),
            )
            if call.switch("Passthru"):
                yield video_record(machine, call.host)


def _asked(call: Call) -> Iterator[VirtualMachine]:
    yield from asked_settings(call)
    yield from map(machine_of, listed(call.parameters.get("VMVideo")))


@cmdlet("Enable-VMConsoleSupport")
async def enable_vm_console_support(call: Call) -> AsyncIterator[Value]:
    """Give machines keyboard, mouse and display again."""
    async for value in _set_console(call, on=True):
        yield value


@cmdlet("Disable-VMConsoleSupport")
async def disable_vm_console_support(call: Call) -> AsyncIterator[Value]:
    """Take keyboard, mouse and display from machines of generation 2 (Microsoft's page of the cmdlet)."""
    async for value in _set_console(call, on=False):
        yield value


async def _set_console(call: Call, *, on: bool) -> AsyncIterator[Value]:
    for machine in asked_machines(call):
        with reported(call):
            if machine.generation != 2:
                names = {"command": call.syntax.name, "generation": machine.generation}
                raise refusal("wrong_generation", machine, call.host, **names)
            require_off(machine, call.host)
            machine.has_console = on
            if call.switch("Passthru"):
                yield machine_record(machine, call.host)
