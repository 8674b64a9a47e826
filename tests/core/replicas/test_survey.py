"""Reading the replication of hosts over the wire, with one of them down."""

from __future__ import annotations

import asyncio
from pathlib import Path

from core.failover.desk import Desk
from core.failover.prerequisites import obstacles
from core.replicas.offers import Surroundings, offers
from core.replicas.relationship import Missing
from core.replicas.survey import Survey
from core.replicas.verbs import Verb
from tests.core.estates import key, managed, read_all
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab


@on_a_loop
async def test_all_hosts_are_read_paired_and_watched(tmp_path: Path) -> None:
    with running_lab(tmp_path) as lab:
        await _read_and_watch(lab)


async def _read_and_watch(lab: RunningLab) -> None:
    names = ("HV-01", "HV-02", "HV-DR")
    async with managed([lab.connection(name) for name in names]) as estate:
        survey = Survey(estate)
        watched = survey.watch()
        await read_all(estate)
        seen = await survey.read()
        assert [(each.machine_name, each.primary_name, each.replica_name) for each in seen.relationships] == [
            ("BRANCH01", "HV-DR", "HV-01"),
            ("CRM01", "HV-01", "HV-DR"),
            ("SHOP01", "HV-02", "HV-DR"),
            ("WIKI01", "HV-01", "HV-DR"),
            ("WIKI01", "HV-DR", "HV-02"),
        ]
        assert await anext(watched) == seen
        wiki = seen.relationships[3]
        legs = seen.of_machine(wiki.machine_id)
        assert [leg.is_extension for leg in legs] == [False, True]
        around = Surroundings.of(estate, seen)
        offered = {each.verb: each.why_not for each in offers(wiki, key("HV-01"), around)}
        assert "extended already" in offered[Verb.EXTEND]

        # At the extended site the machine's own host has to be asked too: it may run there.
        page = await Desk(estate, survey).unplanned(legs[1])
        assert page.relationship == legs[1] or page.relationship.receiver == page.truth.side(key("HV-02"))
        assert [problem.what for problem in obstacles(page.prerequisites)] == [
            "WIKI01 still runs on HV-01: Running. Failed over, it would run twice."
        ]
        lab.control("POST", "/hosts/HV-DR/down", {"seconds": 100_000})
        down = await survey.read([key("HV-DR")])
        reading = down.reading(key("HV-DR"))
        assert reading is not None
        # It keeps what it told, with the reason why there is nothing newer.
        assert reading.sides
        assert reading.failure is not None
        fresh = Survey(estate)
        told = await fresh.read()
        absences = [each.absence for each in told.relationships if each.machine_name == "CRM01"]
        assert [each and each.missing for each in absences] == [Missing.NOT_READ]
        following = asyncio.create_task(fresh.follow(0.01))
        watched = fresh.watch()
        assert len((await anext(watched)).readings) == 3
        following.cancel()
