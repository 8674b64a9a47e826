"""Which page of the Import Wizard belongs to which step, and the pages on which something is chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from core.amounts import size_text
from core.importing.configurations import Configuration
from core.importing.imported import ImportType
from core.language import _
from core.times import exact_text
from core.wizards.import_machine import ImportWizard
from core.wizards.wizard import Problem, Step
from gui.form import add_row, form_layout, line_edit
from gui.panels.notice import text_label
from gui.plain_text import tip
from gui.preferences import Preferences
from gui.tasks import Tasks
from gui.wizards.choice_page import Choice, ChoicePage
from gui.wizards.help_link import Question
from gui.wizards.import_folders import DisksPage, destination_page, locate_page, storage_page
from gui.wizards.introduction import IntroductionPage, IntroductionTexts
from gui.wizards.move_network import NetworkPage
from gui.wizards.page import Page
from gui.wizards.summary_page import SummaryPage, SummaryTexts


def import_page(wizard: ImportWizard, tasks: Tasks, preferences: Preferences, step: Step) -> Page:
    """The page for a step of ``wizard``."""
    kinds: dict[str, Callable[[], Page]] = {
        wizard.BEFORE: partial(before_page, wizard, preferences),
        wizard.LOCATE: partial(locate_page, wizard, tasks),
        wizard.SELECT: partial(SelectPage, wizard),
        wizard.TYPE: partial(ImportTypePage, wizard),
        wizard.DESTINATION: partial(destination_page, wizard, tasks),
        wizard.STORAGE: partial(storage_page, wizard, tasks),
        wizard.MEMORY: partial(memory_page, wizard),
        wizard.PROCESSOR: partial(processor_page, wizard),
        wizard.DISKS: partial(DisksPage, wizard, tasks),
        wizard.NETWORK: partial(NetworkPage, wizard, step),
        wizard.SUMMARY: partial(summary_page, wizard),
    }
    return kinds[step.page]()


def before_page(wizard: ImportWizard, preferences: Preferences) -> IntroductionPage:
    """What the wizard does, and what it needs."""
    names = {"host": wizard.host.name}
    paragraphs = (
        _("This wizard imports a virtual machine to {host} from a set of files that was exported or copied.").format(
            **names
        ),
        _("It looks for what does not fit {host} and lets you mend it first. Make sure that:").format(**names),
    )
    conditions = (
        _("The files are on a drive of {host}, or on a share that its computer account may read.").format(**names),
        _("A virtual machine that keeps its ID does not exist on another host at the same time."),
        _("There is room for the virtual hard disks if they are to be copied."),
    )
    texts = IntroductionTexts(
        paragraphs,
        conditions,
        _("Nothing is changed before you choose Import on the last page."),
        _how(),
    )
    return IntroductionPage(
        texts,
        is_shown=preferences.introduces_imports,
        show_again=lambda wanted: setattr(preferences, "introduces_imports", wanted),
    )


def summary_page(wizard: ImportWizard) -> SummaryPage:
    """The last page."""
    texts = SummaryTexts(
        intro=_("You are about to import the following. Choose Import to start."),
        runs=_("Import runs this, and nothing else. You can run it yourself from another computer:"),
        file="import-vm.ps1",
        question=Question(_("What happens when I choose Import?"), "what-happens-when-i-choose-import"),
    )
    return SummaryPage(wizard, texts)


class SelectPage(Page):
    """The machines whose configurations were found; those that cannot be read say so."""

    def __init__(self, wizard: ImportWizard) -> None:
        super().__init__()
        self._wizard = wizard
        self._found = QTreeWidget()
        self._found.setObjectName("configurations")
        self._found.setAccessibleName(_("Virtual machines"))
        self._found.setHeaderLabels([_("Name"), _("Date Created"), _("State"), _("File")])
        self._found.setRootIsDecorated(False)
        self._found.setTabKeyNavigation(False)
        self._found.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.column.addWidget(text_label(_("Select the virtual machine to import:")))
        self.column.addWidget(self._found, 1)
        self._found.currentItemChanged.connect(self._chosen)

    def question(self) -> Question:
        """What may be asked here."""
        return _how()

    def enter(self) -> None:
        """Show what was found."""
        found = self._wizard.contents.configurations
        with QSignalBlocker(self._found):
            self._found.clear()
            for configuration in found:
                row = self._row(configuration)
                self._found.addTopLevelItem(row)
                if configuration.path == self._wizard.choices.path:
                    self._found.setCurrentItem(row)

    def first_field(self) -> QWidget:
        """The machines."""
        return self._found

    def field(self, name: str) -> QWidget | None:
        """The machines."""
        return self._found if name == "configuration" else None

    def _row(self, configuration: Configuration) -> QTreeWidgetItem:
        machine, path = configuration.machine, configuration.path
        created = exact_text(machine.created) if machine is not None and machine.created is not None else ""
        name = machine.name if machine is not None else _("cannot be read")
        state = machine.state.word if machine is not None else ""
        row = QTreeWidgetItem([name, created[:16], state, path])
        row.setToolTip(3, tip(path))
        return row

    def _chosen(self) -> None:
        place = self._found.indexOfTopLevelItem(self._found.currentItem())
        if place >= 0:
            self._wizard.take(self._wizard.contents.configurations[place])
            self.edited.emit()


class ImportTypePage(ChoicePage[ImportType]):
    """What becomes of the files and of the ID."""

    def __init__(self, wizard: ImportWizard) -> None:
        explanations = {
            ImportType.REGISTER: _("The files stay where they are and are used there. Nothing is copied."),
            ImportType.RESTORE: _("The files are copied; the virtual machine is the one that was exported."),
            ImportType.COPY: _("The files are copied; the copy is another virtual machine beside the first."),
        }
        super().__init__(
            _("Choose the type of import to perform:"),
            tuple(Choice(kind, kind.word, explanations[kind]) for kind in ImportType),
            wizard.choices.kind,
            lambda kind: setattr(wizard.choices, "kind", kind),
        )

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which type of import should it be?"), "which-type-of-import-should-it-be")

    def field(self, name: str) -> QWidget | None:
        """The type that is chosen."""
        return self.first_field() if name == "type" else None


class AmountPage(Page):
    """A number that does not fit the host: ``told`` says why, ``choice`` names what is typed instead."""

    def __init__(self, wizard: ImportWizard, choice: str, told: Callable[[], str], label: str, unit: str) -> None:
        super().__init__()
        self._wizard, self._choice, self._told = wizard, choice, told
        self._what = text_label()
        self._amount = line_edit(choice, label.replace("&", "").rstrip(":"))
        self._amount.setMaximumWidth(140)
        form = form_layout()
        add_row(form, label, self._amount)
        self.column.addWidget(text_label(_("The configuration of the virtual machine does not fit the destination:")))
        self.column.addWidget(self._what)
        self.column.addLayout(form)
        self.column.addWidget(text_label(unit))
        self.column.addStretch()
        self._amount.textEdited.connect(self._typed)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("What if something does not fit?"), "what-if-an-imported-machine-does-not-fit")

    def enter(self) -> None:
        """Say what does not fit, and show what was typed."""
        self._what.setText(self._told())
        self._amount.setText(getattr(self._wizard.choices, self._choice))

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """Say what does not fit now."""
        self._what.setText(self._told())

    def first_field(self) -> QWidget:
        """The number."""
        return self._amount

    def field(self, name: str) -> QWidget | None:
        """The number."""
        return self._amount if name == self._choice else None

    def _typed(self, text: str) -> None:
        setattr(self._wizard.choices, self._choice, text.strip())
        self.edited.emit()


def memory_page(wizard: ImportWizard) -> AmountPage:
    """Less memory than the configuration says."""

    def told() -> str:
        report, inventory = wizard.report, wizard.inventory
        if report is None or inventory is None:
            return ""
        text = _("{machine} starts with {memory} of memory, and {host} has {most}.")
        return text.format(
            machine=report.machine.name,
            memory=size_text(report.machine.memory_startup),
            host=wizard.host.name,
            most=size_text(inventory.host.memory_capacity),
        )

    return AmountPage(wizard, "memory", told, _("&Startup memory (MB):"), _("Other machines need some of it, too."))


def processor_page(wizard: ImportWizard) -> AmountPage:
    """Fewer processors than the configuration says."""

    def told() -> str:
        report, inventory = wizard.report, wizard.inventory
        if report is None or inventory is None:
            return ""
        text = _("{machine} has {count} virtual processors, and {host} offers {most}.")
        return text.format(
            machine=report.machine.name,
            count=report.machine.processor_count,
            host=wizard.host.name,
            most=inventory.host.logical_processor_count,
        )

    label = _("N&umber of virtual processors:")
    return AmountPage(wizard, "processors", told, label, _("The number can be changed again while the machine is off."))


def _how() -> Question:
    return Question(_("What can be imported?"), "how-is-a-machine-imported")
