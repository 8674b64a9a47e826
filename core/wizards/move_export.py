"""The way by export and import of a Move Wizard: the folder, what the source has against it, and its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.estate.inventory import Inventory
from core.hyperv.paths import tidy
from core.jobs.plan import Plan
from core.language import _
from core.moving.by_export import ExportMove, export_move_plan, summary_of
from core.moving.estimate import Estimate
from core.moving.ways import Way
from core.operating.exporting import examine
from core.operating.subject import subjects
from core.wizards.wizard import Problem

if TYPE_CHECKING:
    from core.wizards.move import MoveWizard

_FOLDER = "Exports"


class MoveByExport:
    """Plans the source's half of a move by export and import."""

    def __init__(self, wizard: MoveWizard) -> None:
        self._wizard = wizard
        self._exporting: tuple[ExportMove, Plan] | None = None

    @property
    def folder(self) -> str:
        """The folder on the source: as it was typed, else one on the drive with most room."""
        inventory = self._wizard.source_picture.inventory
        return self._wizard.choices.export_folder or (_proposed(inventory) if inventory is not None else "")

    def set_folder(self, folder: str) -> None:
        """Keep what was typed."""
        self._wizard.choices.export_folder = folder

    async def examine(self) -> tuple[Problem, ...]:
        """What the source has against the export."""
        self._exporting = None
        wizard, move = self._wizard, self._move()
        inventory = wizard.source_picture.inventory
        if move is None or inventory is None:
            return (self._unknown(),)
        found = await examine(move.export, inventory, wizard.ask_source)
        if isinstance(found, Problem):
            return (found,)
        self._exporting = move, found[0]
        return ()

    def plan(self) -> Plan:
        """The plan. Raises ValueError when it was not examined as the choices stand."""
        if self._exporting is None or self._exporting[0] != self._move():
            raise ValueError(self._unknown().what)
        return export_move_plan(*self._exporting, self.summary())

    def summary(self) -> tuple[tuple[str, str], ...]:
        """What the summary page lists."""
        move = self._move()
        if move is None:
            return ()
        offers = self._wizard.ways.offers
        reasons = (problem.what for offer in offers if offer.way is not Way.EXPORT for problem in offer.problems)
        own = next(offer for offer in offers if offer.way is Way.EXPORT)
        return summary_of(move, tuple(dict.fromkeys(reasons)), own.down_time)

    def estimate(self) -> Estimate | None:
        """How long the whole takes, which is the down time; None until the hosts have told."""
        own = next((offer for offer in self._wizard.ways.offers if offer.way is Way.EXPORT), None)
        return Estimate(own.down_time.seconds or None, own.down_time.lines) if own is not None else None

    def _move(self) -> ExportMove | None:
        wizard, target = self._wizard, self._wizard.destination_picture
        found = subjects(wizard.source_picture, (wizard.machine,), ())
        return ExportMove(found[0], target.key, tidy(self.folder)) if found and target is not None else None

    def _unknown(self) -> Problem:
        what = _("What {host} says of the export is not known.").format(host=self._wizard.source.name)
        return Problem("folder", what, _("Go back, and try again."))


def _proposed(inventory: Inventory) -> str:
    volumes = [volume for volume in inventory.volumes if volume.drive_letter]
    if not volumes:
        return ""
    best = max(volumes, key=lambda volume: volume.size_remaining)
    return f"{best.drive_letter}:\\{_FOLDER}"
