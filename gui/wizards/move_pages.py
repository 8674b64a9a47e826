"""The pages of the Move Wizard, in the order and with the words of Hyper-V Manager."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, QSize
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTreeView,
    QWidget,
)

from core.amounts import size_text
from core.estate.estate import Picture
from core.language import _
from core.wizards.move import AVAILABLE_OPTIONS, AVAILABLE_TYPES, MoveOption, MoveType, MoveWizard
from core.wizards.wizard import Problem, Step
from gui.icons import host_icon, icon
from gui.panels.notice import text_label
from gui.wizards.choice_page import Choice, ChoicePage
from gui.wizards.move_summary import SummaryPage
from gui.wizards.page import Page


def move_page(wizard: MoveWizard, step: Step) -> Page:
    """The page for a step of ``wizard``."""
    kinds: dict[str, Callable[[MoveWizard], Page]] = {
        wizard.BEFORE: BeforePage,
        wizard.TYPE: TypePage,
        wizard.DESTINATION: DestinationPage,
        wizard.OPTIONS: OptionsPage,
        wizard.LOCATION: LocationPage,
        wizard.SUMMARY: SummaryPage,
    }
    return kinds[step.page](wizard)


class BeforePage(Page):
    """What the wizard does, and what has to be in place."""

    def __init__(self, wizard: MoveWizard) -> None:
        super().__init__()
        names = {"machine": wizard.machine.name, "host": wizard.source.name}
        paragraphs = (
            _("This wizard moves the virtual machine {machine} from {host} to another computer.").format(**names),
            _(
                "The machine is moved with its configuration, its checkpoints and its virtual hard disks. A"
                " running machine goes on running while it is moved."
            ),
            _("Before you go on, make sure that:"),
        )
        conditions = (
            _("Live migrations are enabled on both computers."),
            _("The computers may act for you on each other, by delegation in Active Directory or CredSSP."),
            _("The destination has room for the virtual hard disks and virtual switches of the same names."),
        )
        for paragraph in paragraphs:
            self.column.addWidget(text_label(paragraph))
        for condition in conditions:
            label = text_label(_("\u2022  {condition}").format(condition=condition))
            label.setIndent(14)
            self.column.addWidget(label)
        self.column.addWidget(text_label(_("Nothing is changed before you choose Move on the last page.")))
        self.column.addStretch()


class TypePage(ChoicePage[MoveType]):
    """What is moved."""

    def __init__(self, wizard: MoveWizard) -> None:
        choices = (
            Choice(
                MoveType.MACHINE,
                _("Move the &virtual machine"),
                _("Moves the virtual machine, with or without its data, to another computer."),
            ),
            Choice(
                MoveType.STORAGE,
                _("Move the virtual machine's &storage"),
                _("Moves only the virtual machine's data; the machine stays on this computer."),
            ),
        )
        super().__init__(
            _("What do you want to move?"),
            choices,
            AVAILABLE_TYPES,
            wizard.choices.move_type,
            lambda value: setattr(wizard.choices, "move_type", value),
        )


class OptionsPage(ChoicePage[MoveOption]):
    """Where the data goes."""

    def __init__(self, wizard: MoveWizard) -> None:
        choices = (
            Choice(
                MoveOption.SINGLE_LOCATION,
                _("Move the virtual machine's data to a &single location"),
                _("Everything that belongs to the virtual machine goes to one folder of your choice."),
            ),
            Choice(
                MoveOption.EACH_ITEM,
                _("Move the virtual machine's data by selecting where to move the &items"),
                _("Each virtual hard disk, the configuration and the checkpoints go to a folder of their own."),
            ),
            Choice(
                MoveOption.MACHINE_ONLY,
                _("Move &only the virtual machine"),
                _("The data stays where it is, on storage that both computers reach."),
            ),
        )
        super().__init__(
            _("Where do you want to move the virtual machine's data?"),
            choices,
            AVAILABLE_OPTIONS,
            wizard.choices.option,
            lambda value: setattr(wizard.choices, "option", value),
        )


class DestinationPage(Page):
    """The computer that the machine goes to: chosen from the list, or typed."""

    def __init__(self, wizard: MoveWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._hosts = QStandardItemModel(0, 2, self)
        self._name = QComboBox()
        self._name.setObjectName("destination")
        self._name.setAccessibleName(_("Name of the destination computer"))
        edit = QLineEdit()
        edit.setObjectName("destination_name")
        edit.setAccessibleName(_("Name of the destination computer"))
        self._name.setLineEdit(edit)
        self._name.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._name.setMinimumWidth(320)
        self._name.setModel(self._hosts)
        self._popup = _popup()
        self._name.setView(self._popup)
        self._rating = text_label()
        self._rating.setObjectName("destination_rating")
        self._rating_icon = QLabel()
        label = QLabel(_("N&ame:"))
        label.setBuddy(self._name)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self._name, 0, 1)
        rating = QHBoxLayout()
        rating.setSpacing(6)
        rating.addWidget(self._rating_icon)
        rating.addWidget(self._rating, 1)
        grid.addLayout(rating, 1, 1)
        grid.setColumnStretch(1, 1)
        self.column.addWidget(text_label(_("Which computer do you want to move the virtual machine to?")))
        self.column.addLayout(grid)
        self.column.addWidget(
            text_label(_("Choose a computer from the list or type its name. Next signs in there and reads its state."))
        )
        self.column.addStretch()
        self._name.currentTextChanged.connect(self._typed)

    def enter(self) -> None:
        """Show the hosts as they are known now."""
        with QSignalBlocker(self._name):
            self._hosts.clear()
            self._hosts.setColumnCount(2)
            for picture in self._wizard.destinations():
                self._hosts.appendRow(self._row(picture))
            self._name.setCurrentIndex(-1)
            self._name.setEditText(self._wizard.choices.destination)
        self._popup.setMinimumWidth(430)
        self._popup.resizeColumnToContents(0)
        self._popup.setColumnWidth(0, self._popup.columnWidth(0) + 24)
        self._rate()

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Rate the host by its fresh picture; what the problems say is not said twice."""
        self._rate()
        if problems:
            self._rating.clear()
            self._rating_icon.clear()

    def first_field(self) -> QWidget:
        """The name."""
        return self._name

    def field(self, name: str) -> QWidget | None:
        """The name."""
        return self._name if name == "destination" else None

    def _typed(self, name: str) -> None:
        self._wizard.choices.destination = name
        self._rate()
        self.edited.emit()

    def _rate(self) -> None:
        picture = self._wizard.destination_picture
        self._rating.setText(self._words(picture) if picture else "")
        if picture is None:
            self._rating_icon.clear()
        else:
            name = "warning" if self._wizard.objections(picture) else "completed" if picture.inventory else "info"
            self._rating_icon.setPixmap(icon(name).pixmap(QSize(16, 16), self.devicePixelRatioF()))

    def _words(self, picture: Picture) -> str:
        """What is known of a destination."""
        if picture.inventory is None and picture.failure is None:
            return _("Not read so far")
        if objections := self._wizard.objections(picture):
            return objections[0].what
        return _("Answers and takes virtual machines")

    def _row(self, picture: Picture) -> list[QStandardItem]:
        is_down = picture.failure is not None
        mark = host_icon(picture.connection.is_practice, is_down, picture.inventory is None and not is_down)
        row = [QStandardItem(mark, picture.key.name), QStandardItem(self._words(picture))]
        if self._wizard.objections(picture):
            for item in row:
                item.setEnabled(False)
        return row


