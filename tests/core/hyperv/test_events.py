"""What the hosts have logged about a machine is read from each of them, by machine and time."""

from __future__ import annotations

import datetime
import functools
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from core.hyperv.events import LoggedEvent, read_events
from core.jobs.status import JobState
from tests.core.estates import key, managed
from tests.core.jobs.working import a_program, follow, move_plan
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab

MACHINE = UUID("d46fd5cd-a9cb-40b1-acfb-5cc8c759e2d5")


@on_a_loop
async def test_a_failed_move_is_in_the_log_of_its_source(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        plan = await move_plan(estate, "WEB01", r"E:\VMs\WEB01")
        assert plan.expectation is not None
        began = datetime.datetime.now(datetime.UTC)
        await jobs.start(plan)
        assert (await follow(jobs.watch(), lab))[-1].state is JobState.FAILED
        asker = functools.partial(estate.ask, key("HV-01"))
        machine_id = plan.expectation.machine_id
        found = await read_events(asker, "HV-01", machine_id, began)
        assert found.reason == ""
        (event,) = found.events
        assert event.level == 2
        assert "0x80070070" in (event.message or "")
        assert (await read_events(asker, "HV-01", uuid4(), began)).events == ()
        later = began + datetime.timedelta(days=1)
        assert (await read_events(asker, "HV-01", machine_id, later)).events == ()
        destination = await read_events(functools.partial(estate.ask, key("HV-02")), "HV-02", machine_id, began)
        assert (destination.events, destination.reason) == ((), "")


@on_a_loop
async def test_a_host_that_cannot_be_asked_says_why(lab: RunningLab) -> None:
    async with managed(lab.connections()) as estate:
        lab.process.kill()
        lab.process.wait()
        asker = functools.partial(estate.ask, key("HV-01"))
        found = await read_events(asker, "HV-01", MACHINE, datetime.datetime.now(datetime.UTC))
    assert found.events == ()
    assert found.reason.startswith("HV-01 refused the connection.")


@pytest.mark.parametrize(
    ("message", "properties", "is_about"),
    [
        ("It failed. (Virtual machine ID D46FD5CD-A9CB-40B1-ACFB-5CC8C759E2D5)", (), True),
        ("Es ist fehlgeschlagen.", ({"Value": "D46FD5CD-A9CB-40B1-ACFB-5CC8C759E2D5"},), True),
        (None, (), False),
        ("It failed. (Virtual machine ID 00000000-0000-0000-0000-000000000000)", ({"Value": 7},), False),
    ],
)
def test_an_event_is_about_the_machine_that_it_names(
    message: str | None, properties: tuple[object, ...], is_about: bool
) -> None:
    event = LoggedEvent(21024, 2, "/Date(1700000000000)/", message, properties)
    assert event.is_about(MACHINE) is is_about


@pytest.mark.parametrize("written", ["/Date(1700000000000)/", "2023-11-14T23:13:20+01:00"])
def test_both_ways_of_writing_a_date_are_read(written: str) -> None:
    assert LoggedEvent(1, 4, written).when == datetime.datetime(2023, 11, 14, 22, 13, 20, tzinfo=datetime.UTC)
