"""The one clock of the lab: simulated time, and what is due to happen in it."""

from __future__ import annotations

import asyncio
import datetime
import heapq
import itertools
import math
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

Course: TypeAlias = Generator[float, None, None]
"""A process in simulated time: it yields the seconds until it wants to go on."""


class Process(Protocol):
    """What goes on all the time, and not at single moments; times are the clock's seconds."""

    def due(self) -> float:
        """The next moment at which others must see how far it is; later than the last one it was brought to."""

    def pass_time(self, until: float) -> None:
        """Go on up to ``until``. Nothing else has happened since the last call."""


@dataclass(order=True, slots=True)
class _Due:
    elapsed: float
    order: int
    action: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)


class Clock:
    """Simulated time. Everything due runs exactly at its time and in order, however coarse the steps are.

    ``speed`` is simulated seconds per real second; at 0 time stands still until ``advance`` is called. ``epoch``
    changes with everything that may have changed what processes depend on: an event, or the next step from outside.
    """

    def __init__(self, start: datetime.datetime, speed: float = 1.0) -> None:
        self._start = start
        self.speed = speed
        self._elapsed = 0.0
        self._advancing = False
        self._due: list[_Due] = []
        self._processes: list[Process] = []
        self._first_observer = 0
        self.epoch = 0
        self._order = itertools.count()
        self._anchor_real = time.monotonic()
        self._anchor_elapsed = 0.0
        self._rescheduled = asyncio.Event()

    def follow(self, process: Process, *, last: bool = False) -> None:
        """Let ``process`` go on with the time, from now on; after all others when it takes stock of them (``last``)."""
        self._processes.insert(len(self._processes) if last else self._first_observer, process)
        self._first_observer += not last
        self.epoch += 1
        self._rescheduled.set()

    def forget(self, process: Process) -> None:
        """Let it go on no more."""
        place = self._processes.index(process)
        self._first_observer -= place < self._first_observer
        del self._processes[place]

    def moment_at(self, elapsed: float) -> datetime.datetime:
        """The simulated moment, in UTC, ``elapsed`` seconds after the lab was started."""
        return self._start + datetime.timedelta(seconds=elapsed)

    def seconds_at(self, moment: datetime.datetime) -> float:
        """How many seconds after the lab's start ``moment`` is."""
        return (moment - self._start).total_seconds()

    @property
    def elapsed(self) -> float:
        """Simulated seconds since the lab was started."""
        return self._elapsed

    def now(self) -> datetime.datetime:
        """The simulated moment, in UTC."""
        self.catch_up()
        return self._start + datetime.timedelta(seconds=self._elapsed)

    def call_later(self, delay: float, action: Callable[[], None]) -> Callable[[], None]:
        """Run ``action`` in ``delay`` simulated seconds; the returned function cancels it."""
        self.catch_up()
        due = _Due(self._elapsed + max(delay, 0.0), next(self._order), action)
        heapq.heappush(self._due, due)
        self.epoch += 1
        self._rescheduled.set()

        def cancel() -> None:
            due.cancelled = True

        return cancel

    def start(self, course: Course) -> RunningCourse:
        """Let ``course`` run in simulated time, from now on."""
        return RunningCourse(self, course)

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` of simulated time pass.

        Raises ValueError when ``seconds`` is negative: this clock never runs back.
        """
        if seconds < 0:
            raise ValueError("simulated time never runs back")
        self._advance_to(self._elapsed + seconds)
        self._anchor_real, self._anchor_elapsed = time.monotonic(), self._elapsed

    def set_speed(self, speed: float) -> None:
        """Let ``speed`` simulated seconds pass in a real one from now on.

        Raises ValueError when ``speed`` is negative.
        """
        if speed < 0:
            raise ValueError("simulated time never runs back")
        self.catch_up()
        self._anchor_real, self._anchor_elapsed = time.monotonic(), self._elapsed
        self.speed = speed
        self._rescheduled.set()

    def catch_up(self) -> None:
        """Bring simulated time up to where real time has got to; what is due runs at its own time all the same."""
        if self._advancing:
            return
        target = self._anchor_elapsed + (time.monotonic() - self._anchor_real) * self.speed
        if target > self._elapsed:
            self._advance_to(target)

    async def run(self) -> None:
        """Follow real time until cancelled."""
        while True:
            self.catch_up()
            self._rescheduled.clear()
            wait = None
            moment = self.next_moment
            if self.speed > 0 and moment < math.inf:
                wait = max((moment - self._elapsed) / self.speed, 0.0)
            try:
                await asyncio.wait_for(self._rescheduled.wait(), wait)
            except TimeoutError:
                continue

    def _advance_to(self, target: float) -> None:
        self._advancing = True
        self.epoch += 1
        try:
            while (moment := self.next_moment) <= target:
                self._pass_to(moment)
                if self._due and self._due[0].elapsed <= moment:
                    due = heapq.heappop(self._due)
                    if not due.cancelled:
                        self.epoch += 1
                        due.action()
            self._pass_to(target)
        finally:
            self._advancing = False

    @property
    def next_moment(self) -> float:
        """When the next event is due, or a process is to be brought forward."""
        moment = self._due[0].elapsed if self._due else math.inf
        return min([moment, *(process.due() for process in self._processes)])

    def _pass_to(self, moment: float) -> None:
        self._elapsed = max(self._elapsed, moment)
        for process in tuple(self._processes):
            process.pass_time(self._elapsed)


class HostClock:
    """What one host makes of the lab's clock: the same seconds, and moments that are ``ahead`` of the true ones."""

    def __init__(self, clock: Clock, ahead: datetime.timedelta) -> None:
        self._clock = clock
        self._ahead = ahead

    def now(self) -> datetime.datetime:
        """The moment that the host takes for the present one, in UTC."""
        return self._clock.now() + self._ahead

    def moment_at(self, elapsed: float) -> datetime.datetime:
        """What the host's clock shows ``elapsed`` seconds after the lab was started, in UTC."""
        return self._clock.moment_at(elapsed) + self._ahead

    def seconds_at(self, moment: datetime.datetime) -> float:
        """How many seconds after the lab's start the host's clock shows ``moment``."""
        return self._clock.seconds_at(moment - self._ahead)

    def when(self, other: HostClock, moment: datetime.datetime) -> datetime.datetime:
        """What this clock shows when ``other`` shows ``moment``."""
        return self.moment_at(other.seconds_at(moment))

    @property
    def elapsed(self) -> float:
        """Simulated seconds since the lab was started."""
        return self._clock.elapsed

    @property
    def epoch(self) -> int:
        """As the lab's clock tells it."""
        return self._clock.epoch

    def call_later(self, delay: float, action: Callable[[], None]) -> Callable[[], None]:
        """Run ``action`` in ``delay`` simulated seconds; the returned function cancels it."""
        return self._clock.call_later(delay, action)

    def start(self, course: Course) -> RunningCourse:
        """Let ``course`` run in simulated time, from now on."""
        return self._clock.start(course)

    def follow(self, process: Process, *, last: bool = False) -> None:
        """Let ``process`` go on with the time, as the lab's clock does."""
        self._clock.follow(process, last=last)

    def forget(self, process: Process) -> None:
        """Let it go on no more."""
        self._clock.forget(process)


class RunningCourse:
    """A course under way on a clock."""

    def __init__(self, clock: Clock, course: Course) -> None:
        self._clock = clock
        self._course = course
        self._cancel: Callable[[], None] = _nothing
        self._step()

    def interrupt(self, reason: Exception) -> None:
        """Raise ``reason`` inside the course, at the place where it waits."""
        self._cancel()
        try:
            delay = self._course.throw(reason)
        except StopIteration:
            return
        self._cancel = self._clock.call_later(delay, self._step)

    def _step(self) -> None:
        try:
            delay = next(self._course)
        except StopIteration:
            return
        self._cancel = self._clock.call_later(delay, self._step)


def _nothing() -> None:
    """What is cancelled before anything is due."""