class LocationPage(Page):
    """The folder on the destination."""

    examines_on_entry = True

    def __init__(self, wizard: MoveWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._folder_for = ""
        self._current = text_label(selectable=True)
        self._current.setAccessibleName(_("Current folder"))
        self._size = text_label(selectable=True)
        self._size.setObjectName("size")
        self._size.setAccessibleName(_("Size"))
        self._folder = QLineEdit()
        self._folder.setObjectName("folder")
        self._folder.setAccessibleName(_("Folder on the destination computer"))
        self._free = text_label(selectable=True)
        self._free.setObjectName("free_space")
        self._free.setAccessibleName(_("Free space"))
        self._destination = QGroupBox()
        folder_label = QLabel(_("&Folder:"))
        folder_label.setBuddy(self._folder)
        source = QGroupBox(_("Source location"))
        self._form(source, ((QLabel(_("Current:")), self._current), (QLabel(_("Size:")), self._size)))
        self._form(self._destination, ((folder_label, self._folder), (QLabel(_("Free space:")), self._free)))
        self.column.addWidget(
            text_label(_("Specify the folder on the destination computer in which to store the virtual machine."))
        )
        self.column.addWidget(source)
        self.column.addWidget(self._destination)
        self.column.addStretch()
        self._folder.textEdited.connect(self._typed)

    def enter(self) -> None:
        """Propose a folder for a new destination; keep what was typed for the same one."""
        choices = self._wizard.choices
        if self._folder_for != choices.destination:
            self._folder_for = choices.destination
            choices.folder = self._wizard.proposed_folder()
        picture = self._wizard.destination_picture
        name = picture.key.name if picture else choices.destination
        self._destination.setTitle(_("Destination location on {host}").format(host=name))
        self._current.setText(self._wizard.machine.path)
        if not self._wizard.size:
            self._size.setText(_("Reading..."))
        self._folder.setText(choices.folder)
        self._show_free_space()

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Show the size that was read."""
        self._size.setText(size_text(self._wizard.size) if self._wizard.size else _("Not known"))
        self._show_free_space()

    def first_field(self) -> QWidget:
        """The folder."""
        return self._folder

    def field(self, name: str) -> QWidget | None:
        """The folder."""
        return self._folder if name == "folder" else None

    def _typed(self, folder: str) -> None:
        self._wizard.choices.folder = folder
        self._show_free_space()
        self.edited.emit()

    def _show_free_space(self) -> None:
        picture = self._wizard.destination_picture
        inventory = picture.inventory if picture else None
        volume = inventory.volume_of(self._wizard.choices.folder) if inventory else None
        if volume is None:
            self._free.setText(_("Not known"))
        else:
            self._free.setText(
                _("{free} of {size} on drive {drive}:").format(
                    free=size_text(volume.size_remaining),
                    size=size_text(volume.size),
                    drive=volume.drive_letter,
                )
            )

    def _form(self, group: QGroupBox, rows: tuple[tuple[QLabel, QWidget], ...]) -> None:
        grid = QGridLayout(group)
        grid.setContentsMargins(12, 8, 12, 10)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnMinimumWidth(0, group.fontMetrics().horizontalAdvance(_("Free space:")))
        grid.setColumnStretch(1, 1)
        for row, (label, field) in enumerate(rows):
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)


def _popup() -> QTreeView:
    """The list that drops down: the computers, and what is known of each."""
    view = QTreeView()
    view.setObjectName("destination_list")
    view.setAccessibleName(_("Computers"))
    view.setHeaderHidden(True)
    view.setRootIsDecorated(False)
    view.setAllColumnsShowFocus(True)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    return view
