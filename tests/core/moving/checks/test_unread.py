"""What a host does not tell is a warning in words, never silence; a German host is understood as well."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.checks.known import Unread
from core.moving.checks.case import Case
from core.moving.checks.examination import checked
from core.moving.checks.facts import DestinationQuestions, SourceQuestions
from core.moving.checks.leftovers import targets
from core.moving.move import MoveKind, Place
from core.remoting.errors import RemotingError
from tests.core.estates import key, managed
from tests.core.moving.examining import connections, examination, kept_by, move_of
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

REASON = Unread("Zugriff verweigert.\nFragen Sie den Administrator.")


async def case_of(lab: RunningLab, name: str = "WEB01") -> Case:
    """A move of the practice hosts, with everything that they tell about it."""
    async with managed(lab.connections()) as estate:
        move = await move_of(estate, name, "HV-01", "HV-02")
        ask_source, ask_destination = (functools.partial(estate.ask, key(host)) for host in ("HV-01", "HV-02"))
        questions = SourceQuestions(move)
        here = questions.read(await ask_source(questions.pipeline))
        further = DestinationQuestions(move, (*targets(move), r"C:\there.iso"), asks_directory=True)
        there = further.read(await ask_destination(further.pipeline))
        return Case(move, estate.picture(key("HV-01")), estate.picture(key("HV-02")), here, there)


@pytest.mark.parametrize(
    ("side", "fact", "what"),
    [
        ("source", "disks", "Whether WEB01 has physical or shared disks is not known."),
        ("source", "drives", "Whether a DVD drive of WEB01 holds an ISO file is not known."),
        ("source", "security", "Whether WEB01 has a virtual TPM is not known."),
        ("source", "processor", "Whether the processors of HV-01 and HV-02 go together is not known."),
        ("destination", "processor", "Whether the processors of HV-01 and HV-02 go together is not known."),
        ("destination", "system", "How much memory is free on HV-02 is not known."),
        ("destination", "existing", "exists on HV-02 already is not known."),
    ],
)
def test_each_thing_that_cannot_be_read_is_a_warning(shared_lab: RunningLab, side: str, fact: str, what: str) -> None:
    @on_a_loop
    async def warned() -> None:
        case = await case_of(shared_lab)
        before = checked(case)
        value: Any = dict.fromkeys(targets(case.move), REASON) if fact == "existing" else REASON
        if side == "source":
            case = replace(case, source_facts=replace(case.source_facts, **{fact: value}))
        else:
            case = replace(case, destination_facts=replace(case.destination_facts, **{fact: value}))
        found = checked(case)
        new = [problem for problem in found.problems if problem not in before.problems]
        assert new
        assert all(problem.is_warning and what in problem.what for problem in new)
        assert all("Zugriff verweigert. Fragen Sie den Administrator." in problem.what for problem in new)
        assert found.obstacles == ()
        assert len(found.passed) < len(before.passed)

    warned()


@on_a_loop
async def test_a_host_that_knows_no_list_of_versions_leaves_it_open(tmp_path: Path) -> None:
    with running_lab(tmp_path, scenario="troubled") as troubled:
        async with managed(connections(troubled, "TR-01", "TR-OLD")) as estate:
            found = await examination(estate, await move_of(estate, "VERSION01", "TR-01", "TR-OLD", r"C:\VMs\V"))
    warnings = [problem.what for problem in found.problems if problem.is_warning]
    assert any(
        what.startswith("Whether TR-OLD runs virtual machines of version 5.0 is not known.") for what in warnings
    )
    assert found.obstacles == ()


@on_a_loop
async def test_a_host_from_before_such_lists_does_not_run_newer_machines(tmp_path: Path) -> None:
    with running_lab(tmp_path, scenario="troubled") as troubled:
        async with managed(connections(troubled, "TR-01", "TR-OLD")) as estate:
            found = await examination(estate, await move_of(estate, "ISO01", "TR-01", "TR-OLD", r"C:\VMs\I"))
    what = "TR-OLD does not run virtual machines of version 9.0."
    assert what in [problem.what for problem in found.obstacles]


@on_a_loop
async def test_what_a_german_host_objects_to_is_explained_in_words_of_ours(tmp_path: Path) -> None:
    with running_lab(tmp_path, scenario="troubled") as troubled:
        async with managed(connections(troubled, "TR-DE", "TR-02")) as estate:
            move = await move_of(estate, "DEUTSCH01", "TR-DE", "TR-02", kind=MoveKind.MACHINE_ONLY)
            problem = kept_by(await examination(estate, move))
            assert "Das System kann die angegebene Datei nicht finden. (0x80070002)" in problem.what
            assert "A file or folder of the virtual machine cannot be found" in problem.what
            assert "a share that both hosts reach" in problem.cure
            unknown = replace(move, destination=Place(move.destination.host, "TR-99.troubled.example"))
            refused = kept_by(await examination(estate, unknown))
            assert "Fehler beim Migrieren des virtuellen Computers" in refused.what
            assert "The source host cannot find a computer of the destination's name." in refused.what
            assert "which DNS servers the source host asks" in refused.cure


@on_a_loop
async def test_a_host_that_cannot_be_asked_is_an_error_and_no_result(lab: RunningLab) -> None:
    async with managed(lab.connections()) as estate:
        move = await move_of(estate, "WEB01", "HV-01", "HV-02")
        lab.process.kill()
        lab.process.wait()
        with pytest.raises(RemotingError):
            await examination(estate, move)


@on_a_loop
async def test_a_move_within_a_host_asks_only_what_matters_there(lab: RunningLab) -> None:
    async with managed(lab.connections()) as estate:
        move = await move_of(estate, "WEB01", "HV-01", "HV-01", r"E:\VMs\WEB01", MoveKind.STORAGE)
        found = await examination(estate, move)
        assert not any(entry["cmdlet"] == "Compare-VM" for entry in lab.received())
    assert all("HV-01" in sentence or "WEB01" in sentence for sentence in found.passed)


@on_a_loop
async def test_two_pipelines_are_all_that_an_examination_takes(lab: RunningLab) -> None:
    async with managed(lab.connections()) as estate:
        move = await move_of(estate, "WEB01", "HV-01", "HV-02")
        before = len({entry["pipeline"] for entry in lab.received()})
        await examination(estate, move)
        after = len({entry["pipeline"] for entry in lab.received()})
    assert after - before == 2
