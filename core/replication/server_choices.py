"""What a host's Replica server shall be, as it is typed on a page, and what is wrong with it: whole sentences.

The rules are those of Set-VMReplicationServer and New-VMReplicationAuthorizationEntry in Microsoft's cmdlet reference.
A list without any server is refused here (assumed to be of no use), and a share gives a warning (Hyper-V team blog).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.hyperv.paths import folder_fault, same_path
from core.language import _
from core.replication.certificates import clean_thumbprint, thumbprint_fault
from core.replication.server import (
    HTTP_RULE,
    HTTPS_RULE,
    RULE_PORTS,
    AuthorizationEntry,
    FirewallRule,
    ReplicaServer,
)
from core.wizards.wizard import Problem

INTERVALS = (
    *(datetime.timedelta(hours=hours) for hours in (1, 2, 3, 4, 6, 8, 12, 24)),
    *(datetime.timedelta(days=days) for days in range(2, 8)),
)
"""How long a monitoring interval can be (cmdlet and WMI reference)."""
HIGHEST_PORT = 65535
_OK = 2
"""VMReplicationServerOperationalStatus."""
_NAME_PART = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?")


@dataclass(frozen=True, slots=True)
class ServerChoices:
    """The page. Ports and the thumbprint are as they were typed; ``entries`` count where not any server may replicate.

    ``opens_firewall`` lets the rules of the listeners be enabled that the choices need.
    """

    is_enabled: bool
    uses_kerberos: bool
    kerberos_port: str
    uses_certificate: bool
    certificate_port: str
    thumbprint: str
    allows_any_server: bool
    storage_location: str
    entries: tuple[AuthorizationEntry, ...]
    interval: datetime.timedelta
    start: datetime.timedelta
    opens_firewall: bool = False

    @classmethod
    def of(cls, server: ReplicaServer) -> ServerChoices:
        """The page as it shows what the host has; where nothing was ever configured, any server may replicate."""
        settings = server.settings
        authentication = settings.allowed_authentication_type
        is_new = not settings.replication_enabled and not server.entries and not settings.default_storage_location
        return cls(
            is_enabled=settings.replication_enabled,
            uses_kerberos=authentication.accepts_kerberos,
            kerberos_port=str(settings.kerberos_authentication_port),
            uses_certificate=authentication.accepts_certificates,
            certificate_port=str(settings.certificate_authentication_port),
            thumbprint=settings.certificate_thumbprint or "",
            allows_any_server=settings.replication_allowed_from_any_server or is_new,
            storage_location=settings.default_storage_location or "",
            entries=server.entries,
            interval=settings.interval,
            start=settings.start,
        )

    @property
    def clean_thumbprint(self) -> str:
        """The thumbprint as it is sent."""
        return clean_thumbprint(self.thumbprint)

    def closed_rules(self, server: ReplicaServer) -> tuple[FirewallRule, ...]:
        """The firewall rules that keep primary servers from the listeners that are chosen."""
        rules = (server.rule(name) for name, port in self._listeners() if port == RULE_PORTS[name])
        return tuple(rule for rule in rules if rule is not None and not rule.is_enabled)

    def ports_without_rule(self) -> tuple[int, ...]:
        """Ports in use that no rule of Windows' own opens."""
        return tuple(port for name, port in self._listeners() if port is not None and port != RULE_PORTS[name])

    def _listeners(self) -> Iterator[tuple[str, int | None]]:
        """The firewall rule and the port of each listener that is chosen."""
        if self.is_enabled and self.uses_kerberos:
            yield HTTP_RULE, port_of(self.kerberos_port)
        if self.is_enabled and self.uses_certificate:
            yield HTTPS_RULE, port_of(self.certificate_port)


def port_of(text: str) -> int | None:
    """The port that ``text`` means; None where it is none."""
    told = text.strip()
    if not (told.isascii() and told.isdigit() and len(told) <= len(str(HIGHEST_PORT))):
        return None
    return int(told) if 1 <= int(told) <= HIGHEST_PORT else None


