"""Whether something is under way on the machine that a move has to wait for."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.hyperv.records import Machine
from core.hyperv.states import MachineState, OperationalStatus
from core.language import _
from core.moving.checks.case import Case
from core.wizards.wizard import Problem


def operations(case: Case) -> Iterator[Finding]:
    """Hyper-V moves no machine while something else is done with it.

    A backup or a merge of checkpoints ends by itself: the queue waits for it.
    """
    problem = standing_in_the_way(case.machine)
    yield problem or Passed(_("Nothing is under way on {machine}.").format(machine=case.machine.name))


def standing_in_the_way(machine: Machine) -> Problem | None:
    """What the machine itself has to end, or to come out of, before it moves."""
    names = {"machine": machine.name, "status": machine.status, "state": machine.state.word}
    if machine.is_busy:
        return _under_way(machine.operational_status, names)
    if machine.state.is_critical:
        return Problem(
            "machine",
            _("{machine} is in the state {state}: it has lost its storage.").format(**names),
            _("Bring its storage back before it is moved."),
        )
    if machine.state not in (MachineState.RUNNING, MachineState.OFF, MachineState.SAVED, MachineState.PAUSED):
        return Problem(
            "machine",
            _("{machine} is in the state {state}.").format(**names),
            _("Wait until it runs, is off, saved or paused."),
        )
    return None


def _under_way(statuses: tuple[OperationalStatus, ...], names: dict[str, str]) -> Problem:
    waits = _("The move waits in the queue until it has ended; nothing has to be done about it.")
    if OperationalStatus.BACKING_UP in statuses:
        what = _("{machine} is being backed up: {status}.")
        return Problem("machine", what.format(**names), waits, is_warning=True)
    if OperationalStatus.MERGING_DISKS in statuses:
        what = _("A deleted checkpoint of {machine} is being merged: {status}.")
        return Problem("machine", what.format(**names), waits, is_warning=True)
    what = _("Another operation is under way on {machine}: {status}.")
    return Problem("machine", what.format(**names), _("Wait until it has ended, then go on."))
