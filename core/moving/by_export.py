"""A move by export and import: the source's half, one plan of shutting down and exporting.

The files are carried to the destination, and imported there, by somebody else: neither host signs in to the other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from core.estate.connection import HostKey
from core.failover import steps
from core.failover.steps import Place
from core.hyperv.states import MachineState
from core.jobs.plan import Expectation, Plan
from core.language import _
from core.moving.ways import DownTime, Way
from core.operating.exporting import Export
from core.operating.subject import Subject

Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ExportMove:
    """A machine that goes to ``destination`` by way of ``folder`` of its present host."""

    subject: Subject
    destination: HostKey
    folder: str

    @property
    def export(self) -> Export:
        """The export, of the machine as it is then: off."""
        off = msgspec.structs.replace(self.subject.machine, state=MachineState.OFF)
        return Export((replace(self.subject, machine=off),), self.folder)

    @property
    def runs(self) -> bool:
        """Whether it has to be shut down before."""
        return self.subject.machine.state is MachineState.RUNNING

    @property
    def here(self) -> Place:
        """The machine where it is."""
        return Place(self.subject.host, self.subject.machine.machine_id, self.subject.machine.name)

    @property
    def names(self) -> dict[str, str]:
        """What texts call the things involved."""
        return {
            "machine": self.subject.machine.name,
            "source": self.subject.host.name,
            "destination": self.destination.name,
            "folder": self.export.target(self.subject),
        }


def export_move_plan(move: ExportMove, exporting: Plan, summary: tuple[Line, ...]) -> Plan:
    """The plan of the source's half; ``exporting`` is what was planned for the export itself."""
    machine, here = move.subject.machine, move.here
    before = (steps.shut_down(here, undo=steps.start(here)),) if move.runs else ()
    return Plan(
        title=_("Export {machine} to move it to {destination}").format(**move.names),
        host=here.host,
        actions=(*before, *exporting.actions, steps.keep_off(here)),
        summary=summary,
        expectation=Expectation(here.host, machine.machine_id, machine.name, machine.state),
        checks=exporting.checks,
        remains=(*exporting.remains, _what_remains(move)),
    )


def summary_of(move: ExportMove, reasons: tuple[str, ...], down: DownTime) -> tuple[Line, ...]:
    """Name and value of each line; ``reasons`` are what speaks against the other ways."""
    machine, names = move.subject.machine, move.names
    order = _("Shut down, export; then you copy the folder and import it.")
    return (
        (_("Virtual machine:"), _("{machine} ({state})").format(machine=machine.name, state=machine.state.word)),
        (_("From:"), names["source"]),
        (_("Destination computer:"), names["destination"]),
        (_("Way:"), Way.EXPORT.word),
        (_("Why:"), "\n".join(reasons) or _("You have chosen it.")),
        (_("What happens:"), order if move.runs else _("Export; then you copy the folder and import it.")),
        (_("Export to:"), names["folder"]),
        (_("Down time:"), down.words),
        (
            _("If it fails:"),
            _("{machine} stays on {source}; Undo starts it again if it was shut down.").format(**names),
        ),
        (_("Afterwards:"), _what_remains(move)),
    )


def _what_remains(move: ExportMove) -> str:
    return _(
        "{machine} is left on {source}, off, with its files. Copy {folder} to {destination} and import it there with"
        " Import Virtual Machine..., keeping its ID. Do not start both: they have the same identity. Once you have"
        " looked at the one on {destination}, delete it on {source} with Delete."
    ).format(**move.names)
