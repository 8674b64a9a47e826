"""The page with what few connections need: kinds of sign-in, certificates, endpoint, proxy, time-outs."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from core.estate.profiles import CONFIGURATION, LONGEST_WAIT, Profile
from core.language import _
from core.remoting.certificates import grouped
from gui.form import FileField, add_row, choose, combo, form_layout, line_edit

_defaults = {field.name: field.default for field in msgspec.structs.fields(Profile)}


class AdvancedPage(QWidget):
    """``certificate_asked`` is emitted when the user wants to see the certificate of the server."""

    certificate_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("advanced_page")
        self._is_https = False
        self.name = line_edit("listed_name", _("Name in the list"), _("the name or address of the server"))
        self.authentication = combo("authentication", _("Kind of sign-in"), _kinds())
        pem = _("Certificates (*.pem *.crt *.cer *.key);;All files (*)")
        self.certificate = FileField("certificate_file", _("Certificate of the user"), _("Choose the certificate"), pem)
        self.key = FileField("certificate_key_file", _("Key of the certificate"), _("Choose the key"), pem)
        self.trust = combo("trust", _("Which certificate of the server is trusted"), _trusts())
        self.ca_file = FileField("ca_file", _("File with the authorities"), _("Choose the file"), pem)
        self.fingerprint = line_edit("fingerprint", _("Fingerprint of the trusted certificate"), _("none so far"))
        self.show_certificate = QPushButton(_("Sho&w Certificate..."))
        self.show_certificate.setObjectName("show_certificate")
        self.show_certificate.setAutoDefault(False)
        self.show_certificate.clicked.connect(self.certificate_asked.emit)
        self.configuration = line_edit("configuration_name", _("Session configuration"), CONFIGURATION)
        self.proxy = line_edit("proxy", _("Address of the proxy"), _("none"))
        self.connect_timeout = _seconds("connect_timeout", _("Seconds to wait for a connection"))
        self.operation_timeout = _seconds("operation_timeout", _("Seconds to wait for an answer"))
        self.connect_timeout.setValue(_defaults["connect_timeout"])
        self.operation_timeout.setValue(_defaults["operation_timeout"])
        self._arrange()
        self.authentication.currentIndexChanged.connect(self._offer)
        self.trust.currentIndexChanged.connect(self._offer)
        self._offer()

    @property
    def fields(self) -> Mapping[str, QWidget]:
        """Where each field of a profile is typed."""
        return {
            "name": self.name,
            "authentication": self.authentication,
            "certificate_file": self.certificate,
            "ca_file": self.ca_file,
            "fingerprint": self.show_certificate,
            "configuration_name": self.configuration,
            "proxy": self.proxy,
            "operation_timeout": self.operation_timeout,
            "connect_timeout": self.connect_timeout,
        }

    def show_profile(self, profile: Profile) -> None:
        """Show what ``profile`` says."""
        self.name.setText(profile.name)
        choose(self.authentication, profile.authentication)
        self.certificate.edit.setText(profile.certificate_file)
        self.key.edit.setText(profile.certificate_key_file)
        choose(self.trust, profile.trust)
        self.ca_file.edit.setText(profile.ca_file)
        self.fingerprint.setText(grouped(profile.fingerprint))
        self.configuration.setText(profile.configuration_name)
        self.proxy.setText(profile.proxy)
        self.connect_timeout.setValue(profile.connect_timeout)
        self.operation_timeout.setValue(profile.operation_timeout)

    def use_https(self, is_on: bool) -> None:
        """Offer what matters over HTTPS only."""
        self._is_https = is_on
        self._offer()

    def trust_certificate(self, fingerprint: str) -> None:
        """Trust one certificate from now on."""
        self.fingerprint.setText(grouped(fingerprint))
        choose(self.trust, "fingerprint")

    def values(self) -> dict[str, object]:
        """What was typed, by the names of a profile's fields."""
        return {
            "name": self.name.text().strip(),
            "authentication": self.authentication.currentData(),
            "certificate_file": self.certificate.edit.text().strip(),
            "certificate_key_file": self.key.edit.text().strip(),
            "trust": self.trust.currentData(),
            "ca_file": self.ca_file.edit.text().strip(),
            "fingerprint": self.fingerprint.text().strip().replace(":", "").lower(),
            "configuration_name": self.configuration.text().strip() or CONFIGURATION,
            "proxy": self.proxy.text().strip(),
            "connect_timeout": self.connect_timeout.value(),
            "operation_timeout": self.operation_timeout.value(),
        }

    def _arrange(self) -> None:
        self.fingerprint.setReadOnly(True)
        seen = self._seen = QHBoxLayout()
        seen.setSpacing(8)
        seen.addWidget(self.fingerprint)
        seen.addWidget(self.show_certificate)
        waits = QHBoxLayout()
        waits.setSpacing(8)
        waits.addWidget(self.connect_timeout)
        for_answer = QLabel(_("for an answe&r:"))
        for_answer.setBuddy(self.operation_timeout)
        waits.addWidget(for_answer)
        waits.addWidget(self.operation_timeout)
        waits.addStretch()
        form = self._form = form_layout()
        add_row(form, _("Na&me in the list:"), self.name)
        add_row(form, _("Kind of &sign-in:"), self.authentication)
        add_row(form, _("&User's certificate:"), self.certificate)
        add_row(form, _("Its &key:"), self.key)
        add_row(form, _("&Trust over HTTPS:"), self.trust)
        add_row(form, _("&Authorities:"), self.ca_file)
        add_row(form, _("&Fingerprint:"), self.fingerprint, seen)
        add_row(form, _("&Endpoint:"), self.configuration)
        add_row(form, _("Pro&xy:"), self.proxy)
        add_row(form, _("Wait to c&onnect:"), self.connect_timeout, waits)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addLayout(form)
        column.addStretch()

    def _offer(self) -> None:
        has_certificate = self.authentication.currentData() == "certificate"
        self._form.setRowVisible(self.certificate, has_certificate)
        self._form.setRowVisible(self.key, has_certificate)
        self._form.setRowVisible(self.trust, self._is_https)
        self._form.setRowVisible(self.ca_file, self._is_https and self.trust.currentData() == "file")
        self._form.setRowVisible(self._seen, self._is_https and self.trust.currentData() == "fingerprint")


def _seconds(name: str, accessible_name: str) -> QSpinBox:
    box = QSpinBox(minimum=1, maximum=LONGEST_WAIT)
    box.setObjectName(name)
    box.setAccessibleName(accessible_name)
    box.setSuffix(_(" s"))
    return box


def _kinds() -> list[tuple[str, str]]:
    return [
        ("negotiate", _("Negotiate: Kerberos, else NTLM")),
        ("kerberos", _("Kerberos")),
        ("ntlm", _("NTLM")),
        ("credssp", _("CredSSP: the server may use the password further on")),
        ("certificate", _("Certificate of the user (HTTPS only)")),
        ("basic", _("Basic (HTTPS only)")),
    ]


def _trusts() -> list[tuple[str, str]]:
    return [
        ("system", _("What the authorities of this computer vouch for")),
        ("file", _("What the authorities in a file vouch for")),
        ("fingerprint", _("Only the certificate with this fingerprint")),
    ]
