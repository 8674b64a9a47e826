"""Whatever a host answers, the program says in words what is wrong with it, and reads the next answer."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from typing import Any

import pytest

MOST_GROWTH = 100 << 20
"""Bytes that may be held at the end beyond those of the beginning."""


def seed_of_this_run() -> int:
    """That of the environment, so that a run can be made again; else any."""
    return int(os.environ.get("VMFERRY_FUZZ_SEED") or random.SystemRandom().randrange(1 << 32))


def fuzzed(seed: int, *options: str) -> dict[str, Any]:
    """What a process found that read twisted answers; a hang ends it, and so does too much memory."""
    print(f"VMFERRY_FUZZ_SEED={seed}")
    command = [sys.executable, "-m", "tests.fuzz.answers", "--seed", str(seed), *options]
    # Each arena of the allocator reserves room that nothing uses, and the limit would count it.
    environment = {**os.environ, "MALLOC_ARENA_MAX": "2"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print({name: told for name, told in found.items() if name != "wrong"})
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is set as on Linux")
@pytest.mark.parametrize("seed", [1])
def test_only_named_errors_come_of_twisted_answers(seed: int) -> None:
    found = fuzzed(seed, "--cases", "150")
    assert not found["wrong"], found["wrong"][0]
    assert found["cases"] == 150
    assert found["over_the_wire"] == 2
    assert found["named"]["UnexpectedAnswer"] > 20
    assert found["understood"] > 20
    assert found["grown"] < MOST_GROWTH


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is set as on Linux")
def test_only_named_errors_come_of_twisted_answers_for_ten_minutes() -> None:
    found = fuzzed(seed_of_this_run(), "--seconds", "570")
    assert not found["wrong"], found["wrong"][0]
    assert found["grown"] < MOST_GROWTH
