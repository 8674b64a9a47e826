"""Names that would be code, wildcards or markup somewhere are names: on the wire, on the host, in what is printed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.estate.connection import Connection, HostKey
from core.estate.estate import Estate
from core.estate.folders import folders_in, make_folder
from core.estate.plan_script import plan_script
from core.hyperv.states import MachineState
from core.jobs.goal import Facts
from core.jobs.journal_entry import Event, JournalEntry
from core.jobs.journal_export import as_transcript
from core.jobs.plan import Action, Plan
from core.operating import checkpoints, identity
from core.operating.plans import plan_of
from core.operating.subject import Subject, subjects
from core.operating.verbs import Verb
from core.powershell.command import Pipeline, Statement, command
from core.powershell.script import Computer, remote_script, script
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.records import ErrorRecord
from core.remoting.workers import Workers
from tests.core.estates import key, managed
from tests.core.operating.doing import NOON
from tests.core.powershell.reader import Reader
from tests.core.remoting.simulated_host import on_a_loop, pipeline, simulated_host
from tests.laboratory import RunningLab, running_lab

HOST = key("HV-01")
CORE = Path(__file__).parents[3] / "core"
NAMES = (
    "*",
    "WEB0?",
    "[a-z]*",
    "`*",
    "a'; Get-VM | Stop-VM -Force; '",
    "a\u2019; Stop-VM * ; \u2018\u201a\u201b",
    '$(Stop-VM *) `"${x}" @{} %PATH%',
    "<img src=x onerror=alert(1)> & =cmd|' /C calc'!A0",
    "-Name *",
    "# comment",
    "@(Get-VM)",
    "\N{GRINNING FACE} _x0027_ _x000A_",
)
LEGAL_IN_A_PATH = ("[a-z]", "a'; x", "$(x) `$", "\u2018\u2019", "@{}", "# x", "_x0027_", "% & =")
hostile_text = st.text() | st.text(
    alphabet="'\u2018\u2019\u201a\u201b\"`$(){};|&<>#@*?[]-\\ \0\r\n\t\x0b\x85\u2028\u202e\u2066_x0"
)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, speed=60.0) as running:
        yield running


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(hostile_text, min_size=10, max_size=40))
def test_every_text_reaches_the_host_and_comes_back_as_it_is(texts: list[str]) -> None:
    @on_a_loop
    async def test() -> None:
        async with simulated_host() as host, host.session() as session:
            calls = (command("Write-Output", InputObject=text) for text in texts)
            answer = await session.run(pipeline(*calls))
            arrived = [each.commands[0].arguments[0].value for each in host.runspace.ran[0].statements]
            assert not any(each.commands[0].is_script for each in host.runspace.ran[0].statements)
        assert arrived == texts
        assert answer.output == tuple(texts)

    test()


@on_a_loop
async def test_a_name_selects_nothing_but_its_own_machine(lab: RunningLab) -> None:
    async with managed([lab.connection("HV-01")]) as estate:
        before = _others(lab)
        for name in NAMES:
            await _use(estate, name)
            assert _others(lab) == before, name
    received = lab.received()
    # Names that are asked for take wildcards: what is meant is picked by its ID.
    assert not [entry for entry in received if {"VMName", "Name"} & set(entry["parameters"])]
    given_names = [entry["parameters"]["NewName"] for entry in received if entry["cmdlet"] == "Rename-VM"]
    assert given_names == list(NAMES)
    taken = [entry["parameters"]["SnapshotName"] for entry in received if entry["cmdlet"] == "Checkpoint-VM"]
    assert taken == list(NAMES)


async def _use(estate: Estate, name: str) -> None:
    """Give a machine and a checkpoint a name, and do with them what a day brings."""
    subject = await _seen(estate)
    await _done(estate, identity.rename(subject, name), checkpoints.take(subject, name))
    await _done(estate, plan_of(Verb.START, subject, NOON))
    subject = await _seen(estate)
    assert (subject.machine.name, subject.machine.state) == (name, MachineState.RUNNING)
    checkpoint = next(each for each in subject.checkpoints if each.name == name)
    await _done(estate, plan_of(Verb.TURN_OFF, subject, NOON), checkpoints.delete(subject, checkpoint))


async def _done(estate: Estate, *plans: Plan) -> None:
    for action in (action for plan in plans for action in plan.actions):
        (await estate.change(action.host, action.pipeline)).raise_for_errors()


async def _seen(estate: Estate) -> Subject:
    picture = await estate.reread(HOST)
    assert picture.inventory is not None, picture.failure
    machine = next(each for each in picture.inventory.machines if each.path.endswith("TEST01"))
    [subject] = subjects(picture, (machine,), ())
    return subject


def _others(lab: RunningLab) -> list[tuple[str, str]]:
    """The machines that are none of the test's business, with their states."""
    machines: list[dict[str, Any]] = lab.control("GET", "/estate")["HV-01"]
    others = [each for each in machines if each["name"] not in (*NAMES, "TEST01")]
    assert len(others) > 5
    return [(each["name"], each["state"]) for each in others]


