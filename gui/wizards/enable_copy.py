"""The page for the initial copy: how it travels, and when it begins."""

from __future__ import annotations

import datetime

from PySide6.QtCore import QDateTime, QSignalBlocker
from PySide6.QtWidgets import (
    QButtonGroup,
    QDateTimeEdit,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from core.amounts import size_text
from core.language import _
from core.replication.protection import CopyMethod
from core.wizards.enable_replication import EnableWizard
from gui.folder_dialog import FolderDialog
from gui.panels.notice import text_label
from gui.tasks import Tasks
from gui.wizards.help_link import Question
from gui.wizards.page import Page

_INDENT = 22
_SOON = datetime.timedelta(hours=1)


class CopyPage(Page):
    """Over the network, on media, or on the basis of a machine that is there; what is sent can be scheduled."""

    def __init__(self, wizard: EnableWizard, tasks: Tasks) -> None:
        super().__init__()
        self._wizard = wizard
        self._tasks = tasks
        self._size = text_label()
        self._size.setObjectName("copy_size")
        texts = {
            CopyMethod.NETWORK: _("Send initial copy over the net&work"),
            CopyMethod.MEDIA: _("Send initial copy using external &media"),
            CopyMethod.EXISTING: _("&Use an existing virtual machine on the Replica server as the initial copy"),
        }
        self._methods = {method: _radio(method.value, text) for method, text in texts.items()}
        self._folder = QLineEdit()
        self._folder.setObjectName("folder")
        self._folder.setAccessibleName(_("Folder for the initial copy"))
        self._browse = QPushButton(_("&Browse..."))
        self._browse.setObjectName("browse")
        self._browse.setAutoDefault(False)
        self._now = _radio("start_now", _("Start replication &immediately"))
        self._later = _radio("start_later", _("Start replication &on:"))
        self._begins = QDateTimeEdit()
        self._begins.setObjectName("begins")
        self._begins.setAccessibleName(_("Beginning of the initial copy, by the clock of the primary server"))
        self._begins.setDisplayFormat("yyyy-MM-dd HH:mm")
        self._begins.setCalendarPopup(True)
        self._clock = text_label()
        self._clock.setObjectName("clock")
        self._arrange()
        self._connect()

    def question(self) -> Question:
        """What may be asked here."""
        return Question(
            _("How does the initial copy get to the replica?"), "how-does-the-initial-copy-get-to-the-replica"
        )

    def enter(self) -> None:
        """Show the choices as they stand."""
        choices, wizard = self._wizard.choices, self._wizard
        size = wizard.protection().size
        told = _("The chosen disks occupy {size}.").format(size=size_text(size)) if size else ""
        self._size.setText(told)
        self._size.setVisible(bool(told))
        self._methods[choices.method].setChecked(True)
        self._folder.setText(choices.folder)
        (self._later if choices.is_scheduled else self._now).setChecked(True)
        now = wizard.now.replace(tzinfo=None)
        words = _("Within seven days, by the clock of {host}: there it is {now}.")
        self._clock.setText(words.format(host=wizard.primary.name, now=f"{now:%Y-%m-%d %H:%M}"))
        with QSignalBlocker(self._begins):
            self._begins.setDateTime(_shown((choices.begins or now + _SOON).replace(tzinfo=None)))
        self._enable()

    def first_field(self) -> QWidget:
        """The method that is chosen."""
        return self._methods[self._wizard.choices.method]

    def field(self, name: str) -> QWidget | None:
        """The control that a problem means."""
        if name == "copy":
            return self._begins if self._later.isChecked() else self.first_field()
        return self._folder if name == "folder" else None

    def _arrange(self) -> None:
        media = QHBoxLayout()
        media.setContentsMargins(_INDENT, 0, 0, 0)
        media.setSpacing(8)
        media.addWidget(self._folder, 1)
        media.addWidget(self._browse)
        later = QHBoxLayout()
        later.setSpacing(8)
        later.addWidget(self._later)
        later.addWidget(self._begins)
        later.addStretch()
        self._schedule = QWidget()
        schedule = QVBoxLayout(self._schedule)
        schedule.setContentsMargins(0, 0, 0, 0)
        schedule.setSpacing(6)
        schedule.addWidget(QLabel(_("When does it begin?")))
        schedule.addWidget(self._now)
        schedule.addLayout(later)
        self._clock.setIndent(_INDENT)
        schedule.addWidget(self._clock)
        self.column.addWidget(text_label(_("How does the first copy of the disks get to the Replica server?")))
        self.column.addWidget(self._size)
        self.column.addWidget(self._methods[CopyMethod.NETWORK])
        self.column.addWidget(self._methods[CopyMethod.MEDIA])
        self.column.addLayout(media)
        self.column.addWidget(self._methods[CopyMethod.EXISTING])
        self.column.addSpacing(6)
        self.column.addWidget(self._schedule)
        self.column.addStretch()

    def _connect(self) -> None:
        group, times = QButtonGroup(self), QButtonGroup(self)
        for method, button in self._methods.items():
            group.addButton(button)
            button.clicked.connect(lambda _checked=False, method=method: self._choose("method", method))
        for button, is_later in ((self._now, False), (self._later, True)):
            times.addButton(button)
            button.clicked.connect(lambda _checked=False, is_later=is_later: self._choose_time(is_later))
        self._folder.textEdited.connect(lambda text: self._choose("folder", text))
        self._browse.clicked.connect(self._open_folders)
        self._begins.dateTimeChanged.connect(lambda _moment: self._choose_time(True))

    def _choose(self, name: str, value: object) -> None:
        setattr(self._wizard.choices, name, value)
        self._enable()
        self.edited.emit()

    def _choose_time(self, is_later: bool) -> None:
        moment = self._begins.dateTime().toPython()
        assert isinstance(moment, datetime.datetime)
        self._wizard.choices.begins = moment.replace(second=0, microsecond=0)
        self._choose("is_scheduled", is_later)

    def _enable(self) -> None:
        choices = self._wizard.choices
        is_media = choices.method is CopyMethod.MEDIA
        self._folder.setEnabled(is_media)
        self._browse.setEnabled(is_media)
        self._schedule.setEnabled(not is_media)
        self._begins.setEnabled(choices.is_scheduled)

    def _open_folders(self) -> None:
        dialog = FolderDialog(self._wizard.estate, self._wizard.primary, self._folder.text(), self._tasks, self)
        dialog.chosen.connect(self._take_folder)
        dialog.open()

    def _take_folder(self, folder: str) -> None:
        self._folder.setText(folder)
        self._choose("folder", folder)
        self._folder.setFocus()


def _radio(name: str, text: str) -> QRadioButton:
    button = QRadioButton(text)
    button.setObjectName(name)
    return button


def _shown(moment: datetime.datetime) -> QDateTime:
    """A time without a zone of its own: it is shown as it is."""
    return QDateTime.fromString(moment.strftime("%Y-%m-%dT%H:%M:%S"), "yyyy-MM-ddTHH:mm:ss")
