"""The main window: tree, list with details and jobs, actions. It shows and asks; no work is done here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QLabel, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from core.hyperv.records import Machine
from core.language import _
from gui.actions import Actions
from gui.icons import icon
from gui.menus import Menus
from gui.models.host_tree import HostTreeModel
from gui.panels.actions_pane import ActionsPane
from gui.panels.details import DetailsPanel
from gui.panels.host_banner import HostBanner, read_time
from gui.panels.host_tree import HostTree
from gui.panels.jobs import JobsPanel
from gui.panels.machine_pane import MachinePane
from gui.panels.start_page import StartPage

if TYPE_CHECKING:
    from core.estate.connection import HostKey
    from core.estate.estate import Picture
    from core.jobs.status import JobStatus


class MainWindow(QMainWindow):
    """The window with its three panes.

    ``close_asked`` is emitted when the user wants it closed, ``job_asked`` with the number of a job and the Offer that
    the user takes up. Before ``set_ready`` nothing can be under way: the window closes without asking, and is not
    visible any more.
    """

    close_asked = Signal()
    job_asked = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowIcon(icon("vmferry"))
        self.resize(1260, 760)
        self.actions_offered = Actions(self)
        self._pictures: dict[HostKey, Picture] = {}
        self._host: HostKey | None = None
        self._remembered: dict[HostKey, UUID] = {}
        self._left: tuple[HostKey, UUID] | None = None
        self._moving: set[tuple[HostKey, UUID]] = set()
        self._profiles: frozenset[HostKey] = frozenset()
        self._is_ready = False
        self._may_close = False

        self.tree_model = HostTreeModel(self)
        self.tree = HostTree(self.tree_model)
        self._machine_pane = MachinePane()
        self.machines_model = self._machine_pane.model
        self.machine_list = self._machine_pane.view
        self.banner = HostBanner()
        self.details = DetailsPanel()
        self.jobs = JobsPanel(self.job_asked.emit)
        offered = self.actions_offered
        self.start_page = StartPage(offered.connect_to_server, offered.add_this_computer, offered.open_practice)
        self.actions_pane = ActionsPane(
            (offered.connect_to_server, offered.open_practice, offered.refresh), (offered.move_machine,)
        )
        self._status = QLabel()
        self._status.setObjectName("status")
        self._status.setContentsMargins(6, 0, 0, 2)
        self._status.setTextFormat(Qt.TextFormat.PlainText)
        self.statusBar().addWidget(self._status, 1)
        self._arrange()
        self._menus = Menus(self, offered)
        self._connect()
        self._show_host()

    @property
    def host(self) -> Picture | None:
        """The latest picture of the host that is selected in the tree, or None."""
        return self._pictures[self._host] if self._host is not None else None

    @property
    def machines(self) -> tuple[Machine, ...]:
        """The selected machines, from top to bottom."""
        return self._machine_pane.machines

    @property
    def group(self) -> str:
        """The group that is selected in the tree, empty when none is."""
        return self.tree_model.group(self.tree.currentIndex())

    @property
    def machine(self) -> Machine | None:
        """The selected machine, the first of several, or None."""
        return next(iter(self.machines), None)

    def set_ready(self) -> None:
        """Offer what needs hosts: from now on there is something that carries it out."""
        self._is_ready = True
        self._offer_actions()

    def show_picture(self, picture: Picture) -> None:
        """Show the latest picture of a host."""
        is_new = picture.key not in self._pictures
        self._pictures[picture.key] = picture
        selected_host = self._host
        self.tree_model.show(picture)
        if selected_host == picture.key != self._host:
            # It has gone to another group, and the selection to its neighbour.
            self.select_host(picture.key)
        if is_new:
            self.tree.expandAll()
        if picture.key == self._host:
            selected = self.machine
            self.machines_model.show(picture.inventory)
            if selected is not None and not self.machines_model.find(selected.machine_id).isValid():
                # Qt selects a neighbour of a row that is gone; the next Move would be about that one.
                self._remembered.pop(picture.key, None)
                self._left = (picture.key, selected.machine_id)
                self.machine_list.selectionModel().clear()
            self._show_host()
        elif is_new and self._host is None:
            self.select_host(picture.key)

    def remove_host(self, key: HostKey) -> None:
        """Show a host no longer."""
        if key in self._pictures:
            self.tree_model.remove(key)
            del self._pictures[key]
            self._remembered.pop(key, None)
            self._offer_actions()

    def show_profiles(self, groups: Sequence[str], kept: frozenset[HostKey]) -> None:
        """Show the groups, and offer what can be done with hosts that are kept."""
        self._profiles = kept
        self.tree_model.show_groups(groups)
        self.tree.expandAll()
        self._offer_actions()

    def show_jobs(self, statuses: Sequence[JobStatus]) -> None:
        """Show where every job stands; the order of those that wait is that of the queue."""
        expected = (status.plan.expectation for status in statuses if status.plan and not status.state.is_final)
        self._moving = {(each.host, each.machine_id) for each in expected if each is not None}
        self.jobs.show_jobs(statuses, self.is_practice)
        self._offer_actions()

    def is_practice(self, status: JobStatus) -> bool:
        """Whether a job is about a simulated host."""
        picture = self._pictures.get(status.host)
        return picture is not None and picture.connection.is_practice

    def select_host(self, key: HostKey) -> None:
        """Select a host in the tree."""
        self.tree.setCurrentIndex(self.tree_model.find(key))

    def follow_machine(self, source: HostKey, destination: HostKey, machine_id: UUID) -> None:
        """Select a machine that has moved, if it was selected when it left and nothing else has been since."""
        machine = self.machine
        was_selected = self._left == (source, machine_id) if machine is None else machine.machine_id == machine_id
        if self._host == source and was_selected:
            self._remembered[destination] = machine_id
            self.select_host(destination)

    def say(self, text: str) -> None:
        """Show ``text`` in the status bar until the next picture."""
        self._status.setText(text)

    def close_now(self) -> None:
        """Close without asking."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave the decision to whoever knows the jobs."""
        if self._may_close or not self._is_ready:
            event.accept()
        else:
            event.ignore()
            self.close_asked.emit()

    def _arrange(self) -> None:
        lower = QSplitter(Qt.Orientation.Vertical)
        lower.addWidget(self._machine_pane)
        lower.addWidget(self.details)
        lower.setSizes([280, 190])
        lower.setChildrenCollapsible(False)
        host_page = QWidget()
        column = QVBoxLayout(host_page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(lower)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.start_page)
        self._pages.addWidget(host_page)
        middle = QSplitter(Qt.Orientation.Vertical)
        middle.setFrameShape(QFrame.Shape.StyledPanel)
        middle.addWidget(self._pages)
        middle.addWidget(self.jobs)
        middle.setSizes([470, 190])
        middle.setStretchFactor(0, 1)
        middle.setChildrenCollapsible(False)
        panes = QSplitter(Qt.Orientation.Horizontal)
        for pane in (self.tree, middle, self.actions_pane):
            panes.addWidget(pane)
        panes.setSizes([220, 810, 220])
        panes.setStretchFactor(1, 1)
        panes.setChildrenCollapsible(False)
        self.setCentralWidget(panes)

    def _connect(self) -> None:
        offered = self.actions_offered
        self.tree.selectionModel().currentChanged.connect(self._select_node)
        menus = self._menus
        self.tree.customContextMenuRequested.connect(lambda place: menus.pop_up(menus.host, self.tree, place))
        self.machine_list.selectionModel().selectionChanged.connect(self._show_machine)
        self.machine_list.activated.connect(lambda _index: offered.move_machine.trigger())
        self.machine_list.customContextMenuRequested.connect(
            lambda place: menus.pop_up(menus.machine if self.machine else menus.host, self.machine_list, place)
        )
        offered.exit.triggered.connect(self.close)
        offered.show_actions_pane.toggled.connect(self.actions_pane.setVisible)
        offered.show_jobs.toggled.connect(self.jobs.setVisible)

    def _select_node(self, index: QModelIndex, _previous: QModelIndex) -> None:
        self._host = self.tree_model.key(index)
        self.machines_model.clear()
        picture = self.host
        if picture is not None:
            self.machines_model.show(picture.inventory)
            if (machine_id := self._remembered.get(picture.key)) is not None:
                self.machine_list.setCurrentIndex(self.machines_model.find(machine_id))
        self._show_host()

    def _show_host(self) -> None:
        picture = self.host
        self._pages.setCurrentIndex(0 if picture is None else 1)
        if picture is None:
            self.setWindowTitle(_("VM Ferry"))
            self.actions_pane.show_host(_("VM Ferry"))
            self._status.setText(_("Ready"))
        else:
            host = picture.key.name
            is_practice = picture.connection.is_practice
            title = _("VM Ferry - {host} (practice)") if is_practice else _("VM Ferry - {host}")
            self.setWindowTitle(title.format(host=host))
            self.actions_pane.show_host(_("{host} (practice)").format(host=host) if is_practice else host)
            self.banner.show_picture(picture)
            self._status.setText(_status_text(picture))
        self._show_machine()

    def _show_machine(self) -> None:
        picture, machine = self.host, self.machine
        if picture is not None and machine is not None:
            self._remembered[picture.key] = machine.machine_id
        self.details.show_machine(picture.inventory if picture else None, machine)
        count = len(self.machines)
        several = _("{count} virtual machines").format(count=count)
        self.actions_pane.show_machine(several if count > 1 else machine.name if machine else None)
        self._offer_actions()

    def _offer_actions(self) -> None:
        picture, machines = self.host, self.machines
        self.actions_offered.offer(
            is_ready=self._is_ready,
            has_practice=any(known.connection.is_practice for known in self._pictures.values()),
            has_host=picture is not None,
            can_move=picture is not None
            and picture.failure is None
            and bool(machines)
            and not any(machine.is_busy for machine in machines)
            and not any((picture.key, machine.machine_id) in self._moving for machine in machines),
            why_not=_("{host} is read-only here.").format(host=picture.key.name)
            if picture is not None and picture.connection.is_read_only
            else "",
        )
        self.actions_offered.offer_profiles(
            is_ready=self._is_ready,
            is_kept=picture is not None and picture.key in self._profiles,
            has_group=bool(self.group),
            has_servers=bool(self._profiles),
        )


def _status_text(picture: Picture) -> str:
    if picture.failure is not None:
        return picture.failure.sentence
    if picture.inventory is None:
        return _("Connecting to {host}...").format(host=picture.key.name)
    return _("Read at {time}").format(time=read_time(picture.inventory))
