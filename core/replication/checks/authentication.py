"""Whether both hosts can prove themselves to each other in the chosen way."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.checks.known import Known, Unread
from core.hyperv.computers import ComputerSystem
from core.hyperv.failure_codes import codes_in
from core.hyperv.states import ReplicationAuthentication
from core.language import _
from core.replication.checks.case import CONNECTION, SERVER, Case, not_known
from core.replication.server import ReplicaServer
from core.wizards.wizard import Problem

_UNKNOWN_SERVICE = 0x80090303
"""The name of the service is not registered (Microsoft's troubleshooting guide for Hyper-V Replica)."""


def authentication(case: Case) -> Iterator[Finding]:
    """Kerberos takes one forest, certificates take one on each host that serves for both ends."""
    if case.protection.link.authentication is ReplicationAuthentication.KERBEROS:
        yield from _kerberos(case)
    else:
        yield from _certificates(case)


def _kerberos(case: Case) -> Iterator[Finding]:
    hosts = [(case.names["primary"], case.primary_facts.computer)]
    if case.replica_facts is not None:
        hosts.append((case.names["server"], case.replica_facts.computer))
    outside = [name for name, computer in hosts if isinstance(computer, ComputerSystem) and not computer.part_of_domain]
    if outside:
        what = _("{hosts} belongs to no domain, so that Kerberos cannot be used.").format(hosts=", ".join(outside))
        yield Problem(CONNECTION, what, _("Use certificate-based authentication (HTTPS) on both sides."))
        return
    refusal = case.primary_facts.refusal
    if refusal is not None and _UNKNOWN_SERVICE in codes_in(refusal.message):
        yield Problem(
            SERVER,
            _("{primary} cannot sign in to {server} with Kerberos: the service there is not known.").format(
                **case.names
            ),
            _(
                "Restart the Virtual Machine Management Service on {server}: it registers the name “Hyper-V Replica"
                " Service”. In another forest, use certificates."
            ).format(**case.names),
        )
        return
    domains = {computer.domain.lower() for _name, computer in hosts if isinstance(computer, ComputerSystem)}
    if len(domains) > 1:
        what = _("{primary} and {server} are in different domains: Kerberos works within one forest only.")
        yield Problem(
            CONNECTION, what.format(**case.names), _("Use certificates if the forests are different."), is_warning=True
        )
    elif len(hosts) > 1 and len(domains) == 1 and not any(isinstance(each, Unread) for _name, each in hosts):
        yield Passed(_("{primary} and {server} are in one domain: Kerberos can be used.").format(**case.names))


def _certificates(case: Case) -> Iterator[Finding]:
    own, thumbprint = case.primary_facts.server, case.protection.link.thumbprint
    yield from _certificate(thumbprint, own, case.names["primary"], CONNECTION)
    if case.server is not None:
        thumbprint = case.server.settings.certificate_thumbprint or ""
        yield from _certificate(thumbprint, case.server, case.names["server"], SERVER)


def _certificate(thumbprint: str, server: Known[ReplicaServer], host: str, field: str) -> Iterator[Finding]:
    names = {"host": host, "thumbprint": thumbprint}
    if isinstance(server, Unread):
        yield not_known(field, _("The certificates of {host} could not be read.").format(**names), server)
        return
    verdict = server.verdict_on(thumbprint)
    cure = _("Choose Select Certificate, and one that can be used.")
    if field == SERVER:
        cure = _("Choose another certificate in the Replication Configuration of {host}.").format(**names)
    if verdict is None:
        what = _("{host} has no certificate with the thumbprint {thumbprint}.").format(**names)
        yield Problem(field, what, cure)
    elif not verdict.qualifies:
        what = _("The certificate {name} of {host} cannot be used: {words}")
        yield Problem(field, what.format(name=verdict.certificate.title, words=verdict.words, **names), cure)
    else:
        what = _("The certificate {name} of {host} serves for both ends.")
        yield Passed(what.format(name=verdict.certificate.title, **names))
        for doubt in verdict.doubts:
            yield Problem(field, doubt, _("Look at the certificate on the host."), is_warning=True)
