"""The list of machines changes row by row and stays sorted."""

from __future__ import annotations

import datetime
import itertools
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from core.estate.inventory import Inventory
from core.hyperv.records import Duration, Host, Machine
from core.hyperv.states import Authentication, MachineState, OperationalStatus
from gui.models.machine_list import MachineListModel

HOST = Host("HV-01", "HV-01.contoso.example", 4, 2**36, "D:\\", "D:\\", True, 2, 2, Authentication.KERBEROS)
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


def inventory(*machines: Machine) -> Inventory:
    return Inventory(datetime.datetime.now(datetime.UTC), HOST, machines, (), (), (), (), ())


def column(model: MachineListModel, number: int) -> list[str]:
    return [model.index(row, number).data() for row in range(model.rowCount())]


machines = st.dictionaries(
    st.integers(1, 12),
    st.builds(dict, processor_usage=st.integers(0, 3), memory_assigned=st.integers(0, 3), name=st.sampled_from("abAB")),
).map(lambda found: tuple(machine(number, **changed) for number, changed in found.items()))


@given(st.lists(machines, min_size=1, max_size=6), st.sampled_from(range(6)), st.sampled_from(Qt.SortOrder))
def test_rows_are_those_of_the_latest_inventory_in_order(
    inventories: list[tuple[Machine, ...]], by: int, order: Qt.SortOrder
) -> None:
    model = MachineListModel()
    # The tester aborts the test at the first signal that breaks the contract of a model.
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.sort(by, order)
    kept: dict[UUID, QPersistentModelIndex] = {}
    for found in inventories:
        model.show(inventory(*found))
        shown = [model.machine(model.index(row, 0)) for row in range(model.rowCount())]
        assert sorted(shown, key=lambda each: each.machine_id) == sorted(found, key=lambda each: each.machine_id)
        for machine_id, index in list(kept.items()):
            if index.isValid():
                assert model.machine(index).machine_id == machine_id
            else:
                assert machine_id not in {each.machine_id for each in found}
        kept = {each.machine_id: QPersistentModelIndex(model.find(each.machine_id)) for each in found}
    if by in (USAGE, MEMORY):
        attribute = "processor_usage" if by == USAGE else "memory_assigned"
        values = [getattr(each, attribute) for each in shown]
        assert values == sorted(values, reverse=order == Qt.SortOrder.DescendingOrder)
    assert not resets


@pytest.mark.parametrize("order", Qt.SortOrder)
def test_equal_rows_keep_the_order_of_their_names(order: Qt.SortOrder) -> None:
    model = MachineListModel()
    model.sort(STATE, order)
    model.show(inventory(machine(3), machine(1), machine(2)))
    assert column(model, NAME) == ["VM001", "VM002", "VM003"]


def test_cells_are_written_as_in_hyper_v_manager() -> None:
    model = MachineListModel()
    up = Duration(int(datetime.timedelta(days=3, hours=4, minutes=15).total_seconds() * 10_000_000))
    model.show(
        inventory(
            machine(1, processor_usage=38, memory_assigned=32 * 2**30, uptime=up),
            machine(2, state=MachineState.OFF, memory_assigned=0),
        )
    )
    rows = [[model.index(row, number).data() for number in range(6)] for row in range(2)]
    assert rows == [
        ["VM001", "Running", "38%", "32 GB", "3.04:15:00", "Operating normally"],
        ["VM002", "Off", "", "", "", "Operating normally"],
    ]


def test_states_differ_by_icon() -> None:
    states = (MachineState.RUNNING, MachineState.OFF, MachineState.SAVED, MachineState.PAUSED, MachineState.STARTING)
    model = MachineListModel()
    model.show(inventory(*(machine(number, state=state) for number, state in enumerate(states, 1))))
    images = [
        model.index(row, 0).data(Qt.ItemDataRole.DecorationRole).pixmap(16, 16).toImage() for row in range(len(states))
    ]
    assert all(one != other for one, other in itertools.combinations(images, 2))
