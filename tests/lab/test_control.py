"""The control address of a lab process: what it does to hosts, seen by clients of those hosts."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from pypsrp.exceptions import AuthenticationError, WinRMTransportError, WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from tests.laboratory import RunningLab, running_lab


def client(host: dict[str, Any], auth: str = "negotiate", **options: Any) -> WSMan:
    secure = host["scheme"] == "https"
    return WSMan(
        host["address"],
        port=host["port"],
        ssl=secure,
        auth=auth,
        username=host["username"],
        password=host["password"],
        cert_validation=host["ca_file"] if secure else True,
        no_proxy=True,
        **options,
    )


def refused(lab: RunningLab, method: str, path: str, content: Any = None) -> tuple[int, str]:
    """Status and words with which the control address refuses."""
    with pytest.raises(urllib.error.HTTPError) as raised:
        lab.control(method, path, content)
    with raised.value as answer:
        return answer.code, json.load(answer)["error"]


def test_a_host_is_reported(lab: RunningLab) -> None:
    with RunspacePool(client(lab.host("HV-01"))) as pool:
        PowerShell(pool).add_cmdlet("Get-VMHost").invoke()
        report = lab.control("GET", "/hosts/hv-01")
        assert report["requests"] == {"Create": 1, "Receive": 2, "Command": 1}
        (shell,) = report["shells"]
        assert (shell["id"], shell["user"], shell["connected"]) == (pool.id, lab.host("HV-01")["username"], True)
        assert [command["running"] for command in shell["commands"]] == [False]
    assert {key: report[key] for key in lab.host("HV-01")} == lab.host("HV-01")
    assert (report["listening"], report["down"], report["connections"]) == (True, False, 1)
    assert lab.control("GET", "/hosts") == lab.ready["hosts"]


def test_disturbances_are_switched_on_and_lifted(lab: RunningLab) -> None:
    wanted = [{"kind": "status", "status": 503, "action": "Get"}]
    kept = lab.control("PUT", "/hosts/HV-01/disturbances", wanted)
    assert kept == [{"kind": "status", "status": 503, "action": "Get", "nth": 1, "times": None}]
    with pytest.raises(WinRMTransportError) as raised:
        client(lab.host("HV-01")).get_server_config()
    assert raised.value.code == 503
    client(lab.host("HV-02")).get_server_config()
    assert lab.control("GET", "/hosts/HV-01/disturbances") == kept
    assert lab.control("DELETE", "/hosts/HV-01/disturbances") == []
    client(lab.host("HV-01")).get_server_config()


def test_host_is_down_for_simulated_time(lab: RunningLab) -> None:
    RunspacePool(client(lab.host("HV-01"))).open()
    report = lab.control("POST", "/hosts/HV-01/down", {"seconds": 90})
    assert (report["listening"], report["down"], report["shells"]) == (False, True, [])
    lab.advance(89)
    assert lab.control("GET", "/hosts/HV-01")["down"]
    lab.advance(1)
    assert not lab.control("GET", "/hosts/HV-01")["down"]
    assert RunspacePool.get_runspace_pools(client(lab.host("HV-01"))) == []
    with RunspacePool(client(lab.host("HV-01"))) as pool:
        assert pool.is_alive()


def test_host_is_down_until_it_is_lifted(lab: RunningLab) -> None:
    lab.control("POST", "/hosts/HV-01/down", {"seconds": 10})
    lab.control("POST", "/hosts/HV-01/down")
    lab.advance(1000)
    assert lab.control("GET", "/hosts/HV-01")["down"]
    lab.control("POST", "/hosts/HV-01/up")
    client(lab.host("HV-01")).get_server_config()


def test_idle_shells_are_closed(lab: RunningLab) -> None:
    RunspacePool(client(lab.host("HV-01"))).open()
    assert len(lab.control("POST", "/hosts/HV-01/idle", {"seconds": 7000})["shells"]) == 1
    assert lab.control("POST", "/hosts/HV-01/idle", {"seconds": 300})["shells"] == []


def test_host_becomes_secure(lab: RunningLab) -> None:
    wire = {"scheme": "https", "authentication": ["negotiate", "basic"], "quotas": {"max_shells_per_user": 0}}
    host = lab.control("PUT", "/hosts/HV-01/wire", wire)
    assert host["port"] == lab.host("HV-01")["port"]
    assert (host["scheme"], host["auth"]) == ("https", ["negotiate", "ntlm", "basic"])
    assert Path(host["ca_file"]).read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert "PRIVATE" not in Path(host["ca_file"]).read_text()
    client(host, "basic").get_server_config()
    with pytest.raises(WSManFaultError, match="maximum number of 0 concurrent shells"):
        RunspacePool(client(host)).open()
    assert lab.control("PUT", "/hosts/HV-01/wire", {})["auth"] == ["negotiate", "ntlm"]


def test_the_authority_s_file_ends_with_the_lab(tmp_path: Path) -> None:
    with running_lab(tmp_path) as lab:
        path = Path(lab.control("PUT", "/hosts/HV-01/wire", {"scheme": "https"})["ca_file"])
        assert path.exists()
    assert not path.exists()


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "words"),
    [
        ("GET", "/hosts/HV-99", None, 404, "there is no host 'HV-99'"),
        ("GET", "/nonsense", None, 404, "GET /nonsense is nothing this lab does"),
        ("PATCH", "/hosts/HV-01/wire", {}, 404, "PATCH of 'wire' is nothing that can be done to a host"),
        ("PUT", "/hosts/HV-01/disturbances", {}, 400, "Expected `array`"),
        ("PUT", "/hosts/HV-01/disturbances", [{"kind": "rain"}], 400, "Invalid value 'rain'"),
        ("PUT", "/hosts/HV-01/wire", {"scheme": "ftp"}, 400, "Invalid enum value 'ftp'"),
        ("POST", "/hosts/HV-01/down", {"seconds": -1}, 400, "less than no time"),
        ("POST", "/hosts/HV-01/idle", {"seconds": -1}, 400, "never runs back"),
        ("POST", "/hosts/HV-01/idle", {}, 400, "missing required field"),
        ("POST", "/clock", {"advance": -1}, 400, "never runs back"),
        ("POST", "/clock", {"forward": 1}, 400, "unknown field `forward`"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    lab: RunningLab, method: str, path: str, content: Any, status: int, words: str
) -> None:
    code, said = refused(lab, method, path, content)
    assert code == status
    assert words in said


SCENARIO = """
title = "One host over https"
domain = "lab.example"
administrator = "LAB\\\\admin"

