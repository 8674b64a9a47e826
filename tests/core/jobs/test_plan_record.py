"""A plan that is written down is read again as the same plan, whatever names it holds."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.estate.connection import HostKey
from core.hyperv.replication_states import ReplicationMode, ReplicationState
from core.hyperv.states import MachineState
from core.jobs.goal import Arrived, Copied, CopyWay, Fact, Facts, Goal
from core.jobs.plan import (
    Action,
    Copying,
    Expectation,
    Folder,
    Migration,
    Plan,
    PlannedAdapter,
    PlannedEnd,
    Premise,
    Standstill,
    undoable,
)
from core.jobs.plan_record import PlanUnreadable, plan_data, read_plan
from core.powershell.command import Command, Hashtable, ParameterValue, Pipeline, Statement, Switch

texts = st.text(max_size=20)
hosts = st.builds(HostKey, texts, texts)
leaves: st.SearchStrategy[ParameterValue] = st.one_of(
    texts, st.booleans(), st.integers(), st.uuids(), st.just(Switch.PRESENT)
)
tables = st.builds(lambda pairs: Hashtable(tuple(pairs)), st.lists(st.tuples(texts, texts), max_size=3))
values: st.SearchStrategy[ParameterValue] = st.one_of(leaves, tables, st.lists(leaves, max_size=3).map(tuple))
commands = st.builds(
    lambda name, pairs: Command(name, tuple(pairs)), texts, st.lists(st.tuples(texts, values), max_size=3)
)
statements = st.builds(lambda found: Statement(tuple(found)), st.lists(commands, max_size=2))
pipelines = st.builds(lambda found: Pipeline(tuple(found)), st.lists(statements, max_size=2))
facts = st.builds(
    Fact,
    statements,
    st.lists(st.tuples(texts, st.one_of(leaves, st.none())), max_size=2).map(tuple),
    st.booleans(),
)
goals: st.SearchStrategy[Goal] = st.one_of(
    st.builds(Arrived, st.uuids(), hosts, hosts),
    st.builds(lambda host, found: Facts(host, tuple(found)), hosts, st.lists(facts, max_size=2)),
    st.builds(Copied, st.uuids(), hosts, st.sampled_from(CopyWay)),
)
actions = st.recursive(
    st.builds(Action, texts, hosts, pipelines, goals, texts, st.none(), st.none()),
    lambda inner: st.builds(
        Action,
        texts,
        hosts,
        pipelines,
        goals,
        texts,
        inner,
        st.builds(Migration, hosts, st.integers(), st.integers()),
        st.builds(Copying, st.integers(), pipelines, st.none(), pipelines),
        inner,
    ),
    max_leaves=3,
)
ends = st.builds(
    lambda host, disks, adapters, folders: PlannedEnd(host, tuple(disks), tuple(adapters), tuple(folders)),
    hosts,
    st.lists(texts, max_size=2),
    st.lists(st.builds(PlannedAdapter, texts, texts, texts), max_size=2),
    st.lists(st.builds(Folder, hosts, texts), max_size=2),
)
plans = st.builds(
    lambda title, host, steps, expected, end: Plan(title, host, tuple(steps), (("a", "b"),), expected, end, ("c",)),
    texts,
    hosts,
    st.lists(actions, max_size=3),
    st.one_of(st.none(), st.builds(Expectation, hosts, st.uuids(), texts, st.sampled_from(MachineState))),
    st.one_of(st.none(), ends),
)


@given(plans)
def test_a_plan_comes_back_as_it_was(plan: Plan) -> None:
    assert read_plan(json.loads(json.dumps(plan_data(plan)))) == plan


@pytest.mark.parametrize(
    "data",
    [
        None,
        "Plan",
        [],
        {},
        {"record": "Plan"},
        {"record": "Popen", "args": ["calc"]},
        {"record": "HostKey", "group": "a", "name": "b"},
        {"record": "Plan", "title": "t", "host": {"uuid": "no"}, "actions": []},
        {"record": "Plan", "title": "t", "host": None, "actions": [], "more": 1},
        {"enum": "MachineState", "value": "no"},
    ],
)
def test_what_is_no_plan_is_refused(data: object) -> None:
    with pytest.raises(PlanUnreadable):
        read_plan(data)


def test_ids_are_not_taken_for_texts() -> None:
    machine = UUID("6e4f2b1c-0d3a-4c55-9a51-3f0f6f1f2a10")
    picked = Command("Get-VM", (("Id", machine), ("Name", str(machine))))
    host = HostKey("g", "h")
    step = Action("t", host, Pipeline((Statement((picked,)),)), Facts(host, ()), "")
    assert read_plan(json.loads(json.dumps(plan_data(Plan("t", host, (step,)))))).actions[0].pipeline == step.pipeline


def test_what_a_plan_builds_on_is_kept_with_it() -> None:
    premise = Premise(
        HostKey("Lab", "HV-DR"), UUID(int=7), "CRM01", 1, ReplicationMode.REPLICA, ReplicationState.FAILED_OVER
    )
    plan = Plan("x", HostKey("Lab", "HV-01"), (), premises=(premise,))
    plan = replace(plan, standstills=(Standstill(HostKey("Lab", "HV-01"), UUID(int=7), "CRM01"),))
    assert read_plan(json.loads(json.dumps(plan_data(plan)))) == plan
    assert plan.hosts == (HostKey("Lab", "HV-01"), HostKey("Lab", "HV-DR"))


def test_nothing_before_a_final_step_is_taken_back() -> None:
    host = HostKey("Lab", "HV-01")

    def step(title: str, *, is_final: bool = False) -> Action:
        return Action(title, host, Pipeline(()), Facts(host, ()), "", is_final=is_final)

    before, final, after = step("before"), step("final", is_final=True), step("after")
    assert undoable((before, after)) == (before, after)
    assert undoable((before, final, after)) == (after,)
    assert undoable((before, final)) == undoable(()) == ()
