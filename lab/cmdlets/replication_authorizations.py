"""New-, Get-, Set- and Remove-VMReplicationAuthorizationEntry."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.failures import not_found
from lab.cmdlets.targets import listed, refuse_unsupported, reported
from lab.hyperv.host import Host
from lab.hyperv.replication.server import AuthorizationEntry
from lab.hyperv.replication.server_change import add_entry, require_entry
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import matches

TYPES = hyperv_types("VMReplicationAuthorizationEntry", "VirtualizationObject")


def entry_record(entry: AuthorizationEntry, host: Host) -> Record:
    """An entry as Get-VMReplicationAuthorizationEntry prints it."""
    properties: dict[str, Value] = {
        "AllowedPrimaryServer": entry.primary,
        "ReplicaStorageLocation": entry.storage_location,
        "TrustGroup": entry.trust_group,
        "AllowedPS": entry.primary,
        "StorageLoc": entry.storage_location,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(TYPES, properties, f"VMReplicationAuthorizationEntry ({entry.primary})", entry)


@cmdlet("New-VMReplicationAuthorizationEntry")
async def new_entry(call: Call) -> AsyncIterator[Value]:
    """Allow a primary server, or all of a domain, to replicate here."""
    refuse_unsupported(call)
    names = ("AllowedPrimaryServer", "ReplicaStorageLocation", "TrustGroup")
    entry = AuthorizationEntry(*(display_text(call.parameters[name]) for name in names))
    with reported(call):
        add_entry(entry, call.host, call.runspace.caller)
        yield entry_record(entry, call.host)


@cmdlet("Get-VMReplicationAuthorizationEntry")
async def get_entry(call: Call) -> AsyncIterator[Value]:
    """The entries, narrowed by server, location and trust group."""
    for entry in call.host.replication.server.entries:
        record = entry_record(entry, call.host)
        given = {name: call.parameters[name] for name in list(record.properties)[:3] if name in call.parameters}
        if all(matches(display_text(value), display_text(record.get(name))) for name, value in given.items()):
            yield record


@cmdlet("Set-VMReplicationAuthorizationEntry")
async def set_entry(call: Call) -> AsyncIterator[Value]:
    """Give entries another storage location or trust group; replicas that are there stay where they are."""
    refuse_unsupported(call)
    for entry in list(_asked(call)):
        with reported(call):
            location = display_text(call.parameters.get("ReplicaStorageLocation", entry.storage_location))
            group = display_text(call.parameters.get("TrustGroup", entry.trust_group))
            wanted = dataclasses.replace(entry, storage_location=location, trust_group=group)
            require_entry(wanted, call.host, call.runspace.caller)
            entry.storage_location, entry.trust_group = location, group
            if call.switch("Passthru"):
                yield entry_record(entry, call.host)


@cmdlet("Remove-VMReplicationAuthorizationEntry")
async def remove_entry(call: Call) -> AsyncIterator[Value]:
    """Remove entries: those servers replicate here no more."""
    refuse_unsupported(call)
    for entry in list(_asked(call)):
        call.host.replication.server.entries.remove(entry)
        if call.switch("Passthru"):
            yield entry_record(entry, call.host)


def _asked(call: Call) -> Iterator[AuthorizationEntry]:
    """The entries that objects, a server or (Remove only) a trust group stand for; none of them is an error."""
    entries = call.host.replication.server.entries
    for value in listed(call.parameters.get("VMReplicationAuthorizationEntry")):
        found = value.subject if isinstance(value, Record) else None
        if isinstance(found, AuthorizationEntry) and found in entries:
            yield found
        else:
            call.error(not_found(call, "entry_unknown", display_text(value)))
    wanted = call.parameters.get("AllowedPrimaryServer")
    by_group = call.parameters.get("TrustGroup") if wanted is None and call.parameter_set == "TrustGroup" else None
    for name, attribute in ((wanted, "primary"), (by_group, "trust_group")):
        if name is None:
            continue
        fitting = [entry for entry in entries if matches(display_text(name), getattr(entry, attribute))]
        if not fitting:
            call.error(not_found(call, "entry_unknown", name))
        yield from fitting
