"""Simulated time: what is due runs in order, at its time, and never backwards."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.hyperv.clock import Clock, Course

START = datetime.datetime(2025, 3, 10, 8, tzinfo=datetime.UTC)


@given(st.lists(st.integers(0, 1000)), st.lists(st.integers(0, 400), min_size=1))
def test_everything_due_runs_in_order_however_time_is_stepped(delays: list[int], steps: list[int]) -> None:
    clock = Clock(START, speed=0)
    ran: list[float] = []
    for delay in delays:
        clock.call_later(delay, lambda due=delay: ran.append(due) if clock.elapsed == due else ran.append(-1))
    for step in steps:
        clock.advance(step)
    assert ran == sorted(delay for delay in delays if delay <= sum(steps))
    assert clock.now() == START + datetime.timedelta(seconds=sum(steps))


def test_a_course_waits_between_its_steps_and_can_be_interrupted() -> None:
    clock = Clock(START, speed=0)
    seen: list[tuple[str, float]] = []

    def course() -> Course:
        try:
            seen.append(("began", clock.elapsed))
            yield 10
            seen.append(("went on", clock.elapsed))
            yield 100
        except KeyError:
            seen.append(("interrupted", clock.elapsed))

    running = clock.start(course())
    clock.advance(25)
    running.interrupt(KeyError())
    clock.advance(1000)
    assert seen == [("began", 0), ("went on", 10), ("interrupted", 25)]


def test_what_was_cancelled_does_not_run() -> None:
    clock = Clock(START, speed=0)
    ran: list[str] = []
    cancel = clock.call_later(5, lambda: ran.append("never"))
    cancel()
    clock.advance(10)
    assert ran == []


def test_time_never_runs_back() -> None:
    clock = Clock(START, speed=0)
    with pytest.raises(ValueError, match="never runs back"):
        clock.advance(-1)
