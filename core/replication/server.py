"""A host's Replica server: whether it receives replicas, from whom, how they sign in, and what would keep them out.

Everything is read in one pipeline, but for the chains of certificates. On a node of a cluster the settings are those of
all its nodes, which the Replica Broker keeps the same (Hyper-V team blog); the certificate has to be about the broker
as well.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import msgspec

from core.clusters.broker import BROKERS, Broker
from core.hyperv.disks import Asker
from core.hyperv.query import CLOCK, Question, Reading, UnexpectedAnswer, ask
from core.hyperv.records import Duration
from core.hyperv.states import AllowedAuthentication
from core.language import _
from core.powershell.command import command
from core.remoting.errors import cmdlet_failed
from core.remoting.records import ErrorRecord
from core.remoting.session import Answer
from core.replication.certificates import CERTIFICATES, Verdict, read_verdicts

HTTP_RULE, HTTPS_RULE = "VIRT-HVRHTTPL-In-TCP-NoScope", "VIRT-HVRHTTPSL-In-TCP-NoScope"
"""The firewall rules of the listeners, which open the ports 80 and 443 (their names are published by several projects).

What they are called on a screen differs from language to language.
"""
RULE_PORTS = {HTTP_RULE: 80, HTTPS_RULE: 443}


class ServerSettings(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMReplicationServer; 2 among the ``operational_status`` is Ok, and its descriptions are the host's words."""

    replication_enabled: bool
    allowed_authentication_type: AllowedAuthentication
    kerberos_authentication_port: int
    certificate_authentication_port: int
    certificate_thumbprint: str | None
    replication_allowed_from_any_server: bool
    default_storage_location: str | None
    monitoring_interval: Duration
    monitoring_start_time: Duration
    operational_status: tuple[int, ...] | None = None
    status_descriptions: tuple[str, ...] | None = None

    @property
    def interval(self) -> datetime.timedelta:
        """How long a monitoring interval is."""
        return datetime.timedelta(seconds=self.monitoring_interval.seconds)

    @property
    def start(self) -> datetime.timedelta:
        """The time of day at which the first one begins."""
        return datetime.timedelta(seconds=self.monitoring_start_time.seconds)


class AuthorizationEntry(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMReplicationAuthorizationEntry: a primary server, or ``*.domain``, that may replicate to the host."""

    allowed_primary_server: str
    replica_storage_location: str
    trust_group: str


class FirewallRule(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-NetFirewallRule; ``enabled`` is 1 for True and 2 for False (its enumeration Enabled)."""

    name: str
    display_name: str
    enabled: int

    @property
    def is_enabled(self) -> bool:
        """Whether the rule lets anybody in."""
        return self.enabled == 1


class _Named(msgspec.Struct, frozen=True, rename="pascal"):
    fully_qualified_domain_name: str


@dataclass(frozen=True, slots=True)
class ReplicaServer:
    """What a host tells of its Replica server. ``full_names`` are its own and, in a cluster, that of the broker.

    ``read_at`` is its own clock. ``rules`` and ``verdicts`` are empty where they could not be read; ``unread`` says so.
    """

    host: str
    full_names: tuple[str, ...]
    read_at: datetime.datetime
    settings: ServerSettings
    entries: tuple[AuthorizationEntry, ...]
    rules: tuple[FirewallRule, ...]
    verdicts: tuple[Verdict, ...]
    unread: tuple[str, ...] = ()
    broker: Broker | None = None

    @property
    def broker_name(self) -> str:
        """The full name that primary servers replicate to where the host is a node with a broker; empty elsewhere."""
        return self.full_names[1] if len(self.full_names) > 1 else ""

    def verdict_on(self, thumbprint: str) -> Verdict | None:
        """What is said of the certificate with this thumbprint; None when it is not in the store."""
        wanted = thumbprint.upper()
        return next((each for each in self.verdicts if each.certificate.thumbprint.upper() == wanted), None)

    def rule(self, name: str) -> FirewallRule | None:
        """The firewall rule of this name, or None."""
        return next((rule for rule in self.rules if rule.name.lower() == name.lower()), None)


_HOST = Question("host", command("Get-VMHost"), _Named)
_SETTINGS = Question("server", command("Get-VMReplicationServer"), ServerSettings)
_ENTRIES = Question("entries", command("Get-VMReplicationAuthorizationEntry"), AuthorizationEntry)
_RULES = Question("rules", command("Get-NetFirewallRule", Name=(HTTP_RULE, HTTPS_RULE)), FirewallRule)
_CLUSTERED = "Get-ClusterResource"
_ESSENTIAL = frozenset({"Get-VMHost", "Get-VMReplicationServer"})


async def read_server(asker: Asker, host: str) -> ReplicaServer:
    """The Replica server of the host that ``asker`` asks and that is called ``host`` in messages.

    Raises RemotingError when the host cannot be asked or does not tell the settings, and UnexpectedAnswer.
    """
    answer = await asker(ask((CLOCK, _HOST, _SETTINGS, _ENTRIES, _RULES, CERTIFICATES, BROKERS)))
    reading = Reading.of(answer.output)
    named, settings = reading.records(_HOST), reading.records(_SETTINGS)
    if not named or not settings:
        refused = next((error for error in answer.errors if _cmdlet(error) in _ESSENTIAL), None)
        if refused is not None:
            raise cmdlet_failed(host, refused)
        raise UnexpectedAnswer(_("It told nothing of its Replica server."))
    read_at = reading.clock()
    own = named[0].fully_qualified_domain_name
    domain = own.partition(".")[2]
    broker = next(iter(reading.records(BROKERS)), None)
    full_names = (own, f"{broker.name}.{domain}") if broker is not None else (own,)
    certificates = reading.records(CERTIFICATES)
    verdicts = await read_verdicts(asker, certificates, full_names, read_at)
    entries = sorted(reading.records(_ENTRIES), key=lambda entry: entry.allowed_primary_server.lower())
    rules = reading.records(_RULES)
    return ReplicaServer(
        host, full_names, read_at, settings[0], tuple(entries), rules, verdicts, _unread(answer), broker
    )


def _unread(answer: Answer) -> tuple[str, ...]:
    """What could not be read beside the settings; that a rule or a cluster does not exist is an answer."""
    found = []
    for error in answer.errors:
        if _cmdlet(error) == _CLUSTERED or (error.category == "ObjectNotFound" and not _is_missing(error)):
            continue
        found.append(_("The host does not tell everything: {message}").format(message=" ".join(error.lines)))
    return tuple(dict.fromkeys(found))


def _cmdlet(error: ErrorRecord) -> str:
    """The cmdlet that an error is about; one that the host does not have is the error's target."""
    return (error.target if _is_missing(error) else error.cmdlet).rpartition("\\")[2]


def _is_missing(error: ErrorRecord) -> bool:
    return error.error_id.partition(",")[0] == "CommandNotFoundException"
