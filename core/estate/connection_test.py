"""Tries a connection out step by step, and says of each step what was found and, where it stops, what to do."""

from __future__ import annotations

import contextlib
import enum
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from core.amounts import size_text
from core.estate.connection import Connection
from core.estate.inventory import essential_error
from core.estate.sign_in_advice import advice, is_address, script_note
from core.hyperv.query import Question, Reading, RowQuestion, UnexpectedAnswer, ask
from core.hyperv.records import Host
from core.language import _
from core.powershell.command import Switch, command
from core.remoting import errors
from core.remoting.certificates import Certificate, check_trust, read_certificate
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.failures import translate
from core.remoting.session import Answer, Session
from core.remoting.workers import Workers

_MODULE = RowQuestion(
    "module", command("Get-Module", Name="Hyper-V", ListAvailable=Switch.PRESENT), ("Name", "Version")
)
_HOST = Question("host", command("Get-VMHost"), Host)

_NOBODY = Credential("", "")

# Errors of an endpoint come from a host that has taken the user.
_AFTER_SIGN_IN = (errors.AccessDenied, errors.EndpointMissing, errors.QuotaExceeded)


class Part(enum.Enum):
    """What has to work, in this order."""

    NAME = "name"
    PORT = "port"
    ENCRYPTION = "encryption"
    SIGN_IN = "sign-in"
    ENDPOINT = "endpoint"
    MODULE = "module"
    RIGHTS = "rights"

    @property
    def title(self) -> str:
        """What it is called."""
        return {
            Part.NAME: _("Name"),
            Part.PORT: _("Port"),
            Part.ENCRYPTION: _("Encryption"),
            Part.SIGN_IN: _("Sign-in"),
            Part.ENDPOINT: _("PowerShell endpoint"),
            Part.MODULE: _("Hyper-V module"),
            Part.RIGHTS: _("Rights"),
        }[self]


class Verdict(enum.Enum):
    """How a step stands."""

    RUNNING = "running"
    GOOD = "good"
    BAD = "bad"

    @property
    def word(self) -> str:
        """The verdict in a word."""
        return {Verdict.RUNNING: _("testing"), Verdict.GOOD: _("works"), Verdict.BAD: _("stops here")}[self]


@dataclass(frozen=True, slots=True)
class Step:
    """One part: what was ``found``, and for a bad one the ``cures``, the likeliest first.

    A host over https shows its ``certificate``, also one that is not trusted.
    """

    part: Part
    verdict: Verdict
    found: str = ""
    cures: tuple[str, ...] = ()
    certificate: Certificate | None = None


async def examine(connection: Connection, workers: Workers) -> AsyncIterator[Step]:
    """Each part first as running and then as it was found; a bad one is the last. Nothing is changed on the host."""
    session = Session(connection.endpoint, connection.credential, workers, is_read_only=True)
    answers: list[Answer] = []
    try:
        for part in Part:
            yield Step(part, Verdict.RUNNING)
            step = await _tried(part, connection, workers, session, answers)
            yield step
            if step.verdict is Verdict.BAD:
                return
    finally:
        await session.close()


async def _tried(part: Part, connection: Connection, workers: Workers, session: Session, answers: list[Answer]) -> Step:
    endpoint = connection.endpoint
    certificate: Certificate | None = None
    try:
        match part:
            case Part.NAME:
                return Step(part, Verdict.GOOD, await workers.run(_resolved, endpoint))
            case Part.PORT:
                return Step(part, Verdict.GOOD, await workers.run(_answering, endpoint))
            case Part.ENCRYPTION:
                if endpoint.scheme == "http" or endpoint.proxy is not None:
                    return Step(part, Verdict.GOOD, _unseen_encryption(endpoint))
                certificate = await workers.run(read_certificate, endpoint)
                await workers.run(check_trust, endpoint, certificate)
                return Step(part, Verdict.GOOD, _trusted(endpoint, certificate), certificate=certificate)
            case Part.SIGN_IN:
                return Step(part, Verdict.GOOD, await _signed_in(connection, session))
            case Part.ENDPOINT:
                await session.open()
                return Step(part, Verdict.GOOD, _("{name} is open.").format(name=endpoint.configuration_name))
            case Part.MODULE:
                answers.append(await session.run(ask((_MODULE, _HOST))))
                return Step(part, Verdict.GOOD, _module(answers[0]))
            case Part.RIGHTS:
                return Step(part, Verdict.GOOD, _host(answers[0]))
    except errors.RemotingError as error:
        # Some errors say all that there is to say in their sentence.
        found = f"{error.sentence} {error.cause}"
        return Step(part, Verdict.BAD, found, advice(error, connection), certificate)
    except UnexpectedAnswer as error:
        cures = (
            _("Install the module on the host: Install-WindowsFeature Hyper-V-PowerShell"),
            _("An endpoint with few commands has to offer those of the Hyper-V module."),
        )
        return Step(part, Verdict.BAD, str(error), cures)


