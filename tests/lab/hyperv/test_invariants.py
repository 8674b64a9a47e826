"""Whatever happens, no machine is lost, doubled or on two hosts, no disk goes astray, and time goes forward."""

from __future__ import annotations

import contextlib
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lab.hyperv import migration, power
from lab.hyperv.caller import Caller
from lab.hyperv.checkpointing import ApplyCheckpoint, DeleteCheckpoint, TakeCheckpoint
from lab.hyperv.clock import Clock
from lab.hyperv.compatibility import Move
from lab.hyperv.estate import Estate
from lab.hyperv.exporting import ExportCheckpoint, ExportedConfiguration, export
from lab.hyperv.files import key
from lab.hyperv.host import Host
from lab.hyperv.importing import Import, Wanted
from lab.hyperv.machine import MachineState, VirtualMachine, saved_state_path
from lab.hyperv.messages import OperationFailed
from lab.hyperv.placement import in_one_folder
from lab.scenarios import scenario
from lab.scenarios.building import START, build

CALLER = Caller("CONTOSO\\hvadmin")
NAMES = ["DC01", "FILE01", "SQL01", "WEB01", "APP01", "TEST01", "DC02", "PRINT01"]
HOSTS = ["HV-01", "HV-02", "HV-DR"]
FOLDERS = [r"D:\A", r"D:\B", r"E:\A", r"C:\A", r"Q:\A"]
SETTLED = {MachineState.Running, MachineState.Off, MachineState.Saved, MachineState.Paused}

Deed = tuple[Callable[..., None], tuple[Any, ...]]


def without_replication(seed: int) -> Estate:
    """Replicas, which have the IDs of their primaries, have a test of their own."""
    described = scenario.read("two-sites")
    described.replications.clear()
    return build(described, Clock(START, speed=0), seed)


def place(estate: Estate, name: str) -> tuple[VirtualMachine, Host]:
    return next((m, h) for h in estate.hosts for m in h.machines.values() if m.name == name)


def host(estate: Estate, name: str) -> Host:
    found = estate.find(name)
    assert found is not None
    return found


def move(estate: Estate, name: str, destination: str, folder: str) -> None:
    machine, source = place(estate, name)
    migration.start(Move(machine, source, destination, in_one_folder(machine, folder), CALLER))


def move_storage(estate: Estate, name: str, folder: str) -> None:
    machine, source = place(estate, name)
    migration.start_storage(machine, source, in_one_folder(machine, folder))


def cancel(estate: Estate, name: str) -> None:
    machine, _source = place(estate, name)
    if machine.operation is not None:
        machine.operation.cancel()


def change_power(estate: Estate, name: str, verb: str) -> None:
    power.change(verb, *place(estate, name))


def take_checkpoint(estate: Estate, name: str) -> None:
    TakeCheckpoint(*place(estate, name), "checkpoint").begin()


def go_back(estate: Estate, name: str) -> None:
    machine, source = place(estate, name)
    if machine.checkpoints:
        ApplyCheckpoint(machine, source, machine.checkpoints[0]).begin()


def delete_checkpoint(estate: Estate, name: str) -> None:
    machine, source = place(estate, name)
    if machine.checkpoints:
        DeleteCheckpoint(machine, source, machine.checkpoints[0]).begin()


def exports(each: Host) -> list[ExportedConfiguration]:
    files = [file for volume in each.files.volumes for file in volume.files.values()]
    return [file for file in files if isinstance(file, ExportedConfiguration)]


def export_machine(estate: Estate, name: str, folder: str) -> None:
    machine, source = place(estate, name)
    export(machine, source, folder)


def export_checkpoint(estate: Estate, name: str, folder: str) -> None:
    machine, source = place(estate, name)
    if machine.checkpoints:
        ExportCheckpoint(machine, source, machine.checkpoints[-1], folder).begin()


def bring_in(estate: Estate, name: str, *, copies: bool) -> None:
    """Make another machine of an export, made first where there is none: of copies of its files, or of them."""
    machine, source = place(estate, name)
    if not any(file.machine.name == name for file in exports(source)):
        export(machine, source, source.files.volumes[-1].root + "Out", with_memory=copies)
        estate.clock.advance(10_000)
    for file in exports(source):
        keeps_id = file.machine.state is MachineState.Saved and not copies  # the file of its memory is called so
        if file.machine.name == name and not keeps_id:
            Import(Wanted(file.path, copies, has_new_id=True, machine_folder=r"C:\In"), source).begin()
            return


def copy_in(estate: Estate, name: str) -> None:
    bring_in(estate, name, copies=True)


def register(estate: Estate, name: str) -> None:
    bring_in(estate, name, copies=False)


def lose_network(estate: Estate, name: str) -> None:
    host(estate, name).lose_network()


