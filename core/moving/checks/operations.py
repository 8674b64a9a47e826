"""Whether something is under way on the machine that a move has to wait for."""

from __future__ import annotations

from collections.abc import Iterator

from core.hyperv.states import MachineState, OperationalStatus
from core.language import _
from core.moving.checks.case import Case, Finding, Passed
from core.wizards.wizard import Problem


def operations(case: Case) -> Iterator[Finding]:
    """Hyper-V moves no machine while it is backed up, merges checkpoints or does something else with it."""
    machine = case.machine
    if machine.is_busy:
        yield Problem(
            "machine",
            _what(machine.operational_status).format(machine=machine.name, status=machine.status),
            _("Wait until it has ended, then go on: nothing has to be done about it."),
        )
    elif machine.state.is_critical:
        yield Problem(
            "machine",
            _("{machine} is in the state {state}: it has lost its storage.").format(
                machine=machine.name, state=machine.state.word
            ),
            _("Bring its storage back before it is moved."),
        )
    elif machine.state not in (MachineState.RUNNING, MachineState.OFF, MachineState.SAVED, MachineState.PAUSED):
        yield Problem(
            "machine",
            _("{machine} is in the state {state}.").format(machine=machine.name, state=machine.state.word),
            _("Wait until it runs, is off, saved or paused."),
        )
    else:
        yield Passed(_("Nothing is under way on {machine}.").format(machine=machine.name))


def _what(statuses: tuple[OperationalStatus, ...]) -> str:
    if OperationalStatus.BACKING_UP in statuses:
        return _("{machine} is being backed up: {status}.")
    if OperationalStatus.MERGING_DISKS in statuses:
        return _("A deleted checkpoint of {machine} is being merged: {status}.")
    if OperationalStatus.DELETING_CHECKPOINT in statuses or OperationalStatus.CREATING_CHECKPOINT in statuses:
        return _("A checkpoint of {machine} is being made or deleted: {status}.")
    return _("Another operation is under way on {machine}: {status}.")
