"""Enable-VMReplication and Set-VMReplication."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import AsyncIterator
from typing import Any

from lab.cmdlets.machine_settings import integer
from lab.cmdlets.replications import asked_sides, replication_record
from lab.cmdlets.targets import asked_machines, listed, refuse_unsupported, reported, see_through
from lab.hyperv.changes import refusal
from lab.hyperv.files import key
from lab.hyperv.machine import DiskDrive
from lab.hyperv.replication import disk_set, enabling, initial_copy, reversal
from lab.hyperv.replication.connection import contacted
from lab.hyperv.replication.settings import Settings, require_schedule, require_valid
from lab.hyperv.replication.side import Place, Receiver, Sender, place_of
from lab.hyperv.replication.states import Authentication, ReplicationState
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

SWITCHES = {
    "CompressionEnabled": "compresses",
    "BypassProxyServer": "bypasses_proxy",
    "EnableWriteOrderPreservationAcrossDisks": "keeps_write_order",
    "ReplicateHostKvpItems": "copies_host_values",
    "AutoResynchronizeEnabled": "resynchronizes",
}
NUMBERS = {
    "ReplicaServerPort": "server_port",
    "ReplicationFrequencySec": "frequency",
    "RecoveryHistory": "history",
    "VSSSnapshotFrequencyHour": "consistent_hours",
}
TIMES = {"AutoResynchronizeIntervalStart": "window_start", "AutoResynchronizeIntervalEnd": "window_end"}
DEFAULT_PORTS = {Authentication.Kerberos: 80, Authentication.Certificate: 443}


@cmdlet("Enable-VMReplication")
async def enable_vm_replication(call: Call) -> AsyncIterator[Value]:
    """Enable replication of machines, or (-AsReplica) let machines be the basis of replicas."""
    refuse_unsupported(call)
    for machine in asked_machines(call):
        with reported(call):
            side: Sender | Receiver
            if call.switch("AsReplica"):
                allowed = display_text(call.parameters.get("AllowedPrimaryServer"))
                side = enabling.enable_as_replica(machine, call.host, allowed)
            else:
                server = display_text(call.parameters["ReplicaServerName"])
                wanted = enabling.Wanted(server, _changed(call, None), _excluded(call))
                side = enabling.enable(machine, call.host, wanted)
            if call.switch("Passthru"):
                yield replication_record(side)


@cmdlet("Set-VMReplication")
async def set_vm_replication(call: Call) -> AsyncIterator[Value]:
    """Change settings of a primary, reverse a replica that has failed over, or make an old primary a replica."""
    refuse_unsupported(call)
    for side in list(asked_sides(call)):
        with reported(call):
            if call.switch("Reverse"):
                changed: Sender | Receiver = await _reverse(call, side)
            elif call.switch("AsReplica"):
                changed = _to_replica(call, side)
            else:
                changed = _set(call, side)
            if call.switch("Passthru"):
                yield replication_record(changed)


async def _reverse(call: Call, side: Sender | Receiver) -> Sender:
    if not isinstance(side, Receiver):
        raise side.refuse("Reverse Replication")
    server = display_text(call.parameters.get("ReplicaServerName")) or side.primary_name
    direction = reversal.Direction(server, _changed(call, side.settings))
    at = call.parameters.get("InitialReplicationStartTime")
    job = reversal.reverse(side, direction)
    await see_through(call, job, "Set-VMReplication")
    sender = job.sender
    if sender is None:
        raise side.refuse("Reverse Replication")
    if sender.state is ReplicationState.ReadyForInitialReplication and (at is not None or call.switch("UseBackup")):
        moment = at if isinstance(at, datetime.datetime) else None
        initial_copy.begin(sender, at=moment, on_basis=call.switch("UseBackup"))
    return sender


def _to_replica(call: Call, side: Sender | Receiver) -> Receiver:
    if not isinstance(side, Sender):
        raise side.refuse("Change the replication mode to replica")
    return reversal.to_replica(side, display_text(call.parameters.get("AllowedPrimaryServer")))


def _set(call: Call, side: Sender | Receiver) -> Sender:
    """Change the settings of a side that sends; raises OperationFailed with nothing changed."""
    machine, host = side.machine, side.host
    if not isinstance(side, Sender):
        raise refusal("replication_not_applicable", machine, host, command=call.syntax.name)
    settings = _changed(call, side.settings)
    receiver = machine.replication.receiver if machine.replication is not None else None
    require_valid(settings, machine, host, side.relationship, receiver.settings if receiver is not None else None)
    moment = call.parameters.get("InitialReplicationStartTime")
    if isinstance(moment, datetime.datetime):
        side.require("Start Initial Replication", ReplicationState.ReadyForInitialReplication)
        require_schedule(moment, machine, host)
    server = display_text(call.parameters.get("ReplicaServerName", side.replica_name))
    asks_again = {"ReplicaServerName", "ReplicaServerPort", "AuthenticationType", "CertificateThumbprint"}
    if asks_again & set(call.parameters):
        contacted(host, server, settings, machine.machine_id)
    places = _replicated(call, side)
    if places is not None:
        disk_set.change(side, places)
    side.replica_name, side.settings = server, settings
    side.cycles.frequency_changed()
    if isinstance(moment, datetime.datetime):
        initial_copy.begin(side, at=moment, on_basis=call.switch("UseBackup"))
    return side


def _changed(call: Call, before: Settings | None) -> Settings:
    """The settings as the parameters make them, of new ones or those from ``before``."""
    given = call.parameters
    wanted = given.get("AuthenticationType")
    authentication = Authentication[display_text(wanted)] if wanted is not None else None
    if before is None:
        before = Settings(DEFAULT_PORTS[authentication or Authentication.Kerberos], Authentication.Kerberos)
    changes: dict[str, Any] = {field: given[name] for name, field in {**SWITCHES, **TIMES}.items() if name in given}
    changes |= {field: number for name, field in NUMBERS.items() if (number := integer(call, name)) is not None}
    if authentication is not None:
        changes["authentication"] = authentication
    if "CertificateThumbprint" in given:
        changes["thumbprint"] = display_text(given["CertificateThumbprint"])
    if call.switch("DisableVSSSnapshotReplication"):
        changes["consistent_hours"] = 0
    return dataclasses.replace(before, **changes)


def _excluded(call: Call) -> set[str]:
    """The paths of the disks that are left out."""
    paths = {display_text(value) for value in listed(call.parameters.get("ExcludedVhdPath"))}
    for value in listed(call.parameters.get("ExcludedVhd")):
        paths.add(display_text(value.get("Path")) if isinstance(value, Record) else display_text(value))
    return paths


def _replicated(call: Call, sender: Sender) -> list[Place] | None:
    """The places of the disks to replicate from now on, or None when nothing is said of them.

    Raises OperationFailed for one that the machine does not have.
    """
    if "ReplicatedDisks" not in call.parameters and "ReplicatedDiskPaths" not in call.parameters:
        return None
    drives: list[DiskDrive | None] = []
    for value in listed(call.parameters.get("ReplicatedDisks")):
        drive = value.subject if isinstance(value, Record) else None
        drives.append(drive if isinstance(drive, DiskDrive) and drive in sender.machine.drives else None)
    for path in map(display_text, listed(call.parameters.get("ReplicatedDiskPaths"))):
        attached = (d for d in sender.machine.drives if d.disk is not None and key(d.disk.path) == key(path))
        drives.append(next(attached, None))
    if None in drives:
        raise refusal("replication_disks", sender.machine, sender.host)
    return [place_of(drive) for drive in drives if drive is not None]
