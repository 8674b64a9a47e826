"""The call that moves a machine, for tests that need one and no wizard."""

from __future__ import annotations

from uuid import UUID

from core.powershell.command import Pipeline, Switch, command


def move_to_one_folder(machine_id: UUID, destination: str, folder: str) -> Pipeline:
    """Move a machine with all its data below ``folder`` of ``destination``."""
    moving = command(
        "Move-VM", DestinationHost=destination, IncludeStorage=Switch.PRESENT, DestinationStoragePath=folder
    )
    return Pipeline((command("Get-VM", Id=machine_id) | moving,))