def regain_network(estate: Estate, name: str) -> None:
    host(estate, name).regain_network()


def wait(estate: Estate, seconds: float) -> None:
    estate.clock.advance(seconds)


def deeds() -> st.SearchStrategy[Deed]:
    names, hosts, folders = st.sampled_from(NAMES), st.sampled_from(HOSTS), st.sampled_from(FOLDERS)
    return st.one_of(
        st.tuples(st.just(move), st.tuples(names, hosts, folders)),
        st.tuples(st.just(move_storage), st.tuples(names, folders)),
        st.tuples(st.just(cancel), st.tuples(names)),
        st.tuples(st.just(change_power), st.tuples(names, st.sampled_from(sorted(power.ALLOWED)))),
        st.tuples(st.just(take_checkpoint), st.tuples(names)),
        st.tuples(st.just(go_back), st.tuples(names)),
        st.tuples(st.just(delete_checkpoint), st.tuples(names)),
        st.tuples(st.just(export_machine), st.tuples(names, folders)),
        st.tuples(st.just(export_checkpoint), st.tuples(names, folders)),
        st.tuples(st.sampled_from([copy_in, register]), st.tuples(names)),
        st.tuples(st.just(lose_network), st.tuples(hosts)),
        st.tuples(st.just(regain_network), st.tuples(hosts)),
        st.tuples(st.just(wait), st.tuples(st.floats(0, 600))),
    )


def owners(each: Host) -> list[VirtualMachine]:
    """The machines of a host, and those that exports on it describe."""
    return [*each.machines.values(), *(file.machine for file in exports(each))]


def strays(estate: Estate) -> set[str]:
    """The files that belong to no machine."""
    owned = set()
    for each in estate.hosts:
        for file in exports(each):
            owned |= {(each.name, key(part.path)) for part in (file, *file.checkpoint_files)}
        for machine in owners(each):
            owned |= {(each.name, key(disk.path)) for disk in machine.disk_files()}
            if machine.state is MachineState.Saved:
                owned.add((each.name, key(saved_state_path(machine.path, machine.machine_id))))
    return {
        path
        for each in estate.hosts
        for volume in each.files.volumes
        for path in volume.files
        if (each.name, path) not in owned
    }


def check(estate: Estate, machines: set[uuid.UUID], more: int) -> None:
    """``machines`` are those of the beginning, ``more`` how many can have been imported since."""
    places = Counter(machine_id for each in estate.hosts for machine_id in each.machines)
    assert machines <= places.keys()
    assert len(places) <= len(machines) + more
    assert set(places.values()) == {1}
    users: Counter[int] = Counter()
    for each in estate.hosts:
        assert all(volume.free >= 0 for volume in each.files.volumes)
        for volume in each.files.volumes:
            assert all(path == key(file.path) for path, file in volume.files.items())
        for machine in owners(each):
            for disk in machine.disk_files():
                assert each.files.find(disk.path) is disk
                users[id(disk)] += 1
    assert set(users.values()) <= {1}


@settings(max_examples=150, deadline=None)
@given(st.lists(deeds(), max_size=25))
def test_no_story_loses_or_doubles_anything(story: list[Deed]) -> None:
    estate = without_replication(1)
    host(estate, "HV-DR").migration.enabled = True
    machines = {machine_id for each in estate.hosts for machine_id in each.machines}
    imports = 0
    last = estate.clock.elapsed
    for deed, arguments in story:
        with contextlib.suppress(OperationFailed):
            deed(estate, *arguments)
        assert estate.clock.elapsed >= last
        last = estate.clock.elapsed
        imports += deed in (copy_in, register)
        check(estate, machines, imports)
    estate.clock.advance(1_000_000)
    check(estate, machines, imports)
    for each in estate.hosts:
        assert (each.migrations, each.memory_reserved) == ([], 0)
        for machine in each.machines.values():
            assert machine.operation is None
            assert machine.state in SETTLED
    if lose_network not in [deed for deed, _arguments in story]:
        assert strays(estate) == set()


@settings(max_examples=20, deadline=None)
@given(st.lists(deeds(), max_size=15), st.integers(0, 2**32))
def test_a_seed_always_tells_the_same_story(story: list[Deed], seed: int) -> None:
    endings = []
    for _telling in range(2):
        estate = without_replication(seed)
        said = []
        for deed, arguments in story:
            try:
                deed(estate, *arguments)
            except OperationFailed as refusal:
                said.append(refusal.message)
        estate.clock.advance(1_000_000)
        files = sorted(
            (path, file.size) for h in estate.hosts for v in h.files.volumes for path, file in v.files.items()
        )
        endings.append((said, files, [sorted(h.machines) for h in estate.hosts]))
    assert endings[0] == endings[1]
