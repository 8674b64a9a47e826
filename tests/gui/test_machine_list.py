"""The list of machines changes row by row and stays sorted."""

from __future__ import annotations

import dataclasses
import datetime
import itertools
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from core.estate.connection import HostKey
from core.estate.inventory import Inventory
from core.hyperv.records import Duration, Host, Machine
from core.hyperv.replication_states import ReplicationMode
from core.hyperv.states import Authentication, MachineState, OperationalStatus
from gui.models.machine_columns import number_of
from gui.models.machine_list import MachineListModel
from gui.panels.machine_table import MachineTable

HOST = Host("HV-01", "HV-01.contoso.example", 4, 2**36, "D:\\", "D:\\", True, 2, 2, Authentication.KERBEROS)
KEY = HostKey("", "HV-01")
NAME, STATE, USAGE, MEMORY, UPTIME, STATUS = range(6)


def machine(number: int, **changed: object) -> Machine:
    known = Machine(
        machine_id=UUID(int=number),
        name=f"VM{number:03d}",
        state=MachineState.RUNNING,
        status="Operating normally",
        operational_status=(OperationalStatus.OK,),
        memory_assigned=2**30,
        memory_startup=2**30,
        processor_count=2,
        processor_usage=0,
        uptime=Duration(0),
        generation=2,
        version="10.0",
        is_clustered=False,
        path="D:\\VMs",
        snapshot_file_location="D:\\VMs",
        smart_paging_file_path="D:\\VMs",
    )
    return msgspec.structs.replace(known, **changed)


def listing() -> MachineListModel:
    model = MachineListModel()
    model.list_hosts((KEY,))
    return model


def inventory(*machines: Machine) -> Inventory:
    return Inventory(datetime.datetime.now(datetime.UTC), HOST, machines, (), (), (), (), ())


def column(model: MachineListModel, number: int) -> list[str]:
    return [model.index(row, number).data() for row in range(model.rowCount())]


machines = st.dictionaries(
    st.integers(1, 12),
    st.builds(dict, processor_usage=st.integers(0, 3), memory_assigned=st.integers(0, 3), name=st.sampled_from("abAB")),
).map(lambda found: tuple(machine(number, **changed) for number, changed in found.items()))


@given(st.lists(machines, min_size=1, max_size=6), st.sampled_from(range(15)), st.sampled_from(Qt.SortOrder))
def test_rows_are_those_of_the_latest_inventory_in_order(
    inventories: list[tuple[Machine, ...]], by: int, order: Qt.SortOrder
) -> None:
    model = listing()
    # The tester aborts the test at the first signal that breaks the contract of a model.
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.sort(by, order)
    kept: dict[UUID, QPersistentModelIndex] = {}
    for found in inventories:
        model.show(KEY, inventory(*found))
        shown = [model.machine(model.index(row, 0)) for row in range(model.rowCount())]
        assert sorted(shown, key=lambda each: each.machine_id) == sorted(found, key=lambda each: each.machine_id)
        for machine_id, index in list(kept.items()):
            if index.isValid():
                assert model.machine(index).machine_id == machine_id
            else:
                assert machine_id not in {each.machine_id for each in found}
        kept = {each.machine_id: QPersistentModelIndex(model.find(KEY, each.machine_id)) for each in found}
    if by in (USAGE, MEMORY):
        attribute = "processor_usage" if by == USAGE else "memory_assigned"
        values = [getattr(each, attribute) for each in shown]
        assert values == sorted(values, reverse=order == Qt.SortOrder.DescendingOrder)
    assert not resets


@pytest.mark.parametrize("order", Qt.SortOrder)
def test_equal_rows_keep_the_order_of_their_names(order: Qt.SortOrder) -> None:
    model = listing()
    model.sort(STATE, order)
    model.show(KEY, inventory(machine(3), machine(1), machine(2)))
    assert column(model, NAME) == ["VM001", "VM002", "VM003"]


def test_cells_are_written_as_in_hyper_v_manager() -> None:
    model = listing()
    up = Duration(int(datetime.timedelta(days=3, hours=4, minutes=15).total_seconds() * 10_000_000))
    model.show(
        KEY,
        inventory(
            machine(1, processor_usage=38, memory_assigned=32 * 2**30, uptime=up),
            machine(2, state=MachineState.OFF, memory_assigned=0),
        ),
    )
    rows = [[model.index(row, number).data() for number in range(6)] for row in range(2)]
    assert rows == [
        ["VM001", "Running", "38%", "32 GB", "3.04:15:00", "Operating normally"],
        ["VM002", "Off", "", "", "", "Operating normally"],
    ]


