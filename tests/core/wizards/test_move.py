"""The Move Wizard without widgets: its route, what it refuses and why, and the plan it makes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.estate.connection import Connection
from core.estate.estate import Estate
from core.moving.ways import Way
from core.powershell.command import Pipeline, command
from core.powershell.script import script
from core.remoting.endpoint import Credential
from core.wizards.move import MoveWizard
from core.wizards.move_choices import ItemOption, MoveOption, MoveType, StorageOption
from core.wizards.wizard import Problem, obstacles
from tests.core.estates import key, machine_on, managed, read_all
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab


async def wizard_for(estate: Estate, machine: str = "WEB01", host: str = "HV-01") -> MoveWizard:
    await read_all(estate)
    return MoveWizard(estate, key(host), await machine_on(estate, host, machine))


async def examine(wizard: MoveWizard, step_key: str) -> tuple[Problem, ...]:
    step = next(step for step in wizard.steps() if step.key == step_key)
    return await wizard.examine(step)


async def change(estate: Estate, host: str, cmdlet: str) -> None:
    session = estate.open_session(estate.picture(key(host)).connection)
    try:
        answer = await session.run(Pipeline((command(cmdlet) | command("Out-String"),)), changes=True)
        answer.raise_for_errors()
    finally:
        await session.close()


@on_a_loop
async def test_the_route_is_that_of_hyper_v_manager(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections()) as estate:
        wizard = await wizard_for(estate)
        assert wizard.title == 'Move "WEB01" Wizard'
        assert [step.name for step in wizard.steps()] == [
            "Before You Begin",
            "Choose Move Type",
            "Specify Destination",
            "Choose Move Options",
            "Virtual Machine",
            "Summary",
        ]
        assert {picture.key.name for picture in wizard.destinations()} == {"HV-02", "HV-DR"}


@on_a_loop
async def test_good_choices_become_a_plan_that_says_what_it_does(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections()) as estate:
        wizard = await wizard_for(estate)
        wizard.choices.destination = "hv-02"
        assert await examine(wizard, MoveWizard.DESTINATION) == ()
        assert wizard.folder(None) == r"D:\VMs\WEB01"
        wizard.set_folder(None, r"D:\It's here\WEB01")
        assert await examine(wizard, MoveWizard.LOCATION) == ()
        assert obstacles(await examine(wizard, MoveWizard.SUMMARY)) == ()
        plan = await wizard.plan()
    assert plan.title == "Move WEB01 to HV-02"
    assert plan.hosts == (key("HV-01"), key("HV-02"))
    summary = dict(plan.summary)
    assert summary["From:"] == "HV-01"
    assert summary["Destination computer:"] == "HV-02"
    assert summary["Virtual machine:"] == "WEB01 (Running)"
    assert summary["Disk WEB01.vhdx (SCSI 0:0):"] == (
        "D:\\VMs\\WEB01\\Virtual Hard Disks\\WEB01.vhdx\n"
        "→ D:\\It's here\\WEB01\\Virtual Hard Disks\\WEB01.vhdx (27.5 GB)"
    )
    assert summary["Network Adapter:"] == "Production → Production"
    assert summary["Free space after the move:"] == "1.69 TB on D:"
    assert summary["Estimated duration:"].startswith("About ")
    (action,) = plan.actions
    assert script(action.pipeline).endswith(
        "| Move-VM -DestinationHost 'HV-02.contoso.example' -IncludeStorage"
        " -DestinationStoragePath 'D:\\It''s here\\WEB01'"
    )
    assert action.migration is not None
    assert (action.migration.memory, action.migration.storage) == (4 << 30, int(27.5 * (1 << 30)))
    assert action.undo is not None
    assert plan.end is not None
    assert plan.end.disks == ("D:\\It's here\\WEB01\\Virtual Hard Disks\\WEB01.vhdx",)
    assert {folder.path for folder in plan.end.former_folders} == {
        r"D:\VMs\WEB01",
        r"D:\VMs\WEB01\Virtual Hard Disks",
    }


@on_a_loop
async def test_parents_of_a_checkpoint_count_as_well(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections()) as estate:
        wizard = await wizard_for(estate, "APP01")
        wizard.choices.destination = "HV-02"
        wizard.set_folder(None, r"D:\VMs\APP01")
        assert await examine(wizard, MoveWizard.LOCATION) == ()
        assert len(wizard.disks) == 2
        assert wizard.size == (58 + 1) << 30


@pytest.mark.parametrize(
    ("typed", "what", "cure"),
    [
        ("", "No destination computer is named.", "Choose or type one."),
        ("HV-01", "WEB01 is on HV-01 already.", "Choose another computer."),
        ("hv-01.CONTOSO.example", "WEB01 is on HV-01 already.", "Choose another computer."),
    ],
)
def test_a_destination_that_cannot_be_is_refused(shared_lab: RunningLab, typed: str, what: str, cure: str) -> None:
    @on_a_loop
    async def refused() -> None:
        async with managed(shared_lab.connections()) as estate:
            wizard = await wizard_for(estate)
            wizard.choices.destination = typed
            (problem,) = await examine(wizard, MoveWizard.DESTINATION)
            assert problem.what == what
            assert cure in problem.cure
            assert wizard.choices.destination == typed

    before = len(shared_lab.received())
    refused()
    assert not any(entry["cmdlet"] in ("Move-VM", "Compare-VM") for entry in shared_lab.received()[before:])


@on_a_loop
async def test_a_name_that_does_not_exist_is_a_problem(shared_lab: RunningLab) -> None:
    async with managed([shared_lab.connection("HV-01")]) as estate:
        wizard = await wizard_for(estate)
        wizard.choices.destination = "no-such-host.invalid"
        (problem,) = await examine(wizard, MoveWizard.DESTINATION)
    assert problem.what.startswith("no-such-host.invalid cannot be found.")
    assert problem.cure


@on_a_loop
async def test_a_practice_machine_never_goes_to_another_host(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections(practice=True)) as estate:
        wizard = await wizard_for(estate)
        wizard.choices.destination = "no-such-host.invalid"
        (problem,) = await examine(wizard, MoveWizard.DESTINATION)
    assert problem.what == "There is no practice host called no-such-host.invalid."


@on_a_loop
async def test_a_host_that_refuses_the_sign_in_is_a_problem(shared_lab: RunningLab) -> None:
    def refuse(connection: Connection) -> Connection:
        if connection.endpoint.name != "HV-02":
            return connection
        return replace(connection, credential=Credential(connection.credential.user_name, "wrong"))

    async with managed(map(refuse, shared_lab.connections())) as estate:
        wizard = await wizard_for(estate)
        wizard.choices.destination = "HV-02"
        (problem,) = await examine(wizard, MoveWizard.DESTINATION)
    assert problem.what.startswith("HV-02 refused the sign-in.")


@on_a_loop
async def test_a_host_that_does_not_answer_is_a_problem(shared_lab: RunningLab) -> None:
    unused = replace(shared_lab.connection("HV-02"), endpoint=replace(shared_lab.connection("HV-02").endpoint, port=1))
    async with managed([shared_lab.connection("HV-01"), unused]) as estate:
        wizard = await wizard_for(estate)
        wizard.choices.destination = "HV-02"
        (problem,) = await examine(wizard, MoveWizard.DESTINATION)
    assert problem.what.startswith("HV-02 refused the connection.")


@on_a_loop
async def test_migration_switched_off_at_the_source_is_a_problem(lab: RunningLab) -> None:
    async with managed(lab.connections()) as estate:
        wizard = await wizard_for(estate)
        await change(estate, "HV-01", "Disable-VMMigration")
        wizard.choices.destination = "HV-02"
        assert await examine(wizard, MoveWizard.DESTINATION) == ()
        wizard.ways.choose(Way.LIVE)
        (problem,) = await examine(wizard, MoveWizard.WAY)
    assert problem.what == "Live migrations are not enabled on HV-01."


@pytest.mark.parametrize(
    ("folder", "what"),
    [
        ("", "No folder is named."),
        ("Machines", "Machines is not a full path."),
        (r"Q:\Machines", "HV-02 has no drive Q:."),
        (r"D:\VMs\..\..\Windows", "The path must not contain . or .. as a folder."),
        (r"E:\Machines", "Drive E: of HV-02 has 10 GB free, but the disks need 27.5 GB."),
    ],
)
def test_a_folder_that_cannot_be_is_refused(shared_lab: RunningLab, folder: str, what: str) -> None:
    @on_a_loop
    async def refused() -> None:
        async with managed(shared_lab.connections()) as estate:
            wizard = await wizard_for(estate)
            wizard.choices.destination = "HV-02"
            wizard.set_folder(None, folder)
            (problem,) = await examine(wizard, MoveWizard.LOCATION)
            assert problem.what == what
            assert problem.cure
            (again,) = obstacles(await examine(wizard, MoveWizard.SUMMARY))
            assert again.what == what

    before = len(shared_lab.received())
    refused()
    assert not any(entry["cmdlet"] == "Move-VM" for entry in shared_lab.received()[before:])


@on_a_loop
async def test_what_the_host_itself_objects_to_stands_on_the_summary(tmp_path: Path) -> None:
    with running_lab(tmp_path, scenario="troubled") as lab:
        async with managed([lab.connection("TR-01"), lab.connection("TR-02")]) as estate:
            wizard = await wizard_for(estate, "TPM01", "TR-01")
            wizard.choices.destination = "TR-02"
            wizard.set_folder(None, r"D:\VMs\TPM01")
            (problem,) = obstacles(await examine(wizard, MoveWizard.SUMMARY))
    assert "TPM01" in problem.what
    assert problem.cure


@on_a_loop
async def test_a_missing_switch_has_a_page_and_its_choice_goes_through_the_report(lab: RunningLab) -> None:
    async with managed(lab.connections()) as estate:
        await read_all(estate)
        wizard = await wizard_for(estate, "SQL01")
        wizard.choices.destination = "HV-DR"
        wizard.set_folder(None, r"R:\Replica\SQL01")
        await change(estate, "HV-DR", "Enable-VMMigration")
        (step,) = [step for step in wizard.steps() if step.page == MoveWizard.NETWORK]
        assert (step.key, step.name) == ("network 0", "Connect Network")
        wizard.set_switch(0, "Replica site")
        assert obstacles(await examine(wizard, MoveWizard.SUMMARY)) == ()
        plan = await wizard.plan()
    assert dict(plan.summary)["Network Adapter:"] == "Production → Replica site"
    (action,) = plan.actions
    assert "Connect-VMNetworkAdapter -SwitchName 'Replica site'" in script(action.pipeline)
    assert plan.end is not None
    assert [adapter.switch_name for adapter in plan.end.adapters] == ["Replica site"]


ROUTES = [
    (MoveType.MACHINE, MoveOption.SINGLE_LOCATION, None, None, ["destination", "options", "location"]),
    (MoveType.MACHINE, MoveOption.EACH_ITEM, ItemOption.SAME_PATHS, None, ["destination", "options", "item_options"]),
    (
        MoveType.MACHINE,
        MoveOption.EACH_ITEM,
        ItemOption.DISKS,
        None,
        ["destination", "options", "item_options", "item disk SCSI 0:0", "item disk SCSI 0:1"],
    ),
    (
        MoveType.MACHINE,
        MoveOption.EACH_ITEM,
        ItemOption.ITEMS,
        None,
        [
            *("destination", "options", "item_options", "items", "item disk SCSI 0:0", "item disk SCSI 0:1"),
            *("item configuration", "item checkpoints", "item smart paging"),
        ],
    ),
    (MoveType.MACHINE, MoveOption.MACHINE_ONLY, None, None, ["destination", "options"]),
    (MoveType.STORAGE, None, None, StorageOption.SINGLE_LOCATION, ["storage_options", "location"]),
    (
        MoveType.STORAGE,
        None,
        None,
        StorageOption.ITEMS,
        [
            *("storage_options", "items", "item disk SCSI 0:0", "item disk SCSI 0:1"),
            *("item configuration", "item checkpoints", "item smart paging"),
        ],
    ),
    (
        MoveType.STORAGE,
        None,
        None,
        StorageOption.DISKS,
        ["storage_options", "item disk SCSI 0:0", "item disk SCSI 0:1"],
    ),
]


def test_every_choice_has_its_route(shared_lab: RunningLab) -> None:
    @on_a_loop
    async def routes() -> None:
        async with managed(shared_lab.connections()) as estate:
            wizard = await wizard_for(estate, "FILE01")
            wizard.choices.destination = "HV-02"
            for move_type, option, item_option, storage_option, pages in ROUTES:
                choices = wizard.choices
                choices.move_type = move_type
                choices.option = option or choices.option
                choices.item_option = item_option or choices.item_option
                choices.storage_option = storage_option or choices.storage_option
                keys = [step.key for step in wizard.steps()]
                assert keys == ["before_you_begin", "move_type", *pages, "summary"]

    routes()


@on_a_loop
async def test_an_item_that_is_left_out_has_no_page_and_must_be_on_a_share(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections()) as estate:
        wizard = await wizard_for(estate, "FILE01")
        wizard.choices.destination = "HV-02"
        wizard.choices.option, wizard.choices.item_option = MoveOption.EACH_ITEM, ItemOption.ITEMS
        wizard.choices.left_out = {"disk SCSI 0:1"}
        assert "item disk SCSI 0:1" not in [step.key for step in wizard.steps()]
        (problem,) = await examine(wizard, MoveWizard.ITEMS)
        assert problem.what == ("This would stay on drives of HV-01, which HV-02 does not reach: FILE01-Data.vhdx.")
        wizard.choices.left_out = {item.key for item in wizard.items}
        (problem,) = await examine(wizard, MoveWizard.ITEMS)
        assert problem.what == "No item is chosen."


@on_a_loop
async def test_storage_that_would_not_move_or_would_meet_is_refused(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections()) as estate:
        wizard = await wizard_for(estate, "FILE01")
        wizard.choices.move_type = MoveType.STORAGE
        wizard.set_folder(None, "D:\\VMs\\FILE01\\")
        (problem,) = await examine(wizard, MoveWizard.LOCATION)
        assert problem.what == "Everything is there already: nothing would be moved."
        wizard.choices.storage_option = StorageOption.DISKS
        disk = wizard.items[0]
        wizard.set_folder(disk, disk.folder)
        (problem,) = await examine(wizard, "item disk SCSI 0:0")
        assert problem.what == rf"FILE01.vhdx is in {disk.folder} already."


@on_a_loop
async def test_a_disk_of_another_machine_is_not_written_over(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections()) as estate:
        wizard = await wizard_for(estate, "DC01")
        wizard.choices.move_type = MoveType.STORAGE
        wizard.choices.storage_option = StorageOption.DISKS
        web = await machine_on(estate, "HV-01", "WEB01")
        read = estate.picture(key("HV-01")).inventory
        assert read is not None
        (drive,) = read.drives_of(web.machine_id)
        (item,) = [item for item in wizard.items if item.key == "disk SCSI 0:0"]
        assert drive.path is not None
        wizard.set_folder(item, drive.path.rpartition("\\")[0])
        assert await examine(wizard, "item disk SCSI 0:0") == ()  # DC01.vhdx is free there
        assert obstacles(await examine(wizard, MoveWizard.SUMMARY)) == ()


@on_a_loop
async def test_a_plan_is_not_made_from_choices_with_problems(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections()) as estate:
        wizard = await wizard_for(estate)
        with pytest.raises(ValueError, match="No destination computer is named"):
            await wizard.plan()


@on_a_loop
async def test_a_destination_that_is_read_only_is_refused_where_it_is_chosen(shared_lab: RunningLab) -> None:
    source, destination = shared_lab.connection("HV-01"), shared_lab.connection("HV-02")
    async with managed([source, replace(destination, is_read_only=True)]) as estate:
        wizard = await wizard_for(estate)
        wizard.choices.destination = "HV-02"
        [problem] = await examine(wizard, MoveWizard.DESTINATION)
    assert problem.what == "HV-02 is not changed: it is read-only."
    assert "Take the mark away" in problem.cure
