"""The page with what every connection needs: the server, the user, the password, and its place in the list."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from core.estate.profiles import HTTP_PORT, HTTPS_PORT, Profile
from core.language import _
from gui.form import add_row, choose, combo, form_layout, group_combo, line_edit, password_edit
from gui.panels.notice import text_label


class GeneralPage(QWidget):
    """``scheme_changed`` is emitted with whether HTTPS is used."""

    scheme_changed = Signal(bool)

    def __init__(self, groups: Sequence[str]) -> None:
        super().__init__()
        self.setObjectName("general_page")
        self.address = line_edit("address", _("Name or address"), _("HV01, hv01.contoso.example or 10.0.0.7"))
        self.https = QCheckBox(_("Use HTT&PS"))
        self.https.setObjectName("https")
        self.port = QSpinBox(minimum=1, maximum=65_535, value=HTTP_PORT)
        self.port.setObjectName("port")
        self.port.setAccessibleName(_("Port"))
        self.user_name = line_edit("user_name", _("User name"), _("DOMAIN\\user or user@domain"))
        self.password = password_edit()
        self.place = combo("password_place", _("Where the password is kept"), _places())
        self.hint = text_label()
        self.hint.setObjectName("password_hint")
        self.hint.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.group = group_combo(groups)
        self.read_only = QCheckBox(_("&Read-only: never send a change to this server"))
        self.read_only.setObjectName("read_only")
        self._key_store_fault = ""
        self._arrange()
        self.https.toggled.connect(self._use_https)
        self.place.currentIndexChanged.connect(self._offer)
        self._offer()

    @property
    def fields(self) -> Mapping[str, QWidget]:
        """Where each field of a profile is typed."""
        return {
            "address": self.address,
            "port": self.port,
            "user_name": self.user_name,
            "group": self.group,
        }

    def show_profile(self, profile: Profile) -> None:
        """Show what ``profile`` says; its password is not shown, and stays as it is while nothing is typed."""
        self.address.setText(profile.address)
        self.https.setChecked(profile.scheme == "https")
        self.port.setValue(profile.port)
        self.user_name.setText(profile.user_name)
        self.group.setCurrentText(profile.group)
        self.read_only.setChecked(profile.is_read_only)
        if self.place.findData(profile.password_place) < 0:
            self.place.addItem(_account_text(), "account")
        choose(self.place, profile.password_place)

    def show_key_store(self, fault: str) -> None:
        """Say why passwords are not kept, where it is so."""
        self._key_store_fault = fault
        self._offer()

    def values(self) -> dict[str, object]:
        """What was typed, by the names of a profile's fields."""
        return {
            "address": self.address.text().strip(),
            "scheme": "https" if self.https.isChecked() else "http",
            "port": self.port.value(),
            "user_name": self.user_name.text().strip(),
            "password_place": self.place.currentData(),
            "group": self.group.currentText().strip(),
            "is_read_only": self.read_only.isChecked(),
        }

    def _arrange(self) -> None:
        form = form_layout()
        transport = QHBoxLayout()
        transport.setSpacing(10)
        transport.addWidget(self.port)
        transport.addWidget(self.https)
        transport.addStretch()
        add_row(form, _("&Server:"), self.address)
        add_row(form, _("P&ort:"), self.port, transport)
        add_row(form, _("&User name:"), self.user_name)
        add_row(form, _("Pass&word:"), self.password)
        add_row(form, _("&Keep it:"), self.place)
        form.addRow("", self.hint)
        add_row(form, _("&Group:"), self.group)
        form.addRow("", self.read_only)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addLayout(form)
        column.addStretch()

    def _use_https(self, is_on: bool) -> None:
        self.port.setValue(HTTPS_PORT if is_on else HTTP_PORT)
        self.scheme_changed.emit(is_on)

    def _offer(self) -> None:
        place = self.place.currentData()
        for field in (self.user_name, self.password):
            field.setEnabled(place != "account")
        hints = {
            "key store": self._key_store_fault,
            "ask": _("VM Ferry asks for the password at every start."),
            "account": _("No password is needed. Kerberos has to work, or the server accepts this computer's sign-in."),
        }
        self.hint.setText(hints[place])
        # Always as high as the longest hint: the page does not jump.
        self.hint.setMinimumHeight(self.hint.fontMetrics().lineSpacing() * _HINT_LINES)


_HINT_LINES = 3


def _places() -> list[tuple[str, str]]:
    places = [
        ("key store", _("In the key store of this computer")),
        ("ask", _("Nowhere: ask at every start")),
    ]
    if sys.platform == "win32":
        places.append(("account", _account_text()))
    return places


def _account_text() -> str:
    return _("Not needed: use the account that is signed in here")
