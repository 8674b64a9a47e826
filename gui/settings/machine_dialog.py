"""Settings of a machine: whether it may go to other processors, its DVD drives, its network adapters."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QCheckBox, QComboBox, QGroupBox, QRadioButton, QSpinBox, QVBoxLayout, QWidget

from core.estate.estate import Estate
from core.hyperv.query import UnexpectedAnswer
from core.hyperv.states import MachineState
from core.jobs.plan import Plan
from core.language import _
from core.operating import machine_settings
from core.operating.machine_settings import LEAST_VLAN, MOST_VLAN, AdapterSettings, DriveSettings, MachineSettings
from core.operating.subject import Subject
from core.wizards.wizard import Problem
from gui.form import add_row, choose, combo, form_layout, line_edit
from gui.panels.notice import text_label
from gui.settings.pages_dialog import PagesDialog, SettingsPage
from gui.tasks import Tasks
from gui.wizards.fix_dialog import CarryOut


class MachineSettingsDialog(PagesDialog):
    """The pages are made when the machine has been read: one for each drive and adapter."""

    def __init__(
        self, estate: Estate, subject: Subject, tasks: Tasks, carry_out: CarryOut, parent: QWidget | None = None
    ) -> None:
        title = _("Settings for {machine} on {host}").format(machine=subject.machine.name, host=subject.host.name)
        super().__init__(title, tasks, carry_out, subject.obstacle, parent)
        self.setObjectName("machine_settings_dialog")
        self._estate = estate
        self._subject = subject
        self._before: MachineSettings | None = None
        self.processor = _ProcessorPage(subject)
        self.drives: list[_DrivePage] = []
        self.adapters: list[_AdapterPage] = []
        self.add_page(self.processor, self.processor.title, self.processor.icon_name)
        self.load()

    async def read(self) -> None:
        """Read what is set."""
        inventory = self._estate.picture(self._subject.host).inventory
        if inventory is None:
            raise UnexpectedAnswer(_("{host} has not answered so far.").format(host=self._subject.host.name))
        asker = partial(self._estate.ask, self._subject.host)
        self._before = await machine_settings.read_settings(asker, self._subject, inventory)

    def fill(self) -> None:
        """Make the pages and show what was read."""
        if (before := self._before) is None or self.drives or self.adapters:
            return
        inventory = self._estate.picture(self._subject.host).inventory
        switches = [switch.name for switch in inventory.switches] if inventory is not None else []
        self.processor.show_setting(before.other_processors)
        self.drives = [_DrivePage(number, drive) for number, drive in enumerate(before.drives)]
        self.adapters = [_AdapterPage(number, each, switches) for number, each in enumerate(before.adapters)]
        for page in (*self.drives, *self.adapters):
            self.add_page(page, page.title, page.icon_name)

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with what is chosen."""
        before, chosen = self._before, self._chosen()
        if before is None or chosen is None:
            return ()
        return machine_settings.problems(chosen, before, self._subject)

    def plan(self) -> Plan | None:
        """What makes of what was read what is chosen."""
        before, chosen = self._before, self._chosen()
        if before is None or chosen is None:
            return None
        return machine_settings.plan_of(self._subject, before, chosen)

    def _chosen(self) -> MachineSettings | None:
        before = self._before
        if before is None or len(self.drives) != len(before.drives) or len(self.adapters) != len(before.adapters):
            return None
        return MachineSettings(
            self.processor.chosen(before.other_processors),
            tuple(page.chosen(drive) for page, drive in zip(self.drives, before.drives, strict=True)),
            tuple(page.chosen(each) for page, each in zip(self.adapters, before.adapters, strict=True)),
        )


class _ProcessorPage(SettingsPage):
    def __init__(self, subject: Subject) -> None:
        super().__init__(
            _("Processor"),
            _("A machine that sees only what all processors of a maker have can move between different ones."),
            "processor",
        )
        self.allowed = QCheckBox(_("&Migrate to a physical computer with a different processor version"))
        self.allowed.setObjectName("other_processors")
        self.allowed.toggled.connect(lambda: self.changed.emit())
        self.column.addWidget(self.allowed)
        if subject.machine.state is not MachineState.OFF:
            told = _("{machine} is {state}: this can be changed when it is off.")
            names = {"machine": subject.machine.name, "state": subject.machine.state.word}
            self.column.addWidget(text_label(told.format(**names)))
            self.allowed.setEnabled(False)
        self.column.addStretch()
        self.fields["other_processors"] = self.allowed

    def show_setting(self, allowed: bool | None) -> None:
        self.allowed.setChecked(bool(allowed))
        if allowed is None:
            self.allowed.setEnabled(False)

    def chosen(self, before: bool | None) -> bool | None:
        return before if before is None else self.allowed.isChecked()


