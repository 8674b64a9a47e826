"""Certificates of a host's own store, and whether Hyper-V Replica can use them there, with every reason why not.

What is required: a private key, both client and server authentication among the usages, the present within its dates, a
chain that the host trusts, and the host's full name as the subject's common name or among the alternative names; for a
node of a cluster the broker's name as well (Windows Server documentation of Hyper-V Replica, and the cmdlet reference).
Test-Certificate is the only reader of the chain that needs no script. That it answers False with an error whose
message holds the number of Windows is assumed, and so is that one star may stand for the first part of the name.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from core.hyperv.dates import windows_date
from core.hyperv.disks import Asker
from core.hyperv.failure_codes import codes_in
from core.hyperv.query import Question, Reading, TextQuestion, ask
from core.language import _
from core.powershell.command import command
from core.remoting.records import ErrorRecord

STORE = "Cert:\\LocalMachine\\My"
"""The personal store of the local computer."""
CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2"
SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1"
_UNTRUSTED = frozenset({0x800B0109, 0x800B0112})
"""CERT_E_UNTRUSTEDROOT and CERT_E_UNTRUSTEDCA (winerror.h), as the others below."""
_INCOMPLETE = frozenset({0x800B010A})
_REVOKED = frozenset({0x80092010, 0x800B010C})
_NOT_ASKED = frozenset({0x80092012, 0x80092013, 0x800B010E})
_THUMBPRINT = re.compile(r"[0-9A-F]{40}")
_COMMON_NAME = re.compile(r'(?:^|,\s*)CN=(?:"([^"]+)"|([^,]+))', re.IGNORECASE)
_IS_MARK = re.compile("[\\s:\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


class Certificate(msgspec.Struct, frozen=True, rename="pascal"):
    """A certificate as the certificate provider lists it; Windows PowerShell adds the lists of names and usages."""

    thumbprint: str
    subject: str
    issuer: str
    begins: str = msgspec.field(name="NotBefore")
    ends: str = msgspec.field(name="NotAfter")
    has_private_key: bool
    friendly_name: str | None = None
    listed_names: Any = msgspec.field(name="DnsNameList", default=None)
    listed_usages: Any = msgspec.field(name="EnhancedKeyUsageList", default=None)

    @property
    def names(self) -> tuple[str, ...]:
        """The common name and the alternative names, each once."""
        found = _COMMON_NAME.search(self.subject)
        common = [found[1] or found[2]] if found else []
        listed = [str(item.get("Unicode") or item.get("Punycode") or "") for item in _items(self.listed_names)]
        return tuple(dict.fromkeys(name.strip() for name in common + listed if name.strip()))

    @property
    def usages(self) -> frozenset[str]:
        """The object identifiers of the enhanced key usages."""
        return frozenset(str(item.get("ObjectId")) for item in _items(self.listed_usages))

    @property
    def title(self) -> str:
        """What it is called where one is chosen."""
        return self.friendly_name or ", ".join(self.names[:1]) or self.subject

    @property
    def valid_from(self) -> datetime.datetime:
        """The first moment, in UTC. Raises ValueError when it cannot be read."""
        return windows_date(self.begins)

    @property
    def valid_until(self) -> datetime.datetime:
        """The last moment, in UTC. Raises ValueError when it cannot be read."""
        return windows_date(self.ends)

    def covers(self, name: str) -> bool:
        """Whether it is about the host of this full name; a star stands for the first part of it."""
        wanted = name.lower()
        stars = "*." + wanted.partition(".")[2]
        return any(each.lower() in (wanted, stars) for each in self.names)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A certificate, the ``faults`` for which it does not serve, and the ``doubts`` that remain, in sentences."""

    certificate: Certificate
    faults: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def qualifies(self) -> bool:
        """Whether nothing is known that keeps it from serving."""
        return not self.faults

    @property
    def words(self) -> str:
        """What there is to say of it, in sentences."""
        if self.faults:
            return " ".join(self.faults)
        return " ".join((_("It can be used."), *self.doubts))


@dataclass(frozen=True, slots=True)
class Chain:
    """What Test-Certificate said of a chain: ``is_trusted`` is None where it could not tell, and ``words`` say why."""

    is_trusted: bool | None
    words: str = ""


CERTIFICATES = Question("certificates", command("Get-ChildItem", Path=(STORE,)), Certificate)
"""The certificates of a host's personal store; there are none where nothing is printed."""


async def read_verdicts(
    asker: Asker, certificates: Sequence[Certificate], names: Sequence[str], now: datetime.datetime
) -> tuple[Verdict, ...]:
    """The verdict on each of ``certificates`` for a host, or a node with its broker, of these full names.

    ``now`` is the host's own clock. The chains of those within their dates are tested on the host, in one pipeline.
    Those that serve come first. Raises RemotingError when the host cannot be asked, and UnexpectedAnswer.
    """
    asked = [each for each in certificates if _is_in_time(each, now)]
    chains: dict[str, Chain] = {}
    if asked:
        chains = await _read_chains(asker, asked)
    found = (verdict(each, names, now, chains.get(each.thumbprint)) for each in certificates)
    return tuple(sorted(found, key=lambda each: (not each.qualifies, each.certificate.title.lower())))


