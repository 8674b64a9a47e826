"""What the choices for a Replica server come to: a plan of which each step sends only what is to change.

First the server itself, then its entries, and the firewall last, so that nobody gets in before it is said who may.
Entries are named by filtering the list, since a star in a name would stand for other entries as well. Where any server
may replicate, entries count for nothing and are left as they are (Hyper-V keeps them, assumed).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from core.estate.connection import HostKey
from core.hyperv.paths import tidy
from core.hyperv.states import AllowedAuthentication
from core.jobs.goal import Fact, Facts
from core.jobs.plan import Action, Plan
from core.language import _
from core.powershell.command import Command, ParameterValue, Pipeline, Statement, Switch, command
from core.replication.server import AuthorizationEntry, ReplicaServer, ServerSettings
from core.replication.server_choices import ServerChoices, port_of, same_entry

_SERVER = command("Get-VMReplicationServer")
_ENTRIES = command("Get-VMReplicationAuthorizationEntry")
_WORDS = {
    AllowedAuthentication.KERBEROS: "Kerberos",
    AllowedAuthentication.CERTIFICATE: "Certificate",
    AllowedAuthentication.CERTIFICATE_AND_KERBEROS: "CertificateAndKerberos",
}


def server_plan(choices: ServerChoices, server: ReplicaServer, host: HostKey) -> Plan | None:
    """The plan, or None where nothing changes. ``choices`` have no problems but warnings."""
    actions = tuple(_actions(choices, server, host))
    if not actions:
        return None
    title = _("Configure {host} as a Replica server").format(host=host.name)
    if not choices.is_enabled:
        title = _("Disable {host} as a Replica server").format(host=host.name)
    return Plan(title, host, actions, summary=tuple(_summary(choices, server)))


def _actions(choices: ServerChoices, server: ReplicaServer, host: HostKey) -> Iterator[Action]:
    changed = _changes(choices, server.settings)
    if changed:
        yield _settings_action(changed, server, host)
    if choices.is_enabled and not choices.allows_any_server:
        yield from _entry_actions(choices.entries, server.entries, host)
    if choices.opens_firewall:
        for rule in choices.closed_rules(server):
            yield _rule_action(rule.name, rule.display_name, host)


def _changes(choices: ServerChoices, settings: ServerSettings) -> tuple[tuple[str, ParameterValue], ...]:
    """The parameters of Set-VMReplicationServer that change something, in the order of its documentation."""
    if not choices.is_enabled:
        return (("ReplicationEnabled", False),) if settings.replication_enabled else ()
    wanted = dict(_wanted(choices))
    former = dict(_former(settings))
    names = {name for name, value in wanted.items() if not _is_same(name, value, former[name])}
    return _with_companions(names, wanted)


def _with_companions(names: set[str], values: dict[str, ParameterValue]) -> tuple[tuple[str, ParameterValue], ...]:
    """The values called ``names``, with those that the cmdlet demands beside them although they do not change.

    Any server needs a default location, and certificates need one that is named (cmdlet reference).
    """
    if "ReplicationAllowedFromAnyServer" in names and values["ReplicationAllowedFromAnyServer"] is True:
        names = names | {"DefaultStorageLocation"}
    if "AllowedAuthenticationType" in names and "Certificate" in str(values["AllowedAuthenticationType"]):
        names = names | {"CertificateThumbprint"}
    return tuple((name, value) for name, value in values.items() if name in names)


def _wanted(choices: ServerChoices) -> Iterator[tuple[str, ParameterValue]]:
    authentication = AllowedAuthentication(choices.uses_kerberos + 2 * choices.uses_certificate)
    yield "ReplicationEnabled", True
    yield "AllowedAuthenticationType", _WORDS[authentication]
    yield "ReplicationAllowedFromAnyServer", choices.allows_any_server
    if choices.uses_kerberos:
        yield "KerberosAuthenticationPort", port_of(choices.kerberos_port)
    if choices.uses_certificate:
        yield "CertificateAuthenticationPort", port_of(choices.certificate_port)
        yield "CertificateThumbprint", choices.clean_thumbprint
    if choices.allows_any_server:
        yield "DefaultStorageLocation", tidy(choices.storage_location)
    yield "MonitoringInterval", _span(choices.interval)
    yield "MonitoringStartTime", _span(choices.start)


def _former(settings: ServerSettings) -> Iterator[tuple[str, ParameterValue]]:
    yield "ReplicationEnabled", settings.replication_enabled
    yield "AllowedAuthenticationType", _WORDS.get(settings.allowed_authentication_type)
    yield "ReplicationAllowedFromAnyServer", settings.replication_allowed_from_any_server
    yield "KerberosAuthenticationPort", settings.kerberos_authentication_port
    yield "CertificateAuthenticationPort", settings.certificate_authentication_port
    yield "CertificateThumbprint", settings.certificate_thumbprint or ""
    yield "DefaultStorageLocation", settings.default_storage_location or ""
    yield "MonitoringInterval", _span(settings.interval)
    yield "MonitoringStartTime", _span(settings.start)


def _is_same(name: str, wanted: ParameterValue, former: ParameterValue) -> bool:
    if isinstance(wanted, str) and isinstance(former, str):
        if name == "DefaultStorageLocation":
            return tidy(wanted).lower() == tidy(former).lower()
        return wanted.lower() == former.lower()
    return wanted == former


def _settings_action(changed: tuple[tuple[str, ParameterValue], ...], server: ReplicaServer, host: HostKey) -> Action:
    """The change of the server itself; there is no way back to a certificate that the host would refuse."""
    # What was empty or unknown cannot be given back; it counts for nothing once the rest is as it was.
    former: dict[str, ParameterValue] = {
        name: told for name, told in _former(server.settings) if told not in (None, "")
    }
    back = _with_companions({name for name, _value in changed} & set(former), former)
    undo: Action | None = Action(
        _("Give the Replica server of {host} its former settings").format(host=host.name),
        host,
        _set_server(back),
        Facts(host, tuple(_setting_facts(back))),
        _("Configuring it again undoes that."),
    )
    title = _("Change the settings of the Replica server of {host}").format(host=host.name)
    undo_text = _("Giving it its former settings undoes it.")
    named = dict(changed)
    if named.get("ReplicationEnabled") is True:
        title = _("Enable {host} as a Replica server").format(host=host.name)
        undo_text = _(
            "Disabling it again undoes it; replicas that have been made meanwhile stay and receive nothing more."
        )
    elif "ReplicationEnabled" in named:
        title = _("Disable {host} as a Replica server").format(host=host.name)
        undo_text = _("Enabling it again undoes it; primary servers send what has changed meanwhile.")
    former_certificate = server.verdict_on(str(dict(back).get("CertificateThumbprint", "")))
    if "CertificateThumbprint" in dict(back) and (former_certificate is None or not former_certificate.qualifies):
        undo, undo_text = None, _("Nothing undoes it: the former certificate cannot be used any more.")
    return Action(title, host, _set_server(changed), Facts(host, tuple(_setting_facts(changed))), undo_text, undo)


def _set_server(parameters: tuple[tuple[str, ParameterValue], ...]) -> Pipeline:
    return Pipeline((Statement((Command("Set-VMReplicationServer", (*parameters, ("Force", Switch.PRESENT))),)),))


def _setting_facts(parameters: tuple[tuple[str, ParameterValue], ...]) -> Iterator[Fact]:
    """What the host lists once the parameters are set: an enumeration as its number, a TimeSpan as its ticks."""
    plain: list[tuple[str, ParameterValue]] = []
    for name, value in parameters:
        if name == "AllowedAuthenticationType":
            plain.append((name, next(int(number) for number, word in _WORDS.items() if word == value)))
        elif name in ("MonitoringInterval", "MonitoringStartTime"):
            source = _SERVER | command("Select-Object", ExpandProperty=name)
            yield Fact(source, (("Ticks", _ticks(str(value))),))
        else:
            plain.append((name, value))
    if plain:
        yield Fact(Statement((_SERVER,)), tuple(plain))


def _entry_actions(
    wanted: tuple[AuthorizationEntry, ...], present: tuple[AuthorizationEntry, ...], host: HostKey
) -> Iterator[Action]:
    """Removals first, since a name can have one entry only."""
    named = {entry.allowed_primary_server.lower(): entry for entry in present}
    kept = {entry.allowed_primary_server.lower() for entry in wanted}
    for entry in present:
        if entry.allowed_primary_server.lower() not in kept:
            yield _remove_entry(entry, host, _add_entry(entry, host))
    for entry in wanted:
        former = named.get(entry.allowed_primary_server.lower())
        if former is None:
            yield _add_entry(entry, host, _remove_entry(entry, host))
        elif not same_entry(entry, former):
            yield _change_entry(former, entry, host, _change_entry(entry, former, host))


def _add_entry(entry: AuthorizationEntry, host: HostKey, undo: Action | None = None) -> Action:
    call = command(
        "New-VMReplicationAuthorizationEntry",
        AllowedPrimaryServer=entry.allowed_primary_server,
        ReplicaStorageLocation=tidy(entry.replica_storage_location),
        TrustGroup=entry.trust_group,
    )
    return Action(
        _("Allow {server} to replicate to {host}").format(server=entry.allowed_primary_server, host=host.name),
        host,
        Pipeline((Statement((call,)),)),
        Facts(host, (_entry_fact(entry),)),
        _("Removing {server} from the list undoes it.").format(server=entry.allowed_primary_server),
        undo,
    )


def _remove_entry(entry: AuthorizationEntry, host: HostKey, undo: Action | None = None) -> Action:
    name = entry.allowed_primary_server
    gone = Fact(Statement((_ENTRIES,)), (("AllowedPrimaryServer", name),), is_absent=True)
    return Action(
        _("Allow {server} to replicate to {host} no longer").format(server=name, host=host.name),
        host,
        Pipeline((_found(name) | command("Remove-VMReplicationAuthorizationEntry"),)),
        Facts(host, (gone,)),
        _("Adding {server} to the list again undoes it.").format(server=name),
        undo,
    )


def _change_entry(
    former: AuthorizationEntry, entry: AuthorizationEntry, host: HostKey, undo: Action | None = None
) -> Action:
    name = entry.allowed_primary_server
    changed: dict[str, ParameterValue] = {}
    if tidy(entry.replica_storage_location).lower() != tidy(former.replica_storage_location).lower():
        changed["ReplicaStorageLocation"] = tidy(entry.replica_storage_location)
    if entry.trust_group != former.trust_group:
        changed["TrustGroup"] = entry.trust_group
    return Action(
        _("Change what {server} may do on {host}").format(server=name, host=host.name),
        host,
        Pipeline((_found(name) | command("Set-VMReplicationAuthorizationEntry", **changed),)),
        Facts(host, (Fact(Statement((_ENTRIES,)), (("AllowedPrimaryServer", name), *changed.items())),)),
        _("Giving {server} its former storage location and trust group undoes it.").format(server=name),
        undo,
    )


def _entry_fact(entry: AuthorizationEntry) -> Fact:
    properties: tuple[tuple[str, ParameterValue], ...] = (
        ("AllowedPrimaryServer", entry.allowed_primary_server),
        ("ReplicaStorageLocation", tidy(entry.replica_storage_location)),
        ("TrustGroup", entry.trust_group),
    )
    return Fact(Statement((_ENTRIES,)), properties)


def _found(name: str) -> Statement:
    """The entry of exactly this name."""
    return _ENTRIES | command("Where-Object", Property="AllowedPrimaryServer", EQ=Switch.PRESENT, Value=name)


def _rule_action(name: str, display_name: str, host: HostKey) -> Action:
    names = {"rule": display_name, "host": host.name}

    def change(verb: str, title: str, enabled: int, undo_text: str, undo: Action | None = None) -> Action:
        listed = Statement((command("Get-NetFirewallRule", Name=name),))
        call = Statement((command(verb, Name=name),))
        goal = Facts(host, (Fact(listed, (("Enabled", enabled),)),))
        return Action(title.format(**names), host, Pipeline((call,)), goal, undo_text, undo)

    undo = change(
        "Disable-NetFirewallRule",
        _("Disable the firewall rule {rule} on {host}"),
        2,
        _("Enabling it again undoes that."),
    )
    title = _("Enable the firewall rule {rule} on {host}")
    return change("Enable-NetFirewallRule", title, 1, _("Disabling the firewall rule again undoes it."), undo)


def _summary(choices: ServerChoices, server: ReplicaServer) -> Iterator[tuple[str, str]]:
    if not choices.is_enabled:
        yield (
            _("What changes:"),
            _("{host} receives no replicas any more; those that it has stay.").format(host=server.host),
        )
        return
    yield _("What changes:"), _("{host} receives replicas of virtual machines.").format(host=server.host)
    if len(server.full_names) > 1:
        words = _("The host is a node of a cluster: the settings count for all of it, and the name is {broker}.")
        yield _("Cluster:"), words.format(broker=server.broker_name)


def _span(length: datetime.timedelta) -> str:
    """``length`` as PowerShell reads a TimeSpan."""
    hours, seconds = divmod(length.seconds, 3600)
    clock = f"{hours:02}:{seconds // 60:02}:{seconds % 60:02}"
    return f"{length.days}.{clock}" if length.days else clock


def _ticks(span: str) -> int:
    """The ticks of a TimeSpan that ``_span`` wrote."""
    days, dot, clock = span.rpartition(".")
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return ((int(days) if dot else 0) * 86400 + hours * 3600 + minutes * 60 + seconds) * 10_000_000
