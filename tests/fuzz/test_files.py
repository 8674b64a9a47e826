"""Whatever somebody sends to be imported, it is read as data or refused in a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.fuzz.test_answers import seed_of_this_run


def fuzzed(seed: int, *options: str) -> dict[str, Any]:
    """What a process found that read twisted files."""
    print(f"VMFERRY_FUZZ_SEED={seed}")
    command = [sys.executable, "-m", "tests.fuzz.files", "--seed", str(seed), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr[-5000:]
    found: dict[str, Any] = json.loads(done.stdout)
    print({name: told for name, told in found.items() if name not in ("wrong", "seen")})
    assert not found["wrong"], found["wrong"][0]
    assert not found["seen"], found["seen"][0]
    return found


def test_twisted_files_are_read_as_data_or_refused() -> None:
    found = fuzzed(1, "--cases", "3000")
    assert found["cases"] == 3000
    assert found["refused"] > 1000
    assert min(found["read"].values()) > 10


@pytest.mark.long
def test_twisted_files_are_read_as_data_or_refused_for_a_minute() -> None:
    fuzzed(seed_of_this_run(), "--seconds", "60")
