"""The program as it is started: it opens the lab, and an interrupt closes everything in order."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "gui", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def has_come(transcript: Path, program: subprocess.Popen[str]) -> bool:
    """Whether a first command reaches a host while the program runs."""
    for _look in range(600):
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(0.05)
            return False
        if transcript.exists() and transcript.read_text(encoding="utf-8").endswith("\n"):
            return True
    return False


def test_help_names_the_options() -> None:
    done = subprocess.run([sys.executable, "-m", "gui", "--help"], capture_output=True, text=True, check=True)
    for option in ("--practice", "--transcript", "--speed", "--language", "--data"):
        assert option in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="a console interrupt cannot be sent to one process there")
def test_an_interrupt_closes_the_sessions_and_the_lab(tmp_path: Path) -> None:
    transcript = tmp_path / "transcript.jsonl"
    program = start("--practice", "two-sites", "--transcript", str(transcript), "--data", str(tmp_path / "data"))
    try:
        assert has_come(transcript, program), "no host was asked"
        program.send_signal(signal.SIGINT)
        output = program.communicate(timeout=30)[0]
    finally:
        program.kill()
        program.wait()
    assert program.returncode == 0, output
    assert "Traceback" not in output
    assert json.loads(transcript.read_text(encoding="utf-8").splitlines()[0])
