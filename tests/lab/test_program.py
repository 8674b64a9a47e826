"""``python -m lab`` as a process: it says when it is ready, ends when it should, and keeps its secrets."""

from __future__ import annotations

import ipaddress
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from core.powershell.command import Pipeline, Statement, command
from tests.core.estates import key, managed
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

KEYS = {
    "time", "host", "version", "user", "pipeline", "statement", "position", "input", "cmdlet", "parameters", "outcome",
    "error_id",
}  # fmt: skip


def run_lab(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lab", *options], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30
    )


def test_the_ready_line_tells_how_to_reach_every_host(lab: RunningLab) -> None:
    assert [host["name"] for host in lab.ready["hosts"]] == ["HV-01", "HV-02", "HV-DR"]
    for host in lab.ready["hosts"]:
        assert set(host) == {"name", "address", "port", "scheme", "auth", "username", "password", "ca_file"}
        assert ipaddress.ip_address(host["address"]).is_loopback
        assert len(host["password"]) >= 16
    assert set(lab.ready["control"]) == {"url", "token"}


def test_it_ends_when_its_input_closes() -> None:
    ended = run_lab()
    assert ended.returncode == 0
    assert len(ended.stdout.splitlines()) == 1
    assert ended.stderr == ""


NARROW = """
import resource, runpy, sys
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, most))
sys.argv[0] = "lab"
runpy.run_module("lab", run_name="__main__")
"""


def test_a_thousand_hosts_are_ready_under_a_low_limit_of_open_files(tmp_path: Path) -> None:
    scenario = tmp_path / "many.toml"
    head = 'title = "Many"\ndomain = "lab.example"\nadministrator = "LAB\\\\admin"\n'
    hosts = (f'[[hosts]]\nname = "HV-{number}"\nmemory = "16 GB"\n' for number in range(1000))
    scenario.write_text(head + "".join(hosts))
    command = [sys.executable, "-c", NARROW, "--scenario", str(scenario)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert len(output) > 100_000
    assert len({host["port"] for host in json.loads(output)["hosts"]}) == 1000


def test_passwords_are_new_in_every_run() -> None:
    passwords = {json.loads(run_lab().stdout)["hosts"][0]["password"] for _ in range(2)}
    assert len(passwords) == 2


def test_it_ends_on_sigterm(tmp_path: Path) -> None:
    with running_lab(tmp_path) as lab:
        lab.process.send_signal(signal.SIGTERM)
        assert lab.process.wait(20) == 0


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--scenario", "three-sites"), "There is no scenario 'three-sites'. There are: "),
        (("--speed", "-1"), "-1 is not a number from 0 up"),
        (("--transcript", "/no/such/folder/file"), "No such file or directory"),
    ],
)
def test_what_cannot_be_started_is_refused_in_words(options: tuple[str, ...], complaint: str) -> None:
    ended = run_lab(*options)
    assert ended.returncode == 2
    assert complaint in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_control_address_needs_its_token(lab: RunningLab) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401") as raised:
        urllib.request.urlopen(lab.ready["control"]["url"] + "/estate", timeout=10)
    raised.value.close()


@on_a_loop
async def test_the_transcript_has_every_command_and_no_secret(lab: RunningLab) -> None:
    async with managed([lab.connection("HV-01")]) as estate:
        asked = Pipeline(
            (
                command("Get-VM", Name="WEB01") | command("Select-Object", Property=("Name",)),
                Statement((command("Get-Nonsense"),)),
            )
        )
        answer = await estate.ask(key("HV-01"), asked)
    assert [error.error_id for error in answer.errors] == ["CommandNotFoundException"]
    entries = lab.received()
    assert all(set(entry) == KEYS for entry in entries)
    assert [(e["statement"], e["position"], e["cmdlet"], e["outcome"]) for e in entries] == [
        (0, 0, "Get-VM", "completed"),
        (0, 1, "Select-Object", "completed"),
        (1, 0, "Get-Nonsense", "failed"),
    ]
    assert entries[0]["parameters"] == {"Name": ["WEB01"]}
    assert entries[1]["input"] == "Microsoft.HyperV.PowerShell.VirtualMachine"
    assert entries[2]["error_id"] == "CommandNotFoundException"
    assert lab.host("HV-01")["password"] not in lab.transcript.read_text()


def test_a_thousand_hosts_are_ready_in_one_line(tmp_path: Path) -> None:
    with running_lab(tmp_path, scenario="scale:1000x25") as lab:
        assert len(lab.ready["hosts"]) == 1000
        assert len(json.dumps(lab.ready)) > 65_536
        assert {len(machines) for machines in lab.places().values()} == {25}
