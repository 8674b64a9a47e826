"""Looking at the hosts: whether a goal is reached, and whether something is still under way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.hyperv.query import Reading, RowQuestion, UnexpectedAnswer, ask
from core.hyperv.records import Machine, MigrationJob
from core.hyperv.states import MachineState
from core.jobs.copy_outlook import CopySeen, CopyStanding, look_at_copy
from core.jobs.goal import Arrived, Copied, Fact, Facts, Goal, Restarted, Told
from core.jobs.plan import Expectation
from core.language import _
from core.powershell.command import ParameterValue, Switch
from core.remoting.errors import CmdletFailed, ProtocolFault, RemotingError

_NOT_THERE = frozenset({"ObjectNotFound", "InvalidArgument"})
"""The categories with which a cmdlet says that what it is asked about is not there: an answer, and not a failure.

Get-VM says InvalidArgument (published records). Facts about what is absent come from lists, which need no error.
"""


_SAME_RUN = 5.0
"""Seconds by which two readings may differ about when a run began: clock and uptime are read one after the other."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the hosts have just told.

    ``reached`` is None when too few of them answered to know. ``is_settled``: all of them answered, and nothing is
    under way that could still reach the goal. ``migration`` is the host's own job for the machine, running or
    just ended; ``copy`` how what it copies in the background stands.
    """

    reached: bool | None
    is_settled: bool
    machine: Machine | None = None
    migration: MigrationJob | None = None
    failure: RemotingError | None = None
    copy: CopySeen | None = None


async def look(goal: Goal, expected: Expectation | None, estate: Estate) -> Outlook:
    """What is true now: every reading begins after this call."""
    match goal:
        case Arrived(machine_id, source, destination):
            here, there = await asyncio.gather(estate.reread(source), estate.reread(destination))
            return _arrival(machine_id, here, there)
        case Facts():
            return await _look_at_facts(goal, expected, estate)
        case Restarted(machine_id, host, began):
            return _restart(machine_id, await estate.reread(host), began)
        case Copied():
            return await _look_at_copy(goal, estate)
        case Told(host):
            return await _look_whether_at_rest(host, expected, estate)


def _arrival(machine_id: UUID, here: Picture, there: Picture) -> Outlook:
    left_behind, arrived = _machine(here, machine_id), _machine(there, machine_id)
    migration = _migration(here, machine_id)
    failure = here.failure or there.failure
    if here.failure is not None:
        return Outlook(None, False, arrived, migration, failure)
    if left_behind is not None:
        is_settled = there.failure is None and arrived is None and not left_behind.is_busy
        return Outlook(False, is_settled, left_behind, migration, failure)
    if arrived is not None:
        return Outlook(True, True, arrived, migration)
    return Outlook(None, False, None, migration, failure)


def _restart(machine_id: UUID, picture: Picture, began: int) -> Outlook:
    machine = _machine(picture, machine_id)
    if picture.failure is not None or picture.inventory is None:
        return Outlook(None, False, failure=picture.failure)
    if machine is None:
        return Outlook(False, True)
    is_new_run = picture.inventory.run_began(machine) - began > _SAME_RUN
    reached = is_new_run and machine.state is MachineState.RUNNING
    return Outlook(reached, not machine.is_busy, machine)


async def _look_at_copy(goal: Copied, estate: Estate) -> Outlook:
    try:
        seen = await look_at_copy(goal, estate)
    except RemotingError as error:
        return Outlook(None, False, failure=error)
    nothing = seen.standing is CopyStanding.NOTHING
    return Outlook(seen.standing is CopyStanding.DONE, nothing or seen.standing is CopyStanding.DONE, copy=seen)


async def _look_whether_at_rest(host: HostKey, expected: Expectation | None, estate: Estate) -> Outlook:
    """Whether the host is still at it, as far as the machine tells; what came of it nothing tells."""
    picture = await estate.reread(host)
    machine = _machine(picture, expected.machine_id) if expected is not None else None
    is_settled = picture.failure is None and not (machine is not None and machine.is_busy)
    return Outlook(None, is_settled, machine, failure=picture.failure)


async def _look_at_facts(goal: Facts, expected: Expectation | None, estate: Estate) -> Outlook:
    machine: Machine | None = None
    migration: MigrationJob | None = None
    if expected is not None:
        picture = await estate.reread(goal.host)
        if picture.failure is not None:
            return Outlook(None, False, failure=picture.failure)
        machine = _machine(picture, expected.machine_id)
        migration = _migration(picture, expected.machine_id)
    try:
        reached = await _are_true(goal, estate)
        may_go_on = not reached and (goal.leaves_none or await _is_traced(goal, estate))
    except RemotingError as error:
        return Outlook(None, False, machine, migration, error)
    if goal.at_rest and machine is not None and machine.is_busy:
        reached = False
    is_settled = not may_go_on and (machine is None or not machine.is_busy)
    return Outlook(reached, is_settled, machine, migration)


async def _are_true(goal: Facts, estate: Estate) -> bool:
    answer = await estate.ask(goal.host, ask(questions(goal)))
    for error in answer.errors:
        if error.category not in _NOT_THERE or any(fact.is_absent for fact in goal.facts):
            raise CmdletFailed(answer.host, error)
    try:
        return are_true(goal, Reading.of(answer.output))
    except UnexpectedAnswer as error:
        raise ProtocolFault(goal.host.name, str(error), _("Look at the host itself.")) from error


async def _is_traced(goal: Facts, estate: Estate) -> bool:
    return any([await _are_true(Facts(goal.host, (trace,)), estate) for trace in goal.traces])


def questions(goal: Facts) -> tuple[RowQuestion, ...]:
    """What the host of a goal has to be asked."""
    return tuple(
        RowQuestion(f"fact {number}", fact.source, tuple(name for name, _value in fact.properties))
        for number, fact in enumerate(goal.facts)
    )


def are_true(goal: Facts, reading: Reading) -> bool:
    """Whether all facts are true by the answers to ``questions``. Raises UnexpectedAnswer."""
    asked = zip(goal.facts, questions(goal), strict=True)
    return all(_is_true(fact, reading.rows(question)) for fact, question in asked)


def _is_true(fact: Fact, rows: tuple[dict[str, object], ...]) -> bool:
    matches = any(all(_same(row.get(name), wanted) for name, wanted in fact.properties) for row in rows)
    return matches is not fact.is_absent


def _same(told: object, wanted: ParameterValue | None) -> bool:
    """Whether a host means the same: Windows knows no letter case, and lists no empty text."""
    match wanted:
        case None | "":
            return told in (None, "")
        case bool():
            return told is wanted
        case Switch():
            return told is (wanted is Switch.PRESENT)
        case str() | UUID():
            return str(told).lower() == str(wanted).lower()
        case tuple():
            return isinstance(told, list) and _lowered(told) == _lowered(wanted)
    return told == wanted


def _lowered(values: list[object] | tuple[ParameterValue, ...]) -> list[str]:
    return [str(value).lower() for value in values]


def _machine(picture: Picture, machine_id: UUID) -> Machine | None:
    """The machine, if the host has just told that it has it."""
    return picture.inventory.machine(machine_id) if picture.inventory and picture.failure is None else None


def _migration(picture: Picture, machine_id: UUID) -> MigrationJob | None:
    """The host's job for the machine: the one under way, else the one that ended last."""
    if picture.inventory is None or picture.failure is not None:
        return None
    jobs = [job for job in picture.inventory.migrations if job.machine_id == machine_id]
    return next((job for job in jobs if not job.job_state.has_ended), jobs[-1] if jobs else None)
