"""Get-, Add-, Set- and Remove-VMMigrationNetwork: the subnets on which a host takes incoming migrations."""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator

from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import listed, refuse_unsupported, reported
from lab.hyperv.host import Host
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, UnsignedInt, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

TYPES = hyperv_types("VMMigrationNetwork", "VirtualizationObject")


def network_record(subnet: str, host: Host) -> Record:
    """A migration network; its priority is null when none was given."""
    priority = host.migration.priorities.get(subnet)
    properties: dict[str, Value] = {
        "Subnet": subnet,
        "Priority": None if priority is None else UnsignedInt(priority),
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(TYPES, properties, f"VMMigrationNetwork (Subnet = '{subnet}')", host)


@cmdlet("Get-VMMigrationNetwork")
async def get_vm_migration_network(call: Call) -> AsyncIterator[Value]:
    """The migration networks in order of preference, by subnet (with wildcards) or priority."""
    settings = call.host.migration
    patterns = [display_text(value) for value in listed(call.parameters.get("Subnet"))]
    priorities = listed(call.parameters.get("Priority"))
    for pattern in patterns:
        if not has_wildcards(pattern) and pattern not in settings.networks:
            with reported(call, pattern):
                raise failed("subnet_unknown", call.host.language, subnet=pattern)
    for subnet in list(settings.networks):
        if patterns and not any(matches(pattern, subnet) for pattern in patterns):
            continue
        if not priorities or settings.priorities.get(subnet) in priorities:
            yield network_record(subnet, call.host)


@cmdlet("Add-VMMigrationNetwork")
async def add_vm_migration_network(call: Call) -> AsyncIterator[Value]:
    """Add a subnet; it counts only while not every network may be used."""
    refuse_unsupported(call)
    host = call.host
    with reported(call):
        subnet = _valid(display_text(call.parameters["Subnet"]), host)
        if subnet in host.migration.networks:
            raise failed("subnet_there", host.language, subnet=subnet)
        host.migration.networks.append(subnet)
        _prioritize(subnet, integer(call, "Priority"), host)
        if call.switch("Passthru"):
            yield network_record(subnet, host)


@cmdlet("Set-VMMigrationNetwork")
async def set_vm_migration_network(call: Call) -> AsyncIterator[Value]:
    """Give a migration network another subnet or priority."""
    refuse_unsupported(call)
    host = call.host
    with reported(call):
        subnet = _known(display_text(call.parameters["Subnet"]), host)
        given = call.parameters.get("NewSubnet")
        changed = subnet if given is None else _valid(display_text(given), host)
        if changed != subnet and changed in host.migration.networks:
            raise failed("subnet_there", host.language, subnet=changed)
        before = host.migration.priorities.pop(subnet, None)
        host.migration.networks[host.migration.networks.index(subnet)] = changed
        priority = integer(call, "NewPriority")
        _prioritize(changed, before if priority is None else priority, host)
        if call.switch("Passthru"):
            yield network_record(changed, host)


@cmdlet("Remove-VMMigrationNetwork")
async def remove_vm_migration_network(call: Call) -> AsyncIterator[Value]:
    """Take migration networks away; wildcards may fit several."""
    refuse_unsupported(call)
    host = call.host
    pattern = display_text(call.parameters["Subnet"])
    with reported(call, pattern):
        found = [subnet for subnet in host.migration.networks if matches(pattern, subnet)]
        for subnet in found if has_wildcards(pattern) else [_known(pattern, host)]:
            record = network_record(subnet, host)
            host.migration.networks.remove(subnet)
            host.migration.priorities.pop(subnet, None)
            if call.switch("Passthru"):
                record.properties["IsDeleted"] = True
                yield record


def _valid(text: str, host: Host) -> str:
    """The subnet, or single address, in its usual spelling; raises OperationFailed when it is none."""
    try:
        if "/" in text:
            return str(ipaddress.ip_network(text, strict=False))
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise failed("subnet_invalid", host.language, subnet=text) from None


def _known(text: str, host: Host) -> str:
    if text not in host.migration.networks:
        raise failed("subnet_unknown", host.language, subnet=text)
    return text


def _prioritize(subnet: str, priority: int | None, host: Host) -> None:
    """Keep the networks in order: those with a priority first, the lowest number before the others."""
    settings = host.migration
    if priority is not None:
        settings.priorities[subnet] = int(priority)
    unranked = 1 << 32
    settings.networks.sort(key=lambda known: settings.priorities.get(known, unranked))
