"""The page for an adapter whose virtual switch the destination does not have."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from core.estate.inventory import Inventory
from core.hyperv.records import NetworkAdapter
from core.language import _
from core.wizards.wizard import Step
from gui.panels.notice import text_label
from gui.wizards.help_link import Question
from gui.wizards.page import Page


class Connecting(Protocol):
    """A wizard that connects adapters to switches of a host."""

    @property
    def target_name(self) -> str:
        """What the host is called."""
        ...

    @property
    def target_inventory(self) -> Inventory | None:
        """Its inventory, as far as it was read."""
        ...

    def adapter(self, step: Step) -> tuple[int, NetworkAdapter] | None:
        """The adapter that a step is about, with its place in the machine."""
        ...

    def switch(self, place: int) -> str:
        """The switch chosen for an adapter; empty: not connected."""
        ...

    def set_switch(self, place: int, switch: str) -> None:
        """Keep which switch was chosen."""
        ...


class NetworkPage(Page):
    """The destination's switches, and Not Connected."""

    def __init__(self, wizard: Connecting, step: Step) -> None:
        super().__init__()
        self._wizard = wizard
        self._step = step
        self._what = text_label()
        self._none = text_label()
        self._connection = QComboBox()
        self._connection.setObjectName("connection")
        self._connection.setAccessibleName(_("Connection"))
        self._connection.setMinimumWidth(280)
        label = QLabel(_("&Connection:"))
        label.setBuddy(self._connection)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label)
        row.addWidget(self._connection)
        row.addStretch()
        self.column.addWidget(text_label(_("The configuration of the virtual machine does not fit the destination:")))
        self.column.addWidget(self._what)
        self.column.addWidget(text_label(_("To which virtual switch do you want to connect the network adapter?")))
        self.column.addLayout(row)
        self.column.addWidget(self._none)
        self.column.addStretch()
        self._connection.currentIndexChanged.connect(self._chosen)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("What if a virtual switch is missing?"), "what-if-a-virtual-switch-is-missing")

    def enter(self) -> None:
        """Offer what the destination has now."""
        found = self._wizard.adapter(self._step)
        inventory = self._wizard.target_inventory
        if found is None or inventory is None:
            return
        place, adapter = found
        names = {"adapter": adapter.name, "switch": adapter.switch_name, "host": self._wizard.target_name}
        unnamed = _("Could not find the Ethernet switch of {adapter} on {host}.")
        named = _("Could not find the Ethernet switch {switch} on {host}, to which {adapter} is connected.")
        self._what.setText((named if adapter.switch_name else unnamed).format(**names))
        with QSignalBlocker(self._connection):
            self._connection.clear()
            self._connection.addItem(_("Not Connected"), "")
            for switch in inventory.switches:
                self._connection.addItem(switch.name, switch.name)
            self._connection.setCurrentIndex(max(self._connection.findData(self._wizard.switch(place)), 0))
        self._none.setText(
            ""
            if inventory.switches
            else _("{host} has no virtual switches: the adapter stays unconnected.").format(**names)
        )

    def first_field(self) -> QWidget:
        """The switches."""
        return self._connection

    def field(self, name: str) -> QWidget | None:
        """The switches."""
        return self._connection if name == "switch" else None

    def _chosen(self) -> None:
        if (found := self._wizard.adapter(self._step)) is not None:
            self._wizard.set_switch(found[0], self._connection.currentData())
            self.edited.emit()
