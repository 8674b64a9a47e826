"""A migration moves one machine from one host to the other, or leaves everything as it was."""

from __future__ import annotations

import uuid
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab.hyperv import migration as migrations
from lab.hyperv.caller import Caller
from lab.hyperv.clock import Clock
from lab.hyperv.compatibility import Move
from lab.hyperv.estate import Estate
from lab.hyperv.host import Delegation, Host, MigrationAuthentication
from lab.hyperv.machine import DiskDrive, DvdDrive, MachineState, Processor, VirtualMachine
from lab.hyperv.messages import OperationFailed
from lab.hyperv.migration import Migration, Phase, start_storage
from lab.hyperv.placement import by_item, in_one_folder
from lab.scenarios import scenario
from lab.scenarios.building import START, build

GB = 1 << 30


def two_sites(seed: int = 1) -> Estate:
    """Without replication, which takes space of its own and has machines with the IDs of others."""
    described = scenario.read("two-sites")
    described.replications.clear()
    return build(described, Clock(START, speed=0), seed)


def host(estate: Estate, name: str) -> Host:
    found = estate.find(name)
    assert found is not None
    return found


def machine(host: Host, name: str) -> VirtualMachine:
    return next(machine for machine in host.machines.values() if machine.name == name)


ADMINISTRATOR = Caller("CONTOSO\\hvadmin")


def asked(moved: VirtualMachine, source: Host, destination: str, folder: str = r"D:\New") -> Move:
    return Move(moved, source, destination, in_one_folder(moved, folder), ADMINISTRATOR)


def start(estate: Estate, name: str, destination: str = "HV-02", folder: str = r"D:\New") -> Migration:
    source = host(estate, "HV-01")
    return migrations.start(asked(machine(source, name), source, destination, folder))


def census(estate: Estate) -> dict[uuid.UUID, list[str]]:
    places: dict[uuid.UUID, list[str]] = {}
    for each in estate.hosts:
        for machine_id in each.machines:
            places.setdefault(machine_id, []).append(each.name)
    return places


def test_a_host_may_count_the_whole_of_a_migration() -> None:
    estate = two_sites()
    host(estate, "HV-01").progress_restarts = False
    migration = start(estate, "WEB01")
    percents: list[int] = []
    while not migration.ended:
        estate.clock.advance(0.05)
        percents.append(migration.percent)
    assert percents == sorted(percents)
    assert percents[-1] == 100


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
    falls = [after for before, after in pairwise(percents) if after < before]
    assert falls == [0]
    assert percents[-1] == 100
    assert migration.failure is None
    assert web.machine_id not in source.machines
    assert destination.machines[web.machine_id] is web
    assert [drive.disk.path for drive in web.drives if drive.disk] == [r"D:\New\Virtual Hard Disks\WEB01.vhdx"]
    assert (web.path, web.checkpoint_path, web.smart_paging_path) == (r"D:\New",) * 3
    assert source.files.volume_of("D:").free == source_free + size
    assert destination.files.volume_of("D:").free == destination_free - size


