"""The fields of the page Replication Configuration, as in the settings of Hyper-V Manager."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

from PySide6.QtCore import QTime, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QRadioButton,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from core.language import _, ngettext
from core.replication.server import ReplicaServer
from core.replication.server_choices import INTERVALS, ServerChoices
from gui import theme
from gui.form import line_edit, push_button
from gui.panels.notice import text_label
from gui.plain_text import tip
from gui.replication.certificate_dialog import CertificateDialog
from gui.replication.entry_dialog import Browse
from gui.replication.entry_list import EntryList

_INDENT = 20


class ServerForm(QWidget):
    """Shows a Replica server and what shall become of it: ``choices``. ``changed`` is emitted with every change."""

    changed = Signal()

    def __init__(self, browse: Browse, open_dialog: Callable[[QDialog], None]) -> None:
        super().__init__()
        self._browse = browse
        self._open_dialog = open_dialog
        self._server: ReplicaServer | None = None
        self._thumbprint = ""
        self.is_enabled = _check("replica_enabled", _("&Enable this computer as a Replica server"))
        self.kerberos = _check("kerberos", _("Use &Kerberos (HTTP)"))
        self.kerberos_port = _port("kerberos_port", _("Port for Kerberos"))
        self.certificate = _check("certificate", _("Use &certificate-based Authentication (HTTPS)"))
        self.certificate_port = _port("certificate_port", _("Port for certificates"))
        self.certificate_name = line_edit("certificate_name", _("Certificate"))
        self.certificate_name.setReadOnly(True)
        self.select = push_button("select_certificate", _("&Select Certificate..."), self._select_certificate)
        self.any_server = _radio("any_server", _("Allow replication from any &authenticated server"))
        self.storage_location = line_edit("storage_location", _("Default location for replicas"))
        self.browse = push_button(
            "browse_location", _("&Browse..."), lambda: browse(self.storage_location, self.window())
        )
        self.listed_servers = _radio("listed_servers", _("Allow replication from the specified se&rvers"))
        self.entries = EntryList(browse, open_dialog)
        self.interval = QComboBox()
        self.interval.setObjectName("interval")
        self.interval.setAccessibleName(_("Monitoring interval"))
        for length in INTERVALS:
            self.interval.addItem(_interval_text(length), length)
        self.start = QTimeEdit()
        self.start.setObjectName("monitoring_start")
        self.start.setAccessibleName(_("Start of monitoring"))
        self.start.setDisplayFormat("HH:mm")
        self.firewall_note = text_label()
        self.firewall_note.setObjectName("firewall_note")
        self.opens_firewall = _check("opens_firewall", _("Enable these &firewall rules"))
        self._arrange()
        self._offer()
        self._connect()

    @property
    def choices(self) -> ServerChoices:
        """What is chosen and typed."""
        start = self.start.time()
        return ServerChoices(
            is_enabled=self.is_enabled.isChecked(),
            uses_kerberos=self.kerberos.isChecked(),
            kerberos_port=self.kerberos_port.text(),
            uses_certificate=self.certificate.isChecked(),
            certificate_port=self.certificate_port.text(),
            thumbprint=self._thumbprint,
            allows_any_server=self.any_server.isChecked(),
            storage_location=self.storage_location.text().strip(),
            entries=self.entries.entries,
            interval=self.interval.currentData(),
            start=datetime.timedelta(hours=start.hour(), minutes=start.minute(), seconds=start.second()),
            opens_firewall=self.opens_firewall.isChecked(),
        )

    def show_server(self, server: ReplicaServer, drives: Sequence[str] | None) -> None:
        """Show what a host has; ``drives`` are the letters that it has, None: not known."""
        self._server = server
        choices = ServerChoices.of(server)
        self.blockSignals(True)
        self.is_enabled.setChecked(choices.is_enabled)
        self.kerberos.setChecked(choices.uses_kerberos)
        self.kerberos_port.setText(choices.kerberos_port)
        self.certificate.setChecked(choices.uses_certificate)
        self.certificate_port.setText(choices.certificate_port)
        self.any_server.setChecked(choices.allows_any_server)
        self.listed_servers.setChecked(not choices.allows_any_server)
        self.storage_location.setText(choices.storage_location)
        self.entries.show_entries(choices.entries, drives)
        self._show_interval(choices.interval)
        minutes = int(choices.start.total_seconds()) // 60
        self.start.setTime(QTime(minutes // 60 % 24, minutes % 60, int(choices.start.total_seconds()) % 60))
        self.opens_firewall.setChecked(True)
        self.blockSignals(False)
        self._show_certificate(choices.clean_thumbprint)

    def keep_up(self, server: ReplicaServer) -> None:
        """Take what a host has now, and keep what was chosen."""
        self._server = server
        self._show_certificate(self._thumbprint)

    def focus(self, field: str) -> None:
        """Give the focus to a field that a problem is about."""
        fields: dict[str, QWidget] = {
            "authentication": self.kerberos,
            "kerberos_port": self.kerberos_port,
            "certificate_port": self.certificate_port,
            "certificate": self.select,
            "storage_location": self.storage_location,
            "entries": self.entries.add,
            "interval": self.interval,
            "start": self.start,
        }
        if field in fields:
            fields[field].setFocus()

    def _connect(self) -> None:
        for check in (self.is_enabled, self.kerberos, self.certificate, self.any_server, self.opens_firewall):
            check.toggled.connect(self._change)
        for field in (self.kerberos_port, self.certificate_port, self.storage_location):
            field.textChanged.connect(self._change)
        self.entries.changed.connect(self._change)
        self.interval.currentIndexChanged.connect(self._change)
        self.start.timeChanged.connect(self._change)

    def _change(self) -> None:
        self._offer()
        self.changed.emit()

    def _offer(self) -> None:
        """Let be changed what the choices above it leave a meaning."""
        is_enabled = self.is_enabled.isChecked()
        for box in self._boxes:
            box.setEnabled(is_enabled)
        self.kerberos_port.setEnabled(self.kerberos.isChecked())
        for field in (self.certificate_port, self.certificate_name, self.select):
            field.setEnabled(self.certificate.isChecked())
        is_any = self.any_server.isChecked()
        for widget in (self.storage_location, self.browse):
            widget.setEnabled(is_any)
        self.entries.setEnabled(not is_any)
        closed = self.choices.closed_rules(self._server) if self._server is not None else ()
        self._firewall.setVisible(bool(closed))
        if closed:
            words = _("These firewall rules are disabled, so no primary server gets through: {rules}.")
            self.firewall_note.setText(words.format(rules=", ".join(rule.display_name for rule in closed)))

    def _show_interval(self, interval: datetime.timedelta) -> None:
        """Choose the host's own interval, also one that cannot be chosen anew."""
        index = next((n for n in range(self.interval.count()) if self.interval.itemData(n) == interval), -1)
        if index < 0:
            self.interval.addItem(_interval_text(interval), interval)
            index = self.interval.count() - 1
        self.interval.setCurrentIndex(index)

    def _select_certificate(self) -> None:
        server = self._server
        if server is None:
            return
        dialog = CertificateDialog(server.host, server.verdicts, self._thumbprint, self.window())
        dialog.chosen.connect(self._show_certificate)
        self._open_dialog(dialog)

    def _show_certificate(self, thumbprint: str) -> None:
        self._thumbprint = thumbprint
        found = self._server.verdict_on(thumbprint) if self._server is not None else None
        text = found.certificate.title if found is not None else thumbprint or _("none")
        self.certificate_name.setText(text)
        self.certificate_name.setToolTip(tip(found.words if found is not None else text))
        self.certificate_name.setCursorPosition(0)
        self._change()

    def _arrange(self) -> None:
        self._firewall = QWidget()
        firewall = _column(self._firewall)
        firewall.addWidget(self.firewall_note)
        firewall.addWidget(self.opens_firewall)
        monitoring = QHBoxLayout()
        monitoring.setSpacing(8)
        for text, field in ((_("Mo&nitoring interval:"), self.interval), (_("S&tarting at:"), self.start)):
            monitoring.addWidget(_label(text, field))
            monitoring.addWidget(field)
            monitoring.addSpacing(12)
        monitoring.addStretch()
        monitoring_row = QWidget()
        monitoring_row.setLayout(monitoring)
        monitoring.setContentsMargins(0, 0, 0, 0)
        self._boxes = (self._authentication(), self._authorization(), monitoring_row, self._firewall)
        column = _column(self)
        column.setSpacing(8)
        column.addWidget(self.is_enabled)
        for box in self._boxes:
            column.addWidget(box)
        column.addStretch()

    def _authentication(self) -> QGroupBox:
        box = QGroupBox(_("Authentication and ports"))
        grid = QGridLayout(box)
        grid.setContentsMargins(8, 6, 8, 6)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, _INDENT)
        grid.setColumnStretch(2, 1)
        rows = (
            (self.kerberos, self.kerberos_port, _("&Port:"), _("Data that is sent over the network is not encrypted.")),
            (
                self.certificate,
                self.certificate_port,
                _("P&ort:"),
                _("Data that is sent over the network is encrypted."),
            ),
        )
        line = 0
        for check, port, text, note in rows:
            grid.addWidget(check, line, 0, 1, 3)
            grid.addWidget(_label(text, port), line, 3)
            grid.addWidget(port, line, 4)
            grid.addWidget(_subtle(note), line + 1, 1, 1, 4)
            line += 2
        grid.addWidget(QLabel(_("Certificate:")), line, 1)
        grid.addWidget(self.certificate_name, line, 2)
        grid.addWidget(self.select, line, 3, 1, 2)
        return box

    def _authorization(self) -> QGroupBox:
        box = QGroupBox(_("Authorization and storage"))
        grid = QGridLayout(box)
        grid.setContentsMargins(8, 6, 8, 6)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, _INDENT)
        grid.addWidget(self.any_server, 0, 0, 1, 4)
        grid.addWidget(_label(_("Default &location:"), self.storage_location), 1, 1)
        grid.addWidget(self.storage_location, 1, 2)
        grid.addWidget(self.browse, 1, 3)
        grid.addWidget(self.listed_servers, 2, 0, 1, 4)
        grid.addWidget(self.entries, 3, 1, 1, 3)
        return box


def _interval_text(length: datetime.timedelta) -> str:
    if length.seconds == 0 and length.days > 1:
        return ngettext("{count} day", "{count} days", length.days).format(count=length.days)
    hours = round(length.total_seconds() / 3600)
    return ngettext("{count} hour", "{count} hours", hours).format(count=hours)


def _column(parent: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    return column


def _label(text: str, field: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(field)
    return label


def _subtle(text: str) -> QLabel:
    label = text_label(text)
    theme.look(label, "subtle")
    return label


def _check(name: str, text: str) -> QCheckBox:
    check = QCheckBox(text)
    check.setObjectName(name)
    return check


def _radio(name: str, text: str) -> QRadioButton:
    radio = QRadioButton(text)
    radio.setObjectName(name)
    return radio


def _port(name: str, accessible_name: str) -> QLineEdit:
    field = line_edit(name, accessible_name)
    field.setFixedWidth(70)
    return field
