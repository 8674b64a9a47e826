"""Get-VMReplication and Measure-VMReplication, and which relationships a call is about."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Iterator, Mapping

from lab.cmdlets.disks import drive_record
from lab.cmdlets.enumerations import enumeration, hyperv_types
from lab.cmdlets.failures import error_of
from lab.cmdlets.machines import machine_record
from lab.cmdlets.targets import asked_machines, listed
from lab.hyperv.changes import refusal
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import OperationFailed, failed
from lab.hyperv.replication.health import details, health
from lab.hyperv.replication.side import Receiver, Sender
from lab.hyperv.replication.states import Mode, Relationship, ReplicationType
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, UnsignedInt, UnsignedLong, Value, display_text
from lab.powershell.wildcards import matches

TYPES = hyperv_types("VMReplication", "VMReplicationBase", "VirtualizationObject")
HEALTH_TYPES = hyperv_types("VMReplicationHealth", "VMReplicationBase", "VirtualizationObject")
TASK_TYPES = hyperv_types("VMCurrentTask")


def replication_record(side: Sender | Receiver) -> Record:
    """One side as Get-VMReplication prints it; members as in module 2.0, with the aliases seen in output."""
    settings, host = side.settings, side.host
    sender = side if isinstance(side, Sender) else None
    shared = _shared(side)
    left_out = [drive for drive in side.machine.drives if drive not in side.drives()]
    properties: dict[str, Value] = {
        "AuthenticationType": enumeration(settings.authentication),
        "AutoResynchronizeEnabled": settings.resynchronizes,
        "AutoResynchronizeIntervalStart": settings.window_start,
        "AutoResynchronizeIntervalEnd": settings.window_end,
        "BypassProxyServer": settings.bypasses_proxy,
        "CertificateThumbprint": settings.thumbprint,
        "CompressionEnabled": settings.compresses,
        "EnableWriteOrderPreservationAcrossDisks": settings.keeps_write_order,
        "ExcludedDisks": [drive_record(drive, side.machine, host) for drive in left_out],
        "InitialReplicationStartTime": _local(sender.initial_at if sender else None, host),
        "RecoveryHistory": settings.history,
        "ReplicaServerPort": settings.server_port,
        "ReplicateHostKvpItems": settings.copies_host_values,
        "ReplicationFrequencySec": settings.frequency,
        "ResynchronizeStartTime": _local(sender.resynchronize_at if sender else None, host),
        "VSSSnapshotFrequencyHour": settings.consistent_hours,
        "VSSSnapshotReplicationEnabled": settings.consistent_hours > 0,
        **shared,
        "Name": side.machine.name,
        "State": shared["ReplicationState"],
        "Health": shared["ReplicationHealth"],
        "Mode": shared["ReplicationMode"],
        "Relationship": shared["ReplicationRelationshipType"],
        "FrequencySec": settings.frequency,
        "PrimaryServer": shared["PrimaryServerName"],
        "ReplicaServer": shared["ReplicaServerName"],
        "ReplicaPort": settings.server_port,
        "AuthType": enumeration(settings.authentication),
    }
    return Record(TYPES, properties, f"VMReplication (VMName = '{side.machine.name}')", side)


def health_record(side: Sender | Receiver) -> Record:
    """One side as Measure-VMReplication prints it; sizes in bytes."""
    host, statistics = side.host, side.statistics
    receiver = side if isinstance(side, Receiver) else None
    shared = _shared(side)
    pending = side.cycles.pending if isinstance(side, Sender) else 0
    average = statistics.average_latency
    properties: dict[str, Value] = {
        "CurrentTask": list(_tasks(side)),
        "MonitoringStartTime": _local(statistics.began, host),
        "MonitoringEndTime": host.local_time(),
        "LastReplicationType": enumeration(side.last_type),
        "FailedOverReplicationType": enumeration(
            receiver.failed_over_type if receiver is not None else ReplicationType.NoReplication
        ),
        "LastTestFailoverInitiatedTime": _local(receiver.last_test if receiver else None, host),
        "LastVSSSnapshotTime": _local(receiver.last_consistent if receiver else None, host),
        "InitialReplicationSize": UnsignedLong(side.initial_size if isinstance(side, Sender) else 0),
        "PendingReplicationSize": UnsignedLong(pending),
        "AverageReplicationSize": UnsignedLong(statistics.average_size),
        "MaximumReplicationSize": UnsignedLong(statistics.maximum_size),
        "AverageReplicationLatency": average,
        "MaximumReplicationLatency": statistics.maximum_latency if statistics.successes else None,
        "ReplicationErrors": UnsignedInt(statistics.errors),
        "SuccessfulReplicationCount": UnsignedInt(statistics.successes),
        "MissedReplicationCount": UnsignedInt(statistics.missed),
        "ReplicationHealthDetails": [*details(side)],
        **shared,
        "Name": side.machine.name,
        "State": shared["ReplicationState"],
        "Health": shared["ReplicationHealth"],
        "LReplTime": shared["LastReplicationTime"],
        "PReplSize": UnsignedLong(pending),
        "AvgLatency": average,
        "AvgReplSize": UnsignedLong(statistics.average_size),
        "Relationship": shared["ReplicationRelationshipType"],
    }
    return Record(HEALTH_TYPES, properties, f"VMReplicationHealth (VMName = '{side.machine.name}')", side)


@cmdlet("Get-VMReplication")
async def get_vm_replication(call: Call) -> AsyncIterator[Value]:
    """The relationships of this host's machines, narrowed; a machine without one is an error when it is named."""
    for side in _found(call):
        yield replication_record(side)


