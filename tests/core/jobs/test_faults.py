"""Whatever the wire does to a job, nothing is lost, nothing is done twice, and what is said is true."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.estate.connection import Connection
from core.estate.estate import Picture
from core.jobs.admission import NotStarted
from core.jobs.journal import now
from core.jobs.plan import Batch
from core.jobs.status import JobState, JobStatus
from core.remoting.endpoint import Credential
from core.remoting.errors import SignInRefused
from tests.core.estates import key, machine_on
from tests.core.jobs.working import IMPATIENT, a_program, follow, is_under_way, move_plan, sent, until_state
from tests.core.remoting.simulated_host import HANGING, on_a_loop
from tests.laboratory import RunningLab, running_lab

needs_a_full_file = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no file of this system is always full")

TWO_SITES = Path(__file__).parents[3] / "lab" / "scenarios" / "two-sites.toml"
NEW = r"D:\Moved\WEB01"

# What befalls the command that carries the move: the second one that HV-01 gets, after the question for the heartbeat.
AT_THE_COMMAND: dict[str, dict[str, Any]] = {
    "dropped before the host has it": {"kind": "drop", "moment": "before"},
    "dropped before the command was answered": {"kind": "drop", "moment": "unanswered"},
    "dropped during the answer": {"kind": "drop", "moment": "during"},
    "half an answer": {"kind": "half-answer"},
    "garbage for HTTP": {"kind": "garbage", "instead_of": "http"},
    "garbage for SOAP": {"kind": "garbage", "instead_of": "soap"},
    "an error of the server": {"kind": "status", "status": 500},
}


@pytest.mark.parametrize("fault", AT_THE_COMMAND.values(), ids=AT_THE_COMMAND)
@on_a_loop
async def test_an_answer_that_is_lost_is_asked_for_and_the_move_is_sent_once(
    lab: RunningLab, tmp_path: Path, fault: dict[str, Any]
) -> None:
    async with a_program(hasty(lab), tmp_path) as (estate, jobs):
        plan = await move_plan(estate, "WEB01", NEW)
        watched = jobs.watch()
        await jobs.start(plan)
        lab.control("PUT", "/hosts/HV-01/disturbances", [{**fault, "action": "Command", "nth": 2}])
        said = await until_state(watched, JobState.FINDING_OUT, JobState.FAILED)
        lab.control("DELETE", "/hosts/HV-01/disturbances")
        if said.state is JobState.FINDING_OUT:
            said = (await follow(watched, lab, step=60))[-1]
        where = [host for host, machines in lab.places().items() if "WEB01" in machines]
        assert where == (["HV-02"] if said.state is JobState.COMPLETED else ["HV-01"])
        assert said.state in (JobState.COMPLETED, JobState.FAILED)
    assert sent(lab, "Move-VM") <= 1


def hasty(lab: RunningLab) -> list[Connection]:
    """Connections that give a silent host up after a second or so."""
    return [replace(each, endpoint=replace(each.endpoint, operation_timeout=1)) for each in lab.connections()]


DURING: dict[str, Callable[[RunningLab], None]] = {
    "the connection drops": lambda lab: disturb(lab, {"kind": "drop", "action": "Receive", "times": None}),
    "half an answer": lambda lab: disturb(lab, {"kind": "half-answer", "action": "Receive", "times": None}),
    "garbage": lambda lab: disturb(lab, {"kind": "garbage", "instead_of": "psrp", "action": "Receive", "times": None}),
    "a quota": lambda lab: disturb(lab, {"kind": "quota", "quota": "memory-per-shell", "action": "Receive"}),
}


def disturb(lab: RunningLab, fault: dict[str, Any]) -> None:
    lab.control("PUT", "/hosts/HV-01/disturbances", [fault])


@pytest.mark.parametrize("percent", [20, 90])
@pytest.mark.parametrize("fault", DURING.values(), ids=DURING)
@on_a_loop
async def test_a_connection_that_is_lost_during_progress_is_not_the_end_of_the_move(
    lab: RunningLab, tmp_path: Path, fault: Callable[[RunningLab], None], percent: int
) -> None:
    async with a_program(hasty(lab), tmp_path) as (estate, jobs):
        plan = await move_plan(estate, "WEB01", NEW)
        watched = jobs.watch()
        await jobs.start(plan)
        async for status in watched:
            if status.percent >= percent or status.state.is_final:
                break
            lab.advance(1)
        fault(lab)
        lab.advance(1)
        async for status in watched:
            if status.state is JobState.FINDING_OUT or status.state.is_final:
                break
            lab.advance(1)
        lab.control("DELETE", "/hosts/HV-01/disturbances")
        ended = status if status.state.is_final else (await follow(watched, lab, step=60))[-1]
        where = [host for host, machines in lab.places().items() if "WEB01" in machines]
        assert where == (["HV-02"] if ended.state is JobState.COMPLETED else ["HV-01"])
    assert sent(lab, "Move-VM") == 1


@on_a_loop
async def test_a_source_that_is_down_for_ten_minutes_is_waited_for(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        watched = jobs.watch()
        await jobs.start(await move_plan(estate, "WEB01", NEW))
        await is_under_way(watched, lab)
        lab.control("POST", "/hosts/HV-01/down", {"seconds": 600})
        said = await until_state(watched, JobState.FINDING_OUT)
        while "HV-01" not in said.detail:
            said = await until_state(watched, JobState.FINDING_OUT)
        lab.advance(601)
        ended = (await follow(watched, lab, step=30))[-1]
        # The link broke off before the machine had switched.
        assert ended.state is JobState.FAILED
        assert (await machine_on(estate, "HV-01", "WEB01")).path == r"D:\VMs\WEB01"
    assert sent(lab, "Move-VM") == 1


@on_a_loop
async def test_what_a_broken_move_has_left_at_the_destination_is_found_and_removed(
    lab: RunningLab, tmp_path: Path
) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        watched = jobs.watch()
        await jobs.start(await move_plan(estate, "WEB01", NEW))
        await is_under_way(watched, lab)
        lab.control("POST", "/hosts/HV-02/down", {"seconds": 60})
        lab.advance(61)
        ended = (await follow(watched, lab, step=30))[-1]
        assert ended.state is JobState.FAILED
        assert "0x80072746" in ended.detail
        left = rf"{NEW}\Virtual Hard Disks\WEB01.vhdx was left on HV-02."
        assert [finding.what for finding in ended.findings] == [left]
        removal = await jobs.clean_up(ended.number)
        async for status in watched:
            if status.number == removal.number and status.state.is_final:
                break
        assert status.state is JobState.COMPLETED, status.detail


@on_a_loop
async def test_a_file_that_was_there_before_is_never_offered_for_removal(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        watched = jobs.watch()
        await jobs.start(await move_plan(estate, "WEB01", NEW))
        await is_under_way(watched, lab)
        lab.control("POST", "/hosts/HV-02/down", {"seconds": 60})
        lab.advance(61)
        assert (await follow(watched, lab, step=30))[-1].clean_up is not None
        again = await jobs.start(await move_plan(estate, "WEB01", NEW))
        while (ended := (await follow(watched, lab))[-1]).number != again.number:
            pass
        assert ended.state is JobState.FAILED
        assert (ended.findings, ended.clean_up) == ((), None)


@needs_a_full_file
@on_a_loop
async def test_a_full_disk_under_the_journal_keeps_anything_from_being_sent(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        plan = await move_plan(estate, "WEB01", NEW)
        await jobs.journal.entries()
        (tmp_path / "journal").mkdir(exist_ok=True)
        fill_the_disk(tmp_path / "journal")
        with pytest.raises(NotStarted, match="No space left on device"):
            await jobs.start(plan)
        assert jobs.statuses == ()
    assert not sent(lab, "Move-VM")


@needs_a_full_file
@on_a_loop
async def test_a_disk_that_fills_up_during_a_job_is_said_and_loses_nothing(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        watched = jobs.watch()
        await jobs.start(await move_plan(estate, "WEB01", NEW))
        await is_under_way(watched, lab)
        [file] = (tmp_path / "journal").iterdir()
        kept = file.rename(tmp_path / "kept.jsonl")
        file.symlink_to("/dev/full")
        ended = (await follow(watched, lab))[-1]
        assert ended.state is JobState.COMPLETED
        assert "No space left on device" in ended.findings[-1].what
        file.unlink()
        kept.rename(file)
    # The lines that could not be written went with the program; the hosts still tell what is true.
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        assert (await until_state(jobs.watch(), JobState.COMPLETED)).title == "Move WEB01"
    assert sent(lab, "Move-VM") == 1


def fill_the_disk(folder: Path) -> None:
    """Whatever is written to this month's file finds the disk full."""
    (folder / f"{now():%Y-%m}.jsonl").symlink_to("/dev/full")


