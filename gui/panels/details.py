"""What the last picture tells of the selected machine."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QStackedLayout,
    QTabWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.amounts import size_text
from core.hyperv.replication_states import ReplicationMode
from core.hyperv.states import MachineState
from core.language import _
from gui import theme
from gui.icons import icon
from gui.panels.checkpoint_tree import CheckpointTree
from gui.panels.facts import Facts
from gui.panels.heading import PaneHeading
from gui.panels.host_details import HostDetails
from gui.panels.notice import text_label
from gui.panels.replication_tab import ReplicationTab

if TYPE_CHECKING:
    from core.clusters.owners import Owners
    from core.clusters.picture import Role
    from core.clusters.survey import ClusterSurvey
    from core.estate.connection import HostKey
    from core.estate.estate import Picture
    from core.estate.inventory import Inventory
    from core.hyperv.records import HardDiskDrive, Machine, NetworkAdapter
    from core.replicas.side import Side
    from gui.models.machine_rows import MachineRow
    from gui.panels.role_tab import RoleTab


class _Controller(enum.IntEnum):
    """ControllerType of Get-VMHardDiskDrive, as the Hyper-V module numbers it."""

    IDE = 0
    SCSI = 1


_SAID, _MACHINE, _HOST = range(3)


class DetailsPanel(QWidget):
    """Tabs with what there is to know of one machine, or facts about a host.

    ``replication_asked`` is emitted with a host and the ID of a machine whose replication somebody looks at, and
    ``role_asked`` with those of a clustered machine whose role is looked at.
    """

    replication_asked = Signal(object, object)
    role_asked = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("details")
        self._heading = PaneHeading("")
        self._shown: tuple[HostKey, Machine, datetime.datetime] | None = None
        self._asked: tuple[QWidget, tuple[HostKey, Machine, datetime.datetime]] | None = None
        self._summary = _Summary()
        self.host = HostDetails()
        self._replication = ReplicationTab()
        self._survey: ClusterSurvey | None = None
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
        self._tabs.addTab(self._replication, _("Replication"))
        self._tabs.currentChanged.connect(lambda _tab: self._ask())
        self._said = text_label()
        self._said.setObjectName("details_said")
        self._said.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._said.setContentsMargins(8, 12, 8, 8)
        theme.look(self._said, "surface")
        self._pages = QStackedLayout()
        for page in (self._said, self._tabs, self.host):
            self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._heading)
        layout.addLayout(self._pages)
        self.show_selection(None, ())

    def show_tab(self, tab: QWidget) -> None:
        """Bring one of the tabs to the front."""
        self._tabs.setCurrentWidget(tab)

    def show_selection(self, picture: Picture | None, rows: Sequence[MachineRow]) -> None:
        """Show the selected machine as ``picture`` has it, what several have in common, or the host itself."""
        inventory = picture.inventory if picture is not None else None
        if len(rows) > 1:
            self._show_several(rows)
        elif picture is None or inventory is None:
            self._say(_("Details"), _("No virtual machine is selected."))
        elif not rows:
            self._shown = None
            self._heading.setText(picture.key.name)
            self.host.show_host(picture.key, inventory)
            self._pages.setCurrentIndex(_HOST)
            return
        else:
            self._show_machine(picture.key, inventory, rows[0].machine)
        self.host.leave()

    def show_redundancy(self) -> None:
        """Bring the redundancy of the host to the front."""
        self.host.setCurrentWidget(self.host.redundancy)

    def show_replication(self, host: HostKey, machine_id: UUID, sides: Sequence[Side], failure: str = "") -> None:
        """Show what a host has answered, or why it has not, if the machine is still the one that is shown."""
        if not self._is_about(host, machine_id):
            return
        if failure:
            self._replication.say(failure)
        else:
            self._replication.show_sides(sides)

    def show_clusters(self, survey: ClusterSurvey) -> None:
        """Show what is known of clusters, now and with whatever is selected next."""
        self._survey = survey
        self.host.show_clusters(survey)
        if self._shown is not None:
            self._summary.show_machine(self._shown[1], self._cluster_name(self._shown[0]))

    @cached_property
    def role(self) -> RoleTab:
        """The tab of a role, made for the first machine that has one: the first paint waits for no more."""
        from gui.panels.role_tab import RoleTab

        tab = RoleTab()
        self._tabs.insertTab(self._tabs.indexOf(self._replication), tab, _("Failover Cluster"))
        return tab

    def show_role(self, host: HostKey, machine_id: UUID, role: Role | None, owners: Owners) -> None:
        """Show what a host has answered of a role, if its machine is still the one that is shown."""
        if self._is_about(host, machine_id):
            self.role.show_role(role, owners, self._cluster_name(host))

    def say_of_role(self, host: HostKey, machine_id: UUID, text: str) -> None:
        """Say why a host has told nothing of a role, if its machine is still the one that is shown."""
        if self._is_about(host, machine_id):
            self.role.say(text)

    def _is_about(self, host: HostKey, machine_id: UUID) -> bool:
        return self._shown is not None and (self._shown[0], self._shown[1].machine_id) == (host, machine_id)

    def _cluster_name(self, host: HostKey) -> str:
        cluster = self._survey.cluster(host) if self._survey is not None else None
        return cluster.name if cluster is not None else ""

    def _show_machine(self, host: HostKey, inventory: Inventory, machine: Machine) -> None:
        before = self._shown
        self._shown = (host, machine, inventory.read_at)
        self._heading.setText(machine.name)
        self._summary.show_machine(machine, self._cluster_name(host))
        _fill(self._drives, "disk", [_drive_row(drive) for drive in inventory.drives_of(machine.machine_id)])
        _fill(
            self._adapters,
            "adapter",
            [_adapter_row(adapter) for adapter in inventory.adapters_of(machine.machine_id)],
        )
        self.checkpoints.show_machine(inventory, machine)
        self._pages.setCurrentIndex(_MACHINE)
        if machine.replication_mode is ReplicationMode.NONE:
            self._replication.say(_("This virtual machine is not replicated."))
        elif before is None or (before[0], before[1].machine_id) != (host, machine.machine_id):
            self._replication.say(_("Reading the replication from {host}...").format(host=host.name))
        if machine.is_clustered or "role" in vars(self):
            self._tabs.setTabVisible(self._tabs.indexOf(self.role), machine.is_clustered)
            if before is None or (before[0], before[1].machine_id) != (host, machine.machine_id):
                self.role.say(_("{host} is being asked...").format(host=host.name))
        self._ask()

    def _show_several(self, rows: Sequence[MachineRow]) -> None:
        count, hosts = len(rows), len({row.key for row in rows})
        running = sum(row.machine.state is MachineState.RUNNING for row in rows)
        memory = size_text(sum(row.machine.memory_assigned for row in rows))
        what = [_("{count} virtual machines are selected; {running} of them run.").format(count=count, running=running)]
        what.append(_("Together they have {memory} of assigned memory.").format(memory=memory))
        if hosts > 1:
            what.append(_("They are on {hosts} hosts.").format(hosts=hosts))
        self._say(_("{count} virtual machines").format(count=count), "\n".join(what))

    def _say(self, heading: str, text: str) -> None:
        self._shown = None
        self._heading.setText(heading)
        self._said.setText(text)
        self._pages.setCurrentIndex(_SAID)

    def _ask(self) -> None:
        """Ask for the replication, or the role, if somebody looks at it, once for each picture."""
        tab = self._tabs.currentWidget()
        is_role = tab is vars(self).get("role")
        if self._shown is None or not (is_role or tab is self._replication):
            return
        host, machine, _read_at = self._shown
        is_there = machine.is_clustered if is_role else machine.replication_mode is not ReplicationMode.NONE
        if is_there and self._asked != (tab, self._shown):
            self._asked = tab, self._shown
            asked = self.role_asked if is_role else self.replication_asked
            asked.emit(host, machine.machine_id)


class _Summary(Facts):
    def __init__(self) -> None:
        super().__init__(
            "summary_tab",
            (
                (_("Startup memory:"), _("Generation:")),
                (_("Processors:"), _("Configuration version:")),
                (_("Clustered:"), _("Location:")),
                (_("Notes:"), _("Virtual machine ID:")),
            ),
        )

    def show_machine(self, machine: Machine, cluster: str) -> None:
        self.show_values(
            (
                size_text(machine.memory_startup),
                str(machine.generation),
                str(machine.processor_count),
                machine.version,
                _clustered(machine, cluster),
                machine.path,
                machine.notes or _("None"),
                str(machine.machine_id),
            )
        )


def _clustered(machine: Machine, cluster: str) -> str:
    if not machine.is_clustered:
        return _("No")
    return _("Yes, in {cluster}").format(cluster=cluster) if cluster else _("Yes")


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
