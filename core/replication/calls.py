"""The calls that replicate a machine, each for the host that it goes to.

The sets of parameters are those that Microsoft documents. A machine is told by its ID, through the pipeline. What the
wizard of Hyper-V Manager sets and the bare cmdlet does not is always said: compression, and that a resynchronisation
begins by itself.
"""

from __future__ import annotations

import datetime
from uuid import UUID

from core.hyperv.records import Machine, NetworkAdapter
from core.moving.networks import has_address
from core.powershell.command import Command, ParameterValue, Pipeline, Statement, Switch, command
from core.replicas.records import Leg
from core.replication.addresses import FailoverAddresses
from core.replication.protection import CopyMethod, Link, Protection


def connection_test(link: Link) -> Command:
    """Whether the host that is asked could replicate over ``link``; it prints a sentence, or an error says why not."""
    parameters: dict[str, ParameterValue] = {
        "ReplicaServerName": link.server,
        "ReplicaServerPort": link.port,
        "AuthenticationType": link.authentication.parameter,
    }
    if link.thumbprint:
        parameters["CertificateThumbprint"] = link.thumbprint
    return command("Test-VMReplicationConnection", **parameters)


def enabling(protection: Protection) -> Pipeline:
    """Enable replication on the primary; nothing is copied by that."""
    return _on(protection.machine.machine_id, command("Enable-VMReplication", **_settings(protection)))


def reversing(protection: Protection) -> Pipeline:
    """Let the replica that has taken over be the primary; nothing is copied by that."""
    parameters: dict[str, ParameterValue] = {"Reverse": Switch.PRESENT, **_settings(protection)}
    if protection.points.history and not protection.points.consistent_hours:
        parameters["DisableVSSSnapshotReplication"] = Switch.PRESENT
    return _on(protection.machine.machine_id, command("Set-VMReplication", **parameters))


def enabling_as_replica(protection: Protection) -> Pipeline:
    """On the replica's host: let the machine that is there be the basis of the replica."""
    call = command("Enable-VMReplication", AsReplica=Switch.PRESENT, AllowedPrimaryServer=protection.primary_name)
    return _on(protection.machine.machine_id, call)


def starting(protection: Protection) -> Pipeline:
    """On the primary: begin the initial copy, or schedule it."""
    copy = protection.copy
    parameters: dict[str, ParameterValue] = {}
    if copy.method is CopyMethod.MEDIA:
        parameters["DestinationPath"] = copy.folder
    else:
        if copy.method is CopyMethod.EXISTING:
            parameters["UseBackup"] = Switch.PRESENT
        if copy.begins is not None:
            parameters["InitialReplicationStartTime"] = _time(copy.begins)
    call = command("Start-VMInitialReplication", **parameters)
    return _on(protection.machine.machine_id, call, protection.leg)


def importing(machine_id: UUID, folder: str) -> Pipeline:
    """On the replica's host: read the initial copy from media."""
    return _on(machine_id, command("Import-VMInitialReplication", Path=folder))


def cancelling(machine_id: UUID, leg: Leg = Leg.SIMPLE) -> Pipeline:
    """On the primary: cancel an initial copy that is under way or scheduled."""
    return _on(machine_id, command("Stop-VMInitialReplication"), leg)


def pausing(machine_id: UUID, leg: Leg = Leg.SIMPLE) -> Pipeline:
    """Pause the replication, and with it an initial copy."""
    return _on(machine_id, command("Suspend-VMReplication"), leg)


def resuming(machine_id: UUID, leg: Leg = Leg.SIMPLE) -> Pipeline:
    """Let it go on where it was."""
    return _on(machine_id, command("Resume-VMReplication"), leg)


def removing(machine_id: UUID, leg: Leg = Leg.SIMPLE) -> Pipeline:
    """End the replication on the host that is asked; the machine stays."""
    return _on(machine_id, command("Remove-VMReplication"), leg)


def adapters_of(machine: Machine) -> Statement:
    """The machine's adapters, on either host."""
    return command("Get-VM", Id=machine.machine_id) | command("Get-VMNetworkAdapter")


