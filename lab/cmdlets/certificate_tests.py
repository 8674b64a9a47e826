"""Test-Certificate, for the certificates of the computer's personal store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.certificates import certificates_at
from lab.cmdlets.paths import missing
from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import refuse_parameters, windows_error
from lab.hyperv.replication.certificates import Certificate
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Value, display_text

EXCEPTION = "System.Exception"


@cmdlet("Test-Certificate")
async def test_certificate(call: Call) -> AsyncIterator[Value]:
    """Whether a certificate and its chain are valid now, for the usages of -EKU and the name of -DNSName.

    One that is not makes False, and an error with the number of Windows for the first thing that is wrong.
    """
    refuse_parameters(call, "User")
    path = display_text(call.parameters["Cert"])
    found = certificates_at(path, call.host)
    if not found:
        call.fail(missing(call, path))
    fault = next(_faults(found[0], call), None)
    if fault is not None:
        call.error(windows_error(call, fault, "NotSpecified", EXCEPTION))
    yield fault is None


def _faults(certificate: Certificate, call: Call) -> Iterator[str]:
    """The keys of what is wrong with the certificate, in the order in which Windows looks (assumed)."""
    if not certificate.begins <= call.host.clock.now() < certificate.ends:
        yield "chain_expired"
    if not certificate.is_trusted and not call.switch("AllowUntrustedRoot"):
        yield "chain_untrusted"
    if not {display_text(usage) for usage in listed(call.parameters.get("EKU"))} <= set(certificate.purposes):
        yield "chain_wrong_usage"
    name = display_text(call.parameters.get("DNSName")).removeprefix("dns=")
    if name and not certificate.is_about(name):
        yield "chain_wrong_name"
