"""The main job as ``dev.py demo`` shows it: the window moves a machine, and leaves pictures."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

PNG = b"\x89PNG\r\n\x1a\n"
READS = {"Get", "Write", "Select", "ConvertTo", "Compare"}
"""The verbs of cmdlets that change nothing."""


def walk(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.tour", "--out", str(folder / "pictures"), *options],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def received(transcript: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in transcript.read_text(encoding="utf-8").splitlines()]


def test_every_route_of_the_program_is_walked(tmp_path: Path) -> None:
    transcript = tmp_path / "transcript.jsonl"
    tour = walk(tmp_path, "--tour", "all", "--transcript", str(transcript))
    assert tour.returncode == 0, tour.stderr
    assert "WEB01 is in the list of HV-02" in tour.stdout
    pictures = sorted((tmp_path / "pictures").glob("*.png"))
    assert len(pictures) >= 19
    assert all(picture.read_bytes().startswith(PNG) for picture in pictures)

    commands = received(transcript)
    assert {entry["host"] for entry in commands} == {"HV-01", "HV-02", "HV-DR"}
    pipelines: dict[str, list[str]] = {}
    for entry in commands:
        pipelines.setdefault(entry["pipeline"], []).append(entry["cmdlet"])
    moves = [cmdlets for cmdlets in pipelines.values() if "Move-VM" in cmdlets]
    assert moves == [["Get-VM", "Move-VM"]] * 2
    for cmdlets in pipelines.values():
        if "Move-VM" not in cmdlets:
            assert {cmdlet.partition("-")[0] for cmdlet in cmdlets} <= READS, cmdlets
    # Everything names a cmdlet: a piece of script text would not.
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+-[A-Z][A-Za-z]+", entry["cmdlet"]) for entry in commands)


def test_what_is_missing_is_said_and_fails_the_tour(tmp_path: Path) -> None:
    scenario = tmp_path / "empty.toml"
    scenario.write_text(
        'title = "x"\ndomain = "x.example"\nadministrator = "X\\\\admin"\n'
        '[[hosts]]\nname = "HV-01"\nmemory = "16 GB"\nvolumes = [{ letter = "C", label = "C", size = "1 TB" }]\n'
    )
    tour = walk(tmp_path, "--scenario", str(scenario), "--patience", "1")
    assert tour.returncode == 1
    assert "WEB01 in the list of HV-01" in tour.stderr
    assert "Traceback" not in tour.stderr
