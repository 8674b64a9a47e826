"""Which page of the Enable Replication Wizard belongs to which step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QDialog, QWidget

from core.estate.connection import HostKey
from core.language import _
from core.wizards.enable_replication import EnableWizard
from core.wizards.wizard import Step
from gui.preferences import Preferences
from gui.tasks import Tasks
from gui.wizards.enable_addresses import AddressesPage
from gui.wizards.enable_connection import ConnectionPage
from gui.wizards.enable_copy import CopyPage
from gui.wizards.enable_disks import DisksPage
from gui.wizards.enable_points import FrequencyPage, PointsPage
from gui.wizards.enable_server import ServerPage
from gui.wizards.help_link import Question
from gui.wizards.introduction import IntroductionPage, IntroductionTexts
from gui.wizards.page import Page
from gui.wizards.summary_page import Summarized, SummaryPage, SummaryTexts

Configure = Callable[[HostKey, QWidget], QDialog]
"""Opens the Replication Configuration of a host in front of a window, and returns its dialog."""


def enable_page(wizard: EnableWizard, tasks: Tasks, preferences: Preferences, configure: Configure, step: Step) -> Page:
    """The page for a step of ``wizard``."""
    kinds: dict[str, Callable[[], Page]] = {
        wizard.BEFORE: partial(before_page, wizard, preferences),
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


def before_page(wizard: EnableWizard, preferences: Preferences) -> IntroductionPage:
    """What the wizard does, and what has to be in place."""
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
    texts = IntroductionTexts(
        paragraphs,
        conditions,
        _("Nothing is changed before you choose Enable Replication on the last page."),
        Question(_("What has to be in place before a replication?"), "what-has-to-be-in-place-before-a-replication"),
    )
    return IntroductionPage(
        texts,
        is_shown=preferences.introduces_replications,
        show_again=lambda wanted: setattr(preferences, "introduces_replications", wanted),
    )
