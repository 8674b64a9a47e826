"""The main window: tree, list with details and jobs, actions. It shows and asks; no work is done here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QLabel, QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from core.language import _
from core.operating.subject import Subject, subjects
from gui.actions import Actions
from gui.icons import icon
from gui.menus import Menus
from gui.models.host_tree import HostTreeModel
from gui.panels.actions_pane import ActionsPane
from gui.panels.details import DetailsPanel
from gui.panels.host_banner import HostBanner, status_text
from gui.panels.host_tree import HostTree
from gui.panels.jobs import JobsPanel
from gui.panels.machine_pane import MachinePane
from gui.panels.start_page import StartPage
from gui.window_memory import WindowMemory

if TYPE_CHECKING:
    from core.clusters.survey import ClusterSurvey
    from core.estate.connection import HostKey
    from core.estate.estate import Picture
    from core.hyperv.records import Machine
    from core.jobs.status import JobStatus
    from gui.preferences import Preferences


class MainWindow(QMainWindow):
    """The window with its three panes.

    ``close_asked`` is emitted when the user wants it closed, ``job_asked`` with the number of a job and the Offer that
    the user takes up. Before ``set_ready`` nothing can be under way: the window closes without asking, and is not
    visible any more.
    """

    close_asked = Signal()
    job_asked = Signal(int, object)

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowIcon(icon("vmferry"))
        self.resize(1260, 760)
        self.actions_offered = Actions(self)
        self._preferences, self._memory = preferences, WindowMemory(preferences)
        self._pictures: dict[HostKey, Picture] = {}
        self._host: HostKey | None = None
        self._awaited: HostKey | None = None
        self._remembered: dict[HostKey, UUID] = {}
        self._left: tuple[HostKey, UUID] | None = None
        self._moving: set[tuple[HostKey, UUID]] = set()
        self._profiles: frozenset[HostKey] = frozenset()
        self._splitters: dict[str, QSplitter] = {}
        self._is_ready = False
        self._may_close = False

        self.tree_model = HostTreeModel(self)
        self.tree = HostTree(self.tree_model)
        self.machine_pane = MachinePane(preferences)
        self.machines_model = self.machine_pane.model
        self.machine_list = self.machine_pane.view
        self.banner = HostBanner()
        self.details = DetailsPanel()
        self.jobs = JobsPanel(self.job_asked.emit)
        offered = self.actions_offered
        self.start_page = StartPage(offered.connect_to_server, offered.add_this_computer, offered.open_practice)
        self.actions_pane = ActionsPane(
            (
                *(offered.connect_to_server, offered.open_practice, offered.refresh, offered.import_machine),
                *(offered.host_settings, offered.configure_replication, offered.show_redundancy),
                *(offered.evacuate_host, offered.return_machines),
            ),
            offered.machines.everything,
        )
        self.machine_list.addActions(offered.machines.everything)
        self._status = QLabel()
        self._status.setObjectName("status")
        self._status.setContentsMargins(6, 0, 0, 2)
        self._status.setTextFormat(Qt.TextFormat.PlainText)
        self.statusBar().addWidget(self._status, 1)
        self._arrange()
        self._menus = Menus(self, offered)
        self._connect()
        self._memory.restore(self, self._splitters)
        for action in (offered.show_actions_pane, offered.show_jobs):
            action.setChecked(preferences.is_shown(action.objectName()))
        self._show_hosts()

    @property
    def server(self) -> Picture | None:
        """The latest picture of the host that is selected in the tree, or None."""
        return self._pictures[self._host] if self._host is not None else None

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The latest picture of every host, as far as it is shown."""
        return tuple(self._pictures.values())

    @property
    def host(self) -> Picture | None:
        """The same, or where a group is selected that of the host which all selected machines are on."""
        keys = {row.key for row in self.machine_pane.rows} if self._host is None else {self._host}
        return self._pictures[keys.pop()] if len(keys) == 1 else None

    @property
    def hosts(self) -> tuple[Picture, ...]:
        """The latest pictures of all hosts whose machines are listed."""
        return tuple(self._pictures[key] for key in self.machines_model.hosts)

    @property
    def machines(self) -> tuple[Machine, ...]:
        """The selected machines, from top to bottom."""
        return self.machine_pane.machines

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The same, with what keeps actions from them."""
        rows = self.machine_pane.rows
        found: dict[tuple[HostKey, UUID], Subject] = {}
        for key in dict.fromkeys(row.key for row in rows):
            machines = [row.machine for row in rows if row.key == key]
            with_jobs = {machine_id for host, machine_id in self._moving if host == key}
            for subject in subjects(self._pictures[key], machines, with_jobs):
                found[key, subject.machine.machine_id] = subject
        return tuple(found[row.subject] for row in rows if row.subject in found)

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

    def show_pictures(self, pictures: Sequence[Picture]) -> None:
        """Show the latest pictures of some hosts."""
        has_new = False
        for picture in pictures:
            is_new = picture.key not in self._pictures
            has_new = has_new or is_new
            self._pictures[picture.key] = picture
            selected_host, is_first = self._host, is_new and len(self._pictures) == 1
            self.tree_model.show(picture)
            # It may have gone to another group, and the selection to its neighbour.
            has_left = selected_host == picture.key != self._host
            if has_left or picture.key == self._awaited or (is_first and selected_host is None):
                self.select_host(picture.key)
        self.tree_model.word_groups()
        if has_new:
            self.tree.expandAll()
        self._list_hosts()
        selected = self.machine_pane.rows[:1]
        self.machine_pane.show_pictures(pictures)
        shown = {picture.key for picture in pictures}
        if not shown.isdisjoint(self.machines_model.hosts):
            for row in selected:
                if row.key in shown and not self.machines_model.find(*row.subject).isValid():
                    self._remembered.pop(row.key, None)
                    self._left = row.subject
            self._show_hosts()

    def show_clusters(self, survey: ClusterSurvey) -> None:
        """Show what is known of clusters: their nodes together in the tree, and the details of what is selected."""
        known = {key: cluster.name for key in self._pictures if (cluster := survey.cluster(key)) is not None}
        selected = self._host
        self.tree_model.show_clusters(known)
        self.tree.expandAll()
        if selected is not None and selected != self._host:
            # Its row has gone elsewhere, and the selection to its neighbour.
            self.select_host(selected)
        self._list_hosts()
        self.details.show_clusters(survey)

    def remove_host(self, key: HostKey) -> None:
        """Show a host no longer."""
        if key in self._pictures:
            self.tree_model.remove(key)
            del self._pictures[key]
            self._remembered.pop(key, None)
            self.machines_model.forget(key)
            self._list_hosts()
            self._show_hosts()

    def show_profiles(self, groups: Sequence[str], kept: frozenset[HostKey]) -> None:
        """Show the groups, and offer what can be done with hosts that are kept."""
        self._profiles = kept
        self.tree_model.show_groups(groups)
        self.tree.expandAll()
        self._offer_actions()

    def show_jobs(self, statuses: Sequence[JobStatus]) -> None:
        """Show where every job stands; the order of those that wait is that of the queue."""
        plans = (status.plan for status in statuses if status.plan and not status.state.is_final)
        self._moving = {(each.host, each.machine_id) for plan in plans for each in plan.machines}
        self.jobs.show_jobs(statuses, self.is_practice)
        self._offer_actions()

    def is_practice(self, status: JobStatus) -> bool:
        """Whether a job is about a simulated host."""
        picture = self._pictures.get(status.host)
        return picture is not None and picture.connection.is_practice

    def select_host(self, key: HostKey) -> None:
        """Select a host in the tree, or as soon as its first picture is there."""
        index = self.tree_model.find(key)
        self._awaited = None if index.isValid() else key
        if index.isValid():
            self.tree.setCurrentIndex(index)

    def follow_machine(self, source: HostKey, destination: HostKey, machine_id: UUID) -> None:
        """Select a machine that has moved, if it was selected when it left and nothing else has been since."""
        selected = next(iter(self.machine_pane.rows), None)
        subject = self._left if selected is None else selected.subject
        if subject != (source, machine_id):
            return
        if self._host == source:
            self._remembered[destination] = machine_id
            self.select_host(destination)
        elif self._host is None:
            self.machine_list.setCurrentIndex(self.machines_model.find(destination, machine_id))

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
            self._keep()
            event.accept()
        else:
            event.ignore()
            self.close_asked.emit()

    def _keep(self) -> None:
        """Keep how everything stands for the next start."""
        self.machine_pane.keep_layout()
        self._memory.keep(self, self._splitters)
        for action in (self.actions_offered.show_actions_pane, self.actions_offered.show_jobs):
            self._preferences.keep_shown(action.objectName(), is_shown=action.isChecked())

    def _arrange(self) -> None:
        lower = self._splitter("list_and_details", Qt.Orientation.Vertical)
        lower.addWidget(self.machine_pane)
        lower.addWidget(self.details)
        lower.setSizes([280, 190])
        host_page = QWidget()
        column = QVBoxLayout(host_page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(lower)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.start_page)
        self._pages.addWidget(host_page)
        middle = self._splitter("host_and_jobs", Qt.Orientation.Vertical)
        middle.setFrameShape(QFrame.Shape.StyledPanel)
        middle.addWidget(self._pages)
        middle.addWidget(self.jobs)
        middle.setSizes([470, 190])
        middle.setStretchFactor(0, 1)
        panes = self._splitter("panes", Qt.Orientation.Horizontal)
        for pane in (self.tree, middle, self.actions_pane):
            panes.addWidget(pane)
        panes.setSizes([220, 810, 220])
        panes.setStretchFactor(1, 1)
        self.setCentralWidget(panes)

    def _splitter(self, name: str, orientation: Qt.Orientation) -> QSplitter:
        splitter = self._splitters[name] = QSplitter(orientation)
        splitter.setObjectName(name)
        splitter.setChildrenCollapsible(False)
        return splitter

    def _connect(self) -> None:
        offered = self.actions_offered
        self.tree.selectionModel().currentChanged.connect(self._select_node)
        menus = self._menus
        self.tree.customContextMenuRequested.connect(lambda place: menus.pop_up(menus.host, self.tree, place))
        self.machine_pane.selection_changed.connect(self._show_machine)
        self.machine_list.activated.connect(lambda _index: offered.move_machine.trigger())
        self.machine_list.customContextMenuRequested.connect(
            lambda place: menus.pop_up(menus.machine if self.machine else menus.host, self.machine_list, place)
        )
        offered.exit.triggered.connect(self.close)
        offered.filter_list.triggered.connect(self.machine_pane.begin_filter)
        offered.show_actions_pane.toggled.connect(self.actions_pane.setVisible)
        offered.show_jobs.toggled.connect(self.jobs.setVisible)

    def _select_node(self, index: QModelIndex, _previous: QModelIndex) -> None:
        self._host = self.tree_model.key(index)
        self._list_hosts()
        if self._host is not None and (machine_id := self._remembered.get(self._host)) is not None:
            self.machine_list.setCurrentIndex(self.machines_model.find(self._host, machine_id))
        self._show_hosts()

    def _list_hosts(self) -> None:
        below = self.tree_model.hosts(self.tree.currentIndex())
        listed = [key for key in below if key in self._pictures]
        self.machine_pane.list_hosts(listed, are_several=self._host is None)

    def _show_hosts(self) -> None:
        pictures = self.hosts
        self._pages.setCurrentIndex(1 if pictures else 0)
        # The group of the practice hosts says so in its own name.
        is_practice = self._host is not None and self._pictures[self._host].connection.is_practice
        name = self._host.name if self._host is not None else self.tree_model.name(self.tree.currentIndex())
        if not pictures or not name:
            self.setWindowTitle(_("VM Ferry"))
            self.actions_pane.show_host(_("VM Ferry"))
        else:
            title = _("VM Ferry - {host} (practice)") if is_practice else _("VM Ferry - {host}")
            self.setWindowTitle(title.format(host=name))
            self.actions_pane.show_host(_("{host} (practice)").format(host=name) if is_practice else name)
        self.banner.show_pictures(pictures)
        self._status.setText(status_text(pictures))
        self._show_machine()

    def _show_machine(self) -> None:
        rows = self.machine_pane.rows
        row, picture = next(iter(rows), None), self.host
        if row is not None:
            self._remembered[row.key] = row.machine.machine_id
        self.details.show_selection(picture, rows)
        several = _("{count} virtual machines").format(count=len(rows))
        self.actions_pane.show_machine(several if len(rows) > 1 else row.machine.name if row else None)
        self._offer_actions()

    def _offer_actions(self) -> None:
        rows, server, selected = self.machine_pane.rows, self.server, self.subjects
        self.actions_offered.machines.offer(selected)
        self.details.checkpoints.forbid(selected[0].obstacle if selected else "")
        self.actions_offered.offer(
            is_ready=self._is_ready,
            has_practice=any(known.connection.is_practice for known in self._pictures.values()),
            has_host=bool(self.machines_model.hosts),
        )
        for action in (
            self.actions_offered.host_settings,
            self.actions_offered.evacuate_host,
            self.actions_offered.return_machines,
        ):
            action.setEnabled(self.host is not None)
        self.actions_offered.import_machine.setEnabled(
            self.host is not None and self.host.inventory is not None and not self.host.connection.is_read_only
        )
        self.actions_offered.offer_list(is_listed=bool(self.machines_model.hosts), has_selection=bool(rows))
        self.actions_offered.offer_profiles(
            is_ready=self._is_ready,
            is_kept=server is not None and server.key in self._profiles,
            has_group=bool(self.group),
            has_servers=bool(self._profiles),
        )
