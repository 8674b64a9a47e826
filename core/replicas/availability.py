"""How much of the time a machine was protected, and what that comes to in a year.

The course that the program follows counts so: 99 % are 3.7 days of downtime a year, 99.9 % are 8.8 hours, 99.99 % are
53 minutes, 99.999 % are 5.3 minutes.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from core.amounts import duration_text
from core.hyperv.replication_states import ReplicationHealth, ReplicationState
from core.language import _
from core.replicas.history import Sample

_YEAR = 365 * 24 * 3600.0
_HOLDS_FOR = 900.0
"""Seconds for which a sample says how things stood, unless a newer one says otherwise: longer nobody looked."""
_LATE = 2
_PROTECTED = frozenset({ReplicationState.REPLICATING, ReplicationState.WAITING_FOR_UPDATE_COMPLETION})


@dataclass(frozen=True, slots=True)
class Availability:
    """``protected`` and ``observed`` seconds: the time in which a machine could have failed over as it was asked for.

    Time in which nobody looked counts for nothing.
    """

    protected: float
    observed: float

    @property
    def percent(self) -> float | None:
        """The share in percent; None where nothing was observed."""
        return self.protected * 100 / self.observed if self.observed else None

    @property
    def sentence(self) -> str:
        """The share, what it comes to in a year, and how long was looked, in words."""
        percent = self.percent
        if percent is None:
            return _("Nothing was observed in this time.")
        text = _("Protected {percent} % of {observed} observed: {year} without protection a year at this rate.")
        # Rounded up, a hundred percent would hide what was missed.
        shown = f"{int(percent * 1000) / 1000:.3f}".rstrip("0").rstrip(".")
        names = {"observed": duration_text(self.observed), "year": duration_text(downtime_a_year(percent))}
        return text.format(percent=shown, **names)


def downtime_a_year(percent: float) -> float:
    """Seconds in a year that ``percent`` leave out."""
    return _YEAR * (100 - percent) / 100


def availability(samples: Sequence[Sample], until: datetime.datetime) -> Availability:
    """What samples of one side, the oldest first, come to; each holds until the next, but not for long."""
    protected = observed = 0.0
    ends = [sample.moment for sample in samples[1:]] + [until]
    for sample, end in zip(samples, ends, strict=False):
        held = min(max(0.0, (end - sample.moment).total_seconds()), _HOLDS_FOR)
        observed += held
        if is_protected(sample):
            protected += held
    return Availability(protected, observed)


def is_protected(sample: Sample) -> bool:
    """Whether the machine could have failed over then, losing no more than was asked for."""
    if sample.state not in _PROTECTED or sample.health is ReplicationHealth.CRITICAL:
        return False
    return sample.age is not None and sample.age <= sample.asked * _LATE
