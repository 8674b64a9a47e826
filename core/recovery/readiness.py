"""Whether a recovery plan can be relied on: when it was last tested, by whom, and with what result."""

from __future__ import annotations

import datetime
import enum
import getpass
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from core.kept_content import KeptContent
from core.kept_file import KeptFile, Schema
from core.language import _
from core.recovery.document import RecoveryPlan
from core.recovery.member_plans import relationship_of
from core.recovery.status import Kind, RunState, RunStatus
from core.remoting.workers import Workers
from core.replicas.attention import standing
from core.replicas.survey import Overview

_MOST = 500
"""How many runs are remembered."""
_FRESH_FOR = datetime.timedelta(days=90)
"""How long a test says something."""


class Readiness(enum.Enum):
    """How far a plan can be relied on."""

    NEVER_TESTED = "never tested"
    TESTED = "tested"
    FAILED = "failed"
    CHANGED = "changed"
    OLD = "old"

    @property
    def word(self) -> str:
        """The readiness in words."""
        return {
            Readiness.NEVER_TESTED: _("Never tested"),
            Readiness.TESTED: _("Tested"),
            Readiness.FAILED: _("The last test failed"),
            Readiness.CHANGED: _("Changed since its last test"),
            Readiness.OLD: _("Tested long ago"),
        }[self]


class RunRecord(msgspec.Struct, frozen=True):
    """One run of a plan as it is remembered; ``detail`` says why it stopped."""

    plan: str
    fingerprint: str
    kind: Kind
    began_at: datetime.datetime
    ended_at: datetime.datetime
    by: str
    succeeded: bool
    machines: int
    detail: str = ""


class _Kept(msgspec.Struct, frozen=True):
    runs: tuple[RunRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """How far a plan can be relied on, in words; ``doubts`` are what is wrong with its machines now."""

    readiness: Readiness
    sentence: str
    doubts: tuple[str, ...]
    last: RunRecord | None


class RunRecords:
    """The runs in ``folder``; several programs may use it at once."""

    def __init__(self, folder: Path, workers: Workers) -> None:
        self._kept = KeptContent(KeptFile(folder / "recovery-runs.json", Schema(_Kept)), _Kept(), workers)
        self.load = self._kept.load

    @property
    def current(self) -> tuple[RunRecord, ...]:
        """What holds in this run, also where it could not be saved."""
        return self._kept.current.runs

    async def add(self, status: RunStatus) -> RunRecord:
        """Remember a run that has ended. Raises NotKept when it cannot be saved."""
        record = record_of(status)
        await self._kept.update(lambda kept: _Kept((*kept.runs, record)[-_MOST:]))
        return record


def record_of(status: RunStatus) -> RunRecord:
    """A run that has ended, as it is remembered."""
    return RunRecord(
        status.plan.name,
        status.plan.fingerprint,
        status.kind,
        status.began_at,
        status.ended_at or status.began_at,
        getpass.getuser(),
        status.state is RunState.SUCCEEDED,
        len(status.members),
        status.message if status.state is RunState.STOPPED else "",
    )


def judgement(plan: RecoveryPlan, runs: Iterable[RunRecord], overview: Overview, now: datetime.datetime) -> Judgement:
    """How far a plan can be relied on, by its runs and by how its machines replicate now."""
    tests = [run for run in runs if run.plan == plan.name and run.kind is Kind.TEST]
    last = max(tests, key=lambda run: run.ended_at, default=None)
    readiness = _readiness(plan, last, now)
    sentence = readiness.word
    if last is not None:
        names = {"time": f"{last.ended_at.astimezone():%Y-%m-%d %H:%M}", "user": last.by}
        result = _("successful") if last.succeeded else _("failed: {detail}").format(detail=last.detail)
        text = _("{word}. Last test: {time}, by {user}, {result}.")
        sentence = text.format(word=readiness.word, result=result.rstrip("."), **names)
    return Judgement(readiness, sentence, doubts(plan, overview), last)


def doubts(plan: RecoveryPlan, overview: Overview) -> tuple[str, ...]:
    """What is wrong now with the machines of a plan, in sentences."""
    found: list[str] = []
    for member in plan.members:
        relationship = relationship_of(member, overview, plan.estate)
        if relationship is None:
            found.append(_("No host tells of a replication of {machine}.").format(machine=member.name))
            continue
        told = standing(relationship)
        if told.needs_attention:
            names = {"machine": member.name, "reasons": " ".join(told.reasons)}
            found.append(_("{machine}: {reasons}").format(**names))
    return tuple(found)


def _readiness(plan: RecoveryPlan, last: RunRecord | None, now: datetime.datetime) -> Readiness:
    if last is None:
        return Readiness.NEVER_TESTED
    if not last.succeeded:
        return Readiness.FAILED
    if last.fingerprint != plan.fingerprint:
        return Readiness.CHANGED
    return Readiness.OLD if now - last.ended_at > _FRESH_FOR else Readiness.TESTED