def test_a_checkpoint_chain_moves_whole() -> None:
    estate = two_sites()
    app = machine(host(estate, "HV-01"), "APP01")
    start(estate, "APP01")
    estate.clock.advance(10_000)
    chain = app.disk_files()
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
    assert machine(host(estate, "HV-01"), "WEB01").operation is None


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
        ("destination down", "0x8007274C"),
        ("destination unknown", "0x80072AF9"),
        ("same host", "already on the computer"),
        ("too little memory", "0x800705AA"),
        ("switch missing", "Could not find Ethernet switch 'Production'."),
        ("version too new", "not supported"),
        ("limit reached", "limit of '2' simultaneous live migrations"),
        ("already moving", "not in a valid state"),
        ("files stay", "0x80070002"),
        ("processor older", "processor-specific features"),
        ("processor of another maker", "hardware on the destination computer is not compatible"),
        ("ISO not there", "0xC03A0014"),
        ("guardian missing", "could not be unwrapped"),
        ("physical disk", "physical hard disk"),
        ("shared disk", "is shared"),
        ("clustered", "Failover Cluster Manager"),
        ("no delegation", "0x8009030E"),
        ("delegation to another host", "0x8009030E"),
        ("Kerberos only", "0x8009030E"),
        ("CredSSP without credentials", "0x8009030E"),
        ("workgroup", "0x8009030E"),
        ("alias", "0x80090322"),
    ],
)
def test_hosts_refuse_what_cannot_be(change: str, expected: str) -> None:
    estate = two_sites()
    source, destination = host(estate, "HV-01"), host(estate, "HV-02")
    web = machine(source, "WEB01")
    name, placement = "HV-02", in_one_folder(web, r"D:\New")
    match change:
        case "source disabled":
            source.migration.enabled = False
        case "destination disabled":
            destination.migration.enabled = False
        case "destination down":
            destination.lose_network()
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
        case "files stay":
            placement = by_item(web)
        case "processor older":
            destination.processor = Processor("Intel", 1)
        case "processor of another maker":
            destination.processor = Processor("AMD", 9)
            web.runs_on_any_processor = True
        case "ISO not there":
            web.dvd_drives.append(DvdDrive(r"C:\ISO\setup.iso"))
        case "guardian missing":
            web.guardians = frozenset({"HV-01"})
        case "physical disk":
            web.drives.append(DiskDrive(None, disk_number=2))
        case "shared disk":
            web.drives[0].is_shared = True
        case "clustered":
            web.is_clustered = True
        case "no delegation":
            source.delegation = Delegation.NONE
        case "delegation to another host":
            source.delegates_to = frozenset({"HV-DR"})
        case "Kerberos only":
            source.delegation = Delegation.KERBEROS_ONLY
        case "CredSSP without credentials":
            source.migration.authentication = MigrationAuthentication.CredSSP
        case "workgroup":
            destination.domain = ""
        case "alias":
            destination.aliases, name = frozenset({"10.22.100.2"}), "10.22.100.2"
    before = census(estate)
    with pytest.raises(OperationFailed, match=expected):
        migrations.start(Move(web, source, name, placement, ADMINISTRATOR))
    assert census(estate) == before


def test_what_was_against_it_can_be_cured() -> None:
    estate = two_sites()
    source, destination = host(estate, "HV-01"), host(estate, "HV-02")
    source.migration.authentication = MigrationAuthentication.CredSSP
    destination.processor = Processor("Intel", 1)
    web = machine(source, "WEB01")
    web.runs_on_any_processor = True
    caller = Caller("CONTOSO\\hvadmin", "credssp")
    assert Move(web, source, "HV-02", in_one_folder(web, r"D:\New"), caller).problems() == []


def test_delegation_by_kerberos_only_is_enough_for_an_old_host() -> None:
    estate = two_sites()
    source = host(estate, "HV-01")
    source.version, source.delegation = "2012R2", Delegation.KERBEROS_ONLY
    web = machine(source, "WEB01")
    web.version = "5.0"
    host(estate, "HV-02").version = "2016"
    assert asked(web, source, "HV-02").problems() == []


def test_a_missing_switch_carries_its_number_and_adapter() -> None:
    estate = two_sites()
    source = host(estate, "HV-01")
    web = machine(source, "WEB01")
    host(estate, "HV-02").switches.clear()
    problems = asked(web, source, "HV-02").problems()
    assert [(problem.number, problem.subject) for problem in problems] == [(33012, web.adapters[0])]


def test_a_host_speaks_its_own_language() -> None:
    estate = two_sites()
    source = host(estate, "HV-01")
    source.language = "de"
    host(estate, "HV-02").switches.clear()
    (problem,) = asked(machine(source, "WEB01"), source, "HV-02").problems()
    assert problem.lines[-1] == 'Der Ethernet-Switch "Production" wurde nicht gefunden.'
    assert problem.kind == "OperationFailed"


