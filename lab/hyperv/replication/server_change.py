"""Changes to the Replica server settings, with what hosts refuse (cmdlet reference; the texts are assumed)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.hyperv.files import StorageError, is_on_share
from lab.hyperv.messages import failed
from lab.hyperv.replication.broker import broker_of
from lab.hyperv.replication.connection import certificate_refusal
from lab.hyperv.replication.server import INTERVALS, PORTS, AuthorizationEntry, ReplicaServer
from lab.hyperv.replication.states import AllowedAuthentication, Authentication

if TYPE_CHECKING:
    from lab.hyperv.caller import Caller
    from lab.hyperv.host import Host


@dataclass(slots=True)
class ServerChange:
    """What is to be changed; what is None stays."""

    enabled: bool | None = None
    authentication: AllowedAuthentication | None = None
    kerberos_port: int | None = None
    certificate_port: int | None = None
    kerberos_ports: dict[str, int] | None = None
    certificate_ports: dict[str, int] | None = None
    thumbprint: str | None = None
    storage_location: str | None = None
    allows_any_server: bool | None = None
    monitoring_interval: datetime.timedelta | None = None
    monitoring_start: datetime.timedelta | None = None

    def made_to(self, server: ReplicaServer) -> dict[str, object]:
        """The settings as they are to be, by name."""
        return {
            name: getattr(server, name) if getattr(self, name) is None else getattr(self, name)
            for name in self.__dataclass_fields__
        }


def apply(change: ServerChange, host: Host, caller: Caller) -> None:
    """Change the settings of the host, and with it of all nodes of its cluster.

    Raises OperationFailed; nothing has changed then.
    """
    server = host.replication.server
    wanted = change.made_to(server)
    _require_ports(wanted, host)
    _require_monitoring(wanted, host)
    if change.storage_location is not None:
        require_location(change.storage_location, host, caller)
    if wanted["enabled"]:
        if wanted["allows_any_server"] and not wanted["storage_location"]:
            raise failed("server_without_location", host.language)
        authentication = wanted["authentication"]
        if isinstance(authentication, AllowedAuthentication) and authentication.accepts(Authentication.Certificate):
            _require_certificate(str(wanted["thumbprint"]), host)
    for name, value in wanted.items():
        setattr(server, name, value)
    for node in _nodes(host):
        for side in node.replication.sides:
            side.statistics.interval_changed()


def add_entry(entry: AuthorizationEntry, host: Host, caller: Caller) -> None:
    """Allow a primary server to replicate here.

    Raises OperationFailed where any server may (cmdlet reference), for a name that has an entry, or is none.
    """
    server = host.replication.server
    if server.allows_any_server:
        raise failed("entries_not_used", host.language)
    if any(other.primary.lower() == entry.primary.lower() for other in server.entries):
        raise failed("entry_exists", host.language, name=entry.primary)
    require_entry(entry, host, caller)
    server.entries.append(entry)


def require_entry(entry: AuthorizationEntry, host: Host, caller: Caller) -> None:
    """Raises OperationFailed unless the entry is about a full name or ``*.domain``, with a group and a location."""
    name = entry.primary.removeprefix("*.")
    if "." not in name or set(" *\\/:") & set(name) or not entry.trust_group:
        raise failed("entry_invalid", host.language, name=entry.primary)
    require_location(entry.storage_location, host, caller)


def require_location(path: str, host: Host, caller: Caller) -> None:
    """Raises OperationFailed for a location that is not there; one on a share is a second hop (team blog)."""
    if is_on_share(path) and not caller.carries_credentials:
        raise failed("server_location_denied", host.language, path=path)
    try:
        host.files.volume_of(path)
    except StorageError as error:
        raise failed("server_location", host.language, path=path) from error


def _require_ports(wanted: dict[str, object], host: Host) -> None:
    ports = [wanted["kerberos_port"], wanted["certificate_port"]]
    for mapping in (wanted["kerberos_ports"], wanted["certificate_ports"]):
        ports += list(mapping.values()) if isinstance(mapping, dict) else []
    for port in ports:
        if port not in PORTS:
            raise failed("server_port", host.language, value=port)
    if wanted["kerberos_port"] == wanted["certificate_port"]:
        raise failed("server_same_port", host.language, value=wanted["kerberos_port"])


def _require_monitoring(wanted: dict[str, object], host: Host) -> None:
    interval, start = wanted["monitoring_interval"], wanted["monitoring_start"]
    if interval not in INTERVALS:
        raise failed("server_interval", host.language, value=interval)
    if not (isinstance(start, datetime.timedelta) and datetime.timedelta() <= start < datetime.timedelta(days=1)):
        raise failed("server_interval", host.language, value=start)


def _require_certificate(thumbprint: str, host: Host) -> None:
    """The certificate serves this host, and the broker's name where there is one; other nodes have their own."""
    broker = broker_of(host)
    for name in (host.full_name, *((broker.full_name,) if broker is not None else ())):
        fault = host.replication.store.fault(thumbprint, name, host.clock.now())
        if fault is not None:
            raise certificate_refusal(fault, host, name, thumbprint)


def _nodes(host: Host) -> list[Host]:
    broker = broker_of(host)
    return broker.nodes if broker is not None else [host]
