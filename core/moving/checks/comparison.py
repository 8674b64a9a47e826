"""What the source itself has against the move, by comparing the machine with the destination (Compare-VM)."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.hyperv.failure_codes import codes_in, explain, explain_codes
from core.hyperv.known_failures import Explanation
from core.language import _
from core.moving.checks.case import Case
from core.moving.checks.switches import is_about
from core.wizards.wizard import Problem


def comparison(case: Case, *, is_kept: bool, explained: frozenset[int]) -> Iterator[Finding]:
    """The objections that the other checks have not explained already.

    ``explained`` are the codes whose subjects other checks have found at fault. An objection that names neither a code
    nor a device, and a host that refuses to compare, count as explained while another check keeps the move
    (``is_kept``): they show themselves again once that is cured.
    """
    compared = case.source_facts.comparison
    if compared is None:
        return
    if compared.refusal is not None:
        if not is_kept:
            yield _problem(compared.refusal.message, explain(compared.refusal), case)
        return
    shown = False
    about_adapters = {
        (source.message_id, source.message)
        for source in compared.sources
        if any(is_about(source, adapter) for adapter in case.move.adapters)
    }
    for objection in compared.objections:
        codes = codes_in(objection.message)
        is_explained = bool(explained & set(codes)) if codes else is_kept
        if not is_explained and (objection.message_id, objection.message) not in about_adapters:
            shown = True
            yield _problem(objection.message, explain_codes(codes, "Compare-VM"), case)
    if not (shown or is_kept):
        what = _("{source} has compared {machine} with {destination} and objects to nothing.")
        yield Passed(what.format(**case.names))


def _problem(message: str, explanation: Explanation | None, case: Case) -> Problem:
    what = _("{source} objects to the move: {message}").format(message="\n".join(message.splitlines()), **case.names)
    if explanation is None:
        return Problem("summary", what, _("Change what {source} objects to, then try again.").format(**case.names))
    return Problem("summary", f"{what}\n{explanation.cause}", explanation.cure)
