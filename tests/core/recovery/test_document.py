"""The file of a recovery plan, and how far one can be relied on."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kept_file import Newer, Unreadable
from core.recovery.document import Group, Member, RecoveryPlan, as_file, from_file, problems
from core.recovery.readiness import Readiness, RunRecords, judgement
from core.recovery.report import run_confirmation, run_csv, run_html
from core.recovery.status import Kind, MemberState, MemberStatus, RunState, RunStatus
from core.remoting.workers import Workers
from core.replicas.relationship import Relationship
from core.replicas.role import Role
from core.replicas.survey import Overview
from tests.core.remoting.simulated_host import on_a_loop
from tests.core.replicas.looking import MACHINE, NOON, side

ONE = Member(MACHINE, "CRM", "PRI", "REP")
PLAN = RecoveryPlan("Lost site", "Lab", (Group("First", (ONE,)),))


def test_a_plan_is_the_same_after_it_was_written() -> None:
    assert from_file(as_file(PLAN)) == PLAN
    # Lines, so that a comparison shows what has changed.
    assert len(as_file(PLAN).splitlines()) > 15
    assert PLAN.fingerprint == from_file(as_file(PLAN)).fingerprint
    assert PLAN.fingerprint != msgspec.structs.replace(PLAN, notes="x").fingerprint


@given(st.binary(max_size=200))
def test_what_is_no_plan_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        from_file(content)


def changed(**fields: object) -> bytes:
    whole = json.loads(as_file(PLAN))
    whole["content"].update(fields)
    return json.dumps(whole).encode()


def test_words_that_are_not_known_newer_forms_and_nonsense_are_refused() -> None:
    for content in (
        changed(script="Stop-VM *"),
        changed(name=7),
        changed(groups=[{"name": "x", "members": [], "command": "x"}]),
        changed(name=" "),
        changed(name="a\u202eb"),
        changed(groups=[]),
        b" " * (5 << 20),
    ):
        with pytest.raises(Unreadable):
            from_file(content)
    with pytest.raises(Newer):
        from_file(as_file(PLAN).replace(b'"schema": 1', b'"schema": 9'))


def test_what_is_wrong_with_a_plan_is_said() -> None:
    twice = RecoveryPlan("x", "Lab", (Group("a", (ONE, ONE)), Group("b", ()), Group("c", (), delay=100_000)))
    told = [problem.what for problem in problems(twice)]
    assert told[0] == "CRM is in the plan 2 times."
    assert any("longer than a day" in what for what in told)
    many = tuple(Member(UUID(int=number), "x", "P", "R") for number in range(1001))
    assert [problem.field for problem in problems(RecoveryPlan("x", "Lab", (Group("a", many),)))] == ["groups"]


def ended(kind: Kind = Kind.TEST, *, plan: RecoveryPlan = PLAN, good: bool = True) -> RunStatus:
    state = MemberState.CLEANED_UP if good else MemberState.FAILED
    member = MemberStatus(ONE, state, "=1+1", ("PRI has CRM.",))
    result = RunState.SUCCEEDED if good else RunState.STOPPED
    return RunStatus(plan, kind, result, 0, "" if good else "It broke.", (member,), NOON, NOON)


@on_a_loop
async def test_readiness_is_the_last_test_of_the_plan_as_it_is(tmp_path: Path) -> None:
    workers = Workers(2)
    workers.start()
    records = RunRecords(tmp_path, workers)
    whole = Overview((), (Relationship(side(Role.PRIMARY), side(Role.REPLICA)),))

    def judged(plan: RecoveryPlan = PLAN, after: int = 0) -> Readiness:
        return judgement(plan, records.current, whole, NOON + datetime.timedelta(days=after)).readiness

    assert judged() is Readiness.NEVER_TESTED
    await records.add(ended(Kind.PLANNED))
    assert judged() is Readiness.NEVER_TESTED
    await records.add(ended())
    assert judged() is Readiness.TESTED
    assert judged(after=91) is Readiness.OLD
    assert judged(msgspec.structs.replace(PLAN, notes="x")) is Readiness.CHANGED
    again = RunRecords(tmp_path, workers)
    assert await again.load() == ()
    assert again.current == records.current
    found = judgement(PLAN, again.current, whole, NOON)
    assert found.doubts == ()
    assert found.last is not None
    assert found.last.by in found.sentence
    assert "successful" in found.sentence
    assert judgement(PLAN, (), Overview(), NOON).doubts == ("No host tells of a replication of CRM.",)
    await workers.close()
    failed = judgement(PLAN, (records.current[0],), whole, NOON)
    assert failed.readiness is Readiness.NEVER_TESTED


def test_reports_and_questions_say_what_is_at_stake() -> None:
    assert "'=1+1" in run_csv(ended())
    page = run_html(ended(good=False))
    assert "stopped" in page
    assert "&#x27;=1+1" in page
    assert run_confirmation(PLAN, Kind.UNPLANNED).typed == "Lost site"
    assert {run_confirmation(PLAN, kind).typed for kind in (Kind.TEST, Kind.PLANNED)} == {""}
