"""Get- and Set-VMReplicationServer, and Test-VMReplicationConnection."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import AsyncIterator, Mapping

from lab.cmdlets.enumerations import enumeration, hyperv_enum, hyperv_types
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.replication_authorizations import entry_record
from lab.cmdlets.targets import refuse_unsupported, reported
from lab.hyperv.host import Host
from lab.hyperv.messages import failed
from lab.hyperv.replication.connection import contacted
from lab.hyperv.replication.server_change import ServerChange, apply
from lab.hyperv.replication.settings import Settings
from lab.hyperv.replication.states import AllowedAuthentication, Authentication
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text

TYPES = hyperv_types("VMReplicationServer", "VirtualizationObject")
SUCCESS = {
    "en": "The connection to the specified Replica server with the specified parameters was successful.",
    "de": "Die Verbindung mit dem angegebenen Replikatserver wurde mit den angegebenen Parametern hergestellt.",
}
"""What a successful test prints (the English text is published)."""


def server_record(host: Host) -> Record:
    """The Replica server as Get-VMReplicationServer prints it."""
    server = host.replication.server
    properties: dict[str, Value] = {
        "ReplicationEnabled": server.enabled,
        "AllowedAuthenticationType": enumeration(server.authentication),
        "KerberosAuthenticationPort": server.port(Authentication.Kerberos, host.full_name),
        "CertificateAuthenticationPort": server.port(Authentication.Certificate, host.full_name),
        "KerberosAuthenticationPortMapping": {**server.kerberos_ports},
        "CertificateAuthenticationPortMapping": {**server.certificate_ports},
        "CertificateThumbprint": server.thumbprint,
        "ReplicationAllowedFromAnyServer": server.allows_any_server,
        "DefaultStorageLocation": server.storage_location,
        "AuthorizationEntries": [entry_record(entry, host) for entry in server.entries],
        "MonitoringInterval": server.monitoring_interval,
        "MonitoringStartTime": server.monitoring_start,
        "OperationalStatus": [hyperv_enum("VMReplicationServerOperationalStatus", "Ok", 2)],
        "StatusDescriptions": ["OK"],
        "Name": host.name,
        "RepEnabled": server.enabled,
        "AuthType": enumeration(server.authentication),
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(TYPES, properties, f"VMReplicationServer (ComputerName = '{host.name}')", host)


@cmdlet("Get-VMReplicationServer")
async def get_vm_replication_server(call: Call) -> AsyncIterator[Value]:
    """The Replica server settings of the host, which for a cluster's node are those of all nodes."""
    yield server_record(call.host)


@cmdlet("Set-VMReplicationServer")
async def set_vm_replication_server(call: Call) -> AsyncIterator[Value]:
    """Change them; a refused change leaves them as they were. The firewall is left alone."""
    refuse_unsupported(call)
    with reported(call):
        apply(_change(call), call.host, call.runspace.caller)
        if call.switch("Passthru"):
            yield server_record(call.host)


@cmdlet("Test-VMReplicationConnection")
async def test_vm_replication_connection(call: Call) -> AsyncIterator[Value]:
    """Whether this host could replicate to a Replica server with these parameters; an error says why not."""
    refuse_unsupported(call)
    authentication = Authentication[display_text(call.parameters["AuthenticationType"])]
    thumbprint = display_text(call.parameters.get("CertificateThumbprint"))
    port = integer(call, "ReplicaServerPort") or 0
    with reported(call):
        if not 1 <= port <= 65535:
            raise failed("server_port", call.host.language, value=port)
        settings = Settings(port, authentication, thumbprint)
        contacted(call.host, display_text(call.parameters["ReplicaServerName"]), settings, uuid.UUID(int=0))
        yield SUCCESS[call.host.language]


def _change(call: Call) -> ServerChange:
    given = call.parameters
    wanted = given.get("AllowedAuthenticationType")
    location, thumbprint = given.get("DefaultStorageLocation"), given.get("CertificateThumbprint")
    interval, start = given.get("MonitoringInterval"), given.get("MonitoringStartTime")
    return ServerChange(
        enabled=call.switch("ReplicationEnabled") if "ReplicationEnabled" in given else None,
        authentication=AllowedAuthentication[display_text(wanted)] if wanted is not None else None,
        kerberos_port=integer(call, "KerberosAuthenticationPort"),
        certificate_port=integer(call, "CertificateAuthenticationPort"),
        kerberos_ports=_mapping(given.get("KerberosAuthenticationPortMapping")),
        certificate_ports=_mapping(given.get("CertificateAuthenticationPortMapping")),
        thumbprint=display_text(thumbprint) if thumbprint is not None else None,
        storage_location=display_text(location) if location is not None else None,
        allows_any_server=(
            call.switch("ReplicationAllowedFromAnyServer") if "ReplicationAllowedFromAnyServer" in given else None
        ),
        monitoring_interval=interval if isinstance(interval, datetime.timedelta) else None,
        monitoring_start=start if isinstance(start, datetime.timedelta) else None,
    )


def _mapping(value: Value) -> dict[str, int] | None:
    """Ports by full name, or None when none were given."""
    if not isinstance(value, Mapping):
        return None
    texts = {name.lower(): display_text(port) for name, port in value.items()}
    return {name: int(text) if text.isdecimal() else 0 for name, text in texts.items()}
