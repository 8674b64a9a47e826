"""The pages of a host's Hyper-V settings, with the words of Hyper-V Manager."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
)

from core.hyperv.states import Authentication, MigrationPerformance
from core.language import _
from core.operating.host_settings import HostSettings
from gui.form import add_row, line_edit
from gui.settings.network_list import NetworkList
from gui.settings.pages_dialog import SettingsPage

_MOST = 256


class FolderPage(SettingsPage):
    """The folder in which something new is put by default."""

    def __init__(
        self, field: str, title: str, explanation: str, icon_name: str, browse: Callable[[QLineEdit], None]
    ) -> None:
        super().__init__(title, explanation, icon_name)
        self.folder = line_edit(field, title)
        self.folder.textEdited.connect(lambda _text: self.changed.emit())
        browser = QPushButton(_("&Browse..."))
        browser.setAutoDefault(False)
        browser.clicked.connect(lambda: browse(self.folder))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.folder, 1)
        row.addWidget(browser)
        add_row(self.form, _("&Folder:"), self.folder, row)
        self.column.addStretch()
        self.fields[field] = self.folder


class LiveMigrationsPage(SettingsPage):
    """Whether, how many at once, over which networks, and how."""

    def __init__(self) -> None:
        super().__init__(
            _("Live Migrations"),
            _("Machines can come to this host and leave it while they run."),
            "move",
        )
        self.enabled = QCheckBox(_("&Enable incoming and outgoing live migrations"))
        self.enabled.setObjectName("enabled")
        self.live = _number("live", _("Simultaneous live migrations"))
        self.any_network = _radio("any_network", _("Use any a&vailable network for live migration"))
        self.these_networks = _radio("these_networks", _("Use these &IP addresses for live migration:"))
        self.networks = NetworkList()
        self.authentications = {
            Authentication.CREDSSP: _radio("credssp", _("Use &Credential Security Support Provider (CredSSP)")),
            Authentication.KERBEROS: _radio("kerberos", _("Use &Kerberos")),
        }
        self.performances = {
            MigrationPerformance.TCPIP: _radio("tcpip", _("TC&P/IP")),
            MigrationPerformance.COMPRESSION: _radio("compression", _("C&ompression")),
            MigrationPerformance.SMB: _radio("smb", _("SM&B")),
        }
        self._arrange()
        self.fields |= {"networks": self.networks.add, "live": self.live}

    def show_settings(self, settings: HostSettings) -> None:
        """Show what a host has."""
        self.enabled.setChecked(settings.enabled)
        self.live.setValue(settings.live)
        (self.any_network if settings.any_network else self.these_networks).setChecked(True)
        self.networks.show_networks(settings.networks)
        if settings.authentication in self.authentications:
            self.authentications[settings.authentication].setChecked(True)
        if settings.performance in self.performances:
            self.performances[settings.performance].setChecked(True)
        self._performance.setVisible(settings.performance is not None)
        self._offer()

    def chosen(self, settings: HostSettings) -> HostSettings:
        """The settings with what is chosen here."""
        return replace(
            settings,
            enabled=self.enabled.isChecked(),
            live=self.live.value(),
            any_network=self.any_network.isChecked(),
            networks=self.networks.networks,
            authentication=next((k for k, b in self.authentications.items() if b.isChecked()), settings.authentication),
            performance=next((k for k, b in self.performances.items() if b.isChecked()), settings.performance)
            if settings.performance is not None
            else None,
        )

    def _arrange(self) -> None:
        self.form.addRow(self.enabled)
        add_row(self.form, _("Si&multaneous live migrations:"), self.live)
        self._incoming = QGroupBox(_("Incoming live migrations"))
        column = QVBoxLayout(self._incoming)
        column.setSpacing(6)
        for widget in (self.any_network, self.these_networks, self.networks):
            column.addWidget(widget)
        self._authentication = _group(_("Authentication protocol"), list(self.authentications.values()))
        self._performance = _group(_("Performance options"), list(self.performances.values()))
        for group in (self._incoming, self._authentication, self._performance):
            self.column.addWidget(group)
        self.column.addStretch()
        networks = QButtonGroup(self)
        networks.addButton(self.any_network)
        networks.addButton(self.these_networks)
        self.enabled.toggled.connect(self._change)
        self.live.valueChanged.connect(self._change)
        for button in (self.any_network, *self.authentications.values(), *self.performances.values()):
            button.toggled.connect(self._change)
        self.networks.changed.connect(self._change)

    def _change(self) -> None:
        self._offer()
        self.changed.emit()

    def _offer(self) -> None:
        is_on = self.enabled.isChecked()
        for group in (self._incoming, self._authentication, self._performance, self.live):
            group.setEnabled(is_on)
        self.networks.setEnabled(is_on and self.these_networks.isChecked())


class StorageMigrationsPage(SettingsPage):
    """How many migrations of storage are made at once."""

    def __init__(self) -> None:
        super().__init__(
            _("Storage Migrations"),
            _("So many migrations of storage can be made on this host at the same time."),
            "disk",
        )
        self.storage = _number("storage", _("Simultaneous storage migrations"))
        self.storage.valueChanged.connect(lambda: self.changed.emit())
        add_row(self.form, _("Si&multaneous storage migrations:"), self.storage)
        self.column.addStretch()
        self.fields["storage"] = self.storage


def _group(title: str, buttons: list[QRadioButton]) -> QGroupBox:
    group = QGroupBox(title)
    row = QVBoxLayout(group)
    row.setSpacing(4)
    for button in buttons:
        row.addWidget(button)
    return group


def _radio(name: str, text: str) -> QRadioButton:
    button = QRadioButton(text)
    button.setObjectName(name)
    return button


def _number(name: str, accessible_name: str) -> QSpinBox:
    box = QSpinBox(minimum=1, maximum=_MOST)
    box.setObjectName(name)
    box.setAccessibleName(accessible_name)
    box.setMaximumWidth(90)
    return box
