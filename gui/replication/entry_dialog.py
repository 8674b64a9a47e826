"""Asks for one server that may replicate to a host: its name, where its replicas are stored, its trust group."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from core.language import _
from core.replication.server import AuthorizationEntry
from core.replication.server_choices import entry_problems, tidied
from core.wizards.wizard import obstacles
from gui.form import add_row, button_row, dialog_column, form_layout, height_of, line_edit
from gui.panels.notice import Notice, text_label

_WIDTH = 520
Browse = Callable[[QLineEdit, QWidget], None]
"""Lets a folder be chosen for a field, in front of a window."""


class EntryDialog(QDialog):
    """``given`` is emitted with the AuthorizationEntry; ``others`` are those that the list has beside it."""

    given = Signal(object)

    def __init__(
        self,
        entry: AuthorizationEntry | None,
        others: Sequence[AuthorizationEntry],
        drives: Sequence[str] | None,
        browse: Browse,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("authorization_entry")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Add Authorization Entry") if entry is None else _("Edit Authorization Entry"))
        self._others = tuple(others)
        self._drives = drives
        self.primary = line_edit("primary", _("Primary server"), _("server.domain, or *.domain for all of a domain"))
        self.storage = line_edit("storage", _("Storage location"), _("a folder of this host"))
        self.trust_group = line_edit("trust_group", _("Trust group"))
        if entry is not None:
            self.primary.setText(entry.allowed_primary_server)
            self.storage.setText(entry.replica_storage_location)
            self.trust_group.setText(entry.trust_group)
        look = QPushButton(_("&Browse..."))
        look.setObjectName("browse_storage")
        look.setAutoDefault(False)
        look.clicked.connect(lambda: browse(self.storage, self))
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.storage)
        place.addWidget(look)
        form = form_layout()
        add_row(form, _("&Primary server:"), self.primary)
        add_row(form, _("Storage &location:"), self.storage, place)
        add_row(form, _("&Trust group:"), self.trust_group)
        self.notice = Notice()
        self._column = dialog_column(self)
        self._column.addWidget(text_label(_("This server may replicate virtual machines to the host.")))
        self._column.addLayout(form)
        hint = _("Primary servers with the same trust group may go on with each other's virtual machines after a move.")
        self._column.addWidget(text_label(hint))
        self._column.addWidget(self.notice)
        self._column.addLayout(button_row("ok", _("OK"), self._give, self))
        self._fit()

    def _give(self) -> None:
        entry = tidied(AuthorizationEntry(self.primary.text(), self.storage.text(), self.trust_group.text()))
        found = obstacles(entry_problems(entry, self._others, self._drives))
        if found:
            self.notice.say("warning", found[0].what, found[0].cure)
            self._fit()
            {"primary": self.primary, "storage": self.storage, "trust_group": self.trust_group}[
                found[0].field
            ].setFocus()
            return
        self.given.emit(entry)
        self.accept()

    def _fit(self) -> None:
        self.setFixedSize(_WIDTH, height_of(self._column, _WIDTH))