SECOND = "CONTOSO\\second"


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[tuple[RunningLab, list[Connection]]]:
    """The hosts of two sites, where HV-01 is signed in to as another user."""
    account = f"\n[[accounts]]\nuser = '{SECOND}'\n"
    scenario = tmp_path / "apart.toml"
    scenario.write_text(TWO_SITES.read_text(encoding="utf-8") + account, encoding="utf-8")
    with running_lab(tmp_path, scenario=str(scenario)) as lab:
        first, *others = hasty(lab)
        (given,) = lab.ready["accounts"]
        yield lab, [replace(first, credential=Credential(SECOND, given["password"])), *others]


ASKED_TO_SIGN_IN = {"kind": "status", "status": 401, "action": "Receive"}
# The job and who looks at its host receive side by side: both have to be met.
WITH_ANOTHER_PASSWORD = {
    "the connection drops": [{"kind": "drop", "action": name, "times": None} for name in ("Receive", "Command")],
    "the host asks for a sign-in": [ASKED_TO_SIGN_IN],
}


@pytest.mark.parametrize("lost", WITH_ANOTHER_PASSWORD.values(), ids=WITH_ANOTHER_PASSWORD)
@on_a_loop
async def test_a_refused_password_is_not_sent_again_while_a_lost_answer_is_looked_for(
    apart: tuple[RunningLab, list[Connection]], tmp_path: Path, lost: list[dict[str, Any]]
) -> None:
    lab, connections = apart
    async with a_program(connections, tmp_path) as (estate, jobs):
        watched = jobs.watch()
        await jobs.start(await move_plan(estate, "WEB01", NEW))
        await is_under_way(watched, lab)
        password = lab.control("POST", "/password", {"user": SECOND})
        lab.control("PUT", "/hosts/HV-01/disturbances", lost)
        lab.advance(1)
        said = await until_state(watched, JobState.FINDING_OUT)
        while "another password" not in said.detail:
            said = await until_state(watched, JobState.FINDING_OUT)
        lab.control("DELETE", "/hosts/HV-01/disturbances")
        tries = lab.control("GET", "/hosts/HV-01")["refused_sign_ins"]
        await looked_five_times(estate.watch(), "HV-02")
        assert lab.control("GET", "/hosts/HV-01")["refused_sign_ins"] == tries
        estate.reconnect(replace(connections[0], credential=Credential(SECOND, password)))
        assert (await follow(watched, lab, step=60))[-1].state is JobState.COMPLETED
    assert sent(lab, "Move-VM") == 1


