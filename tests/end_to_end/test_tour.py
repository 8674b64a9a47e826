"""The main job as ``dev.py demo`` shows it: the window moves a machine, and leaves pictures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from lab.powershell.role_capability import of_the_program

PNG = b"\x89PNG\r\n\x1a\n"
READS = {"Get", "Test", "Write", "Select", "Where", "ConvertTo", "Compare", "Measure"}
"""The verbs of cmdlets that change nothing."""


def walk(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.tour", "--out", str(folder / "pictures"), *options],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=400,
    )


def received(transcript: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in transcript.read_text(encoding="utf-8").splitlines()]


def test_every_route_of_the_program_is_walked(tmp_path: Path) -> None:
    transcript = tmp_path / "transcript.jsonl"
    # The session configuration without language refuses script text: every command arrives as a cmdlet call.
    tour = walk(tmp_path, "--tour", "all", "--transcript", str(transcript), "--configuration", "VMFerry")
    assert tour.returncode == 0, tour.stderr
    assert "WEB01 is in the list of HV-02" in tour.stdout
    pictures = sorted((tmp_path / "pictures").glob("*.png"))
    assert len(pictures) >= 24
    assert all(picture.read_bytes().startswith(PNG) for picture in pictures)

    commands = received(transcript)
    assert {entry["host"] for entry in commands} == {"HV-01", "HV-02", "HV-DR"}
    # WEB01, APP01, and DC01 and TEST01 together; the host's own job was asked to end when the second was cancelled.
    assert changes(commands) == (4, 1)

    # Of the four, two had room; those that waited were cancelled before they were sent.
    assert tour.stdout.count("waits: HV-01 has 2 outgoing moves (FILE01, SQL01) and allows 2 at once.") == 2
    assert changes(received(tmp_path / "transcript-queue.jsonl")) == (2, 2)

    routes = received(tmp_path / "transcript-routes.jsonl")
    # The endpoint shows what the role capability does, and refuses anything else.
    assert {entry["cmdlet"] for entry in (*commands, *routes)} <= of_the_program()
    for cmdlet, sets in ALL_SETS.items():
        calls = [entry for entry in (*commands, *routes) if entry["cmdlet"] == cmdlet]
        # A call that does not bind is written down too, with another error than a move that was cancelled.
        assert all(entry["error_id"] is None or entry["error_id"].startswith("OperationStopped,") for entry in calls)
        assert {set_of(entry["parameters"]) for entry in calls} == sets
    assert {entry["outcome"] for entry in routes if entry["cmdlet"].startswith(("Move-", "Compare-"))} == {"completed"}
    assert sum(entry["cmdlet"] == "New-Item" for entry in routes) == 1

    imports = received(tmp_path / "transcript-import.jsonl")
    assert {entry["cmdlet"] for entry in imports} <= of_the_program()
    [imported] = [entry for entry in imports if entry["cmdlet"] == "Import-VM"]
    assert {"Copy", "GenerateNewId", "VhdDestinationPath"} <= set(imported["parameters"])
    assert [entry["error_id"] for entry in imports if entry["cmdlet"] in ("Import-VM", "Export-VM")] == [None] * 3

    replications = received(tmp_path / "transcript-replication.jsonl")
    assert {entry["cmdlet"] for entry in replications} <= of_the_program()
    sent = [entry for entry in replications if entry["cmdlet"] in ENABLING]
    assert all(entry["error_id"] is None for entry in sent)
    assert {entry["cmdlet"] for entry in sent} == ENABLING
    enabled = [entry["parameters"] for entry in sent if entry["cmdlet"] == "Enable-VMReplication"]
    # Six machines, the one that was there already became a replica first, and the first of them was extended.
    assert len(enabled) == 8
    living = [entry for entry in replications if entry["cmdlet"] in LIVING]
    assert {entry["cmdlet"] for entry in living} == LIVING
    assert all(entry["error_id"] is None for entry in living)
    assert {call.get("AuthenticationType") for call in enabled} == {"Kerberos", "Certificate", None}
    assert {bool(call.get("RecoveryHistory")) for call in enabled} == {True, False}

    clusters = received(tmp_path / "transcript-cluster.jsonl")
    assert {entry["cmdlet"] for entry in clusters} <= of_the_program()
    roles = [entry for entry in clusters if entry["cmdlet"] in ROLES]
    assert [entry["cmdlet"] for entry in roles] == [
        *("Move-ClusterVirtualMachineRole", "Move-ClusterVirtualMachineRole"),
        *("Add-ClusterVirtualMachineRole", "Remove-ClusterGroup"),
    ]
    assert all(entry["error_id"] is None for entry in roles)
    [broker] = [entry["parameters"] for entry in clusters if entry["cmdlet"] == "Enable-VMReplication"]
    assert broker["ReplicaServerName"] == "HV-BROKER.contoso.example"


ROLES = {"Add-ClusterVirtualMachineRole", "Move-ClusterVirtualMachineRole", "Remove-ClusterGroup"}
"""What changes a cluster."""
ENABLING = {
    "Connect-VMNetworkAdapter",
    "Enable-VMReplication",
    "Set-VMNetworkAdapter",
    "Set-VMNetworkAdapterFailoverConfiguration",
    "Set-VMReplicationServer",
    "Start-VMInitialReplication",
}
"""What enabling replications sends, in all its ways."""
LIVING = {
    "Complete-VMFailover",
    "Remove-VMReplication",
    "Resume-VMReplication",
    "Set-VMReplication",
    "Start-VMFailover",
    "Stop-VMFailover",
    "Suspend-VMReplication",
}
"""What is sent to live with a replica: tests, failovers, the way back, resynchronisation, removal."""


def changes(commands: list[dict[str, Any]]) -> tuple[int, int]:
    """How many moves were sent, and how many were asked to end; everything else only reads."""
    pipelines: dict[str, list[str]] = {}
    for entry in commands:
        pipelines.setdefault(entry["pipeline"], []).append(entry["cmdlet"])
    moves = [cmdlets for cmdlets in pipelines.values() if "Move-VM" in cmdlets]
    assert all(cmdlets == ["Get-VM", "Move-VM"] for cmdlets in moves)
    ends = [cmdlets for cmdlets in pipelines.values() if "Invoke-CimMethod" in cmdlets]
    # The machine that has moved is replicated.
    enabling = [cmdlets for cmdlets in pipelines.values() if set(cmdlets) & ENABLING]
    for cmdlets in pipelines.values():
        if cmdlets not in (*moves, *ends, *enabling):
            assert {cmdlet.partition("-")[0] for cmdlet in cmdlets} <= READS, cmdlets
    return len(moves), len(ends)


ALL_SETS = {
    "Move-VM": {"single destination", "multiple destinations", "report"},
    "Move-VMStorage": {"single destination", "multiple destinations"},
}
"""The documented sets of parameters that tell a machine by what comes through the pipeline."""


def set_of(parameters: dict[str, Any]) -> str:
    """The set that a call used, told by what only that set has."""
    if "DestinationStoragePath" in parameters:
        return "single destination"
    if {"VirtualMachinePath", "SnapshotFilePath", "Vhds"} & set(parameters):
        return "multiple destinations"
    return "report"


def test_what_is_missing_is_said_and_fails_the_tour(tmp_path: Path) -> None:
    scenario = tmp_path / "empty.toml"
    scenario.write_text(
        'title = "x"\ndomain = "x.example"\nadministrator = "X\\\\admin"\n'
        '[[hosts]]\nname = "HV-01"\nmemory = "16 GB"\nvolumes = [{ letter = "C", label = "C", size = "1 TB" }]\n'
    )
    tour = walk(tmp_path, "--scenario", str(scenario), "--patience", "10")
    assert tour.returncode == 1
    assert "WEB01 in the list of HV-01" in tour.stderr
    assert "this host is simulated" in tour.stderr
    assert "Traceback" not in tour.stderr


def test_a_lab_that_does_not_start_is_said_at_once(tmp_path: Path) -> None:
    tour = walk(tmp_path, "--scenario", "nope", "--patience", "1000")
    assert tour.returncode == 1
    assert "HV-01 in the tree" in tour.stderr
    assert "The practice lab did not start" in tour.stderr
    assert "nope" in tour.stderr


def test_the_session_configuration_is_the_one_asked_for(tmp_path: Path) -> None:
    tour = walk(tmp_path, "--configuration", "Missing", "--patience", "10")
    assert tour.returncode == 1
    assert "Missing" in tour.stderr
