"""Whether the destination has memory for the machine."""

from __future__ import annotations

from collections.abc import Iterator

from core.amounts import size_text
from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.language import _
from core.moving.checks.case import Case, not_read
from core.wizards.wizard import Problem


def memory(case: Case) -> Iterator[Finding]:
    """What runs needs its assigned memory at the destination at once; what is off or saved needs none yet."""
    needed = case.move.memory
    if not needed:
        yield Passed(_("{machine} does not run, so that it needs no memory of {destination} now.").format(**case.names))
        return
    system = case.destination_facts.system
    if isinstance(system, Unread):
        what = _("How much memory is free on {destination} is not known.").format(**case.names)
        yield not_read("destination", what, system)
        return
    planned = case.others.memory[case.move.destination.host]
    names = case.names | {
        "needed": size_text(needed),
        "free": size_text(system.free_memory),
        "planned": size_text(planned),
    }
    if needed + planned <= system.free_memory:
        yield Passed(_("{destination} has {free} of free memory; {machine} needs {needed}.").format(**names))
        return
    what = _("{destination} has {free} of free memory, but {machine} needs {needed}.")
    if planned:
        what = _("{destination} has {free} of free memory; {machine} needs {needed}, and other moves {planned}.")
    yield Problem(
        "destination",
        what.format(**names),
        _("Choose another host, make memory free on this one, or shut the machine down before it moves."),
    )