[[hosts]]
name = "HV-A"
memory = "16 GB"
closed_shell_cancels = false
disturbances = [{ kind = "status", status = 403, action = "Get", nth = 2, times = 1 }]

[hosts.wire]
scheme = "https"
authentication = ["negotiate", "basic"]
channel_binding = "strict"
quotas = { max_shells_per_user = 3, idle_timeout = 600 }
"""


def test_a_scenario_chooses_the_wire(tmp_path: Path) -> None:
    path = tmp_path / "secure.toml"
    path.write_text(SCENARIO)
    with running_lab(tmp_path, scenario=str(path)) as lab:
        host = lab.host("HV-A")
        assert (host["scheme"], host["auth"]) == ("https", ["negotiate", "ntlm", "basic"])
        wsman = client(host, "ntlm")
        config = wsman.get_server_config()
        assert "600000" in {element.text for element in config.iter()}
        with pytest.raises(WinRMTransportError):
            wsman.get_server_config()
        wsman.get_server_config()


def test_media_are_carried(tmp_path: Path) -> None:
    with running_lab(tmp_path, scenario="troubled") as lab:
        folder = "D:\\VMs\\LEFTOVER01"
        assert lab.control("POST", "/hosts/TR-02/carry", {"folder": folder, "to": "tr-rep", "there": "R:\\IR"}) == [
            "R:\\IR\\Virtual Hard Disks\\LEFTOVER01.vhdx"
        ]
        lost = {"folder": folder, "to": "TR-REP", "there": "Q:\\"}
        assert refused(lab, "POST", "/hosts/TR-02/carry", lost) == (
            400,
            "NoSuchVolume: Q:\\Virtual Hard Disks\\LEFTOVER01.vhdx",
        )


def test_a_host_crashes_and_comes_back(tmp_path: Path) -> None:
    with running_lab(tmp_path) as lab:
        states = {each["name"]: each["state"] for each in lab.control("GET", "/estate")["HV-01"]}
        report = lab.control("POST", "/hosts/HV-01/crash", {"seconds": 60})
        assert (report["listening"], report["down"], report["shells"]) == (False, True, [])
        assert {each["state"] for each in lab.control("GET", "/estate")["HV-01"]} == {"Off"}
        lab.advance(60)
        lab.advance(60)
        assert {each["name"]: each["state"] for each in lab.control("GET", "/estate")["HV-01"]} == states


def test_another_provider_acts_on_a_replicated_machine(tmp_path: Path) -> None:
    with running_lab(tmp_path, scenario="troubled") as lab:
        machine = {"machine": "NORMAL01"}
        address = "/hosts/TR-PRI/provider"
        assert lab.control("POST", address, {**machine, "flow": "Failback"}) == "FailbackInProgress"
        assert refused(lab, "POST", address, machine)[0] == 400
        lab.advance(60)
        assert lab.control("POST", address, machine) == "Replicating"
        assert refused(lab, "POST", address, {**machine, "flow": "Flight"}) == (404, "there is no flow 'Flight'")
        assert refused(lab, "POST", address, {"machine": "NONE"})[0] == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer guessed"}, 401),
        ({"Host": "attacker.example"}, 403),
        ({"Origin": "https://attacker.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_no_web_page_can_use_the_control_address(lab: RunningLab, headers: dict[str, str], status: int) -> None:
    """Not even one that knows the token, or that has given its own name this computer's address."""
    control = lab.ready["control"]
    given = {"Authorization": f"Bearer {control['token']}", **headers} if status == 403 else headers
    request = urllib.request.Request(control["url"] + "/clock", b'{"advance": 60}', given, method="POST")
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request, timeout=10)
    with raised.value as answer:
        assert answer.code == status
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_an_account_gets_another_password(lab: RunningLab) -> None:
    former = lab.host("HV-01")
    password = lab.control("POST", "/password", {"user": former["username"].lower()})
    with pytest.raises(AuthenticationError):
        client(former).get_server_config()
    assert lab.control("GET", "/hosts/HV-01")["refused_sign_ins"] == 1
    client({**former, "password": password}).get_server_config()
    assert refused(lab, "POST", "/password", {"user": "LAB\\nobody"})[0] == 404
