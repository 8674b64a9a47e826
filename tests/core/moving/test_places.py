"""What is wrong with the places of items is said before anything is sent; what is not, is passed on as it is."""

from __future__ import annotations

import pytest

from core.hyperv.paths import LONGEST_FILE, tidy
from core.moving.move import Move, MoveKind
from core.moving.placement import Item, ItemKind, Placement, items_of
from core.moving.places import folder_problems, item_problems, placement_problems
from core.moving.proposals import folder_name, proposed_folder, proposed_location
from tests.core.moving.hosts import a_move, inventory, items, machine_called
from tests.lab.cmdlets.administration import Administrator


@pytest.fixture
def admin() -> Administrator:
    return Administrator("TR-01", "troubled")


def found(admin: Administrator, name: str) -> tuple[Item, ...]:
    read = inventory(admin, "TR-01")
    return items(admin, "TR-01", read, machine_called(read, name))


def moved(admin: Administrator, name: str, placement: Placement, *, is_live: bool = True) -> Move:
    kind = MoveKind.MACHINE_AND_STORAGE if is_live else MoveKind.STORAGE
    return a_move(admin, name, kind, placement, "TR-01", "TR-02" if is_live else "TR-01")


def test_two_disks_never_become_one_file(admin: Administrator) -> None:
    read = inventory(admin, "TR-01")
    machine = machine_called(read, "SHARED01")
    first, quorum, *rest = items_of(machine, read.drives_of(machine.machine_id))
    twin = Item(ItemKind.DISK, "E:\\Other\\SHARED01.VHDX", quorum.position)
    placement = Placement.in_one_folder((first, twin, *rest), "D:\\New")
    (problem,) = placement_problems(moved(admin, "SHARED01", placement), None)
    assert problem.what == "Two disks would become one file: D:\\New\\Virtual Hard Disks\\SHARED01.VHDX."
    apart = Placement.by_item((first, twin), {first.key: "D:\\New", twin.key: "D:\\New\\Other"})
    assert list(placement_problems(moved(admin, "SHARED01", apart), None)) == []


def test_a_parent_that_two_disks_share_is_one_file(admin: Administrator) -> None:
    (disk, *rest) = found(admin, "MERGE01")
    assert disk.files
    second = Item(ItemKind.DISK, "D:\\VMs\\MERGE01\\Second.vhdx", None, disk.files[-1:])
    placement = Placement.in_one_folder((disk, second, *rest), "D:\\New")
    assert list(placement_problems(moved(admin, "MERGE01", placement), None)) == []


def test_a_disk_of_another_machine_is_never_in_the_way_unsaid(admin: Administrator) -> None:
    read = inventory(admin, "TR-01")
    one, other = [machine for machine in read.machines if machine.name == "TWIN"]
    disk = items(admin, "TR-01", read, one)[0]
    there = items(admin, "TR-01", read, other)[0]
    move = moved(admin, "TWIN", Placement.by_item((disk,), {disk.key: there.folder}), is_live=False)
    (problem,) = placement_problems(move, read)
    assert problem.what == f"{there.path} on TR-01 is a disk of TWIN."


def test_storage_that_stays_where_it_is_moves_nothing(admin: Administrator) -> None:
    disks = found(admin, "SPACE01")
    same = Placement.same_paths(disks)
    (problem,) = placement_problems(moved(admin, "SPACE01", same, is_live=False), None)
    assert problem.what == "Everything is there already: nothing would be moved."
    (problem,) = item_problems(disks[0], disks[0].folder.upper(), is_live=False)
    assert "already" in problem.what
    assert list(item_problems(disks[0], disks[0].folder, is_live=True)) == []


def test_a_file_whose_path_would_be_too_long_is_refused(admin: Administrator) -> None:
    disk = found(admin, "SPACE01")[0]
    fits = "D:\\" + "x" * (LONGEST_FILE - len("D:\\\\") - len(disk.name))
    assert len(disk.in_folder(fits)) == LONGEST_FILE
    assert list(item_problems(disk, fits, is_live=True)) == []
    (problem,) = item_problems(disk, fits + "x", is_live=True)
    assert "characters" in problem.what


@pytest.mark.parametrize(
    ("folder", "word"),
    [
        ("D:\\a\\\\b", "no name between"),
        ("\\\\FS-01\\mach?nes\\x", "'?'"),
        ("\\\\..\\share\\x", "must not contain"),
        ("D:\\VMs \\x", "space"),
        ("D:\\VMs\\x ", "space"),
        ("Q:\\VMs", "has no drive Q:"),
        ("D:VMs", "not a full path"),
        ("\\\\?\\D:\\VMs", "'?'"),
    ],
)
def test_other_folders_are_refused_in_words(admin: Administrator, folder: str, word: str) -> None:
    (problem,) = folder_problems(folder, inventory(admin, "TR-01"), "TR-01")
    assert word in problem.what
    assert problem.cure


@pytest.mark.parametrize(
    "folder",
    [
        "D:\\It's [a] test; $(x) & {y} ü\\Ω",
        "d:\\vms",
        "\\\\FS-01\\machines\\It's `here`",
        "D:\\",
        "D:\\\u201cquoted\u201d \u2019too\u2019",
    ],
)
def test_unusual_folders_are_taken(admin: Administrator, folder: str) -> None:
    assert list(folder_problems(folder, inventory(admin, "TR-01"), "TR-01")) == []


@pytest.mark.parametrize(("typed", "sent"), [("D:\\VMs\\", "D:\\VMs"), ("D:\\", "D:\\"), ("\\\\a\\b\\", "\\\\a\\b")])
def test_a_backslash_at_the_end_means_nothing(typed: str, sent: str) -> None:
    assert tidy(typed) == sent


@pytest.mark.parametrize(
    ("name", "folder"), [('A<B>:"|?*/\\C', "ABC"), ("...", "VM"), (" x. ", "x"), ("It's [a] test", "It's [a] test")]
)
def test_a_proposed_folder_is_one_that_windows_takes(name: str, folder: str) -> None:
    assert folder_name(name) == folder


def test_proposals_lie_on_drives_that_the_host_has(admin: Administrator) -> None:
    here, there = inventory(admin, "TR-01"), inventory(admin, "TR-WG")  # TR-WG has no drive D:
    machine = machine_called(here, "SPACE01")
    disk, configuration, *_rest = found(admin, "SPACE01")
    location = proposed_location(machine, there, is_live=True)
    assert location == f"{there.host.virtual_machine_path}\\SPACE01"
    assert proposed_folder(disk, machine, there, is_live=True) == f"{location}\\Virtual Hard Disks"
    assert proposed_folder(configuration, machine, there, is_live=True) == location
    assert proposed_location(machine, here, is_live=True) == "D:\\VMs\\SPACE01"
    assert proposed_location(machine, None, is_live=True) == ""
