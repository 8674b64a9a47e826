"""How long a move will take, from sizes, the link and what is assumed; and how that was computed, in sentences.

The course is the documented one: disks are copied first, then memory goes in passes, each over the pages that were
modified during the one before, until a pass is short enough for the machine to switch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.amounts import duration_text, line_rate_text, rate_text, size_text
from core.language import _
from core.moving.move import Move

USABLE = 0.9
"""Share of a link's speed that a migration gets (assumed; about 95 % was published for 1 Gb/s)."""
OVERHEAD = 5.0
"""Seconds to set up and to clean up (assumed)."""
LAST_PASS = 1.0
"""Seconds within which the last pass over memory must fit (assumed; 1 to 2 s of blackout were published)."""
MOST_PASSES = 10
"""Passes over memory after which the last one is made however long it takes (assumed)."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What nobody can read from a host, and the user may know better; in bytes a second.

    ``dirty_rate``: how fast the running guest modifies memory. ``copy_rate``: how fast a host copies within itself.
    """

    dirty_rate: int = 50 << 20
    copy_rate: int = 200 << 20


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds, None where they cannot be told, and the sentences that say how they were computed."""

    seconds: float | None
    lines: tuple[str, ...]

    @property
    def words(self) -> str:
        """The duration as the summary says it."""
        if self.seconds is None:
            return _("Not known: the speed of the link cannot be read.")
        return _("About {duration}").format(duration=duration_text(self.seconds))


def estimate(move: Move, link: int | None, assumptions: Assumptions) -> Estimate:
    """The estimate for ``move`` over a link of ``link`` bytes a second, which a storage move does not use."""
    if not move.is_live:
        return _storage_estimate(move, assumptions)
    storage = move.placement.storage
    if link is None:
        return Estimate(None, (_("No network adapter of both hosts told its speed."), *_sizes(move)))
    rate = link * USABLE
    copying = storage / rate
    passes = tuple(_passes(move.memory, rate, assumptions.dirty_rate))
    lines = [
        _("The slower of the fastest links of both hosts has {line}; {share} % of it, {rate}, are counted on.").format(
            line=line_rate_text(link), share=round(USABLE * 100), rate=rate_text(rate)
        ),
        *_sizes(move),
    ]
    if storage:
        lines.append(_("The disks take {duration}.").format(duration=duration_text(copying)))
    if passes:
        lines.append(
            _("The guest is assumed to modify {rate}: memory takes {count} passes and {duration}.").format(
                rate=rate_text(assumptions.dirty_rate), count=len(passes), duration=duration_text(sum(passes))
            )
        )
    if passes and passes[-1] > LAST_PASS:
        lines.append(
            _("Memory changes too fast for this link: the machine would stand still for about {duration}.").format(
                duration=duration_text(passes[-1])
            )
        )
    lines.append(_("{duration} are added for the beginning and the end.").format(duration=duration_text(OVERHEAD)))
    return Estimate(copying + sum(passes) + OVERHEAD, tuple(lines))


def _storage_estimate(move: Move, assumptions: Assumptions) -> Estimate:
    seconds = move.placement.storage / assumptions.copy_rate + OVERHEAD
    return Estimate(
        seconds,
        (
            *_sizes(move),
            _("The host is assumed to copy {rate}.").format(rate=rate_text(assumptions.copy_rate)),
            _("{duration} are added for the beginning and the end.").format(duration=duration_text(OVERHEAD)),
        ),
    )


def _sizes(move: Move) -> Iterator[str]:
    if move.placement.storage:
        yield _("The files of the virtual hard disks occupy {size}.").format(size=size_text(move.placement.storage))
    if move.memory:
        yield _("The machine has {size} of memory in use.").format(size=size_text(move.memory))


def _passes(memory: int, rate: float, dirty_rate: int) -> Iterator[float]:
    """Seconds of each pass over memory."""
    left, count = float(memory), 0
    while left > 0 and count < MOST_PASSES:
        count += 1
        seconds = left / rate
        yield seconds
        if seconds <= LAST_PASS:
            return
        left = min(dirty_rate * seconds, float(memory))
