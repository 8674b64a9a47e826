"""What matters when other moves are planned besides, and when switches were chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.hyperv.records import Incompatibility
from core.moving.checks.case import Case
from core.moving.checks.examination import checked
from core.moving.checks.facts import Comparison, DestinationQuestions, SourceQuestions
from core.moving.move import NetworkWay
from tests.core.estates import key, managed
from tests.core.moving.examining import choosing, connections, examination, kept_by, move_of
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab(tmp_path_factory.mktemp("together"), scenario="troubled") as running:
        yield running


@on_a_loop
async def test_what_is_planned_besides_counts_for_space_memory_and_limits(troubled: RunningLab) -> None:
    async with managed(connections(troubled, "TR-01", "TR-02")) as estate:
        move = await move_of(estate, "DIRTY01", "TR-01", "TR-02")
        huge = [await move_of(estate, name, "TR-01", "TR-02") for name in ("SPACE01", "MEMORY01")]
        alone = await examination(estate, move)
        found = await examination(estate, move, huge)
    assert alone.obstacles == ()
    assert [problem.what for problem in found.obstacles] == [
        "Drive D: of TR-02 has 149 GB free; the disks need 12 GB, other moves 1.51 TB.",
        "TR-02 has 46 GB of free memory; DIRTY01 needs 16 GB, and other moves 130 GB.",
    ]
    limits = [problem.what for problem in found.problems if "limit" in problem.what]
    assert limits == [
        "The limit of TR-01 for live migrations is 2, and 2 are under way or planned.",
        "The limit of TR-01 for storage migrations is 2, and 2 are under way or planned.",
        "The limit of TR-02 for live migrations is 1, and 2 are under way or planned.",
        "The limit of TR-02 for storage migrations is 1, and 2 are under way or planned.",
    ]


@on_a_loop
async def test_a_switch_that_was_chosen_takes_the_place_of_the_missing_one(troubled: RunningLab) -> None:
    async with managed(connections(troubled, "TR-01", "TR-02")) as estate:
        move = await move_of(estate, "SWITCH01", "TR-01", "TR-02")
        found = await examination(estate, choosing(move, "Production", of="Legacy"))
        assert found.obstacles == ()
        assert "“Network Adapter” is connected to “Production” on TR-02." in found.passed
        assert not found.report_is_ignored
        nowhere = await examination(estate, choosing(move, "", of="Legacy"))
        assert nowhere.obstacles == ()
        assert "“Network Adapter” is not connected on TR-02." in nowhere.passed
        gone = kept_by(await examination(estate, choosing(move, "Backup", of="Legacy")))
        assert gone.what == "TR-02 has no switch “Backup” any more."
        assert gone.cure == "Choose another switch on the page Connect Network."


@on_a_loop
async def test_a_host_that_takes_no_notice_of_the_choice_is_found_out(troubled: RunningLab) -> None:
    """What such a host answers is taken from a comparison without the choice: nothing in the report changed."""
    async with managed(connections(troubled, "TR-01", "TR-CRED")) as estate:
        plain = await move_of(estate, "SWITCH01", "TR-01", "TR-CRED")
        questions, further = SourceQuestions(plain), DestinationQuestions(plain, (), asks_directory=False)
        here = questions.read(await estate.ask(key("TR-01"), questions.pipeline))
        there = further.read(await estate.ask(key("TR-CRED"), further.pipeline))
        pictures = estate.picture(key("TR-01")), estate.picture(key("TR-CRED"))
    chosen = choosing(plain, "Production", of="Legacy")
    found = checked(Case(chosen, *pictures, here, there))
    assert found.report_is_ignored
    assert found.obstacles == ()
    around = "“Network Adapter” is disconnected before the move and connected to “Production” after it."
    assert around in found.passed
    other_way = replace(chosen, network_way=NetworkWay.RECONNECT)
    assert around in checked(Case(other_way, *pictures, here, there)).passed


@on_a_loop
async def test_an_objection_that_nobody_foresaw_is_shown_in_the_words_of_the_host(troubled: RunningLab) -> None:
    async with managed(connections(troubled, "TR-01", "TR-02")) as estate:
        move = await move_of(estate, "DIRTY01", "TR-01", "TR-02")
        questions, further = SourceQuestions(move), DestinationQuestions(move, (), asks_directory=False)
        here = questions.read(await estate.ask(key("TR-01"), questions.pipeline))
        there = further.read(await estate.ask(key("TR-02"), further.pipeline))
        case = Case(move, estate.picture(key("TR-01")), estate.picture(key("TR-02")), here, there)
    objections = (Incompatibility("Das geht so nicht.", 41000), Incompatibility("Voll. (0x80070070)", 41001))
    case = replace(case, source_facts=replace(here, comparison=Comparison(objections)))
    unknown, known = checked(case).obstacles
    assert unknown.what == "TR-01 objects to the move: Das geht so nicht."
    assert unknown.cure == "Change what TR-01 objects to, then try again."
    assert known.what == "TR-01 objects to the move: Voll. (0x80070070)\nA volume of the destination is full."
    assert "Make room on it" in known.cure