def verdict(
    certificate: Certificate, names: Sequence[str], now: datetime.datetime, chain: Chain | None = None
) -> Verdict:
    """Whether ``certificate`` serves a host of all these full names; ``chain`` is None where it was not tested."""
    faults = [*_fault_of_key(certificate), *_faults_of_dates(certificate, now), *_faults_of_usages(certificate)]
    doubts: list[str] = []
    if chain is not None and chain.is_trusted is False:
        faults.append(chain.words)
    elif chain is not None and chain.is_trusted is None:
        doubts.append(chain.words)
    for name in names:
        if not certificate.covers(name):
            told = ", ".join(certificate.names) or _("nobody")
            faults.append(_("It is issued to {names}, not to {host}.").format(names=told, host=name))
    if certificate.subject == certificate.issuer:
        doubts.append(_("It is self-signed: the other server has to trust it as well."))
    return Verdict(certificate, tuple(faults), tuple(doubts))


def clean_thumbprint(text: str) -> str:
    """``text`` in capitals, without blanks, colons and the invisible marks that Windows copies along with it."""
    return _IS_MARK.sub("", text).upper()


def thumbprint_fault(thumbprint: str) -> str | None:
    """What is wrong with a cleaned thumbprint, in a sentence; None when nothing is."""
    if not thumbprint:
        return _("No certificate is chosen.")
    if not _THUMBPRINT.fullmatch(thumbprint):
        return _("{text} is not a thumbprint: it has 40 digits from 0 to 9 and A to F.").format(text=thumbprint)
    return None


def _fault_of_key(certificate: Certificate) -> list[str]:
    return [] if certificate.has_private_key else [_("Its private key is not on this host.")]


def _faults_of_dates(certificate: Certificate, now: datetime.datetime) -> list[str]:
    try:
        begins, ends = certificate.valid_from, certificate.valid_until
    except ValueError:
        return [_("Its dates cannot be read.")]
    if now < begins:
        return [_("It is valid from {date} on.").format(date=_day(begins, now))]
    return [_("It expired on {date}.").format(date=_day(ends, now))] if now > ends else []


def _faults_of_usages(certificate: Certificate) -> list[str]:
    usages = certificate.usages
    if not usages & {CLIENT_AUTHENTICATION, SERVER_AUTHENTICATION}:
        return [_("It is meant neither for client nor for server authentication; both are needed.")]
    if SERVER_AUTHENTICATION not in usages:
        return [_("It is not meant for server authentication, only for that of clients.")]
    if CLIENT_AUTHENTICATION not in usages:
        return [_("It is not meant for client authentication, only for that of servers.")]
    return []


def _is_in_time(certificate: Certificate, now: datetime.datetime) -> bool:
    return not _faults_of_dates(certificate, now)


def _day(moment: datetime.datetime, now: datetime.datetime) -> str:
    """The day in the host's own zone, which ``now`` has."""
    return moment.astimezone(now.tzinfo).date().isoformat()


async def _read_chains(asker: Asker, certificates: Sequence[Certificate]) -> dict[str, Chain]:
    questions = [
        TextQuestion(each.thumbprint, command("Test-Certificate", Cert=f"{STORE}\\{each.thumbprint}"))
        for each in certificates
    ]
    answer = await asker(ask(questions))
    texts = Reading.of(answer.output).texts
    told = {each.thumbprint: texts.get(each.thumbprint, "").lower() for each in certificates}
    refused = [thumbprint for thumbprint, text in told.items() if text != "true"]
    # Errors do not say which certificate they are about, but come in the order of the questions.
    errors: list[ErrorRecord | None] = list(answer.errors)
    if len(errors) != len(refused):
        errors = [None] * len(refused)
    chains = {thumbprint: Chain(True) for thumbprint, text in told.items() if text == "true"}
    return chains | {
        thumbprint: _broken(error, is_false=told[thumbprint] == "false")
        for thumbprint, error in zip(refused, errors, strict=True)
    }


def _broken(error: ErrorRecord | None, *, is_false: bool) -> Chain:
    """What a chain that did not pass comes to."""
    if error is not None and error.error_id.startswith("CommandNotFoundException"):
        return Chain(None, _("Whether its chain is trusted is not known: the host has no cmdlet Test-Certificate."))
    codes = frozenset(codes_in(error.message)) if error is not None else frozenset()
    if codes & _UNTRUSTED:
        return Chain(False, _("The host does not trust the authority at the end of its chain."))
    if codes & _INCOMPLETE:
        return Chain(False, _("Its chain does not lead to an authority that the host knows."))
    if codes & _REVOKED:
        return Chain(False, _("Its authority has revoked it."))
    if codes & _NOT_ASKED:
        return Chain(None, _("Whether it was revoked is not known: its authority cannot be asked from the host."))
    if error is not None:
        told = " ".join(error.lines)
        return Chain(False if is_false else None, _("The host says of its chain: {message}").format(message=told))
    if is_false:
        return Chain(False, _("The host does not trust its chain."))
    return Chain(None, _("Whether its chain is trusted is not known: the host did not say."))


def _items(told: object) -> list[dict[str, Any]]:
    """The objects of a list as ConvertTo-Json may write it: as a list, wrapped with its count, or a single one bare."""
    if isinstance(told, dict):
        told = told.get("value", [told])
    return [item for item in told if isinstance(item, dict)] if isinstance(told, list) else []
