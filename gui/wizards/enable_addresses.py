"""The page for the addresses that an adapter gets after a failover, on both sides, and for its network in tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.language import _
from core.replication.addresses import AddressBlock, FailoverAddresses, Family
from core.wizards.enable_choices import Side
from core.wizards.enable_replication import EnableWizard
from core.wizards.wizard import Problem, Step
from gui.panels.notice import text_label
from gui.wizards.help_link import Question
from gui.wizards.page import Page

_PLACES = ((0, 0), (0, 2), (1, 0), (2, 0), (2, 2))
"""Row and column of the label of each field."""
_FIELDS = ("address", "mask", "gateway", "preferred_dns", "alternate_dns")


class AddressesPage(Page):
    """A tab for each side, with both families on it."""

    def __init__(self, wizard: EnableWizard, step: Step) -> None:
        super().__init__()
        self._wizard = wizard
        self._step = step
        self._what = text_label()
        self._sides = {side: SideTab(side, self._change) for side in Side}
        self._tabs = QTabWidget()
        self._tabs.setObjectName("sides")
        self._tabs.setAccessibleName(_("Sides of the replication"))
        self._tabs.addTab(self._sides[Side.REPLICA], "")
        self._tabs.addTab(self._sides[Side.PRIMARY], "")
        self._test = QComboBox()
        self._test.setObjectName("test_switch")
        self._test.setAccessibleName(_("Network of test failovers"))
        self._test.setMinimumWidth(220)
        label = QLabel(_("&Virtual switch in test failovers:"))
        label.setBuddy(self._test)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label)
        row.addWidget(self._test)
        row.addStretch()
        self.column.addWidget(self._what)
        self.column.addWidget(self._tabs)
        self.column.addLayout(row)
        self.column.addWidget(
            text_label(
                _("The guest needs its integration services for this, and a network adapter that is not legacy.")
            )
        )
        self.column.addStretch()
        self._test.currentIndexChanged.connect(self._choose_test)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which addresses does the replica get?"), "which-addresses-does-the-replica-get")

    def enter(self) -> None:
        """Show the choices as they stand."""
        found = self._wizard.adapter(self._step)
        if found is None:
            return
        place, adapter = found
        words = _("Which addresses does {adapter} of {machine} get after a failover?")
        self._what.setText(words.format(adapter=f"“{adapter.name}”", machine=self._wizard.machine.name))
        for side, tab in self._sides.items():
            chosen = self._wizard.choices.addresses.get((place, side))
            tab.show_addresses(chosen)
        self._tabs.setTabText(0, _("On {host}").format(host=self._wizard.choices.server.strip()))
        self._tabs.setTabText(1, _("On {host}").format(host=self._wizard.primary.name))
        is_managed = self._wizard.protection().replica is not None
        self._tabs.setTabEnabled(0, is_managed)
        self._tabs.setCurrentIndex(0 if is_managed else 1)
        self._show_switches(place, is_managed=is_managed)

    def first_field(self) -> QWidget:
        """The first tick."""
        return self._shown_tab().first_field()

    def field(self, name: str) -> QWidget | None:
        """The field that a problem names: side, family and value."""
        side_name, _blank, rest = name.partition(" ")
        for side, tab in self._sides.items():
            if side.value == side_name and (field := tab.fields.get(rest)) is not None:
                self._tabs.setCurrentWidget(tab)
                return field
        return None

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Nothing is read for this page."""

    def _shown_tab(self) -> SideTab:
        tab = self._tabs.currentWidget()
        assert isinstance(tab, SideTab)
        return tab

    def _show_switches(self, place: int, *, is_managed: bool) -> None:
        self._test.blockSignals(True)
        self._test.clear()
        self._test.addItem(_("As it is"), None)
        self._test.addItem(_("Not Connected"), "")
        for switch in self._wizard.test_switches():
            self._test.addItem(switch, switch)
        chosen = self._wizard.choices.test_switches.get(place)
        self._test.setCurrentIndex(max(0, self._test.findData(chosen)) if chosen is not None else 0)
        self._test.blockSignals(False)
        self._test.setEnabled(is_managed)

    def _change(self, side: Side, addresses: FailoverAddresses | None) -> None:
        found = self._wizard.adapter(self._step)
        if found is None:
            return
        chosen = self._wizard.choices.addresses
        if addresses is None:
            chosen.pop((found[0], side), None)
        else:
            chosen[found[0], side] = addresses
        self.edited.emit()

    def _choose_test(self) -> None:
        found = self._wizard.adapter(self._step)
        if found is None:
            return
        switch = self._test.currentData()
        if switch is None:
            self._wizard.choices.test_switches.pop(found[0], None)
        else:
            self._wizard.choices.test_switches[found[0]] = switch
        self.edited.emit()


class SideTab(QWidget):
    """The addresses on one side; ``change`` is called with them, or with None where they stay as they are."""

    def __init__(self, side: Side, change: Callable[[Side, FailoverAddresses | None], None]) -> None:
        super().__init__()
        self._side = side
        self._report = change
        self._addresses = FailoverAddresses()
        self.fields: dict[str, QLineEdit] = {}
        self._sets = QCheckBox(
            _("Set the addresses of the &replica") if side is Side.REPLICA else _("Set the addresses of the primar&y")
        )
        self._sets.setObjectName(f"sets_{side.value}")
        self._groups = [self._group(family) for family in Family]
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addWidget(self._sets)
        for group in self._groups:
            column.addWidget(group)
        column.addWidget(text_label(_("Where a family is left empty, the guest gets its addresses by DHCP.")))
        self._sets.clicked.connect(self._changed)

    def first_field(self) -> QWidget:
        """The tick."""
        return self._sets

    def show_addresses(self, addresses: FailoverAddresses | None) -> None:
        """Show what is chosen."""
        self._sets.setChecked(addresses is not None)
        shown = addresses or self._addresses
        for family in Family:
            block = shown.block(family)
            for name in _FIELDS:
                self.fields[f"{family.value} {name}"].setText(getattr(block, name))
        self._enable()

    def _group(self, family: Family) -> QGroupBox:
        group = QGroupBox(family.word)
        grid = QGridLayout(group)
        grid.setContentsMargins(8, 2, 8, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        mask = _("Subnet mask:") if family is Family.IPV4 else _("Subnet prefix length:")
        labels = (_("Address:"), mask, _("Default gateway:"), _("Preferred DNS server:"), _("Alternate DNS server:"))
        for name, text, (row, column) in zip(_FIELDS, labels, _PLACES, strict=True):
            field = QLineEdit()
            field.setObjectName(f"{self._side.value}_{family.value}_{name}")
            field.setAccessibleName(_("{family}, {field}").format(family=family.word, field=text.rstrip(":")))
            field.textEdited.connect(self._changed)
            label = QLabel(text)
            label.setBuddy(field)
            grid.addWidget(label, row, column)
            grid.addWidget(field, row, column + 1)
            self.fields[f"{family.value} {name}"] = field
        return group

    def _changed(self) -> None:
        blocks = {
            family: AddressBlock(*(self.fields[f"{family.value} {name}"].text() for name in _FIELDS))
            for family in Family
        }
        self._addresses = replace(self._addresses, ipv4=blocks[Family.IPV4], ipv6=blocks[Family.IPV6])
        self._enable()
        self._report(self._side, self._addresses if self._sets.isChecked() else None)

    def _enable(self) -> None:
        for group in self._groups:
            group.setEnabled(self._sets.isChecked())
