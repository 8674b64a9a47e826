"""Which page of the Enable Replication Wizard belongs to which step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from core.estate.connection import HostKey
from core.language import _
from core.wizards.enable_replication import EnableWizard
from core.wizards.wizard import Step
from gui.panels.notice import text_label
from gui.preferences import Preferences
from gui.tasks import Tasks
from gui.wizards.enable_addresses import AddressesPage
from gui.wizards.enable_connection import ConnectionPage
from gui.wizards.enable_copy import CopyPage
from gui.wizards.enable_disks import DisksPage
from gui.wizards.enable_points import FrequencyPage, PointsPage
from gui.wizards.enable_server import ServerPage
from gui.wizards.help_link import Question
from gui.wizards.page import Page
from gui.wizards.summary_page import Summarized, SummaryPage, SummaryTexts

Configure = Callable[[HostKey, QWidget], QDialog]
"""Opens the Replication Configuration of a host in front of a window, and returns its dialog."""


def enable_page(wizard: EnableWizard, tasks: Tasks, preferences: Preferences, configure: Configure, step: Step) -> Page:
    """The page for a step of ``wizard``."""
    kinds: dict[str, Callable[[], Page]] = {
        wizard.BEFORE: partial(BeforePage, wizard, preferences),
        wizard.SERVER: partial(ServerPage, wizard, configure),
        wizard.CONNECTION: partial(ConnectionPage, wizard, tasks),
        wizard.DISKS: partial(DisksPage, wizard),
        wizard.FREQUENCY: partial(FrequencyPage, wizard),
        wizard.POINTS: partial(PointsPage, wizard),
        wizard.COPY: partial(CopyPage, wizard, tasks),
        wizard.ADDRESSES: partial(AddressesPage, wizard, step),
        wizard.SUMMARY: partial(enable_summary, wizard),
    }
    return kinds[step.page]()


def enable_summary(wizard: Summarized) -> SummaryPage:
    """The last page, of one machine or of several."""
    texts = SummaryTexts(
        intro=_("You are about to enable the following. Choose Enable Replication to start."),
        runs=_("Enable Replication runs this, and nothing else. You can run it yourself from another computer:"),
        file="enable-replication.ps1",
        question=Question(
            _("What happens when I choose Enable Replication?"), "what-happens-when-i-choose-enable-replication"
        ),
    )
    return SummaryPage(wizard, texts)


class BeforePage(Page):
    """What the wizard does, and what has to be in place."""

    def __init__(self, wizard: EnableWizard, preferences: Preferences) -> None:
        super().__init__()
        names = {"machine": wizard.machine.name, "host": wizard.primary.name}
        paragraphs = (
            _(
                "This wizard lets {host} replicate the virtual machine {machine} to another server: its changes are"
                " sent there all the time, and the replica can take its place."
            ).format(**names),
            _("Before you enable the replication, make sure that:"),
        )
        conditions = (
            _("The other server is enabled as a Replica server and allows this one. You can configure it from here."),
            _("Both servers are in one forest, or have certificates for each other."),
            _("The other server has room for the virtual hard disks, and for recovery points if you want them."),
        )
        for paragraph in paragraphs:
            self.column.addWidget(text_label(paragraph))
        for condition in conditions:
            label = text_label(_("\u2022  {condition}").format(condition=condition))
            label.setIndent(14)
            self.column.addWidget(label)
        self.column.addWidget(
            text_label(_("Nothing is changed before you choose Enable Replication on the last page."))
        )
        self.column.addStretch()
        never_again = QCheckBox(_("&Do not show this page again"))
        never_again.setObjectName("never_again")
        never_again.setChecked(not preferences.introduces_replications)
        never_again.toggled.connect(lambda is_on: setattr(preferences, "introduces_replications", not is_on))
        self.column.addWidget(never_again)

    def question(self) -> Question:
        """What may be asked here."""
        return Question(
            _("What has to be in place before a replication?"), "what-has-to-be-in-place-before-a-replication"
        )
