"""A day of work with passwords, after which none of them stands anywhere: files, logs, command lines, environments."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.estate.test_secrets import UNLOCK, missing
from tests.end_to_end.planted import MARKS, PASSWORDS, given_away, given_away_in

SCENARIO = """
title = "Hosts with planted passwords"
domain = "contoso.example"
administrator = 'CONTOSO\\admin'
accounts = [{ user = 'CONTOSO\\operator' }]
"""
HOST = """
[[hosts]]
name = "{name}"
memory = "32 GB"
volumes = [{{ letter = "D", label = "Machines", size = "1 TB" }}]
switches = [{{ name = "LAN" }}]
replica_server = {{ storage_location = "D:\\\\Replicas" }}
wire = {{ {wire} }}
"""
MACHINE = """
[[hosts.machines]]
name = "{name}"
memory = "1 GB"
state = "Off"
folder = "D:\\\\VMs\\\\{name}"
disks = [{{ name = "{name}.vhdx", size = "4 GB", used = "1 GB" }}]
adapters = [{{ switch = "LAN" }}]
"""
WIRES = {
    "HV-A": "",
    "HV-B": "",
    "HV-C": 'authentication = ["credssp"]',
    "HV-D": 'scheme = "https", authentication = ["basic"]',
    "HV-E": 'scheme = "https", authentication = ["certificate"]',
    "HV-F": 'scheme = "https", authentication = ["negotiate"]',
}
STEPS = [
    *("wrong password", "negotiate, typed", "ntlm", "credssp", "basic", "certificate", "negotiate"),
    *("connection test", "move", "replication", "failed job", "exports", "crashes and bundles", "practice lab"),
]


def scenario(folder: Path) -> Path:
    text = SCENARIO
    for name, wire in WIRES.items():
        text += HOST.format(name=name, wire=wire)
        if name == "HV-A":
            text += MACHINE.format(name="WEB") + MACHINE.format(name="CRM")
    file = folder / "planted.toml"
    file.write_text(text, encoding="utf-8")
    return file


@contextlib.contextmanager
def planted_lab(folder: Path) -> Iterator[Path]:
    """The lab, whose files are all in ``folder``; yields the file with what it says of itself, without passwords."""
    options = ["--scenario", str(scenario(folder)), "--speed", "60", "--transcript", str(folder / "transcript.jsonl")]
    command = [sys.executable, "-m", "tests.end_to_end.planted", *options]
    environment = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True) as lab:
        assert lab.stdin is not None
        assert lab.stdout is not None
        try:
            ready = json.loads(lab.stdout.readline())
            for entry in (*ready["hosts"], *ready["accounts"]):
                assert entry.pop("password") in PASSWORDS.values()
            file = folder / "ready.json"
            file.write_text(json.dumps(ready), encoding="utf-8")
            yield file
        finally:
            lab.stdin.close()


class Processes:
    """Looks at the command line and the environment of a process and its children, again and again until it ends."""

    def __init__(self, first: int) -> None:
        self.seen: set[str] = set()
        self.found: set[str] = set()
        self._first = first
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.1):
            for process in self._family(self._first):
                for name in ("cmdline", "environ"):
                    with contextlib.suppress(OSError):
                        content = Path(f"/proc/{process}/{name}").read_bytes()
                        if name == "cmdline":
                            self.seen.add(content.replace(b"\0", b" ").decode(errors="replace"))
                        if how := given_away(content):
                            self.found.add(f"{name} of {process}: {how}")

    def _family(self, process: int) -> Iterator[int]:
        yield process
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{process}/task").iterdir():
                for child in (task / "children").read_text(encoding="ascii").split():
                    yield from self._family(int(child))


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at as Linux shows them")
def test_after_a_day_of_work_no_password_stands_anywhere(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("lab", "home", "temporary", "saved")}
    for folder in folders.values():
        folder.mkdir(mode=0o700)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "KRB5_CONFIG")}
    environment = kept | {
        "HOME": str(folders["home"]),
        "TMPDIR": str(folders["temporary"]),
        "XDG_RUNTIME_DIR": str(folders["temporary"]),
        "QT_QPA_PLATFORM": "offscreen",
    }
    with planted_lab(folders["lab"]) as ready:
        command = [sys.executable, "-m", "tests.end_to_end.secrets_walk", str(ready), str(folders["saved"])]
        if not missing:
            # With a key store, whose files are in the user's home.
            command = ["dbus-run-session", "--", "sh", "-c", f'{UNLOCK}; exec "$@"', "sh", *command]
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
        ) as walk:
            processes = Processes(walk.pid)
            try:
                output, errors = walk.communicate(timeout=170)
            finally:
                walk.kill()
                processes.end()
    assert walk.returncode == 0, errors[-4000:].decode(errors="replace")
    assert json.loads(output.splitlines()[-1]) == [*STEPS, "memory only" if missing else "key store"]
    assert missing or list(folders["home"].rglob("*.keyring"))
    for stream in (output, errors):
        assert not given_away(stream)
    assert b"DEBUG" in errors, "the loggers are as talkative as can be"
    assert b"is wrong, " in errors
    assert not processes.found
    assert any("-m lab" in command for command in processes.seen), "the practice lab is a child"
    for file in folders["saved"].glob("*.zip"):
        with zipfile.ZipFile(file) as archive:
            archive.extractall(folders["saved"] / f"of {file.stem}")
    for name in ("home", "temporary", "saved"):
        assert not given_away_in(folders[name])
    written = {file.name for file in tmp_path.rglob("*")}
    assert {"profiles.json", "vmferry.log", "journal.csv", "transcript.ps1", "servers.json", "log.jsonl"} <= written


@pytest.mark.parametrize("option", ["--help", "--practise"])
def test_what_the_program_says_of_its_arguments_has_no_place_for_a_password(option: str) -> None:
    done = subprocess.run([sys.executable, "-m", "gui", option], capture_output=True, text=True, check=False)
    assert "password" not in (done.stdout + done.stderr).lower()
    assert "--data" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "text",
    [
        *PASSWORDS.values(),
        *(json.dumps(password) for password in PASSWORDS.values()),
        f"x{next(iter(MARKS.values()))}y",
    ],
)
def test_a_password_is_found_where_there_is_one(tmp_path: Path, text: str) -> None:
    for encoding in ("utf-8", "utf-16-le"):
        written = b"before " + text.encode(encoding)
        for content in (written, base64.b64encode(written), base64.b64encode(b"x" + written)):
            (tmp_path / "file").write_bytes(content)
            assert given_away_in(tmp_path)
    assert not given_away(b"nothing of it")
