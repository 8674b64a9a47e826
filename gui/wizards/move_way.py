"""The page that says in which ways a machine can come to its destination, and lets the user choose one."""

from __future__ import annotations

from core.language import _
from core.moving.ways import Way, WayOffer
from core.wizards.move import MoveWizard
from core.wizards.wizard import Problem
from gui.wizards.choice_page import Choice, ChoicePage
from gui.wizards.help_link import Question


class WayPage(ChoicePage[Way]):
    """The best way is chosen; one that cannot be gone says why."""

    def __init__(self, wizard: MoveWizard) -> None:
        self._wizard = wizard
        super().__init__(
            _("How do you want to move {machine} to {host}?").format(
                host=wizard.target_name, machine=wizard.machine.name
            ),
            _choices(wizard),
            wizard.ways.chosen,
            self._choose,
        )

    def question(self) -> Question:
        """What may be asked here."""
        return Question(_("Which way is the right one?"), "which-way-is-the-right-one")

    def _choose(self, way: Way) -> None:
        self._wizard.ways.choose(way)
        self.answered(())

    def answered(self, problems: tuple[Problem, ...]) -> None:
        """What spoke against a way may be cured meanwhile."""
        for choice in _choices(self._wizard):
            self.explain(choice)


def _choices(wizard: MoveWizard) -> tuple[Choice[Way], ...]:
    texts = {
        Way.LIVE: _("Move it &live"),
        Way.REPLICA: _("Move it by &replica"),
        Way.EXPORT: _("&Export it, and import it there"),
    }
    chosen = wizard.ways.chosen
    return tuple(_choice(offer, texts[offer.way], is_chosen=offer.way is chosen) for offer in wizard.ways.offers)


def _choice(offer: WayOffer, text: str, *, is_chosen: bool) -> Choice[Way]:
    """How its cost was computed is said of the way that is chosen: the page would be too full with all of them."""
    lines = [offer.words]
    if is_chosen and offer.is_possible:
        lines += offer.down_time.lines
    return Choice(offer.way, text, "\n".join(lines), is_possible=offer.is_possible)
