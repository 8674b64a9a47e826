"""Where a program is killed: around a line of its journal, or while a host has a step in hand."""

from __future__ import annotations

import enum
import itertools
from dataclasses import dataclass

from core.jobs.patience import Patience

PATIENT = Patience(
    look_again_after=0.1,
    quiet_for=0.4,
    observe_after=0.5,
    heartbeat_within=2.0,
    # A brief job that has succeeded would write one line more, once it has been seen.
    brief_shown_for=600.0,
    copy_after=0.1,
    schedule_after=0.1,
)
"""The patience of every program here; simulated time is fast."""


class Moment(enum.Enum):
    """When a program is killed: before a line is written, after it, or once the host has got what it announces."""

    BEFORE = "before"
    AFTER = "after"
    DURING = "during"


@dataclass(frozen=True, slots=True)
class Place:
    """A moment, and the number of the line in the program's journal, from 0."""

    moment: Moment
    line: int

    @property
    def data(self) -> list[object]:
        """The place as JSON has it."""
        return [self.moment.value, self.line]

    @classmethod
    def read(cls, data: list[object]) -> Place:
        """The place that ``data`` is."""
        moment, line = data
        return cls(Moment(moment), int(str(line)))


def lines(steps: int) -> tuple[str, ...]:
    """What the journal has of a plan of so many steps that nothing disturbs, a word for each line."""
    return ("planned", *("sending", "answered", "done") * steps, "ended")


def places(steps: int) -> tuple[Place, ...]:
    """Every place in a plan of so many steps, in order."""
    found = [Place(Moment.BEFORE, 0)]
    events = lines(steps)
    for line, event in enumerate(events[:-1]):
        found.append(Place(Moment.AFTER, line))
        if event == "sending":
            found.append(Place(Moment.DURING, line))
        found.append(Place(Moment.BEFORE, line + 1))
    return (*found, Place(Moment.AFTER, len(events) - 1))


def some_places(steps: int, first: int) -> tuple[Place, ...]:
    """The places at which a plan is killed where not all can be.

    Between two lines the program sends nothing, but after ``sending``: there it is killed thrice, and at one place of
    four elsewhere, counted from ``first`` on.
    """
    quiet = itertools.count(first)
    return tuple(each for each in places(steps) if gap_of(each, steps) == "sending" or not next(quiet) % 4)


def gap_of(place: Place, steps: int) -> str:
    """After which line the place is, in the word of that line; empty before the first."""
    before = place.line - (place.moment is Moment.BEFORE)
    return lines(steps)[before] if before >= 0 else ""


def name_of(place: Place, steps: int) -> str:
    """The place in words, for people: ``before sending 2``; steps are counted from 1."""
    event = lines(steps)[place.line]
    step = f" {(place.line - 1) // 3 + 1}" if event not in ("planned", "ended") else ""
    return f"{place.moment.value} {event}{step}"