def test_only_the_storage_moves_within_a_host() -> None:
    estate = two_sites()
    source = host(estate, "HV-02")
    dc = machine(source, "DC02")
    size, free = dc.disk_files()[0].size, source.files.volume_of("C:").free
    migration = start_storage(dc, source, in_one_folder(dc, r"C:\Moved"))
    seen: set[Phase] = set()
    while not migration.ended:
        estate.clock.advance(0.5)
        seen.add(migration.phase)
    assert Phase.COPYING_MEMORY not in seen
    assert migration.failure is None
    assert source.machines[dc.machine_id] is dc
    assert dc.drives[0].disk is not None
    assert dc.drives[0].disk.path == r"C:\Moved\Virtual Hard Disks\DC02.vhdx"
    assert source.files.volume_of("C:").free == free - size
    assert source.files.volume_of("D:").has_folder(r"D:\VMs\DC02\Virtual Hard Disks")


def test_each_item_goes_where_it_is_said_to() -> None:
    estate = two_sites()
    source = host(estate, "HV-01")
    sql = machine(source, "SQL01")
    log = next(drive.disk for drive in sql.drives if drive.disk and "Log" in drive.disk.path)
    moves = {disk.path: rf"D:\Disks\{disk.path.rsplit(chr(92), 1)[1]}" for disk in sql.disk_files()}
    moves[log.path] = r"C:\Logs\SQL01-Log.vhdx"
    placement = by_item(sql, path=r"D:\Config", smart_paging_path=r"D:\Paging", disks=moves)
    migrations.start(Move(sql, source, "HV-02", placement, ADMINISTRATOR))
    estate.clock.advance(10_000)
    assert sql.machine_id in host(estate, "HV-02").machines
    assert [drive.disk.path for drive in sql.drives if drive.disk] == [
        r"D:\Disks\SQL01.vhdx",
        r"D:\Disks\SQL01-Data.vhdx",
        r"C:\Logs\SQL01-Log.vhdx",
    ]
    assert (sql.path, sql.checkpoint_path, sql.smart_paging_path) == (r"D:\Config", r"D:\VMs\SQL01", r"D:\Paging")


def test_only_the_machine_moves_when_its_files_are_on_a_share() -> None:
    described = scenario.read("workgroup")
    estate = build(described, Clock(START, speed=0), seed=1)
    source, destination = estate.hosts[0], estate.hosts[1]
    for each in (source, destination):
        each.domain = "contoso.example"
    shared = next(m for m in source.machines.values() if m.name == "SHARED01")
    before = [drive.disk for drive in shared.drives]
    migrations.start(Move(shared, source, destination.name, by_item(shared), ADMINISTRATOR))
    estate.clock.advance(1000)
    assert destination.machines[shared.machine_id] is shared
    assert [drive.disk for drive in shared.drives] == before


def test_a_connection_that_is_lost_leaves_the_machine_and_what_cannot_be_removed() -> None:
    estate = two_sites()
    destination = host(estate, "HV-02")
    free = destination.files.volume_of("D:").free
    migration = start(estate, "WEB01")
    estate.clock.advance(10)
    destination.lose_network()
    assert migration.failure is not None
    assert "0x80072746" in migration.failure.message
    assert "WEB01" in [each.name for each in host(estate, "HV-01").machines.values()]
    assert destination.files.volume_of("D:").free < free
    assert host(estate, "HV-01").events[-1].event_id == 21024


def test_memory_that_never_converges_moves_with_a_long_blackout() -> None:
    estate = two_sites()
    sql = machine(host(estate, "HV-01"), "SQL01")
    sql.dirty_rate, sql.working_set = 4 * GB, 24 * GB
    migration = start(estate, "SQL01")
    estate.clock.advance(10_000)
    assert migration.failure is None
    assert migration.passes == migrations.MAXIMUM_PASSES
    assert 20417 in [event.event_id for event in host(estate, "HV-02").events]


def test_an_ended_migration_is_remembered_for_five_minutes() -> None:
    estate = two_sites()
    source = host(estate, "HV-01")
    migration = start(estate, "WEB01")
    while not migration.ended:
        estate.clock.advance(1)
    assert source.migrations == [migration]
    estate.clock.advance(299)
    assert source.migrations == [migration]
    estate.clock.advance(2)
    assert source.migrations == []


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
            migration = migrations.start(asked(moved, source, destination, folder))
        except OperationFailed:
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
        assert (each.migrations, each.memory_reserved) == ([], 0)
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
