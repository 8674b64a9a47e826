"""Shows what a file would add to the list of servers, and asks what a plain list of names does not tell."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from core.estate.profile_exchange import Found
from core.estate.profiles import Profile, ProfileFault, Profiles
from core.language import _, ngettext
from gui.form import add_row, button_row, combo, dialog_column, form_layout, group_combo, line_edit
from gui.icons import icon
from gui.panels.notice import Notice, text_label

_WIDTH = 480


class ImportDialog(QDialog):
    """``accepted_with`` is emitted with the profile that the names are to be like, None where there are profiles."""

    accepted_with = Signal(object)

    def __init__(self, found: Found, known: Profiles, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("import_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Import Servers"))
        self.setWindowIcon(icon("connect"))
        self._found = found
        names = [profile.listed_name for profile in found.profiles] or list(found.names)
        self.servers = QListWidget()
        self.servers.setObjectName("found_servers")
        self.servers.setAccessibleName(_("Servers that are added"))
        for name in names:
            self.servers.addItem(QListWidgetItem(icon("host"), name))
        self.user_name = line_edit("user_name", _("User name"), _("DOMAIN\\user or user@domain"))
        self.place = combo(
            "password_place",
            _("Where the password is kept"),
            [("key store", _("In the key store of this computer")), ("ask", _("Nowhere: ask at every start"))],
        )
        self.group = group_combo(known.groups)
        self.left_out = Notice()
        self.notice = Notice()
        self._arrange(len(names))
        if found.notes:
            self.left_out.say("info", "\n".join(found.notes[:_SHOWN]), _more(len(found.notes)))
        self._fit()

    def _arrange(self, count: int) -> None:
        buttons = button_row("import_now", _("&Import"), self._take, self, is_enabled=count > 0)
        self._column = dialog_column(self)
        told = ngettext(
            "{count} server is added to the list. Passwords are never in such a file: they are asked for.",
            "{count} servers are added to the list. Passwords are never in such a file: they are asked for.",
            count,
        )
        self._column.addWidget(text_label(told.format(count=count)))
        self._column.addWidget(self.servers)
        if self._found.names:
            form = form_layout()
            add_row(form, _("&User name:"), self.user_name)
            add_row(form, _("&Keep the password:"), self.place)
            add_row(form, _("&Group:"), self.group)
            self._column.addLayout(form)
        self._column.addWidget(self.left_out)
        self._column.addWidget(self.notice)
        self._column.addLayout(buttons)

    def _take(self) -> None:
        template: Profile | None = None
        if self._found.names:
            try:
                template = Profile(
                    address=self._found.names[0],
                    user_name=self.user_name.text().strip(),
                    password_place=self.place.currentData(),
                    group=self.group.currentText().strip(),
                )
            except ProfileFault as fault:
                self.notice.say("warning", fault.what, fault.cure)
                self._fit()
                (self.group if fault.field == "group" else self.user_name).setFocus()
                return
        self.accepted_with.emit(template)
        self.accept()

    def _fit(self) -> None:
        """Be as high as the wrapped texts need."""
        self.setFixedSize(_WIDTH, self._column.totalHeightForWidth(_WIDTH))


_SHOWN = 5
"""Notes that are shown; of more, their number is said."""


def _more(count: int) -> str:
    return _("and {count} more").format(count=count - _SHOWN) if count > _SHOWN else ""
