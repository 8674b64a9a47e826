"""Everyday actions carried out on hosts of the lab in this process, each told from before by its goal."""

from __future__ import annotations

import datetime

from core.estate.connection import Connection
from core.estate.estate import Picture
from core.hyperv.query import Reading, ask
from core.hyperv.records import Checkpoint
from core.jobs.goal import Facts
from core.jobs.outlook import are_true, questions
from core.jobs.plan import Plan
from core.operating.plans import plan_of
from core.operating.subject import Subject, subjects
from core.operating.verbs import Verb
from core.remoting.endpoint import Credential, Endpoint
from lab.powershell.values import display_text
from tests.core.moving.hosts import GROUP, inventory, run
from tests.lab.cmdlets.administration import Administrator

HOST = "HV-01"
NOON = datetime.datetime(2026, 5, 1, 12, 0, 0, tzinfo=datetime.UTC)
CONNECTION = Connection(GROUP, Endpoint(HOST, HOST, 5985, "http", "negotiate"), Credential("", ""))


def seen(admin: Administrator, name: str = "TEST01") -> Subject:
    """A machine as its host lists it now."""
    read = inventory(admin, HOST)
    machine = next(each for each in read.machines if each.name == name)
    [subject] = subjects(Picture(CONNECTION, read), (machine,), ())
    return subject


def is_reached(admin: Administrator, goal: Facts) -> bool:
    """Whether the host says that a goal is reached."""
    answer = run(admin, HOST, ask(questions(goal)))
    return are_true(goal, Reading.of([display_text(value) for value in answer.outputs]))


def carry_out(admin: Administrator, plan: Plan) -> None:
    """Send every action of a plan; each goal is reached by its action and not before."""
    for action in plan.actions:
        goal = action.goal
        assert isinstance(goal, Facts)
        assert not is_reached(admin, goal), action.title
        done = run(admin, HOST, action.pipeline)
        assert not done.errors, action.title
        assert is_reached(admin, goal), action.title


def do(admin: Administrator, verb: Verb, name: str = "TEST01") -> Subject:
    """Carry an action out on a machine, and the machine afterwards."""
    carry_out(admin, plan_of(verb, seen(admin, name), NOON))
    return seen(admin, name)


def called(subject: Subject, name: str) -> Checkpoint:
    return next(each for each in subject.checkpoints if each.name == name)
