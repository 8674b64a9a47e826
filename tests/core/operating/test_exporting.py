"""Exports over the wire: what keeps one is said before, the host tells the outcome, also when its answer is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from msgspec import structs

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.hyperv.states import MachineState
from core.jobs.plan import Plan
from core.jobs.status import JobState
from core.operating.choice import why_not_export
from core.operating.exporting import Captured, Export, captures, examine, share_note
from core.operating.subject import Subject, subjects
from core.powershell.command import Pipeline, command
from core.powershell.script import script
from core.wizards.wizard import Problem
from tests.core.estates import key
from tests.core.jobs.working import a_program, carried_out, sent
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

QUICK = 60.0
HOST = key("HV-01")
TO = r"D:\Out"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, speed=QUICK) as running:
        yield running


async def seen(estate: Estate, *names: str, host: HostKey = HOST) -> tuple[Subject, ...]:
    picture = await estate.reread(host)
    assert picture.inventory is not None, picture.failure
    return subjects(picture, [each for each in picture.inventory.machines if each.name in names], ())


async def examined(estate: Estate, export: Export) -> tuple[Plan, ...] | Problem:
    host = export.subjects[0].host
    inventory = estate.picture(host).inventory
    assert inventory is not None
    return await examine(export, inventory, partial(estate.ask, host))


async def kept(estate: Estate, export: Export) -> str:
    """What keeps an export."""
    found = await examined(estate, export)
    assert isinstance(found, Problem)
    assert found.cure
    return found.what


async def files(estate: Estate, folder: str) -> set[str]:
    """The names of the files of an export."""
    listing = command("Get-ChildItem", LiteralPath=folder, Recurse=True) | command(
        "Select-Object", ExpandProperty="Name"
    )
    return {str(name) for name in (await estate.ask(HOST, Pipeline((listing,)))).output}


@on_a_loop
async def test_machines_and_a_checkpoint_are_exported(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program([lab.connection("HV-01")], tmp_path) as (estate, jobs):
        both = await seen(estate, "TEST01", "WEB01")
        inventory = estate.picture(HOST).inventory
        assert inventory is not None
        assert captures(both, inventory) == tuple(Captured)
        assert captures(tuple(each for each in both if each.machine.state is MachineState.OFF), inventory) == ()
        plans = await examined(estate, Export(both, TO, Captured.CRASH))
        assert not isinstance(plans, Problem)
        calls = {plan.expectation.machine_name: script(plan.actions[0].pipeline) for plan in plans if plan.expectation}
        # What is off has no state to be captured.
        assert calls["WEB01"].endswith(r"| Export-VM -Path 'D:\Out' -CaptureLiveState CaptureCrashConsistentState")
        assert calls["TEST01"].endswith(r"| Export-VM -Path 'D:\Out'")
        assert all("free; the export needs up to" in plan.checks[0] for plan in plans)
        for plan in plans:
            assert (await carried_out(jobs, plan)).state is JobState.COMPLETED
        for subject in both:
            found = await files(estate, rf"{TO}\{subject.machine.name}")
            assert f"{subject.machine.machine_id}.vmcx".lower() in {name.lower() for name in found}
        assert sent(lab, "Export-VM") == 2
        again = await kept(estate, Export(both[:1], TO))
        assert again.startswith(rf"{TO}\{both[0].machine.name} is there already")
        [app] = await seen(estate, "APP01")
        [snapshot] = (await examined(estate, Export((app,), r"D:\Then", checkpoint=app.checkpoints[0])),)
        assert not isinstance(snapshot, Problem)
        assert (await carried_out(jobs, snapshot[0])).state is JobState.COMPLETED
        assert sent(lab, "Export-VMSnapshot") == 1


@on_a_loop
async def test_a_lost_answer_is_found_out_and_a_cancelled_export_is_no_success(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program([lab.connection("HV-01")], tmp_path) as (estate, jobs):
        plans = await examined(estate, Export(await seen(estate, "TEST01"), TO))
        assert not isinstance(plans, Problem)
        fault = {"kind": "drop", "action": "Command", "moment": "unanswered", "nth": 2, "times": 1}
        lab.control("PUT", "/hosts/HV-01/disturbances", [fault])
        status = await carried_out(jobs, plans[0])
        assert status.state is JobState.COMPLETED, (status.detail, status.cure)
        assert sent(lab, "Export-VM") == 1
        plans = await examined(estate, Export(await seen(estate, "SQL01"), TO))
        assert not isinstance(plans, Problem)
        watched = jobs.watch()
        started = await jobs.start(plans[0])
        async for status in watched:
            if status.number != started.number:
                continue
            if status.percent:
                await jobs.cancel(status.number)
            if status.state.is_final:
                break
        assert status.state is JobState.CANCELLED, (status.state, status.detail)


@on_a_loop
async def test_what_keeps_an_export_is_said_before(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program([lab.connection("HV-01")], tmp_path) as (estate, _jobs):
        [test] = await seen(estate, "TEST01")
        assert await kept(estate, Export((test,), "Out")) == "Out is not a full path."
        assert "same folder" in await kept(estate, Export((test, test), TO))
        saved = structs.replace(test.machine, state=MachineState.SAVED, memory_startup=1 << 60)
        huge = replace(test, machine=saved)
        assert "but the export needs up to" in await kept(estate, Export((huge,), TO))
        assert why_not_export(test) == ""
        assert why_not_export(replace(test, obstacle="HV-01 is read-only here.")) == "HV-01 is read-only here."
    assert sent(lab, "Export-VM") == 0


@on_a_loop
async def test_a_share_is_written_by_the_computer_account_and_only_its_host_tells(tmp_path: Path) -> None:
    host = key("TR-01")
    account = r"troubled.example\TR-01$"
    with running_lab(tmp_path, speed=600, scenario="troubled") as lab:
        connection = lab.connection("TR-01")
        async with a_program([connection], tmp_path) as (estate, jobs):
            subjects_ = await seen(estate, "SWITCH01", "MEMORY01", host=host)
            inventory = estate.picture(host).inventory
            assert inventory is not None
            assert share_note(TO, inventory) is None
            note = share_note(r"\\FS-01\machines\Out", inventory)
            assert note is not None
            assert account in note[1]
            plans = await examined(estate, Export(subjects_, r"\\FS-01\machines\Out"))
            assert not isinstance(plans, Problem)
            assert account in plans[0].checks[0]
            for plan in plans:
                status = await carried_out(jobs, plan)
                assert status.state is JobState.COMPLETED, (status.detail, status.cure)
                assert "was not looked at" in status.findings[0].what
            # The share is an administrative one of another host, which lets no computer account in.
            [refused] = cast(tuple[Plan, ...], await examined(estate, Export(subjects_[:1], r"\\TR-02\D$\Out")))
            status = await carried_out(jobs, refused)
            assert status.state is JobState.FAILED
            assert "0x80070005" in status.detail
            assert account in status.cure
            [lost] = cast(tuple[Plan, ...], await examined(estate, Export(subjects_[:1], r"\\FS-01\machines\Lost")))
            fault = {"kind": "drop", "action": "Command", "moment": "unanswered", "nth": 2, "times": 1}
            lab.control("PUT", "/hosts/TR-01/disturbances", [fault])
            status = await carried_out(jobs, lost)
            assert status.state is JobState.UNKNOWN, (status.detail, status.cure)
            assert r"\\FS-01\machines\Lost" in status.cure
        lab.control("PUT", "/hosts/TR-01/wire", {"authentication": ["negotiate", "credssp"]})
        further = replace(connection, endpoint=replace(connection.endpoint, authentication="credssp"))
        async with a_program([further], tmp_path / "credssp") as (estate, jobs):
            [first, *_others] = await seen(estate, "SWITCH01", host=host)
            again = await kept(estate, Export((first,), r"\\FS-01\machines\Out"))
            assert again.endswith("goes into a folder that is there.")
