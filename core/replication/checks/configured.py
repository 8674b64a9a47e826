"""Whether the other host is a Replica server, and listens where and how the choices say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.hyperv.states import ReplicationAuthentication
from core.language import _
from core.replication.checks.case import CONNECTION, SERVER, Case, not_known
from core.replication.server import HTTP_RULE, HTTPS_RULE, RULE_PORTS, ReplicaServer
from core.replication.server_choices import ServerChoices
from core.replication.server_plan import server_plan
from core.wizards.wizard import Problem


def configured(case: Case) -> Iterator[Finding]:
    """The settings of the Replica server, then its listener, then its firewall."""
    if case.replica_facts is None or case.replica is None:
        what = _("{server} is not managed here: only {primary} can tell whether it takes the replica.")
        yield not_known(SERVER, what.format(**case.names), Unread(""))
        return
    server = case.replica_facts.server
    if isinstance(server, Unread):
        yield not_known(SERVER, _("How {server} is configured is not known.").format(**case.names), server)
        return
    found = list(_faults(case, server))
    yield from found
    if not any(not problem.is_warning for problem in found):
        link = case.protection.link
        what = _("{server} is a Replica server and listens at port {port}.")
        yield Passed(what.format(port=link.port, **case.names))


def not_enabled(server: ReplicaServer) -> Problem | None:
    """That a host is no Replica server at all."""
    if server.settings.replication_enabled:
        return None
    return Problem(
        SERVER,
        _("{host} is not configured as a Replica server.").format(host=server.host),
        _("Choose Configure Server, and enable it as a Replica server."),
    )


def listener_of(server: ReplicaServer, authentication: ReplicationAuthentication) -> int | None:
    """The port at which it listens for this kind of sign-in; None when it does not."""
    settings = server.settings
    if authentication is ReplicationAuthentication.KERBEROS:
        is_open, port = settings.allowed_authentication_type.accepts_kerberos, settings.kerberos_authentication_port
    else:
        is_open = settings.allowed_authentication_type.accepts_certificates
        port = settings.certificate_authentication_port
    return port if is_open else None


def _faults(case: Case, server: ReplicaServer) -> Iterator[Problem]:
    link = case.protection.link
    if (disabled := not_enabled(server)) is not None:
        yield disabled
        return
    port = listener_of(server, link.authentication)
    names = case.names | {"way": link.authentication.word, "port": link.port, "open": port}
    if port is None:
        what = _("{server} does not accept {way}.").format(**names)
        cure = _("Choose the other kind of authentication, or let {server} accept this one.")
        yield Problem(CONNECTION, what, cure.format(**names))
    elif port != link.port:
        what = _("{server} listens for {way} at port {open}, not at {port}.").format(**names)
        yield Problem(CONNECTION, what, _("Type {open} as the port of the Replica server.").format(**names))
    else:
        yield from _closed(case, server, names)


def _closed(case: Case, server: ReplicaServer, names: Mapping[str, object]) -> Iterator[Problem]:
    """That the firewall of the Replica server lets nobody in; what another rule opens is not known here."""
    is_kerberos = case.protection.link.authentication is ReplicationAuthentication.KERBEROS
    rule = server.rule(HTTP_RULE if is_kerberos else HTTPS_RULE)
    assert case.replica is not None
    if rule is None or case.protection.link.port != RULE_PORTS[rule.name] or rule.is_enabled:
        return
    opened = replace(ServerChoices.of(server), opens_firewall=True)
    # What answers in spite of the rule is let in by another one.
    yield Problem(
        SERVER,
        _("The firewall of {server} does not let primary servers in: its rule “{rule}” is disabled.").format(
            rule=rule.display_name, **names
        ),
        _("Enable the rule."),
        fix=server_plan(opened, server, case.replica.key),
        is_warning=case.primary_facts.refusal is None,
    )