def problems(choices: ServerChoices, server: ReplicaServer, drives: Sequence[str] | None = None) -> tuple[Problem, ...]:
    """What is wrong with ``choices``, and warnings; ``drives`` are the letters that the host has, None: not known.

    Of a Replica server that is off nothing else counts: nothing of it is sent.
    """
    if not choices.is_enabled:
        return ()
    return (
        *_of_authentication(choices, server),
        *_of_storage(choices, drives),
        *_of_monitoring(choices),
        *_of_firewall(choices, server),
    )


def standing_problems(server: ReplicaServer, drives: Sequence[str] | None = None) -> tuple[Problem, ...]:
    """Why the host receives no replicas, or may not, as it is configured now."""
    if not server.settings.replication_enabled:
        what = _("{host} is not configured as a Replica server.").format(host=server.host)
        return (Problem("enabled", what, _("Enable it as a Replica server.")),)
    found = list(problems(ServerChoices.of(server), server, drives))
    if any(status != _OK for status in server.settings.operational_status or ()):
        told = " ".join(server.settings.status_descriptions or ())
        what = _("{host} says of its Replica server: {words}").format(host=server.host, words=told)
        found.append(Problem("", what, _("Look into the event log of the host.")))
    return tuple(found)


def entry_problems(
    entry: AuthorizationEntry, others: Sequence[AuthorizationEntry], drives: Sequence[str] | None = None
) -> tuple[Problem, ...]:
    """What is wrong with one entry of the list beside the ``others``."""
    found: list[Problem] = []
    name = entry.allowed_primary_server
    if fault := server_name_fault(name):
        found.append(
            Problem("primary", fault, _("Type the full name of the primary server, or *.domain for all of a domain."))
        )
    elif name.lower() in {other.allowed_primary_server.lower() for other in others}:
        found.append(
            Problem(
                "primary", _("{server} is in the list already.").format(server=name), _("Edit the entry that is there.")
            )
        )
    found.extend(_of_location("storage", entry.replica_storage_location, drives))
    if not entry.trust_group.strip():
        found.append(
            Problem(
                "trust_group",
                _("No trust group is named."),
                _("Name one: primary servers with the same trust group may go on with each other's virtual machines."),
            )
        )
    return tuple(found)


def server_name_fault(name: str) -> str | None:
    """What is wrong with the name of a primary server that is to be allowed, in a sentence; None when nothing is."""
    if not name.strip():
        return _("No primary server is named.")
    if re.search(r"\s", name):
        return _("The name {name} contains a blank.").format(name=f"“{name}”")
    plain = name.removeprefix("*.")
    if "*" in plain:
        return _("In {name} the star does not stand for the whole beginning of the name.").format(name=name)
    parts = plain.split(".")
    if not all(_NAME_PART.fullmatch(part) for part in parts):
        return _("{name} is not the name of a server.").format(name=name)
    if len(parts) < 2:
        return _("{name} is not a full name: its domain is missing.").format(name=name)
    return None


def tidied(entry: AuthorizationEntry) -> AuthorizationEntry:
    """The entry without blanks around what was typed."""
    return AuthorizationEntry(
        entry.allowed_primary_server.strip(), entry.replica_storage_location.strip(), entry.trust_group.strip()
    )


def _of_authentication(choices: ServerChoices, server: ReplicaServer) -> Iterator[Problem]:
    if not choices.uses_kerberos and not choices.uses_certificate:
        yield Problem(
            "authentication",
            _("Neither Kerberos nor certificates are chosen, so no primary server could sign in."),
            _("Choose at least one kind of authentication."),
        )
    used = []
    if choices.uses_kerberos:
        used.append(("kerberos_port", choices.kerberos_port))
    if choices.uses_certificate:
        used.append(("certificate_port", choices.certificate_port))
    for field, text in used:
        if port_of(text) is None:
            yield Problem(
                field,
                _("{text} is not a port.").format(text=f"“{text}”"),
                _("Type a number from 1 to {highest}.").format(highest=HIGHEST_PORT),
            )
    ports = [port_of(text) for _field, text in used]
    if len(ports) == 2 and ports[0] is not None and ports[0] == ports[1]:
        yield Problem(
            "certificate_port",
            _("Kerberos and certificates cannot share the port {port}.").format(port=ports[0]),
            _("Give one of them another port."),
        )
    if choices.uses_certificate:
        yield from _of_certificate(choices, server)


