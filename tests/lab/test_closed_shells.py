"""What becomes of a migration whose shell is gone: nobody knows what Windows does, so both can be chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypsrp.powershell import PowerShell, RunspacePool

from lab.scenarios import scenario
from tests.lab.test_control import client
from tests.laboratory import RunningLab, running_lab

MOVED, STAYED = "HV-02", "HV-01"


def begin_move(lab: RunningLab) -> RunspacePool:
    """A pool in which WEB01 moves from HV-01 to HV-02, under way."""
    pool = RunspacePool(client(lab.host("HV-01")))
    pool.open()
    shell = (
        PowerShell(pool)
        .add_cmdlet("Move-VM")
        .add_parameters({"Name": "WEB01", "DestinationHost": "HV-02", "DestinationStoragePath": r"D:\VMs\WEB01"})
    )
    shell.add_parameter("IncludeStorage", None)
    shell.begin_invoke()
    shell.poll_invoke()
    assert shell.streams.progress
    return pool


def delete(lab: RunningLab, pool: RunspacePool) -> None:
    pool.close()


def stop(lab: RunningLab, pool: RunspacePool) -> None:
    for shell in list(pool.pipelines.values()):
        shell.stop()


def idle(lab: RunningLab, pool: RunspacePool) -> None:
    lab.control("POST", "/hosts/HV-01/idle", {"seconds": 8000})


def outage(lab: RunningLab, pool: RunspacePool) -> None:
    lab.control("POST", "/hosts/HV-01/down")


@pytest.mark.parametrize(
    ("end", "closed_shell_cancels", "place"),
    [
        (delete, True, STAYED),
        (delete, False, MOVED),
        (idle, True, STAYED),
        (idle, False, MOVED),
        # The migration itself breaks off with the network.
        (outage, False, STAYED),
        (stop, True, STAYED),
        (stop, False, STAYED),
    ],
)
def test_migration_whose_shell_ends(tmp_path: Path, end: object, closed_shell_cancels: bool, place: str) -> None:
    assert callable(end)
    text = (Path(scenario.__file__).parent / "two-sites.toml").read_text("utf-8")
    path = tmp_path / "chosen.toml"
    chosen = f'name = "HV-01"\nclosed_shell_cancels = {str(closed_shell_cancels).lower()}'
    path.write_text(text.replace('name = "HV-01"', chosen, 1), "utf-8")
    with running_lab(tmp_path, scenario=str(path)) as lab:
        end(lab, begin_move(lab))
        lab.advance(3600)
        assert [host for host, machines in lab.places().items() if "WEB01" in machines] == [place]
