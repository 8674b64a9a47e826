"""A recovery plan as a tree of groups and machines that is put in order, with a form for what is chosen in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.language import _
from core.recovery.document import LONGEST_DELAY, Group, Member, RecoveryPlan
from core.recovery.status import MemberState, MemberStatus
from gui.form import add_row, form_layout, line_edit, push_button
from gui.icons import icon
from gui.panels.notice import text_label
from gui.plain_text import tip

_ICONS = {
    MemberState.WAITING: "waiting",
    MemberState.RUNNING: "start",
    MemberState.DONE: "completed",
    MemberState.DONE_BEFORE: "completed",
    MemberState.CLEANED_UP: "completed",
    MemberState.FAILED: "error",
    MemberState.LEFT: "warning",
}
_WIDTHS = (230, 130, 130, 180)


class PlanEditor(QWidget):
    """``plan`` is what is edited; ``changed`` is emitted when it is another one, ``add_asked`` for more machines."""

    changed = Signal()
    add_asked = Signal()

    def __init__(self, plan: RecoveryPlan) -> None:
        super().__init__()
        self.plan = plan
        self._place: tuple[int, int | None] = (0, None)
        self._is_showing = False
        self.tree = _tree()
        self.tree.currentItemChanged.connect(lambda now, _before: self._select(now))
        self._forms = QStackedWidget()
        self._forms.addWidget(text_label(_("Add a group, and machines to it.")))
        self._forms.addWidget(self._group_form())
        self._forms.addWidget(self._member_form())
        self.buttons = [
            push_button("add_group", _("New &Group"), self._add_group),
            push_button("add_machines", _("&Add Machines..."), self.add_asked.emit),
            push_button("move_up", _("Move &Up"), lambda: self._move(-1)),
            push_button("move_down", _("Move &Down"), lambda: self._move(1)),
            push_button("remove", _("Remo&ve"), self._remove),
        ]
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in self.buttons:
            row.addWidget(button)
        row.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(9)
        column.addWidget(self.tree, 1)
        column.addLayout(row)
        column.addWidget(self._forms)
        self.show_plan(plan)

    def show_plan(self, plan: RecoveryPlan) -> None:
        """Edit another plan."""
        self.plan = plan
        self._place = (0, None)
        self._fill()

    def show_states(self, members: Sequence[MemberStatus]) -> None:
        """Show how far a run is with each machine."""
        told: Mapping[UUID, MemberStatus] = {each.member.machine_id: each for each in members}
        for number, group in enumerate(self.plan.groups):
            top = self.tree.topLevelItem(number)
            for place, member in enumerate(group.members):
                if (state := told.get(member.machine_id)) is not None:
                    row = top.child(place)
                    row.setText(3, f"{state.state.word} {state.detail}".strip())
                    row.setToolTip(3, tip("\n".join((state.detail, *state.truth)).strip()))
                    row.setIcon(3, icon(_ICONS[state.state]))

    def forbid(self, *, is_forbidden: bool) -> None:
        """Let nothing be changed while the plan is carried out."""
        for widget in (*self.buttons, self._forms):
            widget.setEnabled(not is_forbidden)

    def add_members(self, members: Sequence[Member]) -> None:
        """Add machines to the group that is chosen, or to the first one."""
        if not self.plan.groups:
            self._add_group()
        number = min(self._place[0], len(self.plan.groups) - 1)
        group = self.plan.groups[number]
        self._replace_group(number, members=(*group.members, *members))
        self._fill()

    def _fill(self) -> None:
        self._is_showing = True
        self.tree.clear()
        for group in self.plan.groups:
            top = QTreeWidgetItem([group.name, "", "", ""])
            top.setIcon(0, icon("group"))
            self.tree.addTopLevelItem(top)
            for member in group.members:
                row = QTreeWidgetItem([member.name, member.primary, member.replica, ""])
                row.setIcon(0, icon("machine-running" if member.starts else "machine-off"))
                top.addChild(row)
        self.tree.expandAll()
        self._is_showing = False
        number, place = self._place
        top = self.tree.topLevelItem(min(number, self.tree.topLevelItemCount() - 1))
        chosen = top.child(place) if top is not None and place is not None and top.child(place) is not None else top
        self.tree.setCurrentItem(chosen)
        self._select(chosen)

    def _select(self, item: QTreeWidgetItem | None) -> None:
        if self._is_showing:
            return
        if item is None:
            self._forms.setCurrentIndex(0)
            return
        top = item.parent()
        self._place = (
            self.tree.indexOfTopLevelItem(top or item),
            top.indexOfChild(item) if top is not None else None,
        )
        self._is_showing = True
        group, member = self._chosen
        if member is not None:
            self._forms.setCurrentIndex(2)
            self.starts.setChecked(member.starts)
            self.test_switch.setText(member.test_switch)
        else:
            self._forms.setCurrentIndex(1)
            self.group_name.setText(group.name)
            self.message.setText(group.message)
            self.asks.setChecked(group.asks)
            self.running_within.setValue(group.running_within)
            self.heartbeat_within.setValue(group.heartbeat_within)
            self.delay.setValue(group.delay)
        self._is_showing = False

    @property
    def _chosen(self) -> tuple[Group, Member | None]:
        number, place = self._place
        group = self.plan.groups[number]
        return group, group.members[place] if place is not None else None

    def _group_form(self) -> QWidget:
        self.group_name = line_edit("group_name", _("Name of the group"))
        self.message = line_edit("message", _("Message before the group"))
        self.asks = QCheckBox(_("&Wait until somebody has answered the message"))
        self.asks.setObjectName("asks")
        self.running_within = _seconds("running_within", _("Seconds within which all machines run"))
        self.heartbeat_within = _seconds("heartbeat_within", _("Seconds within which all guests answer"))
        self.delay = _seconds("delay", _("Seconds to wait before the next group"))
        self.group_name.editingFinished.connect(self._read_group)
        self.message.editingFinished.connect(self._read_group)
        self.asks.toggled.connect(lambda _is_on: self._read_group())
        for box in (self.running_within, self.heartbeat_within, self.delay):
            box.valueChanged.connect(lambda _value: self._read_group())
        page = QWidget()
        form = form_layout()
        form.setContentsMargins(0, 0, 0, 0)
        page.setLayout(form)
        add_row(form, _("Na&me:"), self.group_name)
        add_row(form, _("Message &before it:"), self.message)
        form.addRow("", self.asks)
        add_row(form, _("All machines &run within (s):"), self.running_within)
        add_row(form, _("All guests answer w&ithin (s, 0: not looked at):"), self.heartbeat_within)
        add_row(form, _("T&hen wait (s):"), self.delay)
        return page

    def _member_form(self) -> QWidget:
        self.starts = QCheckBox(_("Sta&rt it after the failover"))
        self.starts.setObjectName("member_starts")
        self.starts.toggled.connect(lambda _is_on: self._read_member())
        self.test_switch = line_edit("test_switch", _("Switch for tests"), _("none"))
        self.test_switch.editingFinished.connect(self._read_member)
        page = QWidget()
        form = form_layout()
        form.setContentsMargins(0, 0, 0, 0)
        page.setLayout(form)
        form.addRow("", self.starts)
        add_row(form, _("S&witch of the replica's host for tests:"), self.test_switch)
        return page

    def _read_group(self) -> None:
        number, place = self._place
        if self._is_showing or place is not None or number >= len(self.plan.groups):
            return
        self._replace_group(
            number,
            name=self.group_name.text().strip() or self.plan.groups[number].name,
            message=self.message.text().strip(),
            asks=self.asks.isChecked(),
            running_within=self.running_within.value(),
            heartbeat_within=self.heartbeat_within.value(),
            delay=self.delay.value(),
        )
        self.tree.topLevelItem(number).setText(0, self.plan.groups[number].name)

    def _read_member(self) -> None:
        number, place = self._place
        if self._is_showing or place is None:
            return
        members = list(self.plan.groups[number].members)
        members[place] = msgspec.structs.replace(
            members[place], starts=self.starts.isChecked(), test_switch=self.test_switch.text().strip()
        )
        self._replace_group(number, members=tuple(members))
        name = "machine-running" if members[place].starts else "machine-off"
        self.tree.topLevelItem(number).child(place).setIcon(0, icon(name))

    def _add_group(self) -> None:
        name = _("Group {number}").format(number=len(self.plan.groups) + 1)
        self._set_groups((*self.plan.groups, Group(name, ())))
        self._place = (len(self.plan.groups) - 1, None)
        self._fill()

    def _remove(self) -> None:
        if not self.plan.groups:
            return
        number, place = self._place
        if place is None:
            self._set_groups(self.plan.groups[:number] + self.plan.groups[number + 1 :])
            self._place = (max(number - 1, 0), None)
        else:
            members = self.plan.groups[number].members
            self._replace_group(number, members=members[:place] + members[place + 1 :])
            self._place = (number, None)
        self._fill()

    def _move(self, by: int) -> None:
        """A group among the groups; a machine within its group, and beyond its ends into the next one."""
        if not self.plan.groups:
            return
        number, place = self._place
        groups = [list(group.members) for group in self.plan.groups]
        if place is None:
            other = number + by
            if 0 <= other < len(groups):
                changed = list(self.plan.groups)
                changed[number], changed[other] = changed[other], changed[number]
                self._set_groups(tuple(changed))
                self._place = (other, None)
        else:
            member = groups[number].pop(place)
            if 0 <= place + by <= len(groups[number]):
                self._place = (number, place + by)
            elif 0 <= number + by < len(groups):
                self._place = (number + by, len(groups[number + by]) if by < 0 else 0)
            groups[self._place[0]].insert(self._place[1] or 0, member)
            whole = zip(self.plan.groups, groups, strict=True)
            self._set_groups(tuple(msgspec.structs.replace(group, members=tuple(new)) for group, new in whole))
        self._fill()

    def _replace_group(self, number: int, **values: object) -> None:
        groups = list(self.plan.groups)
        groups[number] = msgspec.structs.replace(groups[number], **values)
        self._set_groups(tuple(groups))

    def _set_groups(self, groups: tuple[Group, ...]) -> None:
        self.plan = msgspec.structs.replace(self.plan, groups=groups)
        self.changed.emit()


def named_field(name: str, accessible_name: str, text: str, chosen: Callable[[str], None]) -> QLineEdit:
    """A field whose text is told as it is typed."""
    edit = line_edit(name, accessible_name)
    edit.setText(text)
    edit.textChanged.connect(lambda typed: chosen(typed.strip()))
    return edit


def _tree() -> QTreeWidget:
    tree = QTreeWidget()
    tree.setObjectName("recovery_groups")
    tree.setAccessibleName(_("Groups and virtual machines"))
    tree.setHeaderLabels((_("Group"), _("Primary server"), _("Replica server"), _("State")))
    tree.setMinimumHeight(160)
    tree.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
    for column, width in enumerate(_WIDTHS):
        tree.setColumnWidth(column, width)
    return tree


def _seconds(name: str, accessible_name: str) -> QSpinBox:
    box = QSpinBox()
    box.setObjectName(name)
    box.setAccessibleName(accessible_name)
    box.setRange(0, LONGEST_DELAY)
    return box
