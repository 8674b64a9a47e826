"""What is at the destination already: the machine itself, one of its name, or files where its own are to go."""

from __future__ import annotations

import ntpath
from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.estate.estate import Picture
from core.hyperv.paths import same_path
from core.hyperv.records import Machine
from core.language import _
from core.moving.checks.case import Case, not_read
from core.moving.move import Move
from core.moving.placement import ItemKind
from core.wizards.wizard import Problem

CONFIGURATION_FOLDER = "Virtual Machines"


def leftovers(case: Case) -> Iterator[Finding]:
    """Files are never overwritten, and never removed here: what lies there may be somebody's."""
    found = False
    for finding in (*_machines(case), *_files(case)):
        found = True
        yield finding
    if not found:
        yield Passed(_("Nothing of the same name is in the way on {destination}.").format(**case.names))


def targets(move: Move) -> tuple[str, ...]:
    """The files that the move makes, as far as they do not exist under the same path on the same host already."""
    made: dict[str, None] = {}
    for item, folder in move.placement.pairs():
        if folder is None:
            continue
        if item.kind is ItemKind.DISK:
            sources = [file.path for file in item.files] or [item.path]
            paths = [(source, ntpath.join(folder, ntpath.basename(source))) for source in sources]
        elif item.kind is ItemKind.CONFIGURATION:
            paths = [(_configuration(move, item.path), _configuration(move, folder))]
        else:
            paths = []
        for source, target in paths:
            if move.is_live or not same_path(source, target):
                made[target] = None
    return tuple(made)


def _configuration(move: Move, folder: str) -> str:
    """The machine's configuration file (Windows Server documentation on versions: .xml up to 5.0, then .vmcx)."""
    major = move.machine.version.partition(".")[0]
    extension = "xml" if major.isdigit() and int(major) < 6 else "vmcx"
    return ntpath.join(folder, CONFIGURATION_FOLDER, f"{str(move.machine.machine_id).upper()}.{extension}")


def _machines(case: Case) -> Iterator[Problem]:
    if not case.move.is_live:
        return
    inventory, names = case.destination_inventory, case.names
    if (problem := already_there(case.machine, case.destination)) is not None:
        yield problem
    elif any(machine.name.lower() == case.machine.name.lower() for machine in inventory.machines):
        yield Problem(
            "destination",
            _("{destination} has another virtual machine called {machine}.").format(**names),
            _("They stay two machines, told apart by their IDs; rename one of them so that people can tell them too."),
            is_warning=True,
        )


def already_there(machine: Machine, destination: Picture) -> Problem | None:
    """That a host has the very machine, told by its ID."""
    if destination.inventory is None or destination.inventory.machine(machine.machine_id) is None:
        return None
    return Problem(
        "destination",
        _("{host} has this virtual machine already.").format(host=destination.key.name),
        _("Refresh the list: the machine may have been moved meanwhile, or restored from a backup there."),
    )


def _files(case: Case) -> Iterator[Problem]:
    for path in targets(case.move):
        names = case.names | {"path": path}
        exists = case.destination_facts.existing.get(path)
        if exists is None:
            continue
        if isinstance(exists, Unread):
            what = _("Whether {path} exists on {destination} already is not known.").format(**names)
            yield not_read("folder", what, exists)
        elif exists:
            yield Problem(
                "folder",
                _("{path} exists on {destination} already.").format(**names),
                _(
                    "Choose another folder. If it is left over from a move that failed and belongs to no machine,"
                    " remove it there."
                ),
            )
    shares = sorted({ntpath.splitdrive(path)[0] for path in targets(case.move) if path.startswith("\\\\")})
    for share in shares:
        yield not_read(
            "folder",
            _("What {share} holds already is not known.").format(share=share),
            Unread(_("What lies on a share looks different from here than from the host.")),
        )
