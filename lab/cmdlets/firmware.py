"""Get-VMFirmware and Set-VMFirmware, for generation 2; Get-VMBios and Set-VMBios, for generation 1."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.checkpoints import asked_settings
from lab.cmdlets.disks import drive_record
from lab.cmdlets.dvd_drives import dvd_record
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.networks import adapter_record
from lab.cmdlets.targets import listed, machine_of, reported
from lab.hyperv.changes import refusal, require_off
from lab.hyperv.host import Host
from lab.hyperv.machine import DiskDrive, DvdDrive, NetworkAdapter, VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TEMPLATES = {
    "MicrosoftWindows": uuid.UUID("1734c6e8-3154-4dda-ba5f-a874cc483422"),
    "MicrosoftUEFICertificateAuthority": uuid.UUID("272e7447-90a4-4563-a4b9-8e4ab00526ce"),
    "OpenSourceShieldedVM": uuid.UUID("4292ae2b-ee2c-42b5-a969-dd8f8689f6f3"),
}
"""The Secure Boot templates with their IDs (Windows Server documentation; the IDs from field reports)."""
ON_OFF = {True: ("On", 0), False: ("Off", 1)}
CONSOLE_MODES = {"Default": 0, "COM1": 1, "COM2": 2, "None": 3}
PROTOCOLS = {"IPv4": 4096, "IPv6": 4097}
BOOT_DEVICES = {"Floppy": 0, "CD": 1, "IDE": 2, "LegacyNetworkAdapter": 3, "NetworkAdapter": 4, "VHD": 5}


def boot_devices(machine: VirtualMachine) -> list[object]:
    """What the firmware tries to start from, in order."""
    devices = [*machine.drives, *machine.dvd_drives, *machine.adapters]
    chosen = [device for device in machine.firmware.boot_order if device in devices]
    return [*chosen, *(device for device in devices if device not in chosen)]


def firmware_record(machine: VirtualMachine, host: Host) -> Record:
    """The firmware of a machine as Get-VMFirmware prints it."""
    settings = machine.firmware
    secure, pauses = (ON_OFF[value] for value in (settings.secure_boot, settings.pauses_after_failure))
    order: list[Value] = [_boot_source(device, machine, host) for device in boot_devices(machine)]
    properties: dict[str, Value] = {
        "SecureBoot": hyperv_enum("OnOffState", *secure),
        "BootOrder": order,
        "PreferredNetworkBootProtocol": hyperv_enum(
            "IPProtocolPreference", settings.network_protocol, PROTOCOLS[settings.network_protocol]
        ),
        "SecureBootTemplate": settings.template,
        "SecureBootTemplateId": TEMPLATES[settings.template],
        "ConsoleMode": hyperv_enum("ConsoleModeType", settings.console_mode, CONSOLE_MODES[settings.console_mode]),
        "PauseAfterBootFailure": hyperv_enum("OnOffState", *pauses),
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    if host.is_old:
        for name in ("SecureBootTemplate", "SecureBootTemplateId", "ConsoleMode", "PauseAfterBootFailure"):
            del properties[name]
    types = hyperv_types("VMFirmware", "VMComponentObject", "VirtualizationObject")
    return Record(types, properties, f"VMFirmware [VMName = '{machine.name}']", machine)


def _boot_source(device: object, machine: VirtualMachine, host: Host) -> Record:
    """An entry of the boot order, with its device."""
    kind, shown = ("Network", 2) if isinstance(device, NetworkAdapter) else ("Drive", 1), None
    if isinstance(device, DiskDrive):
        shown = drive_record(device, machine, host)
    elif isinstance(device, DvdDrive):
        shown = dvd_record(device, machine, host)
    elif isinstance(device, NetworkAdapter):
        shown = adapter_record(device, machine, host)
    properties: dict[str, Value] = {
        "BootType": hyperv_enum("BootSourceType", *kind),
        "Description": "EFI Network" if kind[0] == "Network" else "EFI SCSI Device",
        "Device": shown,
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
    }
    types = hyperv_types("VMBootSource", "VMComponentObject", "VirtualizationObject")
    return Record(types, properties, kind[0], device)


def bios_record(machine: VirtualMachine, host: Host) -> Record:
    """The BIOS of a machine as Get-VMBios prints it."""
    order: list[Value] = [hyperv_enum("BootDevice", name, BOOT_DEVICES[name]) for name in machine.bios.startup_order]
    properties: dict[str, Value] = {
        "NumLockEnabled": machine.bios.num_lock,
        "StartupOrder": order,
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    types = hyperv_types("VMBios", "VMComponentObject", "VirtualizationObject")
    return Record(types, properties, f"VMBios [VMName = '{machine.name}']", machine)


def _asked(call: Call) -> Iterator[VirtualMachine]:
    yield from asked_settings(call)
    for name in ("VMFirmware", "VMBios"):
        yield from map(machine_of, listed(call.parameters.get(name)))


def _require_generation(call: Call, machine: VirtualMachine, generation: int) -> None:
    if machine.generation != generation:
        raise refusal("wrong_generation", machine, call.host, command=call.syntax.name, generation=machine.generation)


@cmdlet("Get-VMFirmware")
async def get_vm_firmware(call: Call) -> AsyncIterator[Value]:
    """The firmware of machines of generation 2 and of their checkpoints."""
    for machine in _asked(call):
        with reported(call):
            _require_generation(call, machine, 2)
            yield firmware_record(machine, call.host)


@cmdlet("Set-VMFirmware")
async def set_vm_firmware(call: Call) -> AsyncIterator[Value]:
    """Change the firmware of machines that are off."""
    for machine in _asked(call):
        with reported(call):
            _require_generation(call, machine, 2)
            require_off(machine, call.host)
            template = _template(call, machine)
            order = _boot_order(call, machine)
            machine.firmware.template, machine.firmware.boot_order = template, order
            _change_firmware(call, machine)
            if call.switch("Passthru"):
                yield firmware_record(machine, call.host)


def _template(call: Call, machine: VirtualMachine) -> str:
    name, identifier = (call.parameters.get(key) for key in ("SecureBootTemplate", "SecureBootTemplateId"))
    if name is None and identifier is None:
        return machine.firmware.template
    wanted = display_text(identifier if name is None else name)
    for known, known_id in TEMPLATES.items():
        if wanted.lower() in (known.lower(), str(known_id)):
            return known
    raise refusal("secure_boot_template_unknown", machine, call.host, template=wanted)


def _boot_order(call: Call, machine: VirtualMachine) -> list[object]:
    given = call.parameters.get("BootOrder", call.parameters.get("FirstBootDevice"))
    chosen = [item.subject for item in listed(given) if isinstance(item, Record)]
    known = boot_devices(machine)
    if any(device not in known for device in chosen):
        raise refusal("not_a_boot_device", machine, call.host)
    return [*chosen, *(device for device in known if device not in chosen)]


def _change_firmware(call: Call, machine: VirtualMachine) -> None:
    settings = machine.firmware
    for name, value in call.parameters.items():
        text = display_text(value)
        match name:
            case "EnableSecureBoot":
                settings.secure_boot = text == "On"
            case "PauseAfterBootFailure":
                settings.pauses_after_failure = text == "On"
            case "PreferredNetworkBootProtocol":
                settings.network_protocol = text
            case "ConsoleMode":
                settings.console_mode = text
            case _:
                continue


@cmdlet("Get-VMBios")
async def get_vm_bios(call: Call) -> AsyncIterator[Value]:
    """The BIOS of machines of generation 1 and of their checkpoints."""
    for machine in _asked(call):
        with reported(call):
            _require_generation(call, machine, 1)
            yield bios_record(machine, call.host)


@cmdlet("Set-VMBios")
async def set_vm_bios(call: Call) -> AsyncIterator[Value]:
    """Change the BIOS of machines that are off."""
    for machine in _asked(call):
        with reported(call):
            _require_generation(call, machine, 1)
            require_off(machine, call.host)
            if call.switch("EnableNumLock") and call.switch("DisableNumLock"):
                raise refusal("num_lock_both", machine, call.host)
            if call.switch("EnableNumLock") or call.switch("DisableNumLock"):
                machine.bios.num_lock = call.switch("EnableNumLock")
            if "StartupOrder" in call.parameters:
                machine.bios.startup_order = tuple(map(display_text, listed(call.parameters["StartupOrder"])))
            if call.switch("Passthru"):
                yield bios_record(machine, call.host)