async def _signed_in(connection: Connection, session: Session) -> str:
    # What keeps the endpoint from opening then is said by the next part.
    with contextlib.suppress(*_AFTER_SIGN_IN):
        await session.open()
    user = connection.credential.user_name or _("the account that is signed in here")
    found = _("The host takes {user} with {kind}.").format(user=user, kind=connection.endpoint.authentication)
    return f"{found} {script_note(connection)}".rstrip()


def _resolved(endpoint: Endpoint) -> str:
    """Blocks. Raises RemotingError."""
    if endpoint.proxy is not None:
        return _("The proxy {proxy} looks up the name.").format(proxy=endpoint.proxy)
    if is_address(endpoint.address):
        return _("{address} is a network address.").format(address=endpoint.address)
    try:
        found = socket.getaddrinfo(endpoint.address, endpoint.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as failure:
        error = failure if isinstance(failure, OSError) else socket.gaierror(str(failure))
        raise _translated(error, endpoint) from failure
    addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
    return _("{name} is {addresses}.").format(name=endpoint.address, addresses=", ".join(addresses))


def _answering(endpoint: Endpoint) -> str:
    """Blocks. Raises RemotingError."""
    address, port = endpoint.address, endpoint.port
    if endpoint.proxy is not None:
        proxy = urlsplit(endpoint.proxy)
        address, port = proxy.hostname or "", proxy.port or 80
        endpoint = replace(endpoint, address=address, port=port)
    began = time.monotonic()
    try:
        socket.create_connection((address, port), endpoint.connect_timeout).close()
    except OSError as failure:
        raise _translated(failure, endpoint) from failure
    milliseconds = (time.monotonic() - began) * 1000
    return _("Port {port} answers after {time:.0f} ms.").format(port=port, time=milliseconds)


def _translated(failure: OSError, endpoint: Endpoint) -> errors.RemotingError:
    return translate(failure, endpoint, _NOBODY)


def _unseen_encryption(endpoint: Endpoint) -> str:
    if endpoint.scheme == "http":
        return _("Over http every message is encrypted with the key of the sign-in.")
    return _("Through a proxy the certificate is checked when the session is opened.")


def _trusted(endpoint: Endpoint, certificate: Certificate) -> str:
    until = certificate.not_after.astimezone().strftime("%Y-%m-%d")
    if endpoint.fingerprint is not None:
        return _("The host shows the certificate that was trusted by its fingerprint.")
    return _("The certificate of {issuer} is trusted; it is valid until {date}.").format(
        issuer=certificate.issuer, date=until
    )


def _module(answer: Answer) -> str:
    """Raises UnexpectedAnswer when there are no Hyper-V cmdlets."""
    reading = Reading.of(answer.output)
    versions = [_version(row.get("Version")) for row in reading.rows(_MODULE)]
    newest = max((version for version in versions if version), default=())
    if newest:
        return _("The Hyper-V module has version {version}.").format(version=".".join(map(str, newest)))
    if reading.records(_HOST) or essential_error(answer.errors) is not None:
        return _("The Hyper-V cmdlets are there; the version of their module is not told.")
    raise UnexpectedAnswer(_("The host has no Hyper-V cmdlets."))


def _version(told: object) -> tuple[int, ...]:
    """A System.Version as ConvertTo-Json prints it: an object with its parts, -1 for those it does not have."""
    parts = [told.get(name) for name in ("Major", "Minor", "Build", "Revision")] if isinstance(told, dict) else []
    return tuple(part for part in parts if isinstance(part, int) and part >= 0)


def _host(answer: Answer) -> str:
    """Raises CmdletFailed when Get-VMHost was refused, and UnexpectedAnswer when it said nothing."""
    if (refused := essential_error(answer.errors)) is not None:
        raise errors.cmdlet_failed(answer.host, refused)
    hosts = Reading.of(answer.output).records(_HOST)
    if not hosts:
        raise UnexpectedAnswer(_("The host has no Hyper-V cmdlets."))
    return _("Get-VMHost answers: {name}, {count} processors, {memory} memory.").format(
        name=hosts[0].fully_qualified_domain_name,
        count=hosts[0].logical_processor_count,
        memory=size_text(hosts[0].memory_capacity),
    )
