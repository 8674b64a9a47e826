"""The Import Wizard against a real lab: every type, what the host objects to, and what became of a lost answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.hyperv.failure_codes import explain
from core.importing.configurations import Configuration
from core.importing.imported import ImportType
from core.jobs.plan import Plan
from core.jobs.queue import Jobs
from core.jobs.status import JobState, JobStatus
from core.powershell.command import Pipeline, Statement, Switch, command
from core.powershell.script import script
from core.wizards.import_machine import ImportWizard
from core.wizards.wizard import Problem, obstacles
from tests.core.estates import key, machine_on
from tests.core.jobs.working import a_program, carried_out, sent
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

QUICK = 600.0
SCENARIO = Path(__file__).parents[2] / "end_to_end" / "importing.toml"
TO = r"D:\Out"
HERE, SMALL = key("HV-01"), key("HV-02")
SHARE = r"\\FS-01\exports"
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, speed=QUICK, scenario=str(SCENARIO)) as running:
        yield running


async def run(estate: Estate, *statements: Statement, host: HostKey = HERE) -> None:
    """Somebody else changes the host."""
    (await estate.change(host, Pipeline(statements))).raise_for_errors()


def picked(name: str) -> Statement:
    return Statement((command("Get-VM", Name=name),))


async def exported(estate: Estate, *names: str, folder: str = TO) -> None:
    await run(estate, *(picked(name) | command("Export-VM", Path=folder) for name in names))


async def opened(estate: Estate, folder: str = TO, name: str = "PLAIN01", host: HostKey = HERE) -> ImportWizard:
    """A wizard that has found a machine in a folder."""
    await estate.refresh(host)
    wizard = ImportWizard(estate, host, is_introduced=False)
    wizard.choices.folder = folder
    assert await asked(wizard, wizard.LOCATE) == ()
    found = {each.machine.name: each for each in wizard.contents.configurations if each.machine is not None}
    wizard.take(found[name])
    assert await asked(wizard, wizard.SELECT) == ()
    return wizard


async def asked(wizard: ImportWizard, page: str) -> tuple[Problem, ...]:
    """What keeps somebody on a page."""
    step = next(step for step in wizard.steps() if step.page == page)
    return obstacles(await wizard.examine(step))


def carried(lab: RunningLab, folder: str) -> list[str]:
    """Somebody copies a folder of the large host to the small one."""
    asked = {"folder": folder, "to": "HV-02", "there": folder}
    found: list[str] = lab.control("POST", "/hosts/HV-01/carry", asked)
    return found


async def kept(wizard: ImportWizard, page: str) -> str:
    problems = await asked(wizard, page)
    assert problems
    assert all(problem.cure for problem in problems)
    return problems[0].what


async def planned(wizard: ImportWizard) -> Plan:
    assert await asked(wizard, wizard.SUMMARY) == ()
    return await wizard.plan()


def into(wizard: ImportWizard, folder: str, kind: ImportType = ImportType.COPY) -> None:
    """Copy everything into one folder."""
    choices = wizard.choices
    choices.kind = kind
    choices.machine_folder = choices.checkpoint_folder = choices.paging_folder = folder
    choices.disks_folder = rf"{folder}\Disks"


async def imported(jobs: Jobs, wizard: ImportWizard) -> JobStatus:
    status = await carried_out(jobs, await planned(wizard))
    assert status.state is JobState.COMPLETED, (status.detail, status.cure)
    return status


async def names(estate: Estate, host: HostKey = HERE) -> list[str]:
    picture = await estate.refresh(host)
    assert picture.inventory is not None
    return [machine.name for machine in picture.inventory.machines]


def is_golden(name: str, plan: Plan, wizard: ImportWizard) -> bool:
    """Whether the calls are those of the file; IDs and addresses are no part of it."""
    text = "\n".join(script(action.pipeline) for action in plan.actions)
    text = re.sub("'00155D[0-9A-F]{6}'", "MAC", text)
    text = text.replace(wizard.choices.path.rpartition("\\")[2], "ID.vmcx") + "\n"
    return text == (GOLDEN / name).read_text(encoding="utf-8")


@on_a_loop
async def test_every_type_of_import(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program([lab.connection("HV-01")], tmp_path) as (estate, jobs):
        await exported(estate, "PLAIN01", "LARGE01")
        wizard = await opened(estate)
        assert len(wizard.contents.configurations) == 2
        machine = wizard.machine
        assert machine is not None
        assert machine.created is not None
        # The ID is there: only a copy can be made.
        assert "with this ID already: PLAIN01" in await kept(wizard, wizard.TYPE)
        into(wizard, r"D:\Twin")
        assert await asked(wizard, wizard.TYPE) == ()
        assert await asked(wizard, wizard.STORAGE) == ()
        plan = await planned(wizard)
        assert is_golden("copy.ps1", plan, wizard)
        assert any("free; the import needs" in told for told in plan.checks)
        fault = {"kind": "drop", "action": "Command", "moment": "unanswered", "nth": 2, "times": 1}
        lab.control("PUT", "/hosts/HV-01/disturbances", [fault])
        status = await carried_out(jobs, plan)
        assert status.state is JobState.COMPLETED, (status.detail, status.cure)
        assert sent(lab, "Import-VM") == 1
        assert (await names(estate)).count("PLAIN01") == 2
        # Its disk is there now.
        assert r"D:\Twin\Disks\PLAIN01.vhdx is there already" in await kept(wizard, wizard.STORAGE)
        wizard.choices.disks_folder = r"Q:\Disks"
        assert "has no drive Q:" in await kept(wizard, wizard.STORAGE)
        original = machine.machine_id
        await run(estate, Statement((command("Get-VM", Id=original),)) | command("Remove-VM", Force=Switch.PRESENT))
        into(wizard, r"D:\Back", ImportType.RESTORE)
        await imported(jobs, wizard)
        assert is_golden("restore.ps1", await wizard.plan(), wizard)
        await run(estate, Statement((command("Get-VM", Id=original),)) | command("Remove-VM", Force=Switch.PRESENT))
        wizard.choices.kind = ImportType.REGISTER
        plan = await planned(wizard)
        assert is_golden("register.ps1", plan, wizard)
        status = await carried_out(jobs, plan)
        assert status.state is JobState.COMPLETED, (status.detail, status.cure)
        found = await estate.refresh(HERE)
        assert found.inventory is not None
        registered = found.inventory.machine(original)
        assert registered is not None
        assert registered.path == rf"{TO}\PLAIN01"
        # The file is the machine's own now.
        again = ImportWizard(estate, HERE, is_introduced=False)
        again.choices.folder = wizard.choices.path
        assert "is in use" in await kept(again, again.LOCATE)


@on_a_loop
async def test_what_does_not_fit_is_mended(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        await exported(estate, "LARGE01")
        carried(lab, TO)
        wizard = await opened(estate, name="LARGE01", host=SMALL)
        into(wizard, r"D:\Twin")
        assert await asked(wizard, wizard.TYPE) == ()
        pages = [step.page for step in wizard.steps()]
        assert pages[5:] == ["memory", "processor", "connect_network", "summary"]
        assert await kept(wizard, wizard.MEMORY) == "LARGE01 starts with 64 GB of memory, and HV-02 has 32 GB."
        wizard.choices.memory = "much"
        assert await kept(wizard, wizard.MEMORY) == "much is not an amount of memory."
        wizard.choices.memory = "2048"
        assert await asked(wizard, wizard.MEMORY) == ()
        assert await kept(wizard, wizard.PROCESSOR) == "LARGE01 has 16 virtual processors, and HV-02 offers 8."
        wizard.choices.processors = "0"
        assert await kept(wizard, wizard.PROCESSOR) == "0 is not a number of processors."
        wizard.choices.processors = "2"
        assert await asked(wizard, wizard.PROCESSOR) == ()
        [(place, adapter)] = wizard.unconnected()
        assert adapter.name == "Backup"
        wizard.choices.switches[place] = "Gone"
        assert await kept(wizard, wizard.NETWORK) == "HV-02 has no switch “Gone” any more."
        wizard.choices.switches[place] = "Test"
        plan = await planned(wizard)
        assert is_golden("mended.ps1", plan, wizard)
        warned = [problem.what for problem in await wizard.examine(list(wizard.steps())[-1])]
        assert any("tools.iso" in what and "the drive becomes empty" in what for what in warned), warned
        # Between the page and the button somebody takes the switch away: the host refuses, and nothing is imported.
        await run(estate, Statement((command("Rename-VMSwitch", Name="Test", NewName="Third"),)), host=SMALL)
        status = await carried_out(jobs, plan)
        assert status.state is JobState.FAILED
        assert status.cure
        assert await names(estate, SMALL) == []
        assert await kept(wizard, wizard.SUMMARY) == "HV-02 has no switch “Test” any more."
        wizard.choices.switches[place] = "Third"
        # Likewise a switch that was there when the wizard looked, and needed nothing.
        plan = await planned(wizard)
        await run(estate, Statement((command("Rename-VMSwitch", Name="Production", NewName="Lan"),)), host=SMALL)
        status = await carried_out(jobs, plan)
        assert status.state is JobState.FAILED
        assert status.record is not None
        explanation = explain(status.record)
        assert explanation is not None
        assert "compares anew" in explanation.cure
        await run(estate, Statement((command("Rename-VMSwitch", Name="Lan", NewName="Production"),)), host=SMALL)
        await imported(jobs, wizard)
        picture = await estate.refresh(SMALL)
        assert picture.inventory is not None
        [twin] = picture.inventory.machines
        assert (twin.processor_count, twin.memory_startup, twin.path) == (2, 2 << 30, r"D:\Twin")
        switches = {each.name: each.switch_name for each in picture.inventory.adapters_of(twin.machine_id)}
        assert switches["Backup"] == "Third"


@on_a_loop
async def test_disks_that_are_missing_are_located(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        await exported(estate, "PLAIN01", "LARGE01", "OLD01")
        carried(lab, rf"{TO}\PLAIN01\Virtual Machines")
        folder = rf"{TO}\PLAIN01"
        wizard = await opened(estate, folder, host=SMALL)
        assert await asked(wizard, wizard.TYPE) == ()
        assert [step.page for step in wizard.steps()][3:] == ["locate_disks", "summary"]
        assert wizard.missing_disks() == (rf"{folder}\Virtual Hard Disks\PLAIN01.vhdx",)
        assert await kept(wizard, wizard.DISKS) == "No folder is named."
        wizard.choices.disk_folder = r"D:\Nothing"
        assert "is not there" in await kept(wizard, wizard.DISKS)
        asked_ = {"folder": rf"{folder}\Virtual Hard Disks", "to": "HV-02", "there": r"D:\Elsewhere"}
        lab.control("POST", "/hosts/HV-01/carry", asked_)
        wizard.choices.disk_folder = r"D:\Elsewhere"
        assert await asked(wizard, wizard.DISKS) == ()
        assert is_golden("located.ps1", await planned(wizard), wizard)
        into(wizard, r"D:\Twin")
        assert await asked(wizard, wizard.DISKS) == ()
        assert is_golden("located-copy.ps1", await planned(wizard), wizard)
        wizard.choices.kind = ImportType.REGISTER
        await imported(jobs, wizard)
        picture = await estate.refresh(SMALL)
        assert picture.inventory is not None
        assert [each.path for each in picture.inventory.drives] == [r"D:\Elsewhere\PLAIN01.vhdx"]
        # A parent is another matter: only people can put it back.
        carried(lab, rf"{TO}\LARGE01")
        parents = rf"{TO}\LARGE01\Virtual Hard Disks"
        [parent] = [path for path in await files(estate, parents, SMALL) if not path.endswith(".avhdx")]
        await run(estate, Statement((command("Remove-Item", LiteralPath=parent),)), host=SMALL)
        large = await opened(estate, rf"{TO}\LARGE01", "LARGE01", SMALL)
        large.choices.kind = ImportType.COPY
        await asked(large, large.TYPE)
        large.choices.memory, large.choices.processors = "1024", "1"
        assert "a parent that it builds on is not" in await kept(large, large.SUMMARY)
        # What was chosen for one machine is not kept for another.
        large.take(Configuration(rf"{TO}\PLAIN01.vmcx"))
        assert (large.choices.memory, large.choices.processors, large.report) == ("", "", None)
        # Configurations of older versions are .xml files; newer hosts do not run all of them.
        carried(lab, rf"{TO}\OLD01")
        old = await opened(estate, rf"{TO}\OLD01", "OLD01", SMALL)
        assert old.choices.path.endswith(".xml")
        assert "configuration version 5.0, which HV-02 does not run" in await kept(old, old.TYPE)


@on_a_loop
async def test_what_keeps_an_import_is_said_before(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        await estate.refresh(HERE)
        empty = ImportWizard(estate, HERE)
        nobody = f"{'0' * 8}-0000-0000-0000-{'0' * 12}.vmcx"
        for folder, told in (
            ("Out", "Out is not a full path."),
            (r"D:\Nowhere", r"D:\Nowhere is not there on HV-01."),
            ("D:\\", "There is no configuration of a virtual machine in D:\\"),
            (r"\\HV-02\D$\Out", "your sign-in reaches no further than HV-01"),
            (rf"\\HV-02\D$\Out\{nobody}", "HV-01 may not read"),
            (rf"D:\{nobody}", "HV-01 does not find"),
        ):
            empty.choices.folder = folder
            assert told in await kept(empty, empty.LOCATE)
        # A share is read by the host itself.
        await exported(estate, "PLAIN01", "SAVED01", folder=SHARE)
        machines = {name: (await machine_on(estate, "HV-01", name)).machine_id for name in ("PLAIN01", "SAVED01")}
        place = rf"{SHARE}\{{0}}\Virtual Machines\{{1}}.vmcx"
        wizard = await opened(estate, place.format("PLAIN01", str(machines["PLAIN01"]).upper()), host=SMALL)
        into(wizard, r"\\FS-01\closed\Twin")
        status = await carried_out(jobs, await planned(wizard))
        assert status.state is JobState.FAILED
        assert r"contoso.example\HV-02$" in status.cure
        into(wizard, r"D:\Twin")
        warned = [problem.what for problem in await wizard.examine(list(wizard.steps())[-1])]
        assert any("How much room the import needs is not known" in what for what in warned)
        await exported(estate, "PLAIN01")
        carried(lab, TO)
        local = await opened(estate, host=SMALL)
        into(local, r"C:\Twin")
        assert "Drive C: has 3 GB free, but the import needs 4 GB." in await kept(local, local.STORAGE)
        # What was saved on other processors cannot be restored.
        path = place.format("SAVED01", str(machines["SAVED01"]).upper())
        saved = await opened(estate, path, "SAVED01", SMALL)
        into(saved, r"D:\Twin")
        [problem] = await asked(saved, saved.SUMMARY)
        assert "Its saved state can be restored only with processors" in problem.what
        assert "shut it down there and export it again" in problem.cure


async def files(estate: Estate, folder: str, host: HostKey) -> list[str]:
    """The paths of the files below a folder."""
    listing = command("Get-ChildItem", LiteralPath=folder, Recurse=True)
    paths = listing | command("Select-Object", ExpandProperty="FullName")
    return [str(name) for name in (await estate.ask(host, Pipeline((paths,)))).output]


@on_a_loop
async def test_a_copy_that_is_lost_half_way_is_found_out(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, jobs):
        await exported(estate, "LARGE01")
        wizard = await opened(estate, name="LARGE01")
        into(wizard, r"D:\Twin")
        lab.control("POST", "/clock", {"speed": 3})
        plan = await planned(wizard)
        watched = jobs.watch()
        started = await jobs.start(plan)
        is_cut = False
        async for status in watched:
            if status.number != started.number:
                continue
            if status.percent and status.state is JobState.RUNNING and not is_cut:
                is_cut = True
                lab.control("PUT", "/hosts/HV-01/disturbances", [{"kind": "drop", "action": "Receive", "times": 3}])
            if status.state is JobState.FINDING_OUT and is_cut:
                lab.control("POST", "/clock", {"speed": QUICK})
            if status.state.is_final:
                break
        assert is_cut
        assert status.state is JobState.COMPLETED, (status.state, status.detail, status.cure)
        assert sent(lab, "Import-VM") == 1
