"""What the primary itself says of the connection to the Replica server (Test-VMReplicationConnection)."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.hyperv.failure_codes import explain
from core.language import _
from core.remoting.records import ErrorRecord
from core.replication.checks.case import CONNECTION, Case
from core.wizards.wizard import Problem


def connection(case: Case, *, is_explained: bool) -> Iterator[Finding]:
    """``is_explained``: another check has found already what keeps the primary from the Replica server."""
    refusal = case.primary_facts.refusal
    if refusal is None:
        yield Passed(_("{primary} reaches {server}, which lets it in.").format(**case.names))
    elif not is_explained:
        yield refused(refusal, case.names)


def refused(refusal: ErrorRecord, names: dict[str, str]) -> Problem:
    """The refusal in the host's own words, with what they mean where that is known."""
    message = "\n".join(refusal.message.splitlines())
    what = _("{primary} says: {message}").format(message=message, **names)
    explanation = explain(refusal)
    if explanation is None:
        cure = _(
            "Check that {server} is a Replica server, that its firewall lets {primary} in, and that no proxy stands"
            " between them."
        )
        return Problem(CONNECTION, what, cure.format(**names))
    return Problem(CONNECTION, f"{what}\n{explanation.cause}", explanation.cure)