def _of_certificate(choices: ServerChoices, server: ReplicaServer) -> Iterator[Problem]:
    thumbprint = choices.clean_thumbprint
    cure = _("Choose Select Certificate, and one that can be used.")
    if fault := thumbprint_fault(thumbprint):
        yield Problem("certificate", fault, cure)
        return
    found = server.verdict_on(thumbprint)
    if found is None:
        what = _("There is no certificate with the thumbprint {thumbprint} in the personal store of {host}.")
        yield Problem("certificate", what.format(thumbprint=thumbprint, host=server.host), cure)
    elif not found.qualifies:
        what = _("The certificate {name} cannot be used.").format(name=found.certificate.title)
        yield Problem("certificate", f"{what} {found.words}", cure)
    else:
        for doubt in found.doubts:
            yield Problem("certificate", doubt, _("Look at the certificate on the host."), is_warning=True)


def _of_storage(choices: ServerChoices, drives: Sequence[str] | None) -> Iterator[Problem]:
    if choices.allows_any_server:
        yield from _of_location("storage_location", choices.storage_location, drives)
        return
    if not choices.entries:
        yield Problem(
            "entries",
            _("No server may replicate to this host: the list is empty."),
            _("Add a primary server, or allow replication from any authenticated server."),
        )
    for number, entry in enumerate(choices.entries):
        for found in entry_problems(entry, choices.entries[:number], drives):
            what = _("{server}: {problem}").format(server=entry.allowed_primary_server, problem=found.what)
            yield replace(found, field="entries", what=what)


def _of_location(field: str, path: str, drives: Sequence[str] | None) -> Iterator[Problem]:
    if fault := folder_fault(path):
        yield Problem(field, fault, _("Choose Browse, or type the full path of a folder on the host."))
    elif path.startswith("\\\\"):
        yield Problem(
            field,
            _("{path} lies on a share, which the host can only look at if your sign-in reaches further.").format(
                path=path
            ),
            _("Sign in to the host with CredSSP, or run the change on the host itself."),
            is_warning=True,
        )
    elif drives is not None and path[:1].upper() not in drives:
        yield Problem(
            field,
            _("The host has no drive {letter}:.").format(letter=path[:1].upper()),
            _("Choose Browse, or type the full path of a folder on the host."),
        )


def _of_monitoring(choices: ServerChoices) -> Iterator[Problem]:
    if choices.interval not in INTERVALS:
        yield Problem(
            "interval",
            _("Replication cannot be monitored in intervals of this length."),
            _("Choose 1, 2, 3, 4, 6, 8, 12 or 24 hours, or 2 to 7 days."),
        )
    if not datetime.timedelta() <= choices.start < datetime.timedelta(days=1):
        yield Problem(
            "start", _("The start of monitoring is not a time of day."), _("Choose a time from 00:00 to 23:59.")
        )


def _of_firewall(choices: ServerChoices, server: ReplicaServer) -> Iterator[Problem]:
    """What would keep primary servers out, which does not keep anybody from configuring the host."""
    closed = choices.closed_rules(server)
    if closed and not choices.opens_firewall:
        shown = ", ".join(rule.display_name for rule in closed)
        yield Problem(
            "firewall",
            _("The firewall of {host} does not let primary servers in: {rules}.").format(host=server.host, rules=shown),
            _("Let the rules be enabled here, or open the ports in another way."),
            is_warning=True,
        )
    for port in choices.ports_without_rule():
        yield Problem(
            "firewall",
            _("Windows has no firewall rule of its own for the port {port}.").format(port=port),
            _("Make sure that {host} has a rule that lets primary servers in through it.").format(host=server.host),
            is_warning=True,
        )


def same_entry(one: AuthorizationEntry, other: AuthorizationEntry) -> bool:
    """Whether two entries say the same, as Windows compares."""
    return (
        one.allowed_primary_server.lower() == other.allowed_primary_server.lower()
        and same_path(one.replica_storage_location, other.replica_storage_location)
        and one.trust_group == other.trust_group
    )
