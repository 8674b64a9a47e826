"""The troubled scenario holds every failure that a check before a move can meet, each where its comment says."""

from __future__ import annotations

import pytest

from lab.hyperv import migration
from lab.hyperv.caller import Caller
from lab.hyperv.clock import Clock
from lab.hyperv.compatibility import Move
from lab.hyperv.estate import Estate
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import OperationFailed
from lab.hyperv.operation import OperationalStatus
from lab.hyperv.placement import by_item, in_one_folder
from lab.scenarios import scenario
from lab.scenarios.building import START, build

CALLER = Caller("TROUBLED\\hvadmin")


@pytest.fixture
def estate() -> Estate:
    return build(scenario.read("troubled"), Clock(START, speed=0), seed=1)


def host(estate: Estate, name: str) -> Host:
    found = estate.find(name)
    assert found is not None
    return found


def machine(estate: Estate, name: str) -> tuple[VirtualMachine, Host]:
    return next((m, h) for h in estate.hosts for m in h.machines.values() if m.name == name)


def asked(estate: Estate, name: str, destination: str, folder: str | None = None) -> Move:
    moved, source = machine(estate, name)
    placement = by_item(moved) if folder == "stay" else in_one_folder(moved, folder or f"D:\\VMs\\{name}")
    return Move(moved, source, destination, placement, CALLER)


@pytest.mark.parametrize(
    ("name", "destination", "folder", "problems"),
    [
        ("ISO01", "TR-02", None, ["attachment_missing"]),
        ("TPM01", "TR-02", None, ["guardian_missing"]),
        ("PHYSICAL01", "TR-02", None, ["physical_disk"]),
        ("SHARED01", "TR-02", None, ["shared_disk"]),
        ("CLUSTER01", "TR-02", None, ["clustered"]),
        ("MEMORY01", "TR-02", None, ["memory_short"]),
        ("SWITCH01", "TR-02", None, ["switch_missing"]),
        ("VERSION01", "TR-02", None, ["version_unsupported"]),
        ("DIRTY01", "TR-02", None, []),
        ("DIRTY01", "TR-DE", None, ["processor_incompatible"]),
        ("DIRTY01", "TR-AMD", None, ["processor_incompatible"]),
        ("DIRTY01", "TR-OFF", None, ["no_connection"]),
        ("DIRTY01", "TR-99", None, ["no_connection"]),
        ("DIRTY01", "TR-WG", None, ["no_credentials"]),
        ("CREDSSP01", "TR-02", None, ["no_credentials"]),
        ("UNDELEGATED01", "TR-02", None, ["no_credentials"]),
        ("PRIVATE01", "TR-02", "stay", ["storage_not_reachable"]),
        ("PRIVATE01", "TR-02", None, []),
    ],
)
def test_each_trouble_is_found_before_anything_moves(
    estate: Estate, name: str, destination: str, folder: str | None, problems: list[str]
) -> None:
    assert [problem.key for problem in asked(estate, name, destination, folder).problems()] == problems


@pytest.mark.parametrize(
    ("name", "status"),
    [("BACKUP01", OperationalStatus.BackingUpVirtualMachine), ("MERGE01", OperationalStatus.MergingDisks)],
)
def test_what_is_under_way_keeps_a_machine_for_a_while(estate: Estate, name: str, status: OperationalStatus) -> None:
    moved, _source = machine(estate, name)
    assert moved.statuses[-1] is status
    with pytest.raises(OperationFailed) as refused:
        migration.start(asked(estate, name, "TR-02"))
    assert refused.value.key == "busy"
    estate.clock.advance(3600)
    assert moved.statuses == (OperationalStatus.Ok,)
    migration.start(asked(estate, name, "TR-02"))


@pytest.mark.parametrize(("name", "problem"), [("SPACE01", "disk_full"), ("LEFTOVER01", "file_exists")])
def test_some_troubles_show_only_while_it_moves(estate: Estate, name: str, problem: str) -> None:
    destination = host(estate, "TR-02")
    free = destination.files.volume_of("D:").free
    moved, source = machine(estate, name)
    under_way = migration.start(asked(estate, name, "TR-02"))
    estate.clock.advance(100_000)
    assert under_way.failure is not None
    assert under_way.failure.key == problem
    assert source.machines[moved.machine_id] is moved
    assert destination.files.volume_of("D:").free == free


def test_the_limit_of_the_destination_is_kept(estate: Estate) -> None:
    migration.start(asked(estate, "DIRTY01", "TR-02"))
    with pytest.raises(OperationFailed) as refused:
        migration.start(asked(estate, "PRIVATE01", "TR-02"))
    assert refused.value.key == "live_limit_reached"


def test_memory_that_never_settles_ends_in_a_long_blackout(estate: Estate) -> None:
    under_way = migration.start(asked(estate, "DIRTY01", "TR-02"))
    estate.clock.advance(100_000)
    assert under_way.failure is None
    assert [event.event_id for event in host(estate, "TR-02").events] == [20417]


def test_a_german_host_says_it_in_german(estate: Estate) -> None:
    (problem,) = asked(estate, "DEUTSCH01", "TR-OFF").problems()
    assert problem.lines[0].startswith("Fehler beim Migrieren des virtuellen Computers")


def test_a_host_with_the_older_module_delegates_by_kerberos_alone(estate: Estate) -> None:
    assert asked(estate, "OLD01", "TR-01").problems() == []