def test_states_differ_by_icon() -> None:
    states = (MachineState.RUNNING, MachineState.OFF, MachineState.SAVED, MachineState.PAUSED, MachineState.STARTING)
    model = listing()
    model.show(KEY, inventory(*(machine(number, state=state) for number, state in enumerate(states, 1))))
    images = [
        model.index(row, 0).data(Qt.ItemDataRole.DecorationRole).pixmap(16, 16).toImage() for row in range(len(states))
    ]
    assert all(one != other for one, other in itertools.combinations(images, 2))


def test_values_are_sorted_and_not_their_texts() -> None:
    model = listing()
    day = 24 * 3600 * 10_000_000
    model.show(
        KEY,
        inventory(
            machine(1, memory_assigned=512 * 2**20, uptime=Duration(day // 2), version="5.0"),
            machine(2, memory_assigned=32 * 2**30, uptime=Duration(9 * day), version="10.0"),
            machine(3, memory_assigned=2 * 2**30, uptime=Duration(10 * day), version="9.2"),
        ),
    )
    for name, expected in {
        "memory": ["512 MB", "2 GB", "32 GB"],
        "uptime": ["12:00:00", "9.00:00:00", "10.00:00:00"],
        "version": ["5.0", "9.2", "10.0"],
    }.items():
        model.sort(number_of(name))
        assert column(model, number_of(name)) == expected
        model.sort(number_of(name), Qt.SortOrder.DescendingOrder)
        assert column(model, number_of(name)) == expected[::-1]


def test_a_replica_is_another_row_than_its_primary() -> None:
    model = listing()
    other = HostKey("", "HV-02")
    model.list_hosts((KEY, other))
    model.show(KEY, inventory(machine(1, replication_mode=ReplicationMode.PRIMARY)))
    model.show(other, inventory(machine(1, replication_mode=ReplicationMode.REPLICA)))
    assert column(model, number_of("host")) == ["HV-01", "HV-02"]
    assert column(model, number_of("mode")) == ["Primary", "Replica"]
    assert model.find(other, UUID(int=1)).row() == 1
    model.forget(KEY)
    assert column(model, number_of("host")) == ["HV-02"]


def test_the_state_of_replication_is_the_one_that_the_host_means() -> None:
    # A host that lists its versions gives WMI's number, in which 3 is Replicating; an older one that of PowerShell.
    replicated = machine(1, replication_mode=ReplicationMode.PRIMARY, replication_number=3)
    old, new = inventory(replicated), inventory(replicated)
    new = dataclasses.replace(new, host=msgspec.structs.replace(HOST, listed_versions=("9.0", "10.0")))
    model = listing()
    model.show(KEY, new)
    assert column(model, number_of("replication")) == ["Replication Enabled"]
    model.forget(KEY)
    model.list_hosts((KEY,))
    model.show(KEY, old)
    assert column(model, number_of("replication")) == ["Pending Initial Replication"]


@given(machines, st.text("abAB ", max_size=3))
def test_the_filter_keeps_what_every_word_occurs_in(found: tuple[Machine, ...], words: str) -> None:
    model = listing()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(KEY, inventory(*found))
    model.filter(words)
    said = {each.machine_id: f"{each.name} hv-01 running operating normally d:\\vms 10.0" for each in found}
    expected = [each for each in found if all(word in said[each.machine_id].lower() for word in words.lower().split())]
    shown = [model.machine(model.index(row, 0)) for row in range(model.rowCount())]
    assert sorted(shown, key=lambda each: each.machine_id) == sorted(expected, key=lambda each: each.machine_id)
    assert model.total == len(found)
    model.filter("")
    assert model.rowCount() == len(found)


def test_a_selection_stays_with_its_machines_whatever_becomes_of_the_list() -> None:
    model = listing()
    view = MachineTable(model)
    many = [machine(number, processor_usage=number % 10) for number in range(200)]
    model.show(KEY, inventory(*many))
    chosen = [row.number for row in model.rows(0, 199) if row.machine.machine_id.int in (3, 50, 51, 120)]
    view.select_numbers(chosen)

    def selected() -> set[int]:
        return {row.machine.machine_id.int for row in view.selected}

    assert selected() == {3, 50, 51, 120}
    view.sortByColumn(number_of("usage"), Qt.SortOrder.DescendingOrder)
    assert selected() == {3, 50, 51, 120}
    # So many runs of rows are gone that all are set anew.
    model.show(KEY, inventory(*(each for each in many if each.machine_id.int % 3 == 0)))
    assert selected() == {3, 51, 120}
    model.filter("vm05")
    assert selected() == {51}
    view.deleteLater()
