"""Get-, Enable- and Disable-VMSwitchExtension, and Get-VMSystemSwitchExtension."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.failures import not_found
from lab.cmdlets.switches import asked_switches
from lab.cmdlets.targets import listed
from lab.hyperv.host import Host, VirtualSwitch
from lab.hyperv.switch_extensions import Extension, extensions, is_enabled, set_enabled
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

TYPES = hyperv_types("VMSwitchExtension", "VirtualizationObject")
SYSTEM_TYPES = hyperv_types("VMSystemSwitchExtension", "VirtualizationObject")
KINDS = {"Unknown": 0, "Capture": 1, "Filter": 2, "Forwarding": 3, "Monitoring": 4, "Native": 5}
"""VMSwitchExtensionType with its numbers (assumed)."""
VERSION = "10.0"


@dataclass(frozen=True, slots=True, eq=False)
class SwitchExtension:
    """An extension in a switch, which a record of it stands for."""

    switch: VirtualSwitch
    extension: Extension


def _properties(extension: Extension, host: Host) -> dict[str, Value]:
    return {
        "Id": str(extension.identifier).upper(),
        "Name": extension.name,
        "Vendor": "Microsoft",
        "Version": VERSION,
        "ExtensionType": hyperv_enum("VMSwitchExtensionType", extension.kind, KINDS[extension.kind]),
        "ComputerName": host.name,
        "IsDeleted": False,
    }


def extension_record(extension: Extension, switch: VirtualSwitch, host: Host) -> Record:
    """An extension of a switch as Get-VMSwitchExtension prints it."""
    enabled = is_enabled(extension, switch)
    properties: dict[str, Value] = {
        **_properties(extension, host),
        "ParentExtensionId": "",
        "ParentExtensionName": "",
        "SwitchId": switch.switch_id,
        "SwitchName": switch.name,
        "Enabled": enabled,
        "Running": enabled,
    }
    text = f"VMSwitchExtension (Name = '{extension.name}') [SwitchName = '{switch.name}']"
    return Record(TYPES, properties, text, SwitchExtension(switch, extension))


@cmdlet("Get-VMSystemSwitchExtension")
async def get_vm_system_switch_extension(call: Call) -> AsyncIterator[Value]:
    """The extensions that are installed on the host."""
    for extension in _named(call):
        text = f"VMSystemSwitchExtension (Name = '{extension.name}')"
        yield Record(SYSTEM_TYPES, _properties(extension, call.host), text, extension)


@cmdlet("Get-VMSwitchExtension")
async def get_vm_switch_extension(call: Call) -> AsyncIterator[Value]:
    """The extensions of switches."""
    named = list(_named(call))
    for switch in asked_switches(call, "VMSwitchName"):
        for extension in named:
            yield extension_record(extension, switch, call.host)


@cmdlet("Enable-VMSwitchExtension")
async def enable_vm_switch_extension(call: Call) -> AsyncIterator[Value]:
    """Switch extensions on, in all switches where none is named."""
    for found in list(_asked(call)):
        set_enabled(found.extension, found.switch, on=True)
        yield extension_record(found.extension, found.switch, call.host)


@cmdlet("Disable-VMSwitchExtension")
async def disable_vm_switch_extension(call: Call) -> AsyncIterator[Value]:
    """Switch extensions off, in all switches where none is named."""
    for found in list(_asked(call)):
        set_enabled(found.extension, found.switch, on=False)
        yield extension_record(found.extension, found.switch, call.host)


def _asked(call: Call) -> Iterator[SwitchExtension]:
    for value in listed(call.parameters.get("VMSwitchExtension")):
        if isinstance(value, Record) and isinstance(value.subject, SwitchExtension):
            yield value.subject
    if "Name" in call.parameters:
        named = list(_named(call))
        everywhere = not {"VMSwitch", "VMSwitchName"} & set(call.parameters)
        for switch in list(call.host.switches) if everywhere else asked_switches(call, "VMSwitchName"):
            yield from (SwitchExtension(switch, extension) for extension in named)


def _named(call: Call) -> Iterator[Extension]:
    """The extensions that -Name, with wildcards, means; a name that none has is an error."""
    known = extensions(call.host)
    for name in map(display_text, listed(call.parameters.get("Name"))) if "Name" in call.parameters else ["*"]:
        found = [extension for extension in known if matches(name, extension.name)]
        if not found and not has_wildcards(name):
            call.error(not_found(call, "extension_unknown", name))
        yield from found