@cmdlet("Measure-VMReplication")
async def measure_vm_replication(call: Call) -> AsyncIterator[Value]:
    """Statistics and health of relationships."""
    for side in _found(call):
        yield health_record(side)


def asked_sides(call: Call) -> Iterator[Sender | Receiver]:
    """The sides that -VMReplication, or machines with -ReplicationRelationshipType, stand for.

    Without a type it is the first leg. A machine that is not replicated is an error of its own, in published words.
    """
    wanted = call.parameters.get("ReplicationRelationshipType")
    extended = wanted is not None and display_text(wanted) == Relationship.Extended.name
    for value in listed(call.parameters.get("VMReplication")):
        side = value.subject if isinstance(value, Record) else None
        if isinstance(side, Sender | Receiver) and side in call.host.replication.sides:
            yield side
        else:
            call.error(error_of(call, refusal_of_gone(call), value))
    for machine in asked_machines(call):
        replication = machine.replication
        found = None if replication is None else replication.extended if extended else replication.simple
        if found is None:
            call.error(error_of(call, not_applicable(call, machine)))
        else:
            yield found


def asked_senders(call: Call) -> Iterator[Sender]:
    """The sides that send: of a replica, the one that extends it; any other is an error of its own."""
    for side in asked_sides(call):
        replication = side.machine.replication
        senders = [side] if isinstance(side, Sender) else replication.senders if replication is not None else []
        if not senders:
            call.error(error_of(call, side.refuse(call.syntax.name)))
        yield from senders


def asked_receivers(call: Call) -> Iterator[Receiver]:
    """The sides that receive; any other is an error of its own."""
    for side in asked_sides(call):
        if isinstance(side, Receiver):
            yield side
        else:
            call.error(error_of(call, side.refuse(call.syntax.name)))


def not_applicable(call: Call, machine: VirtualMachine) -> OperationFailed:
    """The refusal of a cmdlet for a machine that is not replicated."""
    return refusal("replication_not_applicable", machine, call.host, command=call.syntax.name)


def refusal_of_gone(call: Call) -> OperationFailed:
    """The refusal of an object whose relationship has ended."""
    return failed("object_gone", call.host.language, host=call.host.name)


def _found(call: Call) -> Iterator[Sender | Receiver]:
    parameters = call.parameters
    if "VMName" in parameters or "VM" in parameters:
        sides: list[Sender | Receiver] = []
        for machine in asked_machines(call):
            if machine.replication is None or not machine.replication.sides:
                call.error(error_of(call, refusal("replication_not_found", machine, call.host)))
            else:
                sides += machine.replication.sides
    else:
        sides = [side for side in call.host.replication.sides if isinstance(side, Sender | Receiver)]
    yield from (side for side in sides if _fits(side, parameters))


def _fits(side: Sender | Receiver, parameters: Mapping[str, Value]) -> bool:
    record = _shared(side)
    for name in ("ReplicationHealth", "ReplicationMode", "ReplicationState", "ReplicationRelationshipType"):
        if name in parameters and display_text(parameters[name]) != display_text(record[name]):
            return False
    for name in ("PrimaryServerName", "ReplicaServerName"):
        wanted = parameters.get(name)
        if wanted is not None and not matches(display_text(wanted), display_text(record[name])):
            return False
    group = parameters.get("TrustGroup")
    return group is None or (isinstance(side, Receiver) and matches(display_text(group), side.trust_group))


def _shared(side: Sender | Receiver) -> dict[str, Value]:
    """What both records have; the mode is that of the machine, on both legs (assumed)."""
    machine, host = side.machine, side.host
    receiver = side if isinstance(side, Receiver) else None
    test = receiver.test_machine if receiver is not None else None
    mode = machine.replication.mode if machine.replication is not None else Mode.NotReplicated
    return {
        "AllowedPrimaryServer": receiver.allowed_primary if receiver is not None else "",
        "CurrentReplicaServerName": side.current_replica,
        "LastAppliedLogTime": _local(receiver.last_applied if receiver is not None else None, host),
        "LastReplicationTime": _local(side.last_replication, host),
        "PrimaryServerName": side.primary_name,
        "ReplicaServerName": side.replica_name,
        "ReplicatedDisks": [drive_record(drive, machine, host) for drive in side.drives()],
        "ReplicationHealth": enumeration(health(side)),
        "ReplicationMode": enumeration(mode),
        "ReplicationRelationshipType": enumeration(side.relationship),
        "ReplicationState": enumeration(side.state),
        "TestVirtualMachine": machine_record(test, host) if test is not None else None,
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": False,
    }


def _tasks(side: Sender | Receiver) -> Iterator[Value]:
    """The job under way on a side; what the members of a task are called is assumed."""
    if side.job is not None:
        properties: dict[str, Value] = {"Name": side.job.words, "PercentComplete": side.job.percent}
        yield Record(TASK_TYPES, properties, f"{side.job.words} ({side.job.percent}%)")


def _local(moment: datetime.datetime | None, host: Host) -> datetime.datetime | None:
    return None if moment is None else moment.astimezone(host.local_time().tzinfo)
