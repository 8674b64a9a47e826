"""After a move the machine is looked at: what stands as planned is said, and what does not is said with its cure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.hyperv.states import MachineState
from core.jobs.goal import Fact, Facts
from core.jobs.outlook import look
from core.jobs.plan import Folder, PlannedAdapter
from core.jobs.status import Finding, JobState, Offer
from core.jobs.verification import verify
from core.powershell.command import Pipeline, Statement, command
from core.remoting.errors import CmdletFailed
from tests.core.estates import key, machine_on, read_all
from tests.core.jobs.working import IMPATIENT, a_program, follow, is_under_way, move_plan, sent
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab

NEW = r"D:\Moved\WEB01"


@on_a_loop
async def test_a_move_that_went_as_planned_says_so_and_offers_to_remove_the_empty_folder(
    lab: RunningLab, tmp_path: Path
) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        watched = jobs.watch()
        await jobs.start(await move_plan(estate, "WEB01", NEW))
        ended = (await follow(watched, lab))[-1]
        assert ended.state is JobState.COMPLETED
        good = [finding.what for finding in ended.findings if finding.is_good]
        assert good == [
            "WEB01 is on HV-02: Running, as before.",
            "Every virtual hard disk is where it was planned.",
            "Every network adapter is connected as it was planned.",
            "The guest of WEB01 answers.",
            rf"If backup or antivirus on HV-02 leaves out folders of virtual machines, add {NEW}\Virtual Hard Disks.",
        ]
        left = [finding for finding in ended.findings if not finding.is_good]
        assert left == [Finding(r"The empty folder D:\VMs\WEB01 was left on HV-01.", False, "Clean Up removes it.")]
        assert Offer.CLEAN_UP in ended.offers
        removal = await jobs.clean_up(ended.number)
        while (done := (await follow(watched, lab))[-1]).number != removal.number:
            pass
        assert done.state is JobState.COMPLETED, done.detail
        assert Offer.CLEAN_UP not in next(each for each in jobs.statuses if each.number == ended.number).offers
        listing = command("Get-ChildItem", LiteralPath=r"D:\VMs") | command("Select-Object", ExpandProperty="Name")
        folders = (await estate.ask(key("HV-01"), Pipeline((listing,)))).output
        assert "APP01" in folders
        assert "WEB01" not in folders


@on_a_loop
async def test_what_stands_otherwise_than_planned_is_said(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, _jobs):
        plan = await move_plan(estate, "WEB01", NEW)
        assert plan.end is not None
        assert plan.expectation is not None
        adapter = plan.end.adapters[0]
        wrong = replace(
            plan,
            end=replace(
                plan.end,
                host=key("HV-01"),
                disks=(r"D:\Nowhere\WEB01.vhdx",),
                adapters=(replace(adapter, switch_name="Elsewhere"), PlannedAdapter("000000000000", "Second", "")),
            ),
            expectation=replace(plan.expectation, state=MachineState.OFF),
        )
        findings = await verify(wrong, estate, IMPATIENT, had_heartbeat=True)
        assert [(finding.what, finding.is_good) for finding in findings[:3]] == [
            ("WEB01 is Running on HV-01.", False),
            (r"The disk D:\Nowhere\WEB01.vhdx is not where it was planned.", False),
            ("The network adapter Network Adapter is not connected to Elsewhere.", False),
        ]
        assert findings[0].cure == "It was Off before."
        [missing] = await verify(plan, estate, IMPATIENT, had_heartbeat=False)
        assert (missing.what, missing.is_good) == ("WEB01 is not on HV-02.", False)


@on_a_loop
async def test_a_guest_that_does_not_answer_any_more_is_said(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, _jobs):
        plan = await move_plan(estate, "TEST01", r"D:\Moved\TEST01")
        assert plan.end is not None
        stays = replace(plan, end=replace(plan.end, host=key("HV-01"), disks=(), adapters=()))
        *_others, silent = await verify(stays, estate, IMPATIENT, had_heartbeat=True)
        assert (silent.what, silent.is_good) == ("The guest of TEST01 does not answer.", False)


@on_a_loop
async def test_folders_that_hold_files_or_belong_to_the_host_are_not_offered(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        plan = await move_plan(estate, "WEB01", NEW)
        assert plan.end is not None
        host = estate.picture(key("HV-01")).inventory
        assert host is not None
        folders = (r"D:\VMs\APP01", "D:\\", host.host.virtual_machine_path, r"D:\Nowhere")
        kept = tuple(Folder(key("HV-01"), path) for path in folders)
        watched = jobs.watch()
        await jobs.start(replace(plan, end=replace(plan.end, former_folders=kept)))
        ended = (await follow(watched, lab))[-1]
        assert ended.state is JobState.COMPLETED
        assert ended.clean_up is None


@on_a_loop
async def test_a_cancel_that_comes_too_late_says_so(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        watched = jobs.watch()
        started = await jobs.start(await move_plan(estate, "WEB01", NEW))
        await is_under_way(watched, lab)
        # The machine has switched, and only the files at the source are still to be removed.
        while "WEB01" in lab.places()["HV-01"]:
            lab.advance(0.5)
        await jobs.cancel(started.number)
        ended = (await follow(watched, lab))[-1]
        assert ended.state is JobState.COMPLETED
        assert ended.detail.startswith("The cancel came too late: this step was done already.\nWEB01 is on HV-02")
    assert sent(lab, "Move-VM") == 1


@on_a_loop
async def test_facts_are_what_the_host_lists(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, _jobs):
        await read_all(estate)
        machine = await machine_on(estate, "HV-01", "WEB01")
        picked = command("Get-VM", Id=machine.machine_id)
        host = Statement((command("Get-VMHost"),))

        async def reached(*facts: Fact) -> bool | None:
            return (await look(Facts(key("HV-01"), facts), None, estate)).reached

        assert await reached(Fact(Statement((picked,)), (("Name", "web01"), ("State", 2))))
        assert not await reached(Fact(Statement((picked,)), (("Name", "WEB02"),)))
        assert await reached(Fact(host, (("VirtualMachineMigrationEnabled", True),)))
        assert not await reached(Fact(host, (("VirtualMachineMigrationEnabled", False),)))
        assert await reached(Fact(Statement((picked,)), (("Id", machine.machine_id), ("ParentSnapshotId", None))))
        everything = Statement((command("Get-VM"),))
        assert await reached(Fact(everything, (("Name", "NOBODY"),), is_absent=True))
        assert not await reached(Fact(everything, (("Name", "WEB01"),), is_absent=True))
        gone = Statement((command("Get-VM", Name="NOBODY"),))
        assert await reached(Fact(gone, (("Name", "NOBODY"),))) is False
        # What cannot be asked for is not absent: nobody knows.
        unknown = await look(Facts(key("HV-01"), (Fact(gone, (("Name", "NOBODY"),), is_absent=True),)), None, estate)
        assert unknown.reached is None
        assert isinstance(unknown.failure, CmdletFailed)
