"""Passwords go into a real key store, and where there is none they are kept for this run, in memory only."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "a secret that is nowhere else"
NEEDED = ("dbus-run-session", "gnome-keyring-daemon")
missing = [program for program in NEEDED if shutil.which(program) is None]
with_key_store = pytest.mark.skipif(
    bool(missing),
    reason=f"{' and '.join(missing)} is missing: install the packages dbus and gnome-keyring (on Debian)",
)
UNLOCK = "printf open-sesame | gnome-keyring-daemon --unlock --components=secrets >/dev/null"
LOCKED = "gnome-keyring-daemon --start --components=secrets >/dev/null"


def environment(home: Path) -> dict[str, str]:
    """One without a session bus, a display or a key store, and with a home of its own."""
    runtime = home / "run"
    runtime.mkdir(exist_ok=True, mode=0o700)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "SYSTEMROOT")}
    return {**kept, "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "XDG_DATA_HOME": str(home / "data")}


def visit(home: Path, *arguments: str, within: str = "") -> Any:
    """What ``key_store_visit`` says; ``within`` is a shell command that starts a key store on a bus of its own."""
    command = [sys.executable, "-m", "tests.core.estate.key_store_visit", *arguments]
    if within:
        command = ["dbus-run-session", "--", "sh", "-c", f'{within}; exec "$@"', "sh", *command]
    done = subprocess.run(
        command, env=environment(home), capture_output=True, text=True, timeout=120, check=False, cwd=Path.cwd()
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def files_with(home: Path, text: str) -> list[Path]:
    return [file for file in home.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]


@with_key_store
def test_the_key_store_keeps_a_password_from_run_to_run(tmp_path: Path) -> None:
    one, other = ("HV01", "CONTOSO\\admin"), ("HV01", "CONTOSO\\other")
    first = visit(tmp_path, "keep", *one, "former", "keep", *one, PASSWORD, "keep", *other, "ä'\"\n", within=UNLOCK)
    assert first == ["", "", "", ""]
    # Names of hosts and users have no capitals of their own.
    again = visit(tmp_path, "read", "hv01", "contoso\\ADMIN", "read", *other, "read", "HV02", one[1], within=UNLOCK)
    assert again == ["", PASSWORD, "ä'\"\n", None]
    gone = visit(tmp_path, "forget", *one, "read", *one, "forget", *one, "read", *other, within=UNLOCK)
    assert gone == ["", "", None, "", "ä'\"\n"]
    assert visit(tmp_path, "read", *one, within=UNLOCK) == ["", None]
    assert list(tmp_path.rglob("*.keyring"))
    assert not files_with(tmp_path, PASSWORD)


@with_key_store
def test_a_key_store_that_stays_locked_is_said(tmp_path: Path) -> None:
    visit(tmp_path, "keep", "HV01", "admin", PASSWORD, within=UNLOCK)
    probed, kept, read, unread = visit(
        tmp_path, "keep", "HV02", "admin", PASSWORD, "read", "HV02", "admin", "read", "HV01", "admin", within=LOCKED
    )
    assert probed.startswith("The key store of this computer cannot be used: ")
    assert kept == probed
    assert kept.endswith("Passwords are kept until VM Ferry is closed, in memory only.")
    assert read == PASSWORD
    assert unread is None


@pytest.mark.skipif(sys.platform != "linux", reason="the key stores of Windows and macOS are always there")
def test_without_a_key_store_a_password_is_known_until_the_end_and_written_nowhere(tmp_path: Path) -> None:
    probed, kept, read = visit(tmp_path, "keep", "HV01", "admin", PASSWORD, "read", "HV01", "admin")
    assert probed == (
        "This computer has no key store for passwords. Passwords are kept until VM Ferry is closed, in memory only."
    )
    assert kept == probed
    assert read == PASSWORD
    assert not files_with(tmp_path, PASSWORD)
    assert visit(tmp_path, "read", "HV01", "admin", "forget", "HV01", "admin")[1:] == [None, ""]
