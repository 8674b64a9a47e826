"""The network module: how a host reaches a Replica server, and what keeps it from it.

Names, listeners, the firewall, authentication and authorisation are checked in that order (assumed), each time that
something is to be sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.hyperv.clustering import BrokerState, cluster_of
from lab.hyperv.messages import OperationFailed, failed
from lab.hyperv.replication.broker import Broker, broker_called, broker_of
from lab.hyperv.replication.certificates import Fault
from lab.hyperv.replication.firewall import lets_in
from lab.hyperv.replication.states import Authentication

if TYPE_CHECKING:
    import uuid

    from lab.hyperv.host import Host
    from lab.hyperv.replication.settings import Settings
    from lab.hyperv.replication.side import Receiver, Sender


def client_name(host: Host) -> str:
    """The name under which a host replicates its machines: its own, or that of its cluster's broker (assumed)."""
    broker = broker_of(host)
    return broker.full_name if broker is not None else host.full_name


def contacted(primary: Host, name: str, settings: Settings, machine_id: uuid.UUID) -> Host:
    """The host behind the Replica server ``name``, as ``primary`` reaches it with these settings.

    Raises OperationFailed with the cause in the words of ``primary``.
    """
    broker = broker_called(name, primary.estate.brokers)
    server = primary.estate.find(name) if broker is None else None
    if broker is None and server is None:
        raise failed("replica_unresolved", primary.language, server=name)
    if server is primary or (broker is not None and primary in broker.nodes):
        raise failed("replica_is_primary", primary.language, server=name)
    if server is not None and broker_of(server) is not None:
        raise failed("replica_is_node", primary.language, server=name)
    if broker is not None and not _answers(broker):
        raise failed("replica_timed_out", primary.language, server=name)
    node = server if broker is None else broker.node_for(machine_id, _location(broker, primary))
    if node is None or not node.is_reachable or not primary.is_reachable:
        raise failed("replica_timed_out", primary.language, server=name)
    _require_listener(primary, node, name, settings)
    if settings.authentication is Authentication.Kerberos:
        _require_kerberos(primary, node, name)
    else:
        _require_certificates(primary, node, broker, settings)
    if node.replication.server.entry_for(client_name(primary)) is None:
        raise failed("replica_not_authorized", primary.language, server=name, primary=client_name(primary))
    return node


def receiver_of(sender: Sender) -> Receiver:
    """The other side of what ``sender`` sends, whatever state it is in.

    A primary that has moved to another host goes on when both hosts have the same trust group.
    Raises OperationFailed when it cannot be reached, or is not there.
    """
    host, machine = sender.host, sender.machine
    node = contacted(host, sender.replica_name, sender.settings, machine.machine_id)
    replica = node.machines.get(machine.machine_id)
    receiver = replica.replication.receiver if replica is not None and replica.replication is not None else None
    if receiver is None:
        raise failed("replica_missing", host.language, machine=machine.name, server=node.full_name)
    name = client_name(host)
    if receiver.primary_name.lower() != name.lower():
        entry = node.replication.server.entry_for(name)
        if entry is None or entry.trust_group != receiver.trust_group:
            raise failed("replica_not_authorized", host.language, server=sender.replica_name, primary=name)
        receiver.primary_name = receiver.allowed_primary = name
    sender.primary_name = name
    sender.current_replica = node.full_name
    return receiver


def is_connected(sender: Sender, receiver: Receiver) -> bool:
    """Whether what has begun to be sent still gets through."""
    return sender.host.is_reachable and receiver.host.is_reachable


def _answers(broker: Broker) -> bool:
    """Whether the broker's role runs: its cluster has a quorum, and its resource is online."""
    cluster = next((cluster_of(node) for node in broker.nodes), None)
    return cluster is None or (cluster.has_quorum and cluster.broker_state is BrokerState.Online)


def _location(broker: Broker, primary: Host) -> str:
    entry = broker.nodes[0].replication.server.entry_for(client_name(primary)) if broker.nodes else None
    return entry.storage_location if entry is not None else ""


def _require_listener(primary: Host, node: Host, name: str, settings: Settings) -> None:
    server, language, port = node.replication.server, primary.language, settings.server_port
    if not server.enabled:
        raise failed("replica_refused", language, server=name)
    open_ports = {
        authentication: server.port(authentication, node.full_name)
        for authentication in Authentication
        if server.authentication.accepts(authentication)
    }
    if port not in open_ports.values():
        raise failed("replica_refused", language, server=name)
    if not lets_in(node.replication.rules, port):
        raise failed("replica_timed_out", language, server=name)
    if open_ports.get(settings.authentication) != port:
        raise failed("replica_aborted", language, server=name)


def _require_kerberos(primary: Host, node: Host, name: str) -> None:
    """Both hosts in one forest, and the service principal name of Hyper-V Replica registered."""
    same = bool(primary.domain) and primary.domain.lower() == node.domain.lower()
    if not same or not node.replication.server.has_service_name:
        raise failed("replica_kerberos", primary.language, server=name)


def _require_certificates(primary: Host, node: Host, broker: Broker | None, settings: Settings) -> None:
    """Each end has a certificate for its name that serves for both ends; brokers and nodes each have their own name."""
    now = primary.clock.now()
    own = primary.replication.store.fault(settings.thumbprint, primary.full_name, now)
    if own is not None:
        raise certificate_refusal(own, primary, primary.full_name, settings.thumbprint)
    thumbprint = node.replication.server.thumbprint
    names = [node.full_name, *([broker.full_name] if broker is not None else [])]
    for name in names:
        other = node.replication.store.fault(thumbprint, name, now)
        if other is not None:
            raise certificate_refusal(other, primary, name, thumbprint)


def certificate_refusal(fault: Fault, host: Host, name: str, thumbprint: str) -> OperationFailed:
    """Why a certificate does not serve, in the words of ``host``."""
    return failed(fault.value, host.language, server=name, thumbprint=thumbprint)
