"""Which page of the wizards that reverse and extend a replication belongs to which step."""

from __future__ import annotations

from core.language import _
from core.wizards.extend_replication import ExtendWizard
from core.wizards.reverse_replication import ReverseWizard
from core.wizards.wizard import Step
from gui.preferences import Preferences
from gui.tasks import Tasks
from gui.wizards.enable_pages import Configure, enable_page
from gui.wizards.help_link import Question
from gui.wizards.introduction import IntroductionPage, IntroductionTexts
from gui.wizards.page import Page
from gui.wizards.summary_page import SummaryPage, SummaryTexts


def extend_page(wizard: ExtendWizard, tasks: Tasks, preferences: Preferences, configure: Configure, step: Step) -> Page:
    """The page for a step of ``wizard``."""
    names = {"machine": wizard.machine.name, "host": wizard.primary.name}
    if step.page == wizard.BEFORE:
        paragraphs = (
            _("This wizard lets {host} replicate {machine}, which is a replica itself, on to a third server.").format(
                **names
            ),
            _("Before you extend the replication, make sure that:"),
        )
        conditions = (
            _("The third server is enabled as a Replica server and allows {host}.").format(**names),
            _("It has room for the same virtual hard disks, and for recovery points if you want them."),
            _("Every 5 or 15 minutes are enough, and no point in time has to be application-consistent there."),
        )
        closing = _("Nothing is changed before you choose Extend Replication on the last page.")
        return _introduction(preferences, IntroductionTexts(paragraphs, conditions, closing, _extending()))
    if step.page == wizard.SUMMARY:
        intro = _("You are about to extend the following. Choose Extend Replication to start.")
        runs = _("Extend Replication runs this, and nothing else. You can run it yourself from another computer:")
        return SummaryPage(wizard, SummaryTexts(intro, runs, "extend-replication.ps1", _extending()))
    return enable_page(wizard, tasks, preferences, configure, step)


def reverse_page(
    wizard: ReverseWizard, tasks: Tasks, preferences: Preferences, configure: Configure, step: Step
) -> Page:
    """The page for a step of ``wizard``."""
    names = {"machine": wizard.machine.name, "host": wizard.primary.name}
    if step.page == wizard.BEFORE:
        paragraphs = (
            _(
                "This wizard lets {host}, where {machine} has taken over, replicate it back: it is the primary server"
                " from then on."
            ).format(**names),
            _("Before you reverse the replication, make sure that:"),
        )
        conditions = (
            _("The former primary server is enabled as a Replica server and allows {host}.").format(**names),
            _("{machine} is off there. What it has written since the failover is lost.").format(**names),
            _("After an unplanned failover a copy follows; with the old disks as its basis only what differs is sent."),
        )
        closing = _("Nothing is changed before you choose Reverse Replication on the last page.")
        return _introduction(preferences, IntroductionTexts(paragraphs, conditions, closing, _reversing()))
    if step.page == wizard.SUMMARY:
        intro = _("You are about to reverse the following. Choose Reverse Replication to start.")
        runs = _("Reverse Replication runs this, and nothing else. You can run it yourself from another computer:")
        return SummaryPage(wizard, SummaryTexts(intro, runs, "reverse-replication.ps1", _reversing()))
    return enable_page(wizard, tasks, preferences, configure, step)


def _introduction(preferences: Preferences, texts: IntroductionTexts) -> IntroductionPage:
    return IntroductionPage(
        texts,
        is_shown=preferences.introduces_replications,
        show_again=lambda wanted: setattr(preferences, "introduces_replications", wanted),
    )


def _extending() -> Question:
    return Question(_("What is an extended replication?"), "what-is-an-extended-replication")


def _reversing() -> Question:
    return Question(_("When is a replication reversed?"), "when-is-a-replication-reversed")
