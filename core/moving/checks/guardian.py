"""Whether the destination can open the machine's virtual TPM."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.hyperv.failure_codes import codes_in, explain_codes
from core.language import _
from core.moving.checks.case import Case, not_read
from core.wizards.wizard import Problem

KEY_PROTECTOR_REFUSED = 0x80070057
"""What the host guardian service returns for a key protector that it cannot open (published events)."""


def guardian(case: Case) -> Iterator[Finding]:
    """Which certificates the destination has can only be told by comparing."""
    security, names = case.source_facts.security, case.names
    if security is None:
        yield Passed(_("{machine} cannot have a virtual TPM.").format(**names))
    elif isinstance(security, Unread):
        yield not_read("machine", _("Whether {machine} has a virtual TPM is not known.").format(**names), security)
    elif not security.tpm_enabled:
        yield Passed(_("{machine} has no virtual TPM.").format(**names))
    elif not case.was_compared:
        yield Problem(
            "machine",
            _("Whether {destination} can open the virtual TPM of {machine} is not known.").format(**names),
            _("It needs the certificates of the guardian of {source}.").format(**names),
            is_warning=True,
        )
    elif any(KEY_PROTECTOR_REFUSED in codes_in(objection) for objection in _objections(case)):
        explanation = explain_codes((KEY_PROTECTOR_REFUSED,), "Compare-VM")
        assert explanation is not None
        what = _("{destination} cannot open the virtual TPM of {machine}: it lacks the guardian's certificate.")
        yield Problem("machine", what.format(**names), explanation.cure)
    else:
        yield Passed(_("{destination} did not object to the virtual TPM of {machine}.").format(**names))


def _objections(case: Case) -> list[str]:
    comparison = case.source_facts.comparison
    return [objection.message for objection in comparison.objections] if comparison is not None else []
