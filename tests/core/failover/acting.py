"""Plans about replicas carried out on hosts of the lab in this process; each goal tells its action from before."""

from __future__ import annotations

from core.estate.connection import Connection, HostKey
from core.estate.estate import Picture
from core.failover.truth import Truth, truth_of
from core.hyperv.query import Reading, ask
from core.jobs.goal import Facts
from core.jobs.outlook import are_true, questions
from core.jobs.plan import Action, Plan
from core.remoting.endpoint import Credential, Endpoint
from core.replicas.side import SIDES_QUERY, sides
from core.replicas.survey import HostReading, Overview
from lab.powershell.values import display_text
from tests.core.moving.hosts import GROUP, inventory, run
from tests.core.replicas.looking import of, overview_of
from tests.lab.cmdlets.administration import Administrator


def host(name: str) -> HostKey:
    return HostKey(GROUP, name)


def is_reached(admin: Administrator, goal: Facts) -> bool:
    """Whether the host says that a goal is reached."""
    answer = run(admin, goal.host.name, ask(questions(goal)))
    return are_true(goal, Reading.of([display_text(value) for value in answer.outputs]))


def act(admin: Administrator, action: Action) -> None:
    """Send one action; its goal is reached by it and not before."""
    goal = action.goal
    assert isinstance(goal, Facts)
    assert not is_reached(admin, goal), action.title
    done = run(admin, action.host.name, action.pipeline)
    assert not done.errors, (action.title, [error.message for error in done.errors])
    assert is_reached(admin, goal), action.title


def carry_out(admin: Administrator, plan: Plan) -> None:
    """Send every action of a plan."""
    for action in plan.actions:
        act(admin, action)


def picture(admin: Administrator, name: str) -> Picture:
    connection = Connection(GROUP, Endpoint(name, name, 5985, "http", "negotiate"), Credential("", ""))
    return Picture(connection, inventory(admin, name))


def overview(admin: Administrator) -> Overview:
    readings = []
    for each in admin.estate.hosts:
        answer = run(admin, each.name, SIDES_QUERY)
        told = sides(host(each.name), [display_text(value) for value in answer.outputs])
        readings.append(HostReading(host(each.name), told))
    return Overview(tuple(readings), overview_of(admin))


def truth(admin: Administrator, name: str, *hosts: str, silent: tuple[str, ...] = ()) -> Truth:
    """What ``hosts`` tell now of a machine that is replicated, or was."""
    machine = admin.machine(name)
    pictures = [picture(admin, each) for each in hosts if each not in silent]
    return truth_of(overview(admin), pictures, machine.machine_id, name, tuple(host(each) for each in hosts))


def wait(admin: Administrator, seconds: float) -> None:
    admin.estate.clock.advance(seconds)


__all__ = ["act", "carry_out", "host", "is_reached", "of", "overview", "picture", "truth", "wait"]
