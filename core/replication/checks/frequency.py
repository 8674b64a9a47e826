"""Whether the link carries what the machine writes, so that the frequency is held."""

from __future__ import annotations

from collections.abc import Iterator

from core.amounts import rate_text
from core.checks.finding import Finding, Passed
from core.language import _
from core.replication.checks.case import CONNECTION, Case
from core.replication.estimate import Rates
from core.wizards.wizard import Problem


def frequency(case: Case) -> Iterator[Finding]:
    """The slower link of both hosts counts; what compression saves is not known, and not counted."""
    writes, there = case.primary_facts.writes, case.replica_facts.link if case.replica_facts is not None else None
    speeds = [speed for speed in (case.primary_facts.link, there) if speed is not None]
    if writes is None or not speeds:
        return
    usable = Rates(link=min(speeds)).usable
    names = case.names | {"writes": rate_text(writes), "rate": rate_text(usable)}
    if writes > usable:
        what = _("{machine} writes {writes}, but the link to {server} carries {rate}: cycles would be missed.")
        cure = _("Replicate over a faster link, leave out disks that need no replica, or choose a lower frequency.")
        yield Problem(CONNECTION, what.format(**names), cure, is_warning=True)
    else:
        what = _("{machine} writes {writes}; the link to {server} carries {rate}.")
        yield Passed(what.format(**names))