@on_a_loop
async def test_a_folder_is_the_one_that_was_named(lab: RunningLab) -> None:
    async with managed([lab.connection("HV-01")]) as estate:
        await estate.refresh(HOST)
        for name in LEGAL_IN_A_PATH:
            path = f"D:\\{name}"
            assert await make_folder(estate, HOST, path) is None
            assert await make_folder(estate, HOST, f"{path}\\within") is None
            found = await folders_in(estate, HOST, path)
            assert isinstance(found, tuple)
            assert [place.path for place in found] == [f"{path}\\within"]


@given(st.lists(hostile_text, min_size=1, max_size=4), hostile_text)
def test_a_script_for_another_computer_is_one_call_with_the_same_values(texts: list[str], address: str) -> None:
    calls = Pipeline(tuple(Statement((command("Set-VM", Notes=text),)) for text in texts))
    framed = remote_script(Computer(address, 5986, uses_https=True), calls)
    reader = Reader(framed)
    outer, inner = reader.remote_call()
    assert outer == ("Invoke-Command", [("ComputerName", address), ("Port", 5986), ("UseSSL", None)])
    assert inner == [[("Set-VM", [("Notes", text)])] for text in texts]
    assert reader.at == len(framed)


@given(hostile_text, hostile_text)
def test_a_transcript_runs_nothing_but_what_was_sent(name: str, detail: str) -> None:
    call = Pipeline((Statement((command("Rename-VM", NewName=name),)),))
    one = JournalEntry(0, NOON, Event.SENDING, uuid4(), uuid4(), name, name, "", name, script=script(call))
    refused = ErrorRecord(detail)
    entries = [
        one,
        msgspec.structs.replace(one, event=Event.ANSWERED, records=(refused,)),
        msgspec.structs.replace(one, event=Event.ENDED, state=detail, detail=detail),
    ]
    assert Reader(as_transcript(entries)).commented_script() == [[("Rename-VM", [("NewName", name)])]]


@given(hostile_text, hostile_text)
def test_the_script_of_a_plan_runs_nothing_but_its_calls(title: str, host: str) -> None:
    estate = Estate(Workers(1))
    estate.add(Connection("Lab", Endpoint(host, "hv01", 5985, "http", "negotiate"), Credential("", "")))
    key = HostKey("Lab", host)
    call = Pipeline((Statement((command("Set-VM", Notes=title),)),))
    text = plan_script(Plan(title, key, (Action(title, key, call, Facts(key, ()), ""),)), estate)
    reader = Reader(text)
    reader.comments()
    outer, inner = reader.remote_call()
    assert outer == ("Invoke-Command", [("ComputerName", "hv01")])
    assert inner == [[("Set-VM", [("Notes", title)])]]
    assert reader.at == len(text)


def test_no_call_asks_for_a_machine_by_its_name() -> None:
    """Parameters that take wildcards are given names that the program itself knows, and none of a host."""
    asked = [
        f"{file.name}:{call.lineno} {ast.unparse(keyword.value)}"
        for file in sorted(CORE.rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "command"
        for keyword in call.keywords
        if keyword.arg in ("Name", "VMName", "SnapshotId", "Like") and not _is_known(keyword.value)
    ]
    # The two rules of the firewall that Hyper-V Replica has.
    assert {each.partition(":")[0] for each in asked} <= {"server_plan.py"}, asked


def _is_known(value: ast.expr) -> bool:
    """Whether it is a constant, by its kind or by its name."""
    match value:
        case ast.Constant():
            return True
        case ast.Tuple(elts=parts):
            return all(map(_is_known, parts))
        case ast.Name(id=name):
            return name.isupper()
    return False