def one_adapter(machine: Machine, adapter: NetworkAdapter, place: int) -> Statement:
    """One of them. The replica's adapters come in the same order, and have the same MAC addresses (assumed).

    An address that is given when the machine is first started tells nothing before that: then the place counts.
    """
    if has_address(adapter):
        picked = command("Where-Object", Property="MacAddress", EQ=Switch.PRESENT, Value=adapter.mac_address)
        return adapters_of(machine) | picked
    return adapters_of(machine) | command("Select-Object", Skip=place, First=1)


def addressing(adapter: Statement, addresses: FailoverAddresses) -> Pipeline:
    """Set the addresses after a failover, in place of all that were set before; an empty family gets them by DHCP."""
    cleared = command(
        "Set-VMNetworkAdapterFailoverConfiguration",
        ClearFailoverIPv4Settings=Switch.PRESENT,
        ClearFailoverIPv6Settings=Switch.PRESENT,
    )
    given = {name: value for name, value in address_parameters(addresses).items() if value != ""}
    if not given:
        return Pipeline((adapter | cleared,))
    return Pipeline((adapter | cleared, adapter | command("Set-VMNetworkAdapterFailoverConfiguration", **given)))


def address_parameters(addresses: FailoverAddresses) -> dict[str, ParameterValue]:
    """The addresses by the names that parameters and properties have; empty where nothing is given."""
    four, six = addresses.ipv4.canonical, addresses.ipv6.canonical
    return {
        "IPv4Address": four.address,
        "IPv4SubnetMask": four.mask,
        "IPv4DefaultGateway": four.gateway,
        "IPv4PreferredDNSServer": four.preferred_dns,
        "IPv4AlternateDNSServer": four.alternate_dns,
        "IPv6Address": six.address,
        "IPv6SubnetPrefixLength": int(six.mask) if six.mask else "",
        "IPv6DefaultGateway": six.gateway,
        "IPv6PreferredDNSServer": six.preferred_dns,
        "IPv6AlternateDNSServer": six.alternate_dns,
    }


def testing_on(adapter: Statement, switch: str) -> Pipeline:
    """Choose the switch that a test machine's adapter is connected to; empty: none."""
    return Pipeline((adapter | command("Set-VMNetworkAdapter", TestReplicaSwitchName=switch),))


def _settings(protection: Protection) -> dict[str, ParameterValue]:
    """The parameters that enabling and reversing share."""
    link = protection.link
    parameters: dict[str, ParameterValue] = {
        "ReplicaServerName": link.server,
        "ReplicaServerPort": link.port,
        "AuthenticationType": link.authentication.parameter,
    }
    if link.thumbprint:
        parameters["CertificateThumbprint"] = link.thumbprint
    parameters["CompressionEnabled"] = link.compresses
    if protection.excluded:
        parameters["ExcludedVhdPath"] = protection.excluded
    if protection.frequency is not None:
        parameters["ReplicationFrequencySec"] = protection.frequency
    parameters["RecoveryHistory"] = protection.points.history
    if protection.points.consistent_hours:
        parameters["VSSSnapshotFrequencyHour"] = protection.points.consistent_hours
    parameters["AutoResynchronizeEnabled"] = protection.window is not None
    if protection.window is not None:
        parameters["AutoResynchronizeIntervalStart"] = protection.window.begin
        parameters["AutoResynchronizeIntervalEnd"] = protection.window.end
    return parameters


def _on(machine_id: UUID, call: Command, leg: Leg = Leg.SIMPLE) -> Pipeline:
    """A call for a leg of a machine: piped a machine, most cmdlets mean the first."""
    machine: Command | Statement = command("Get-VM", Id=machine_id)
    if leg is Leg.EXTENDED:
        machine = machine | command("Get-VMReplication", ReplicationRelationshipType="Extended")
    return Pipeline((machine | call,))


def _time(moment: datetime.datetime) -> str:
    """A time of the host's clock as PowerShell reads it: without a zone it is the host's own."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")
