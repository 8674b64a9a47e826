"""The calls of a move: as documented, with exactly what was chosen, and carried out by the hosts as it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.hyperv.query import Reading, ask
from core.moving.move import Move, MoveKind, NetworkWay
from core.moving.networks import NetworkChoice
from core.moving.placement import ItemKind, Placement
from core.powershell.command import Pipeline
from core.powershell.script import script
from lab.powershell.values import display_text
from tests.core.moving.hosts import a_move, inventory, items, machine_called, run
from tests.lab.cmdlets.administration import Administrator

Golden = Callable[[str, str], None]
D = "D:\\Moved here"


@pytest.fixture
def admin() -> Administrator:
    return Administrator()


def placement_of(admin: Administrator, name: str, route: str) -> Placement:
    read = inventory(admin, "HV-01")
    found = items(admin, "HV-01", read, machine_called(read, name))
    disks = {item.key: f"{D}\\{index}" for index, item in enumerate(found) if item.kind is ItemKind.DISK}
    each = {item.key: f"{D}\\{item.kind.value}" for item in found}
    match route:
        case "single-location":
            return Placement.in_one_folder(found, D)
        case "same-paths":
            return Placement.same_paths(found)
        case "disks":
            same = {item.key: item.folder for item in found}
            return Placement.by_item(found, same | disks)
        case "only-disks":
            return Placement.by_item(found, disks)
        case "items":
            return Placement.by_item(found, each)
        case "some-items":
            return Placement.by_item(found, {key: each[key] for key in ("checkpoints", "disk SCSI 0:1")})
    return Placement.staying(found)


ROUTES = [
    (MoveKind.MACHINE_AND_STORAGE, "single-location"),
    (MoveKind.MACHINE_AND_STORAGE, "same-paths"),
    (MoveKind.MACHINE_AND_STORAGE, "disks"),
    (MoveKind.MACHINE_AND_STORAGE, "items"),
    (MoveKind.STORAGE, "single-location"),
    (MoveKind.STORAGE, "items"),
    (MoveKind.STORAGE, "some-items"),
    (MoveKind.STORAGE, "only-disks"),
]


@pytest.mark.parametrize(("kind", "route"), ROUTES)
def test_every_route_is_a_call_that_the_hosts_carry_out(
    admin: Administrator, golden: Golden, kind: MoveKind, route: str
) -> None:
    destination = "HV-01" if kind is MoveKind.STORAGE else "HV-02"
    move = a_move(admin, "FILE01", kind, placement_of(admin, "FILE01", route), "HV-01", destination)
    golden(f"{kind.name.lower().replace('_', '-')}-{route}.ps1", printed(move, move.pipeline))
    assert run(admin, "HV-01", move.pipeline).errors == []
    after = inventory(admin, destination)
    found = items(admin, destination, after, machine_called(after, "FILE01"))
    assert [(item.key, item.path) for item in found] == [(item.key, item.path) for item in move.placement.after()]


def test_only_the_machine_goes_where_both_hosts_reach_its_data(golden: Golden) -> None:
    admin = Administrator("TR-01", "troubled")
    read = inventory(admin, "TR-01")
    machine = machine_called(read, "PRIVATE01")
    placement = Placement.staying(items(admin, "TR-01", read, machine))
    move = a_move(admin, "PRIVATE01", MoveKind.MACHINE_ONLY, placement, "TR-01", "TR-02")
    golden("machine-only.ps1", printed(move, move.pipeline))
    (error,) = run(admin, "TR-01", move.pipeline).errors
    assert error.error_id.startswith("OperationFailed")  # TR-02 may not use that share


def test_the_way_back_leads_to_the_former_places(admin: Administrator, golden: Golden) -> None:
    placement = placement_of(admin, "FILE01", "single-location")
    before = placement.items
    move = a_move(admin, "FILE01", MoveKind.MACHINE_AND_STORAGE, placement, "HV-01", "HV-02")
    assert run(admin, "HV-01", move.pipeline).errors == []
    golden("machine-and-storage-back.ps1", printed(move, move.back().pipeline))
    assert run(admin, "HV-02", move.back().pipeline).errors == []
    after = inventory(admin, "HV-01")
    assert items(admin, "HV-01", after, machine_called(after, "FILE01")) == before


@pytest.mark.parametrize(("switch", "name"), [("Management", "connected"), ("", "not-connected")])
def test_an_adapter_gets_another_switch_through_the_report(
    admin: Administrator, golden: Golden, switch: str, name: str
) -> None:
    admin.host("HV-02").switches.pop(0)
    move = with_network(admin, switch)
    golden(f"network-report-{name}.ps1", printed(move, move.pipeline))
    assert move.comparison is not None
    assert len(messages(admin, move)) == 1
    assert run(admin, "HV-01", move.pipeline).errors == []
    after = inventory(admin, "HV-02")
    (adapter,) = after.adapters_of(machine_called(after, "WEB01").machine_id)
    assert (adapter.switch_name or "") == switch


def test_the_report_with_the_choices_in_it_is_compared_again(admin: Administrator) -> None:
    admin.host("HV-02").switches.pop(0)
    move = with_network(admin, "Management")
    first, question = move.edited_comparison
    recording = run(admin, "HV-01", Pipeline((*first.statements, *ask((question,)).statements)))
    assert recording.errors == []
    complaint, *answer = [display_text(value) for value in recording.outputs]
    assert complaint == "Could not find Ethernet switch 'Production'."
    assert Reading.of(answer).records(question) == ()


def with_network(admin: Administrator, switch: str) -> Move:
    read = inventory(admin, "HV-01")
    (adapter,) = read.adapters_of(machine_called(read, "WEB01").machine_id)
    return a_move(
        admin,
        "WEB01",
        MoveKind.MACHINE_AND_STORAGE,
        placement_of(admin, "WEB01", "single-location"),
        "HV-01",
        "HV-02",
        networks=(NetworkChoice(adapter, switch),),
        network_way=NetworkWay.REPORT,
    )


def messages(admin: Administrator, move: Move) -> list[object]:
    assert move.comparison is not None
    return run(admin, "HV-01", Pipeline((move.comparison.statement(),))).outputs


def printed(move: Move, pipeline: Pipeline) -> str:
    text = script(pipeline).replace(str(move.machine.machine_id), "ID")
    for adapter in move.adapters:
        text = text.replace(adapter.mac_address, "MAC")
    return text
