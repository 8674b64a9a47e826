"""A migration moves one machine from one host to the other, or leaves everything as it was."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.hyperv.clock import Clock
from lab.hyperv.estate import Estate
from lab.hyperv.host import Host
from lab.hyperv.machine import MachineState, VirtualMachine
from lab.hyperv.migration import Migration, Phase, compatibility_problems, place_in_one_folder
from lab.hyperv.refusals import MigrationFailed
from lab.scenarios import scenario

GB = 1 << 30


def two_sites(seed: int = 1) -> Estate:
    return scenario.build(scenario.read("two-sites"), Clock(scenario.START, speed=0), seed)


def host(estate: Estate, name: str) -> Host:
    found = estate.find(name)
    assert found is not None
    return found


def machine(host: Host, name: str) -> VirtualMachine:
    return next(machine for machine in host.machines.values() if machine.name == name)


def start(estate: Estate, name: str, destination: str = "HV-02", folder: str = r"D:\New") -> Migration:
    source = host(estate, "HV-01")
    moved = machine(source, name)
    return Migration.start(moved, source, destination, place_in_one_folder(moved, folder))


def census(estate: Estate) -> dict[uuid.UUID, list[str]]:
    places: dict[uuid.UUID, list[str]] = {}
    for each in estate.hosts:
        for machine_id in each.machines:
            places.setdefault(machine_id, []).append(each.name)
    return places


def test_storage_then_memory_then_the_switch_then_the_source_is_cleared() -> None:
    estate = two_sites()
    source, destination = host(estate, "HV-01"), host(estate, "HV-02")
    web = machine(source, "WEB01")
    size = sum(disk.size for disk in web.disk_files())
    source_free = source.files.volume_of("D:").free
    destination_free = destination.files.volume_of("D:").free

    migration = start(estate, "WEB01")
    phases: list[Phase] = []
    percents: list[int] = []
    while not migration.ended:
        estate.clock.advance(0.05)
        if not phases or phases[-1] is not migration.phase:
            phases.append(migration.phase)
        percents.append(migration.percent)

    assert phases == list(Phase)
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert migration.failure is None
    assert web.machine_id not in source.machines
    assert destination.machines[web.machine_id] is web
    assert [drive.disk.path for drive in web.drives] == [r"D:\New\Virtual Hard Disks\WEB01.vhdx"]
    assert (web.path, web.checkpoint_path, web.smart_paging_path) == (r"D:\New",) * 3
    assert source.files.volume_of("D:").free == source_free + size
    assert destination.files.volume_of("D:").free == destination_free - size


def test_a_checkpoint_chain_moves_whole() -> None:
    estate = two_sites()
    app = machine(host(estate, "HV-01"), "APP01")
    start(estate, "APP01")
    estate.clock.advance(10_000)
    chain = app.drives[0].disk.chain()
    assert len(chain) == 2
    assert all(disk.path.startswith(r"D:\New\Virtual Hard Disks") for disk in chain)
    assert all(host(estate, "HV-02").files.find(disk.path) is disk for disk in chain)


def test_a_machine_that_is_off_moves_without_memory() -> None:
    estate = two_sites()
    test01 = machine(host(estate, "HV-01"), "TEST01")
    migration = start(estate, "TEST01")
    seen = set()
    while not migration.ended:
        estate.clock.advance(0.5)
        seen.add(migration.phase)
    assert Phase.COPYING_MEMORY not in seen
    assert test01.state is MachineState.Off


def test_memory_that_changes_fast_takes_more_passes() -> None:
    durations = []
    for dirty_rate in (0, 500 << 20):
        estate = two_sites()
        web = machine(host(estate, "HV-01"), "WEB01")
        web.dirty_rate, web.working_set = dirty_rate, 2 * GB
        migration = start(estate, "WEB01")
        while not migration.ended:
            estate.clock.advance(0.25)
        durations.append(estate.clock.elapsed)
    assert durations[1] > durations[0] + 1


def test_cancelling_leaves_everything_as_it_was() -> None:
    estate = two_sites()
    destination = host(estate, "HV-02")
    free = destination.files.volume_of("D:").free
    migration = start(estate, "WEB01")
    estate.clock.advance(10)
    assert destination.files.volume_of("D:").free < free
    assert migration.cancel()
    assert migration.ended
    assert migration.failure is not None
    assert destination.files.volume_of("D:").free == free
    assert machine(host(estate, "HV-01"), "WEB01").migration is None


def test_cancelling_after_the_switch_comes_too_late() -> None:
    estate = two_sites()
    migration = start(estate, "WEB01")
    while migration.phase is not Phase.REMOVING_SOURCE:
        estate.clock.advance(0.1)
    assert not migration.cancel()
    estate.clock.advance(10)
    assert migration.failure is None


def test_a_volume_that_runs_full_ends_the_move_at_the_source() -> None:
    estate = two_sites()
    destination = host(estate, "HV-02")
    free = destination.files.volume_of("E:").free
    migration = start(estate, "WEB01", folder=r"E:\New")
    estate.clock.advance(1000)
    assert migration.failure is not None
    assert "0x80070070" in migration.failure.message
    assert destination.files.volume_of("E:").free == free
    assert machine(host(estate, "HV-01"), "WEB01").state is MachineState.Running


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("source disabled", "not configured for live migration"),
        ("destination disabled", "0x8007274D"),
        ("destination unknown", "0x80072AF9"),
        ("same host", "already on the computer"),
        ("too little memory", "0x800705AA"),
        ("switch missing", "Could not find Ethernet switch 'Production'."),
        ("version too new", "not supported"),
        ("limit reached", "migration limit"),
        ("already moving", "not in a valid state"),
        ("files stay", "not accessible from the destination"),
    ],
)
def test_hosts_refuse_what_cannot_be(change: str, expected: str) -> None:
    estate = two_sites()
    source, destination = host(estate, "HV-01"), host(estate, "HV-02")
    web = machine(source, "WEB01")
    name, placement = "HV-02", place_in_one_folder(web, r"D:\New")
    match change:
        case "source disabled":
            source.migration.enabled = False
        case "destination disabled":
            destination.migration.enabled = False
        case "destination unknown":
            name = "HV-99"
        case "same host":
            name = "hv-01.contoso.example"
        case "too little memory":
            destination.memory = 8 * GB
        case "switch missing":
            destination.switches.clear()
        case "version too new":
            destination.version = "2016"
        case "limit reached":
            for other in ("DC01", "APP01"):
                start(estate, other, folder=rf"D:\{other}")
        case "already moving":
            start(estate, "WEB01")
    before = census(estate)
    with pytest.raises(MigrationFailed, match=expected):
        Migration.start(web, source, name, None if change == "files stay" else placement)
    assert census(estate) == before


def test_a_missing_switch_carries_its_number_and_adapter() -> None:
    estate = two_sites()
    source = host(estate, "HV-01")
    web = machine(source, "WEB01")
    host(estate, "HV-02").switches.clear()
    problems = compatibility_problems(web, source, "HV-02", place_in_one_folder(web, r"D:\New"))
    assert [(problem.message_id, problem.adapter) for problem in problems] == [(33012, web.adapters[0])]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["DC01", "FILE01", "WEB01", "APP01", "TEST01"]),
            st.sampled_from(["HV-01", "HV-02", "HV-DR"]),
            st.sampled_from([r"D:\A", r"D:\B", r"E:\A", r"Q:\A"]),
            st.integers(0, 400),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_no_sequence_loses_or_doubles_a_machine_or_disk_space(
    story: list[tuple[str, str, str, int, bool]],
) -> None:
    estate = two_sites()
    before = sorted(census(estate))
    stored = sum(volume.capacity - volume.free for each in estate.hosts for volume in each.files.volumes)
    for name, destination, folder, seconds, cancel in story:
        source = next(each for each in estate.hosts if any(m.name == name for m in each.machines.values()))
        moved = machine(source, name)
        try:
            migration = Migration.start(moved, source, destination, place_in_one_folder(moved, folder))
        except MigrationFailed:
            continue
        estate.clock.advance(seconds)
        if cancel:
            migration.cancel()
    estate.clock.advance(100_000)
    places = census(estate)
    assert sorted(places) == before
    assert all(len(hosts) == 1 for hosts in places.values())
    assert stored == sum(volume.capacity - volume.free for each in estate.hosts for volume in each.files.volumes)
    for each in estate.hosts:
        assert (each.incoming, each.outgoing, each.memory_reserved) == (0, 0, 0)
        for one in each.machines.values():
            assert all(each.files.find(disk.path) is disk for disk in one.disk_files())


def test_the_same_seed_tells_the_same_story() -> None:
    stories = []
    for _ in range(2):
        estate = two_sites(seed=7)
        migration = start(estate, "SQL01")
        while not migration.ended:
            estate.clock.advance(1)
        stories.append((estate.clock.elapsed, sorted(census(estate).items())))
    assert stories[0] == stories[1]
    assert sorted(two_sites(seed=7).hosts[0].machines) != sorted(two_sites(seed=8).hosts[0].machines)
