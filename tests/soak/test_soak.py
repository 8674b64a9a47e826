"""Nothing is lost, nothing is done twice, and nothing is left, whatever breaks in between."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import warnings
from pathlib import Path

import pytest

from tests.laboratory import running_lab
from tests.soak.soak import Course, Findings, soak

QUICKLY, FOR_TEN_MINUTES = 120.0, 30.0
"""Simulated seconds per second."""
PACE = 1.9
"""Seconds after which somebody begins the next thing, in the run of ten minutes."""


def seed_of_this_run() -> int:
    """That of the environment, so that a run can be made again; else any."""
    return int(os.environ.get("VMFERRY_SOAK_SEED") or random.SystemRandom().randrange(1 << 32))


def soaked(course: Course, folder: Path, speed: float, pace: float = 0.0) -> Findings:
    print(f"VMFERRY_SOAK_SEED={course.seed}")
    with running_lab(folder, scenario=course.scenario(folder), speed=speed) as lab:
        found = asyncio.run(soak(course, lab, folder, pace))
    with warnings.catch_warnings():
        # An answer that broke off holds its socket until Python collects what is left of it: not in another test.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    print(f"{sum(found.ended.values())} jobs: {dict(found.ended)}")
    return found


def test_the_same_seed_does_the_same() -> None:
    size = {"hosts": 20, "moves": 200, "replications": 100}
    assert Course.of(7, **size) == Course.of(7, **size)
    assert Course.of(7, **size) != Course.of(8, **size)


@pytest.mark.parametrize("seed", [*(pytest.param(seed, marks=pytest.mark.long) for seed in (8, 9)), 112])
def test_a_few_machines_are_where_the_journal_says_whatever_breaks(tmp_path: Path, seed: int) -> None:
    """Seeds with which something was wrong once, or nothing ever."""
    found = soaked(Course.of(seed, hosts=4, moves=8, replications=4), tmp_path, QUICKLY)
    assert not found.wrong
    assert sum(found.ended.values()) == 12


@pytest.mark.long
def test_hundreds_of_machines_are_where_the_journal_says_whatever_breaks(tmp_path: Path) -> None:
    found = soaked(
        Course.of(seed_of_this_run(), hosts=20, moves=200, replications=100), tmp_path, FOR_TEN_MINUTES, PACE
    )
    print(f"memory {found.memory_before} -> {found.memory_after}: {found.growth:+.1%}")
    assert not found.wrong
    assert sum(found.ended.values()) == 300
    assert found.growth < 0.1
