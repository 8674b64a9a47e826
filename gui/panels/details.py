"""What the last picture tells of the selected machine."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QStackedLayout,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.amounts import size_text
from core.hyperv.records import HardDiskDrive, Machine, NetworkAdapter
from core.language import _
from gui import theme
from gui.icons import icon
from gui.panels.checkpoint_tree import CheckpointTree
from gui.panels.heading import PaneHeading
from gui.panels.notice import text_label

if TYPE_CHECKING:
    from core.estate.inventory import Inventory


class _Controller(enum.IntEnum):
    """ControllerType of Get-VMHardDiskDrive, as the Hyper-V module numbers it."""

    IDE = 0
    SCSI = 1


class DetailsPanel(QWidget):
    """Tabs with what there is to know of one machine."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("details")
        self._heading = PaneHeading("")
        self._summary = _Summary()
        self._drives = _table("drives", _("Hard drives"), (_("Controller"), _("File")))
        self._adapters = _table(
            "adapters",
            _("Network adapters"),
            (_("Adapter"), _("Connection"), _("MAC Address"), _("IP Addresses")),
        )
        self.checkpoints = CheckpointTree()
        self._tabs = QTabWidget()
        self._tabs.setObjectName("details_tabs")
        self._tabs.setAccessibleName(_("Details of the virtual machine"))
        self._tabs.setDocumentMode(True)
        self._tabs.addTab(self._summary, _("Summary"))
        self._tabs.addTab(self._drives, _("Storage"))
        self._tabs.addTab(self._adapters, _("Networking"))
        self._tabs.addTab(self.checkpoints, _("Checkpoints"))
        nothing = text_label(_("No virtual machine is selected."))
        nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        nothing.setContentsMargins(8, 12, 8, 8)
        theme.look(nothing, "surface")
        self._pages = QStackedLayout()
        self._pages.addWidget(nothing)
        self._pages.addWidget(self._tabs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._heading)
        layout.addLayout(self._pages)
        self.show_machine(None, None)

    def show_tab(self, tab: QWidget) -> None:
        """Bring one of the tabs to the front."""
        self._tabs.setCurrentWidget(tab)

    def show_machine(self, inventory: Inventory | None, machine: Machine | None) -> None:
        """Show ``machine`` as ``inventory`` has it, or that none is selected."""
        if inventory is None or machine is None:
            self._heading.setText(_("Details"))
            self._pages.setCurrentIndex(0)
            return
        self._heading.setText(machine.name)
        self._summary.show_machine(machine)
        _fill(self._drives, "disk", [_drive_row(drive) for drive in inventory.drives_of(machine.machine_id)])
        _fill(
            self._adapters,
            "adapter",
            [_adapter_row(adapter) for adapter in inventory.adapters_of(machine.machine_id)],
        )
        self.checkpoints.show_machine(inventory, machine)
        self._pages.setCurrentIndex(1)


class _Summary(QFrame):
    """Names and values in two columns, as Hyper-V Manager has them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("summary_tab")
        theme.look(self, "surface")
        names = (
            (_("Startup memory:"), _("Generation:")),
            (_("Processors:"), _("Configuration version:")),
            (_("Clustered:"), _("Location:")),
            (_("Notes:"), _("Virtual machine ID:")),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 10, 12, 10)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        self._values: list[QLabel] = []
        for row, pair in enumerate(names):
            for column, name in enumerate(pair):
                value = text_label(selectable=True)
                value.setAccessibleName(name)
                self._values.append(value)
                top = Qt.AlignmentFlag.AlignTop
                grid.addWidget(QLabel(name), row, 2 * column, alignment=top)
                grid.addWidget(value, row, 2 * column + 1)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(3, 3)
        grid.setRowStretch(len(names), 1)

    def show_machine(self, machine: Machine) -> None:
        texts = (
            size_text(machine.memory_startup),
            str(machine.generation),
            str(machine.processor_count),
            machine.version,
            _("Yes") if machine.is_clustered else _("No"),
            machine.path,
            machine.notes or _("None"),
            str(machine.machine_id),
        )
        for label, text in zip(self._values, texts, strict=True):
            if label.text() != text:
                label.setText(text)


def _table(object_name: str, accessible_name: str, headings: Sequence[str]) -> QTreeWidget:
    table = QTreeWidget()
    table.setObjectName(object_name)
    table.setAccessibleName(accessible_name)
    table.setHeaderLabels(headings)
    table.setRootIsDecorated(False)
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setUniformRowHeights(True)
    return table


def _fill(table: QTreeWidget, icon_name: str, rows: Sequence[Sequence[str]]) -> None:
    table.clear()
    for row in rows:
        item = QTreeWidgetItem(list(row))
        item.setIcon(0, icon(icon_name))
        table.addTopLevelItem(item)
    if not rows:
        _say_none(table)
    for column in range(table.columnCount() - 1):
        table.resizeColumnToContents(column)
        table.setColumnWidth(column, max(table.columnWidth(column) + 16, 120))


def _say_none(table: QTreeWidget) -> None:
    item = QTreeWidgetItem([_("None")])
    item.setFlags(Qt.ItemFlag.NoItemFlags)
    table.addTopLevelItem(item)


def _drive_row(drive: HardDiskDrive) -> tuple[str, str]:
    numbers = {"number": drive.controller_number, "location": drive.controller_location}
    match drive.controller_type:
        case _Controller.IDE:
            controller = _("IDE controller {number}, location {location}").format(**numbers)
        case _Controller.SCSI:
            controller = _("SCSI controller {number}, location {location}").format(**numbers)
        case _:
            controller = _("Controller {number}, location {location}").format(**numbers)
    if drive.disk_number is not None:
        return controller, _("Physical disk {number}").format(number=drive.disk_number)
    return controller, drive.path or _("None")


def _adapter_row(adapter: NetworkAdapter) -> tuple[str, str, str, str]:
    digits = adapter.mac_address
    pairs = (digits[start : start + 2] for start in range(0, len(digits), 2))
    return (
        adapter.name,
        adapter.switch_name or _("Not connected"),
        "-".join(pairs),
        ", ".join(adapter.addresses),
    )
