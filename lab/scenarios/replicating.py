"""Builds what a scenario says of replication: servers, certificates, clusters, and relationships in any state."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from lab.hyperv.estate import Estate
from lab.hyperv.files import occupied
from lab.hyperv.host import Host
from lab.hyperv.machine import MachineState, VirtualMachine
from lab.hyperv.messages import OperationFailed
from lab.hyperv.replication import initial_copy, pausing, resynchronization
from lab.hyperv.replication.broker import Broker
from lab.hyperv.replication.certificates import CLIENT_AUTHENTICATION, SERVER_AUTHENTICATION, Certificate
from lab.hyperv.replication.connection import receiver_of
from lab.hyperv.replication.enabling import Wanted, enable
from lab.hyperv.replication.firewall import PORTS, FirewallRule, default_rules
from lab.hyperv.replication.receiving import require_ready
from lab.hyperv.replication.recovery_points import PointKind
from lab.hyperv.replication.server import AuthorizationEntry, ReplicaServer
from lab.hyperv.replication.settings import Settings
from lab.hyperv.replication.side import Receiver, Sender
from lab.hyperv.replication.states import AllowedAuthentication, Authentication, ReplicationState, ReplicationType

if TYPE_CHECKING:
    from lab.scenarios.replication_entries import CertificateEntry, ReplicaServerEntry, ReplicationEntry
    from lab.scenarios.scenario import Scenario

YEAR = datetime.timedelta(days=365)
ISSUER = "Contoso Issuing CA"
PURPOSES = {"client": CLIENT_AUTHENTICATION, "server": SERVER_AUTHENTICATION}


def add_replication(scenario: Scenario, estate: Estate) -> None:
    """Set everything up; firewalls are closed last, since relationships are older than that."""
    pairs = list(zip(scenario.hosts, estate.hosts, strict=True))
    for entry, host in pairs:
        host.replication.store.certificates += [_certificate(each, host) for each in entry.certificates]
        if entry.replica_server is not None:
            host.replication.server = _server(entry.replica_server, host)
            host.replication.rules = default_rules(listens=True)
            ports = (entry.replica_server.kerberos_port, entry.replica_server.certificate_port)
            host.replication.rules += [
                FirewallRule(f"Replica listener {port}", port, is_enabled=True)
                for port in ports
                if port not in PORTS.values()
            ]
    for cluster in scenario.clusters:
        nodes = [_host(estate, name) for name in cluster.nodes]
        if not cluster.broker:
            continue
        estate.brokers.append(Broker(cluster.broker, nodes[0].domain, nodes))
        for node in nodes[1:]:
            node.replication.server = nodes[0].replication.server
    for replication in scenario.replications:
        _add(replication, estate)
    for entry, host in pairs:
        if entry.replica_server is not None and not entry.replica_server.listens:
            host.replication.rules = default_rules(listens=False)


def _certificate(entry: CertificateEntry, host: Host) -> Certificate:
    now, chance = host.clock.now(), host.estate.chance
    ends = now + datetime.timedelta(days=entry.days)
    return Certificate(
        thumbprint=f"{chance.getrandbits(160):040X}",
        names=tuple(entry.names if entry.names is not None else [host.full_name]),
        issuer=ISSUER if entry.is_trusted else "Unknown CA",
        begins=min(now, ends) - YEAR,
        ends=ends,
        serial_number=f"{chance.getrandbits(120):030X}",
        friendly_name=entry.name,
        purposes=tuple(PURPOSES[purpose] for purpose in entry.purposes),
        has_private_key=entry.has_private_key,
        is_trusted=entry.is_trusted,
    )


def _server(entry: ReplicaServerEntry, host: Host) -> ReplicaServer:
    return ReplicaServer(
        enabled=True,
        authentication=AllowedAuthentication[entry.authentication],
        kerberos_port=entry.kerberos_port,
        certificate_port=entry.certificate_port,
        thumbprint=_thumbprint(entry.certificate, host),
        storage_location=entry.storage_location,
        allows_any_server=not entry.entries,
        entries=[AuthorizationEntry(each.primary, each.storage_location, each.trust_group) for each in entry.entries],
        monitoring_interval=datetime.timedelta(hours=entry.monitoring_hours),
        latency_limit=datetime.timedelta(minutes=entry.latency_limit_minutes),
        has_service_name=entry.has_service_name,
    )


def _add(entry: ReplicationEntry, estate: Estate) -> None:
    primary = _host(estate, entry.primary)
    machine = next(machine for machine in primary.machines.values() if machine.name == entry.machine)
    sender = _enabled(machine, primary, entry.replica, _settings(entry, primary, entry.replica), entry.excluded)
    receiver = receiver_of(sender)
    if entry.begins != "Ready":
        _start(entry, sender, receiver)
    if entry.extended_to is not None:
        settings = _settings(entry, receiver.host, entry.extended_to)
        settings.frequency, settings.consistent_hours = entry.extended_frequency, 0
        extended = _enabled(receiver.machine, receiver.host, entry.extended_to, settings, [])
        _copied(entry, extended, receiver_of(extended))


def _enabled(machine: VirtualMachine, host: Host, server: str, settings: Settings, excluded: list[str]) -> Sender:
    return enable(machine, host, Wanted(server, settings, set(excluded)))


def _settings(entry: ReplicationEntry, host: Host, server: str) -> Settings:
    authentication = Authentication[entry.authentication]
    replica = host.estate.find(server) or next(b.nodes[0] for b in host.estate.brokers if b.is_called(server))
    return Settings(
        replica.replication.server.port(authentication, replica.full_name),
        authentication,
        thumbprint=_thumbprint(entry.certificate, host),
        compresses=entry.compresses,
        frequency=entry.frequency,
        history=entry.history,
        consistent_hours=entry.consistent_hours,
        resynchronizes=entry.resynchronizes,
    )


def _start(entry: ReplicationEntry, sender: Sender, receiver: Receiver) -> None:
    """Bring a relationship that is ready to where it begins."""
    if entry.begins == "Copying":
        initial_copy.begin(sender)
        return
    if entry.begins == "Exported":
        sender.state, sender.exported_to = ReplicationState.InitialReplicationInProgress, entry.machine
        return
    _copied(entry, sender, receiver)
    match entry.begins:
        case "Paused":
            pausing.pause(sender)
        case "ReplicaPaused":
            pausing.pause(receiver)
            _cannot_send(sender)
        case "CannotSend":
            sender.state = ReplicationState.Error
        case "ResynchronizationRequired":
            sender.cycles.require_resynchronization("resync_log_full")
        case "Resynchronizing":
            sender.cycles.require_resynchronization("resync_log_full")
            resynchronization.begin(sender)
        case "Prepared":
            _prepare(sender, receiver)
        case "FailedOver" | "Committed":
            _fail_over(sender, receiver, committed=entry.begins == "Committed")


def _copied(entry: ReplicationEntry, sender: Sender, receiver: Receiver) -> None:
    """Both sides as after weeks of replication."""
    node = receiver.host
    now = node.clock.now()
    for drive in sender.drives():
        place = (drive.controller, drive.controller_number, drive.location)
        target = receiver.disk_at(place)
        if drive.disk is not None and target is not None:
            node.files.grow(target, occupied(drive.disk))
    sender.initial_size = sum(occupied(drive.disk) for drive in sender.drives() if drive.disk is not None)
    initial_copy.complete_receiver(receiver, now)
    initial_copy.complete_sender(sender)
    receiver.points.clear()
    hourly = min(sender.machine.write_rate * 3600, 1 << 30)
    ago = datetime.timedelta(hours=entry.silent_hours, seconds=entry.frequency / 2)
    last = now - ago
    for age in reversed(range(entry.history)):
        consistent = entry.consistent_hours and age % entry.consistent_hours == 0
        kind = PointKind.AppConsistentReplica if consistent else PointKind.Replica
        receiver.points.add(last - datetime.timedelta(hours=age), kind, entry.history)
        receiver.points.overwrite(hourly if age else 0)
        receiver.last_consistent = receiver.points.points[-1].moment if consistent else receiver.last_consistent
    for side in (sender, receiver):
        side.copied_since = side.host.clock.now() - datetime.timedelta(days=entry.age_days)
        side.last_replication, side.last_type = side.host.clock.now() - ago, ReplicationType.Regular
        _count(entry, side)
    receiver.last_applied = last


def _count(entry: ReplicationEntry, side: Sender | Receiver) -> None:
    """The cycles of the monitoring interval so far."""
    statistics, server = side.statistics, side.host.replication.server
    local = side.host.local_time()
    statistics.began = server.interval_at(local)[0]
    passed = (local - statistics.began).total_seconds()
    successes = int(passed // entry.frequency) if entry.successes is None else entry.successes
    if successes:
        statistics.success(side.machine.write_rate * entry.frequency, entry.latency_seconds, successes)
    statistics.missed = entry.missed


def _cannot_send(sender: Sender) -> None:
    """The state after a cycle that has failed."""
    try:
        require_ready(sender, receiver_of(sender))
    except OperationFailed as failure:
        sender.failure = failure
    sender.state = ReplicationState.Error


def _prepare(sender: Sender, receiver: Receiver) -> None:
    """A machine that was shut down and prepared for failover."""
    machine = sender.machine
    machine.state, machine.started, machine.processor_usage = MachineState.Off, None, 0
    sender.cycles.stop()
    sender.cycles.log.clear()
    sender.state = ReplicationState.PreparedForFailover
    receiver.is_planned = True


def _fail_over(sender: Sender, receiver: Receiver, *, committed: bool) -> None:
    """A replica that runs in the place of a primary that cannot send any more."""
    receiver.state = ReplicationState.FailedOver if committed else ReplicationState.FailedOverWaitingCompletion
    receiver.failed_over_type = ReplicationType.Regular
    if committed:
        receiver.points.clear()
    machine = receiver.machine
    machine.state, machine.started = MachineState.Running, receiver.host.clock.now()
    sender.machine.state, sender.machine.started = MachineState.Off, None
    _cannot_send(sender)


def _thumbprint(name: str | None, host: Host) -> str:
    """The thumbprint of the host's certificate of that name; empty when none is named."""
    if name is None:
        return ""
    return next(each.thumbprint for each in host.replication.store.certificates if each.friendly_name == name)


def _host(estate: Estate, name: str) -> Host:
    return next(host for host in estate.hosts if host.name == name)
