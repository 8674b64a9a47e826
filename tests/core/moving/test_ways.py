"""Which way a machine goes, and why: live where it can, else by replica or by export, each with its down time."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.hyperv.states import MachineState
from core.jobs.status import JobState
from core.moving.ways import Way, best_way, ways
from core.wizards.move import MoveWizard, details_of
from core.wizards.wizard import obstacles
from tests.core.estates import key, machine_on, managed, read_all
from tests.core.jobs.working import a_program, carried_out, undone
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

CHOICES = [
    ("DIRTY01", "TR-02", Way.LIVE, {}),
    ("TWIN", "TR-AMD", Way.LIVE, {}),
    (
        "DIRTY01",
        "TR-AMD",
        Way.REPLICA,
        {
            Way.LIVE: "TR-AMD has a processor of another maker than TR-01."
            " Choose another host, or shut the machine down before it is moved."
        },
    ),
    (
        "DIRTY01",
        "TR-WG",
        Way.REPLICA,
        {
            Way.LIVE: "TR-WG belongs to no domain: it can sign in to no other host for a migration."
            " Join the host to a domain, or move the machine by replica or by export."
        },
    ),
    (
        "PHYSICAL01",
        "TR-AMD",
        Way.LIVE,
        {
            Way.LIVE: "TR-AMD has a processor of another maker",
            Way.REPLICA: "PHYSICAL01 uses the physical disk 3 of TR-01, which cannot move. Take the disk from",
            Way.EXPORT: "PHYSICAL01 uses the physical disk 3 of TR-01, which cannot move. Take the disk from",
        },
    ),
    (
        "CLUSTER01",
        "TR-AMD",
        Way.LIVE,
        {
            Way.LIVE: "TR-AMD has a processor of another maker",
            Way.REPLICA: "CLUSTER01 belongs to a cluster. Remove it from the cluster first;",
            Way.EXPORT: "CLUSTER01 belongs to a cluster. Remove it from the cluster first:",
        },
    ),
    (
        "DIRTY01",
        "TR-OLD",
        Way.LIVE,
        {
            Way.REPLICA: "TR-OLD does not run virtual machines of version 9.0. Choose a host that supports",
            Way.EXPORT: "TR-OLD does not run virtual machines of version 9.0. Choose a host that supports",
        },
    ),
]


@on_a_loop
async def test_each_way_says_what_keeps_a_machine_from_it(tmp_path: Path) -> None:
    with running_lab(tmp_path, scenario="troubled") as lab:
        hosts = ("TR-01", "TR-02", "TR-AMD", "TR-WG", "TR-OLD")
        async with managed(lab.connection(name) for name in hosts) as estate:
            await read_all(estate)
            details = {name: await details_of(estate, key(name)) for name in hosts}
            source = estate.picture(key("TR-01"))
            assert source.inventory is not None
            for name, destination, best, expected in CHOICES:
                # Of the twins the last is off, and starts on any processor.
                machine = [each for each in source.inventory.machines if each.name == name][-1]
                there = estate.picture(key(destination))
                offers = ways(machine, source, there, details["TR-01"], details[destination], storage=40 << 30)
                found = {offer.way: offer.words for offer in offers if not offer.is_possible}
                assert best_way(offers) is best, name
                assert found.keys() == expected.keys(), name
                assert all(found[way].startswith(words) for way, words in expected.items()), found


@on_a_loop
async def test_a_machine_is_exported_on_its_way_and_stays_at_home_if_that_is_undone(tmp_path: Path) -> None:
    with running_lab(tmp_path, scenario="workgroup", speed=3000) as lab:
        await _by_export(lab, tmp_path)


async def _by_export(lab: RunningLab, folder: Path) -> None:
    async with a_program(lab.connections(), folder) as (estate, jobs):
        await read_all(estate)
        machine = await machine_on(estate, "WG-01", "LOCAL01")
        wizard = MoveWizard(estate, key("WG-01"), machine, is_introduced=False)
        wizard.choices.destination = "WG-02"
        pages = {step.page: step for step in wizard.steps()}
        assert obstacles(await wizard.examine(pages[wizard.DESTINATION])) == ()
        assert wizard.ways.chosen is Way.REPLICA
        costs = {offer.way: offer.down_time for offer in wizard.ways.offers}
        assert 0 < costs[Way.REPLICA].seconds < costs[Way.EXPORT].seconds
        assert "22 GB are copied at 200 MB/s within the source (assumed)" in costs[Way.EXPORT].lines[0]
        wizard.ways.choose(Way.EXPORT)
        pages = {step.page: step for step in wizard.steps()}
        assert list(pages)[-3:] == [wizard.WAY, wizard.EXPORT, wizard.SUMMARY]
        with pytest.raises(ValueError, match="What WG-01 says of the export is not known"):
            await wizard.plan()
        wizard.ways.by_export.set_folder("Exports")
        (problem,) = await wizard.examine(pages[wizard.EXPORT])
        assert (problem.field, problem.what) == ("folder", "Exports is not a full path.")
        wizard.ways.by_export.set_folder("")
        assert await wizard.examine(pages[wizard.EXPORT]) == ()
        assert await wizard.examine(pages[wizard.SUMMARY]) == ()
        plan = await wizard.plan()
        summary = dict(plan.summary)
        assert summary["Export to:"] == r"D:\Exports\LOCAL01"
        assert summary["Down time:"] == costs[Way.EXPORT].words
        done = await carried_out(jobs, plan)
        assert done.state is JobState.COMPLETED, (done.detail, done.cure)
        assert r"Copy D:\Exports\LOCAL01 to WG-02 and import it there" in done.detail
        assert (await machine_on(estate, "WG-01", "LOCAL01")).state is MachineState.OFF
        # Off, nothing has to be waited for: it costs no down time whichever way it goes.
        off = MoveWizard(estate, key("WG-01"), await machine_on(estate, "WG-01", "LOCAL01"), is_introduced=False)
        off.choices.destination = "WG-02"
        assert {offer.down_time.words for offer in off.ways.offers} == {"None: the machine does not run."}
        back = await undone(jobs, done)
        assert back.state is JobState.COMPLETED, (back.detail, back.cure)
        assert (await machine_on(estate, "WG-01", "LOCAL01")).state is MachineState.RUNNING
