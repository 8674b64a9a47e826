"""How long an initial copy takes, what recovery points occupy, and whether a link keeps up, each with how it was told.

Undo logs of recovery points grow by what is written (Hyper-V team blog on the format that 2012 R2 brought), so that the
change rate is all there is to tell by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.amounts import duration_text, line_rate_text, rate_text, size_text
from core.language import _

USABLE = 0.9
"""Share of a link's speed that a copy gets (assumed, as for migrations)."""
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Rates:
    """Bytes a second, as far as they were measured: of the slower of both hosts' links, and of what the guest writes.

    ``assumed_link`` is counted on where no link told its speed; the user may know better.
    """

    link: int | None = None
    writes: float | None = None
    assumed_link: int = 100_000_000 // 8

    @property
    def usable(self) -> float:
        """What a copy gets of the link."""
        return (self.link or self.assumed_link) * USABLE


@dataclass(frozen=True, slots=True)
class CopyEstimate:
    """Seconds of an initial copy, and the sentences that say how they were computed."""

    seconds: float
    lines: tuple[str, ...]

    @property
    def words(self) -> str:
        """The duration as the summary says it."""
        return _("About {duration}").format(duration=duration_text(self.seconds))


def copy_estimate(size: int, rates: Rates) -> CopyEstimate:
    """The estimate for ``size`` bytes over the network."""
    names = {"size": size_text(size), "rate": rate_text(rates.usable), "share": round(USABLE * 100)}
    if rates.link is not None:
        line = _("The slower of the fastest links of both hosts has {line}; {share} % of it, {rate}, are counted on.")
        said = line.format(line=line_rate_text(rates.link), **names)
    else:
        line = _("No link told its speed: {line} are assumed, and {share} % of it, {rate}, counted on.")
        said = line.format(line=line_rate_text(rates.assumed_link), **names)
    lines = (
        said,
        _("The files of the chosen virtual hard disks occupy {size}.").format(**names),
        _("What compression saves is not counted."),
    )
    return CopyEstimate(size / rates.usable, lines)


def points_size(history: int, writes: float | None) -> int | None:
    """Bytes that ``history`` hourly points occupy besides the replica itself; None where nobody can tell."""
    return round(writes * _HOUR * history) if writes is not None else None


def points_words(history: int, writes: float | None) -> str:
    """The same in a sentence."""
    size = points_size(history, writes)
    if not history:
        return _("Only the latest recovery point is kept: it needs no room of its own.")
    if size is None or writes is None:
        return _("What the recovery points need is not known: how fast the machine writes cannot be read.")
    return _("The recovery points need about {size}: the machine was just writing {rate}.").format(
        size=size_text(size), rate=rate_text(writes)
    )


def together(sizes: Sequence[int | None]) -> int | None:
    """The sum, or None where one is not known."""
    return None if any(size is None for size in sizes) else sum(size or 0 for size in sizes)
