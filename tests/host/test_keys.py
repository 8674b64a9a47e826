"""Tests on a host and the keys of docs/assumptions.md belong together, and a run tells what became of each line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.estate.profile_store import PROFILES_SCHEMA
from core.estate.profiles import Profile, Profiles
from tests.host.assumptions import FILE, keyed
from tests.host.connecting import PASSWORD, USER
from tests.laboratory import running_lab

FOLDER = Path(__file__).parent
MARK = re.compile(r"mark\.assumes\(([^)]*)\)")


def test_every_key_has_a_test_and_every_test_a_key() -> None:
    marks = [mark for file in FOLDER.glob("test_*ing.py") for mark in MARK.findall(file.read_text(encoding="utf-8"))]
    asked = {key.strip(' "') for mark in marks for key in mark.split(",")}
    assert asked == keyed().keys()
    assert len(asked) > 10
    assert FILE.is_file()


@pytest.mark.skipif("config.getoption('--host') is not None", reason="it is what is running")
def test_a_run_tells_what_was_confirmed(tmp_path: Path) -> None:
    """As against a real host, with one of the lab in its place, kept as a server in VM Ferry is."""
    with running_lab(tmp_path) as lab:
        known = lab.host("HV-01")
        profile = Profile(address=known["address"], name="HV-01", port=known["port"], user_name=known["username"])
        data = tmp_path / "VM Ferry"
        data.mkdir()
        (data / "profiles.json").write_bytes(PROFILES_SCHEMA.encoded(Profiles((profile,))))
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", FOLDER, "--host", "HV-01"],
            env=os.environ | {"XDG_DATA_HOME": str(tmp_path), USER: known["username"], PASSWORD: known["password"]},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    assert run.returncode == 0, run.stdout + run.stderr
    told = re.findall(r"^(confirmed|REFUTED|not tried) +([a-z-]+): ", run.stdout, re.MULTILINE)
    assert {key for _verdict, key in told} == keyed().keys()
    assert {key for verdict, key in told if verdict == "confirmed"} >= {"refresh", "json-version", "vhd-format"}
    assert {key for verdict, key in told if verdict == "not tried"} == {
        *("start-running", "start-paused", "paused-number", "checkpoint-name"),
    }
