"""The lab as any other client meets it: unmodified pypsrp, with nothing of this project in between."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from pypsrp.complex_objects import PSInvocationState
from pypsrp.exceptions import AuthenticationError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from tests.laboratory import RunningLab, running_lab

SPEED = 40.0
"""Simulated seconds per second: slow enough that a busy machine still sees a move get on step by step."""


@pytest.fixture
def quick_lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, speed=SPEED) as running:
        yield running


def connect(lab: RunningLab, name: str, auth: str = "ntlm", password: str | None = None) -> WSMan:
    host = lab.host(name)
    return WSMan(
        host["address"],
        port=host["port"],
        ssl=False,
        auth=auth,
        encryption="always",
        username=host["username"],
        password=password or host["password"],
        no_proxy=True,
    )


@pytest.fixture(params=["ntlm", "negotiate"])
def pool(quick_lab: RunningLab, request: pytest.FixtureRequest) -> Iterator[RunspacePool]:
    with connect(quick_lab, "HV-01", request.param) as wsman, RunspacePool(wsman) as opened:
        yield opened


def ids(lab: RunningLab, host: str) -> list[str]:
    return lab.places()[host]


def test_typed_objects_arrive(pool: RunspacePool) -> None:
    shell = PowerShell(pool)
    shell.add_cmdlet("Get-VM").add_parameter("Name", "WEB01")
    (machine,) = shell.invoke()
    assert machine.types[0] == "Microsoft.HyperV.PowerShell.VirtualMachine"
    properties = machine.adapted_properties | machine.extended_properties
    assert properties["Name"] == "WEB01"
    assert properties["MemoryAssigned"] == 4 << 30
    assert str(properties["State"]) == "Running"
    assert not shell.streams.error


@pytest.mark.parametrize(
    "script",
    [
        "Get-VM -Name 'WEB01' | Select-Object -ExpandProperty Name",
        'get-vm WEB01 | select -ExpandProperty Name; Write-Output "and on"',
        "Invoke-Expression 'Get-VM -Name WEB01 | Select-Object -ExpandProperty Name'",
    ],
)
def test_constant_script_text_runs(pool: RunspacePool, script: str) -> None:
    shell = PowerShell(pool).add_script(script)
    output = shell.invoke()
    assert str(output[0]) == "WEB01"
    assert shell.state == PSInvocationState.COMPLETED


def as_cmdlets(shell: PowerShell) -> None:
    shell.add_cmdlet("Get-VM").add_parameter("Name", "WEB01")
    shell.add_cmdlet("Move-VM").add_parameters(
        {"DestinationHost": "HV-02", "IncludeStorage": None, "DestinationStoragePath": r"D:\VMs\WEB01"}
    )


def as_script(shell: PowerShell) -> None:
    shell.add_script(
        r"Move-VM -Name WEB01 -DestinationHost HV-02 -IncludeStorage -DestinationStoragePath 'D:\VMs\WEB01'"
    )


@pytest.mark.parametrize("ask", [as_cmdlets, as_script])
def test_a_machine_moves_with_progress(quick_lab: RunningLab, pool: RunspacePool, ask: object) -> None:
    assert callable(ask)
    shell = PowerShell(pool)
    ask(shell)
    shell.invoke()
    assert not shell.streams.error
    percents = [record.percent_complete for record in shell.streams.progress]
    # Each phase counts anew: the number may fall once, when the memory follows the disks.
    assert sum(after < before for before, after in pairwise(percents)) <= 1
    assert percents[-1] == 100
    assert len(set(percents)) > 10
    places = quick_lab.places()
    assert "WEB01" in places["HV-02"]
    assert "WEB01" not in places["HV-01"]


def test_a_failed_statement_does_not_keep_the_next_from_running(pool: RunspacePool) -> None:
    shell = PowerShell(pool)
    shell.add_cmdlet("Get-VM").add_parameter("Nonsense", 1).add_statement()
    shell.add_cmdlet("Get-VM").add_parameter("Name", "NOBODY").add_statement()
    shell.add_cmdlet("Write-Output").add_parameter("InputObject", "still here")
    assert [str(item) for item in shell.invoke()] == ["still here"]
    assert [error.fq_error for error in shell.streams.error] == [
        "NamedParameterNotFound,Microsoft.HyperV.PowerShell.Commands.GetVM",
        "InvalidParameter,Microsoft.HyperV.PowerShell.Commands.GetVM",
    ]


def test_a_wrong_password_is_refused(quick_lab: RunningLab) -> None:
    wsman = connect(quick_lab, "HV-01", password="wrong")
    with wsman, pytest.raises(AuthenticationError):
        RunspacePool(wsman).open()


def test_the_endpoint_without_language_refuses_script_text_only(quick_lab: RunningLab) -> None:
    with connect(quick_lab, "HV-01") as wsman, RunspacePool(wsman, configuration_name="VMFerry") as pool:
        assert PowerShell(pool).add_cmdlet("Get-VMHost").invoke()
        refused = PowerShell(pool).add_script("Get-VMHost")
        refused.invoke()
        assert refused.state == PSInvocationState.FAILED
        assert refused.streams.error[0].fq_error == "ScriptsNotAllowed"