class _DrivePage(SettingsPage):
    def __init__(self, number: int, drive: DriveSettings) -> None:
        place = {"number": drive.controller_number, "location": drive.controller_location}
        super().__init__(
            _("DVD Drive"),
            _("Controller {number}, location {location}").format(**place),
            "disc",
        )
        self.none = QRadioButton(_("&None"))
        self.none.setObjectName("no_medium")
        self.image = QRadioButton(_("&Image file:"))
        self.image.setObjectName("image_file")
        self.path = line_edit(f"drive_{number}", _("Image file"), _("D:\\ISO\\setup.iso"))
        self.path.setText(drive.path)
        (self.image if drive.path else self.none).setChecked(True)
        self.path.setEnabled(bool(drive.path))
        self.image.toggled.connect(self._change)
        self.path.textEdited.connect(lambda _text: self.changed.emit())
        for widget in (self.none, self.image, self.path):
            self.column.addWidget(widget)
        self.column.addWidget(text_label(_("The file must be on the host, or on a share that the host may read.")))
        self.column.addStretch()
        self.fields[f"drive {number}"] = self.path

    def chosen(self, before: DriveSettings) -> DriveSettings:
        # With no path yet what is chosen is no file, and so told.
        return replace(before, path=(self.path.text().strip() or " ") if self.image.isChecked() else "")

    def _change(self, is_image: bool) -> None:
        self.path.setEnabled(is_image)
        self.changed.emit()


class _AdapterPage(SettingsPage):
    def __init__(self, number: int, settings: AdapterSettings, switches: list[str]) -> None:
        super().__init__(settings.adapter.name, _("The virtual switch that the adapter is connected to."), "adapter")
        self._vlan = settings.vlan
        self.switch = _switches("switch", _("Virtual switch"), switches, settings.switch)
        add_row(self.form, _("&Virtual switch:"), self.switch)
        self.tagged = QCheckBox(_("&Enable virtual LAN identification"))
        self.tagged.setObjectName("tagged")
        self.vlan = QSpinBox(minimum=LEAST_VLAN, maximum=MOST_VLAN)
        self.vlan.setObjectName("vlan")
        self.vlan.setAccessibleName(_("VLAN ID"))
        self.vlan.setMaximumWidth(90)
        self.form.addRow(self.tagged)
        add_row(self.form, _("V&LAN ID:"), self.vlan)
        self.tagged.setChecked(bool(settings.vlan))
        self.vlan.setValue(settings.vlan or LEAST_VLAN)
        self.vlan.setEnabled(bool(settings.vlan))
        if settings.vlan is None:
            self.tagged.setEnabled(False)
            self.form.addRow(text_label(_("The adapter is in a trunk or a private VLAN, which stays as it is.")))
        test = QGroupBox(_("Test Failover"))
        column = QVBoxLayout(test)
        form = form_layout()
        column.addLayout(form)
        self.test_switch = _switches(
            "test_switch", _("Virtual switch in test failovers"), switches, settings.test_switch
        )
        add_row(form, _("&Test switch:"), self.test_switch)
        self.column.addWidget(test)
        self.column.addStretch()
        self.switch.currentIndexChanged.connect(lambda: self.changed.emit())
        self.test_switch.currentIndexChanged.connect(lambda: self.changed.emit())
        self.vlan.valueChanged.connect(lambda: self.changed.emit())
        self.tagged.toggled.connect(self._change)
        self.fields[f"adapter {number}"] = self.vlan

    def chosen(self, before: AdapterSettings) -> AdapterSettings:
        vlan = before.vlan if before.vlan is None else self.vlan.value() if self.tagged.isChecked() else 0
        return replace(before, switch=self.switch.currentData(), vlan=vlan, test_switch=self.test_switch.currentData())

    def _change(self, is_tagged: bool) -> None:
        self.vlan.setEnabled(is_tagged)
        self.changed.emit()


def _switches(name: str, accessible_name: str, switches: list[str], chosen: str) -> QComboBox:
    """The switches of the host; one that it does not have any more is still shown."""
    names = switches if not chosen or chosen in switches else [*switches, chosen]
    box = combo(name, accessible_name, [("", _("Not connected")), *((each, each) for each in names)])
    choose(box, chosen)
    return box
