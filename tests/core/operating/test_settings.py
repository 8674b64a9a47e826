"""Settings of hosts and machines: read, checked, changed by plans of just what differs, and taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from core.hyperv.states import Authentication, MachineState, MigrationPerformance
from core.jobs.plan import Plan
from core.operating import host_settings, machine_settings
from core.operating.host_settings import HostSettings
from core.operating.machine_settings import MachineSettings
from core.operating.verbs import Verb
from core.powershell.command import Pipeline
from core.powershell.script import script
from core.remoting.session import Answer
from lab.hyperv.files import StoredFile
from lab.powershell.values import display_text
from tests.core.estates import key
from tests.core.moving.hosts import inventory, run
from tests.core.operating.doing import HOST, carry_out, do, seen
from tests.lab.cmdlets.administration import Administrator

ISO = r"D:\ISO\setup.iso"
_T = TypeVar("_T")
Asker = Callable[[Pipeline], Awaitable[Answer]]


@pytest.fixture
def admin() -> Administrator:
    return Administrator()


def read(admin: Administrator, reading: Callable[[Asker], Awaitable[_T]]) -> _T:
    """Let ``reading`` ask the host; what it asks is known before, so that no loop runs within another."""
    asked: list[Pipeline] = []
    answers: list[Answer] = []

    async def asker(question: Pipeline) -> Answer:
        asked.append(question)
        if not answers:
            raise EOFError
        return answers[0]

    async def once() -> _T:
        return await reading(asker)

    with pytest.raises(EOFError):
        asyncio.run(once())
    output = tuple(display_text(value) for value in run(admin, HOST, asked[0]).outputs)
    answers.append(Answer(HOST, output, (), ()))
    return asyncio.run(once())


def of_host(admin: Administrator) -> HostSettings:
    return read(admin, host_settings.read_settings)


def of_machine(admin: Administrator, name: str) -> MachineSettings:
    subject, known = seen(admin, name), inventory(admin, HOST)
    return read(admin, lambda asker: machine_settings.read_settings(asker, subject, known))


def taken_back(plan: Plan) -> Plan:
    actions = tuple(action.undo for action in reversed(plan.actions) if action.undo is not None)
    assert len(actions) == len(plan.actions)
    return Plan(plan.title, plan.host, actions)


def test_a_host_is_changed_in_what_differs_and_back(admin: Administrator) -> None:
    before = of_host(admin)
    after = replace(
        before,
        enabled=False,
        live=4,
        authentication=Authentication.KERBEROS,
        performance=MigrationPerformance.SMB,
        any_network=False,
        networks=("10.22.101.0/24", "10.22.100.2"),
        machine_folder=r"D:\Machines",
    )
    plan = host_settings.plan_of(key(HOST), before, after)
    assert plan is not None
    carry_out(admin, plan)
    assert of_host(admin) == after
    carry_out(admin, taken_back(plan))
    assert of_host(admin) == before


def test_only_what_differs_is_sent(admin: Administrator) -> None:
    before = of_host(admin)
    assert host_settings.plan_of(key(HOST), before, before) is None
    plan = host_settings.plan_of(key(HOST), before, replace(before, storage=7))
    assert plan is not None
    assert [script(action.pipeline) for action in plan.actions] == ["Set-VMHost -MaximumStorageMigrations 7"]


def test_networks_get_another_order_and_go(admin: Administrator) -> None:
    start = replace(of_host(admin), networks=())
    one = replace(start, networks=("10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"))
    other = replace(start, networks=("10.3.0.0/16", "10.1.0.0/16"))
    for before, after in ((start, one), (one, other), (other, start)):
        plan = host_settings.plan_of(key(HOST), before, after)
        assert plan is not None
        carry_out(admin, plan)
        assert of_host(admin).networks == after.networks


@pytest.mark.parametrize("text", ["", "  ", "10.0.0", "10.0.0.0/33", "lan", "10.0.0.256", "fe80::/200"])
def test_what_is_no_network_is_met_with_words(text: str) -> None:
    assert host_settings.network_fault(text)


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("10.0.0.0/24", "10.0.0.0/24"),
        (" 10.0.0.7/24 ", "10.0.0.0/24"),
        ("10.0.0.7", "10.0.0.7"),
        ("FE80::1", "fe80::1"),
    ],
)
def test_networks_are_spelled_as_usual(text: str, tidy: str) -> None:
    assert not host_settings.network_fault(text)
    assert host_settings.tidy_network(text) == tidy


def test_bad_choices_for_a_host_are_told_by_field(admin: Administrator) -> None:
    wrong = replace(of_host(admin), enabled=True, any_network=False, networks=(), disk_folder="Disks")
    assert [problem.field for problem in host_settings.problems(wrong)] == ["networks", "disk_folder"]
    assert not host_settings.problems(of_host(admin))


def test_a_machine_is_changed_in_what_differs_and_back(admin: Administrator) -> None:
    admin.run("Add-VMDvdDrive -VMName TEST01")
    admin.home.files.add(StoredFile(ISO, 700 << 20))
    before = of_machine(admin, "TEST01")
    [adapter], [drive] = before.adapters, before.drives
    assert (adapter.switch, adapter.vlan, adapter.test_switch) == ("Management", 0, "")
    after = MachineSettings(
        other_processors=True,
        drives=(replace(drive, path=ISO),),
        adapters=(replace(adapter, switch="Production", vlan=42, test_switch="Management"),),
    )
    plan = machine_settings.plan_of(seen(admin), before, after)
    assert plan is not None
    assert len(plan.actions) == 5
    carry_out(admin, plan)
    assert of_machine(admin, "TEST01") == without_address(after, admin)
    carry_out(admin, taken_back(plan))
    assert of_machine(admin, "TEST01") == before


def without_address(settings: MachineSettings, admin: Administrator) -> MachineSettings:
    """The settings with the adapters as the inventory has them now."""
    [adapter] = settings.adapters
    [now] = inventory(admin, HOST).adapters_of(seen(admin).machine.machine_id)
    return replace(settings, adapters=(replace(adapter, adapter=now),))


def test_an_adapter_is_disconnected(admin: Administrator) -> None:
    before = of_machine(admin, "WEB01")
    after = replace(before, adapters=(replace(before.adapters[0], switch=""),))
    plan = machine_settings.plan_of(seen(admin, "WEB01"), before, after)
    assert plan is not None
    carry_out(admin, plan)
    assert of_machine(admin, "WEB01").adapters[0].switch == ""


def test_bad_choices_for_a_machine_are_told_by_field(admin: Administrator) -> None:
    admin.run("Add-VMDvdDrive -VMName TEST01")
    before = of_machine(admin, "TEST01")
    wrong = MachineSettings(
        True, (replace(before.drives[0], path="setup.iso"),), (replace(before.adapters[0], vlan=4095),)
    )
    assert [each.field for each in machine_settings.problems(wrong, before, seen(admin))] == ["drive 0", "adapter 0"]
    do(admin, Verb.START)
    running = seen(admin)
    assert running.machine.state is MachineState.RUNNING
    [problem] = machine_settings.problems(replace(before, other_processors=True), before, running)
    assert problem.field == "other_processors"
    assert "TEST01 is Running" in problem.what
    assert machine_settings.plan_of(running, before, before) is None
