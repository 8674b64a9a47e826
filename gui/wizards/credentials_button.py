"""The button of a page that names a host: it asks for other credentials than the saved ones."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from core.language import _
from core.remoting.endpoint import Credential
from gui.credentials_dialog import CredentialsDialog


class CredentialsButton(QPushButton):
    """``named`` tells the host's name, empty while there is none, and whose credentials are used so far.

    What is given goes into what ``kept`` returns, by the name in small letters. ``given`` is emitted then, ``nameless``
    when there is no name to ask for.
    """

    given = Signal()
    nameless = Signal()

    def __init__(self, named: Callable[[], tuple[str, Credential]], kept: Callable[[], dict[str, Credential]]) -> None:
        super().__init__(_("C&redentials..."))
        self.setObjectName("other_credentials")
        self.setAutoDefault(False)
        self._named = named
        self._kept = kept
        self.clicked.connect(lambda: self.ask(""))

    def ask(self, why: str) -> None:
        """Open the dialog; ``why`` says what is wrong with the ones that were used."""
        name, used = self._named()
        if not name:
            self.nameless.emit()
            return
        known = self._kept().get(name.lower(), used)
        dialog = CredentialsDialog(name, known.user_name, why, self)
        dialog.given.connect(lambda credential: self._take(name, credential))
        dialog.open()

    def _take(self, name: str, credential: Credential) -> None:
        self._kept()[name.lower()] = credential
        self.given.emit()
