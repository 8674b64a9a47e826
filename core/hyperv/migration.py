"""The calls that move a machine to another host, and what a host says against it beforehand."""

from __future__ import annotations

from uuid import UUID

from core.hyperv.query import Question
from core.hyperv.records import Incompatibility
from core.powershell.command import Command, ParameterValue, Pipeline, Statement, Switch, command


def move_to_one_folder(machine_id: UUID, destination: str, folder: str) -> Pipeline:
    """Move a machine with all its data below ``folder`` of ``destination``."""
    return Pipeline((_pick(machine_id) | _single_location("Move-VM", destination, folder),))


def compare_for_one_folder(machine_id: UUID, destination: str, folder: str) -> Question[Incompatibility]:
    """What Compare-VM has against the move of ``move_to_one_folder``."""
    statement: Statement = _pick(machine_id) | _single_location("Compare-VM", destination, folder)
    statement = statement | command("Select-Object", ExpandProperty="Incompatibilities")
    return Question("incompatibilities", statement, Incompatibility)


def _pick(machine_id: UUID) -> Command:
    """A machine by its ID: a name may stand for two machines, or hold wildcards."""
    return command("Get-VM", Id=machine_id)


def _single_location(cmdlet: str, destination: str, folder: str) -> Command:
    parameters: dict[str, ParameterValue] = {
        "DestinationHost": destination,
        "IncludeStorage": Switch.PRESENT,
        "DestinationStoragePath": folder,
    }
    return command(cmdlet, **parameters)
