"""How long a job waits for what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Times in seconds.

    ``look_again_after``: between two looks at the hosts for an outcome that nobody told. ``quiet_for``: how long the
    machine must have been seen at the source, with nothing under way, before a request that got no answer counts as
    lost: it may still be on its way, and a host needs a moment to begin. ``observe_after``: between two looks at a host
    while its own answers tell how far it is, and between two at hosts that jobs wait for. ``heartbeat_within``: how
    long the guest of a machine that has moved may take to answer again. ``brief_shown_for``: how long a brief job that
    has succeeded stays in the list. ``copy_after``: between two looks at what a host copies in the background,
    ``schedule_after`` at what it is to copy at a later time.
    """

    look_again_after: float = 2.0
    quiet_for: float = 20.0
    observe_after: float = 5.0
    heartbeat_within: float = 60.0
    brief_shown_for: float = 8.0
    copy_after: float = 3.0
    schedule_after: float = 30.0
