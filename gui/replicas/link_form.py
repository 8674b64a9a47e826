"""How one host reaches another for replication, as the pages of the Enable Replication Wizard ask for it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QSpinBox, QWidget

from core.failover.link import CERTIFICATE, KERBEROS, PORTS, Link
from core.language import _
from gui.form import add_row, combo, form_layout, line_edit


class LinkForm(QWidget):
    """``changed`` is emitted when something else is chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.server = line_edit("replica_server", _("Replica server"))
        self.authentication: QComboBox = combo("authentication", _("Authentication"), ())
        self.authentication.addItem(_("Kerberos (HTTP)"), KERBEROS)
        self.authentication.addItem(_("Certificate (HTTPS)"), CERTIFICATE)
        self.port = QSpinBox()
        self.port.setObjectName("port")
        self.port.setAccessibleName(_("Port"))
        self.port.setRange(1, 65535)
        self.thumbprint = line_edit("thumbprint", _("Thumbprint of the certificate"))
        form: QFormLayout = form_layout()
        form.setContentsMargins(0, 0, 0, 0)
        add_row(form, _("&Replica server:"), self.server)
        add_row(form, _("Auth&entication:"), self.authentication)
        add_row(form, _("&Port:"), self.port)
        add_row(form, _("Certi&ficate of the host that sends:"), self.thumbprint)
        self.setLayout(form)
        self.server.textChanged.connect(lambda _text: self.changed.emit())
        self.thumbprint.textChanged.connect(lambda _text: self.changed.emit())
        self.port.valueChanged.connect(lambda _value: self.changed.emit())
        self.authentication.currentIndexChanged.connect(lambda _index: self._choose())

    @property
    def link(self) -> Link:
        """What is chosen."""
        kind = int(self.authentication.currentData())
        thumbprint = self.thumbprint.text().strip() if kind == CERTIFICATE else ""
        return Link(self.server.text().strip(), self.port.value(), kind, thumbprint)

    def show_link(self, link: Link) -> None:
        """Fill the form."""
        self.server.setText(link.server)
        self.authentication.setCurrentIndex(self.authentication.findData(link.authentication))
        self.port.setValue(link.port)
        self.thumbprint.setText(link.thumbprint)
        self.thumbprint.setEnabled(link.authentication == CERTIFICATE)

    def _choose(self) -> None:
        kind = int(self.authentication.currentData())
        self.thumbprint.setEnabled(kind == CERTIFICATE)
        if self.port.value() in PORTS.values():
            self.port.setValue(PORTS[kind])
        self.changed.emit()