@on_a_loop
async def test_a_sign_in_that_the_host_asks_for_during_a_move_is_made_and_the_move_followed_on(
    lab: RunningLab, tmp_path: Path
) -> None:
    # Nobody but the job asks the host for news.
    async with a_program(hasty(lab), tmp_path, replace(IMPATIENT, observe_after=HANGING)) as (estate, jobs):
        watched = jobs.watch()
        await jobs.start(await move_plan(estate, "WEB01", NEW))
        await is_under_way(watched, lab)
        disturb(lab, {**ASKED_TO_SIGN_IN, "times": 1})
        said = await follow(watched, lab)
        assert said[-1].state is JobState.COMPLETED
        # At the end it is looked whether everything is as planned; before, nothing had to be found out.
        assert {status.percent for status in said if status.state is JobState.FINDING_OUT} == {100}
    assert lab.control("GET", "/hosts/HV-01")["refused_sign_ins"] == 0
    assert sent(lab, "Move-VM") == 1


@on_a_loop
async def test_a_job_that_waits_for_a_host_does_not_send_it_a_refused_password_again(
    apart: tuple[RunningLab, list[Connection]], tmp_path: Path
) -> None:
    lab, connections = apart
    async with a_program(connections, tmp_path) as (estate, jobs):
        watched = jobs.watch()
        for name in ("WEB01", "APP01", "DC01"):
            await jobs.start(await move_plan(estate, name, NEW.replace("WEB01", name)))
        await until_state(watched, JobState.WAITING)
        lab.control("POST", "/password", {"user": lab.host("HV-02")["username"]})
        lab.control("PUT", "/hosts/HV-02/disturbances", [{"kind": "drop", "action": "Command", "times": 1}])
        pictures = estate.watch()
        async for picture in pictures:
            if picture.key == key("HV-02") and isinstance(picture.failure, SignInRefused):
                break
        tries = lab.control("GET", "/hosts/HV-02")["refused_sign_ins"]
        await looked_five_times(pictures, "HV-01")
        assert lab.control("GET", "/hosts/HV-02")["refused_sign_ins"] == tries


async def looked_five_times(pictures: AsyncIterator[Picture], host: str) -> None:
    looks = 0
    async for picture in pictures:
        looks += picture.key == key(host)
        if looks == 5:
            return


@on_a_loop
async def test_jobs_that_begin_together_do_not_each_send_a_refused_password(
    apart: tuple[RunningLab, list[Connection]], tmp_path: Path
) -> None:
    lab, connections = apart
    async with a_program(connections, tmp_path) as (estate, jobs):
        names = ("WEB01", "APP01")
        plans = [await move_plan(estate, name, NEW.replace("WEB01", name)) for name in names]
        # The connection that answers questions stays signed in; each job signs in by itself.
        password = lab.control("POST", "/password", {"user": SECOND})
        before = lab.control("GET", "/hosts/HV-01")["refused_sign_ins"]
        watched = jobs.watch()
        await jobs.start_all(Batch("All", tuple(plans)))
        ended: dict[int, JobStatus] = {}
        while len(ended) < len(plans):
            status = await anext(watched)
            if status.state.is_final:
                ended[status.number] = status
        assert all("refused the sign-in" in status.detail for status in ended.values())
        assert isinstance(estate.picture(key("HV-01")).failure, SignInRefused)
        assert lab.control("GET", "/hosts/HV-01")["refused_sign_ins"] - before == 1
        estate.reconnect(replace(connections[0], credential=Credential(SECOND, password)))
        await jobs.start(plans[0])
        await is_under_way(watched, lab)
