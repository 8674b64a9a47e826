"""Where machines are at home: remembered before they fail over, so that the way back is known."""

from __future__ import annotations

from core.replicas.relationship import Relationship
from gui.replicas.workbench import Workbench


async def remember(bench: Workbench, relationship: Relationship) -> None:
    """Remember the home of a machine, where it is a host of this program: nobody could come back to another.

    Raises NotKept where it holds for this run only.
    """
    journey = await bench.desk.journey(relationship) if not relationship.is_extension else None
    if journey is not None:
        await bench.journeys.begin(journey)
