"""Compare-VM says what keeps a machine from moving, its report can be mended and moved, and Move-VM does it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lab.powershell.values import Record
from tests.lab.cmdlets.administration import Administrator

MOVE = "-Name WEB01 -DestinationHost HV-02 -IncludeStorage -DestinationStoragePath D:\\New"
COMPARE = f"Compare-VM {MOVE} -OutVariable report | Select-Object -ExpandProperty Incompatibilities"
MOVE_REPORT = "Get-Variable report | Select-Object -ExpandProperty Value | Move-VM"


@pytest.fixture
def admin() -> Administrator:
    return Administrator()


def place(admin: Administrator) -> str:
    return next(h.name for h in admin.estate.hosts if admin.machine("WEB01") in h.machines.values())


def test_nothing_against_a_move_that_can_be_made(admin: Administrator) -> None:
    (report,) = admin.get(f"Compare-VM {MOVE}")
    assert report.get("Incompatibilities") == []
    assert str(report.get("OperationType")) == "MoveVirtualMachineAndStorage"
    assert place(admin) == "HV-01"


def test_a_missing_switch_is_reported_with_its_number_and_its_adapter(admin: Administrator) -> None:
    admin.host("HV-02").switches.pop(0)
    (found,) = admin.get(COMPARE)
    assert found.get("MessageId") == 33012
    assert found.get("Message") == "Could not find Ethernet switch 'Production'."
    source = found.get("Source")
    assert isinstance(source, Record)
    assert source.type_names[0] == "Microsoft.HyperV.PowerShell.VMNetworkAdapter"


@pytest.mark.parametrize(
    ("repair", "switch"),
    [("Connect-VMNetworkAdapter -SwitchName Management", "Management"), ("Disconnect-VMNetworkAdapter", None)],
)
def test_a_mended_report_moves_in_the_same_runspace(admin: Administrator, repair: str, switch: str | None) -> None:
    admin.host("HV-02").switches.pop(0)
    mend = f"{COMPARE} | Select-Object -ExpandProperty Source | {repair}"
    recording = admin.run(f"{mend}; {MOVE_REPORT}")
    assert recording.errors == []
    assert place(admin) == "HV-02"
    assert [adapter.switch for adapter in admin.machine("WEB01").adapters] == [switch]


def test_a_report_that_was_not_mended_does_not_move(admin: Administrator) -> None:
    admin.host("HV-02").switches.pop(0)
    recording = admin.run(f"{COMPARE}; {MOVE_REPORT}")
    assert [error.error_id.partition(",")[0] for error in recording.errors] == ["OperationFailed"]
    assert place(admin) == "HV-01"
    assert [adapter.switch for adapter in admin.machine("WEB01").adapters] == ["Production"]


def test_a_destination_that_cannot_be_asked_is_an_error_and_no_report(admin: Administrator) -> None:
    recording = admin.run("Compare-VM -Name WEB01 -DestinationHost HV-DR -IncludeStorage")
    assert recording.outputs == []
    assert "0x8007274D" in recording.errors[0].message


def test_a_move_shows_its_way_and_passes_the_machine_through(admin: Administrator) -> None:
    recording = admin.run(f"Move-VM {MOVE} -Passthru")
    assert recording.errors == []
    assert [str(value.get("ComputerName")) for value in recording.outputs if isinstance(value, Record)] == ["HV-02"]
    percents = [record.percent for record in recording.progresses]
    assert sum(after < before for before, after in pairwise(percents)) == 1
    assert percents[-1] == 100


def test_each_disk_goes_where_the_hashtable_says(admin: Administrator) -> None:
    disk = "D:\\VMs\\WEB01\\Virtual Hard Disks\\WEB01.vhdx"
    vhds = f"@{{ SourceFilePath = '{disk}'; DestinationFilePath = 'C:\\Disks\\WEB01.vhdx' }}"
    admin.run(f"Move-VM -Name WEB01 -DestinationHost HV-02 -VirtualMachinePath D:\\Config -Vhds {vhds}")
    machine = admin.machine("WEB01")
    assert place(admin) == "HV-02"
    assert machine.path == "D:\\Config"
    assert [drive.disk.path for drive in machine.drives if drive.disk] == ["C:\\Disks\\WEB01.vhdx"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("-Name NOBODY -DestinationHost HV-02 -IncludeStorage", "InvalidParameter"),
        ("-Name WEB01 -DestinationHost HV-02 -IncludeStorage -AsJob", "InvalidOperation"),
        ("-Name WEB01 -DestinationHost HV-99 -IncludeStorage", "OperationFailed"),
        ("-Name WEB01 -DestinationHost HV-02 -IncludeStorage -VirtualMachinePath D:\\X", "AmbiguousParameterSet"),
    ],
)
def test_what_cannot_be_is_refused(admin: Administrator, arguments: str, expected: str) -> None:
    recording = admin.run(f"Move-VM {arguments}")
    assert [error.error_id.partition(",")[0] for error in recording.errors] == [expected]
    assert place(admin) == "HV-01"
