"""Get-CimInstance and Invoke-CimMethod: jobs and systems as WMI clients see and stop them."""

from __future__ import annotations

import pytest

from lab.hyperv.machine import MachineState
from lab.powershell.values import Record, Value
from tests.lab.cmdlets.administration import Administrator, plain

JOBS = r"Get-CimInstance -Namespace root\virtualization\v2 Msvm_MigrationJob"
SYSTEMS = r"Get-CimInstance -Namespace root\virtualization\v2 Msvm_ComputerSystem"
INVOKE = "Microsoft.Management.Infrastructure.CimCmdlets.InvokeCimMethodCommand"
GET = "Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand"


def returned(administrator: Administrator, text: str) -> list[Value]:
    return administrator.values(text, "ReturnValue")


def test_a_job_shows_how_far_it_is() -> None:
    administrator = Administrator()
    migration = administrator.begin_storage_move("WEB01")
    administrator.estate.clock.advance(20)
    (job,) = administrator.get(JOBS)
    shown = {name: plain(job.get(name)) for name in ("JobState", "Cancellable", "MigrationType", "JobType")}
    assert shown == {"JobState": 4, "Cancellable": True, "MigrationType": 32769, "JobType": 307}
    assert job.get("PercentComplete") == migration.percent > 0
    assert job.get("VirtualSystemName") == str(administrator.machine("WEB01").machine_id).upper()
    assert job.get("DestinationHost") is None
    assert plain(job.get("ElapsedTime")) == "00:00:20"


def test_a_job_can_be_read_for_five_minutes_after_its_end() -> None:
    administrator = Administrator()
    migration = administrator.begin_storage_move("TEST01")
    while not migration.ended:
        administrator.estate.clock.advance(1)
    assert administrator.values(JOBS, "JobState") == [7]
    administrator.estate.clock.advance(299)
    assert administrator.values(JOBS, "PercentComplete") == [100]
    administrator.estate.clock.advance(2)
    assert administrator.get(JOBS) == []


def test_terminate() -> None:
    administrator = Administrator()
    migration = administrator.begin_storage_move("WEB01")
    administrator.estate.clock.advance(20)
    terminate = f"{JOBS} | Invoke-CimMethod -MethodName RequestStateChange -Arguments @{{RequestedState=4}}"
    assert returned(administrator, terminate) == [4096]
    assert migration.failure is not None
    (job,) = administrator.get(JOBS)
    assert (job.get("JobState"), job.get("ErrorCode"), job.get("Cancellable")) == (8, 32768, False)
    assert job.get("ErrorDescription") == migration.failure.message
    assert returned(administrator, terminate) == [32775]


@pytest.mark.parametrize(
    ("method", "number"),
    [
        ("RequestStateChange -Arguments @{RequestedState=5}", 32773),
        ("RequestStateChange", 32773),
        ("KillJob", 32770),
    ],
)
def test_what_a_job_does_not_do(method: str, number: int) -> None:
    administrator = Administrator()
    migration = administrator.begin_storage_move("WEB01")
    assert returned(administrator, f"{JOBS} | Invoke-CimMethod -MethodName {method}") == [number]
    assert not migration.ended


def test_by_query() -> None:
    administrator = Administrator()
    migration = administrator.begin_storage_move("WEB01")
    machine_id = administrator.machine("WEB01").machine_id
    query = f"select * from Msvm_MigrationJob where VirtualSystemName = '{machine_id}'"
    text = f'Invoke-CimMethod -Query "{query}" -Namespace root/virtualization/v2 -MethodName RequestStateChange'
    assert returned(administrator, f"{text} -Arguments @{{RequestedState=4}}") == [4096]
    assert migration.ended


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("ElementName = 'web01'", ["WEB01"]),
        ("EnabledState = 3", ["TEST01"]),
        ("EnabledState <> 2", ["TEST01"]),
        ("ElementName like '%01' and not_a_property = 1", None),
        ("ElementName like 'D%' or ElementName like '_EST01'", ["DC01", "TEST01"]),
        ("ElementName like '[DF]%01' and Caption = 'Virtual Machine'", ["DC01", "FILE01"]),
        ("OtherEnabledState is not null", []),
        ("EnabledState >= 'x'", None),
        ("EnabledState 3", None),
    ],
)
def test_filter(condition: str, names: list[str] | None) -> None:
    recording = Administrator().run(f'{SYSTEMS} -Filter "{condition}"')
    found = [value.get("ElementName") for value in recording.outputs if isinstance(value, Record)]
    if names is None:
        assert recording.error_ids == [f"HRESULT 0x80041017,{GET}"]
    else:
        assert (found, recording.errors) == (names, [])


@pytest.mark.parametrize(
    ("state", "number"),
    [(MachineState.Running, 2), (MachineState.Off, 3), (MachineState.Paused, 32768), (MachineState.Saved, 32769)],
)
def test_enabled_state_counts_as_wmi_does(state: MachineState, number: int) -> None:
    administrator = Administrator()
    administrator.machine("WEB01").state = state
    assert administrator.values(f"{SYSTEMS} -Filter \"ElementName = 'WEB01'\"", "EnabledState") == [number]


@pytest.mark.parametrize(
    ("class_name", "name", "value"),
    [
        ("Win32_ComputerSystem", "Domain", "contoso.example"),
        ("Win32_ComputerSystem", "PartOfDomain", True),
        ("Win32_ComputerSystem", "TotalPhysicalMemory", 128 << 30),
        ("Win32_OperatingSystem", "Version", "10.0.20348"),
        ("Win32_OperatingSystem", "TotalVisibleMemorySize", 128 << 20),
        ("win32_processor", "Manufacturer", "GenuineIntel"),
        ("Win32_Processor", "NumberOfLogicalProcessors", 32),
    ],
)
def test_classes_of_windows(class_name: str, name: str, value: Value) -> None:
    assert Administrator().values(f"Get-CimInstance {class_name}", name) == [value]


def test_only_what_is_asked_for_is_filled() -> None:
    administrator = Administrator()
    (system,) = administrator.get("Get-CimInstance Win32_ComputerSystem -Property Domain")
    assert (system.get("Name"), system.get("Domain"), system.get("Model")) == ("HV-01", "contoso.example", None)
    (keys,) = administrator.get("Get-CimInstance Win32_ComputerSystem -KeyOnly")
    assert (keys.get("Name"), keys.get("Domain")) == ("HV-01", None)
    (columns,) = administrator.get("Get-CimInstance -Query 'select Caption from Win32_OperatingSystem'")
    assert (columns.get("Caption"), columns.get("Version")) == ("Microsoft Windows Server 2022 Datacenter", None)


@pytest.mark.parametrize(
    ("text", "error_id"),
    [
        ("Get-CimInstance Msvm_MigrationJob", f"HRESULT 0x80041010,{GET}"),
        (r"Get-CimInstance Win32_Processor -Namespace root\nowhere", f"HRESULT 0x8004100e,{GET}"),
        ("Get-CimInstance -Query 'delete from Win32_Processor'", f"HRESULT 0x80041017,{GET}"),
        ("Get-CimInstance Win32_Processor -ComputerName HV-02", f"ParameterNotSupported,{GET}"),
        (f"{SYSTEMS} | Invoke-CimMethod -MethodName RequestStateChange", f"ParameterNotSupported,{INVOKE}"),
        ("Invoke-CimMethod Win32_Processor -MethodName Start", f"HRESULT 0x8004102e,{INVOKE}"),
    ],
)
def test_refusals(text: str, error_id: str) -> None:
    recording = Administrator().run(text)
    assert recording.outputs == []
    assert set(recording.error_ids) == {error_id}


def test_an_unknown_method_of_a_job() -> None:
    administrator = Administrator()
    administrator.begin_storage_move("WEB01")
    recording = administrator.run(f"{JOBS} | Invoke-CimMethod -MethodName Explode")
    assert recording.error_ids == [f"HRESULT 0x8004102e,{INVOKE}"]


def test_german_words() -> None:
    administrator = Administrator()
    administrator.home.language = "de"
    (record,) = administrator.run("Get-CimInstance Nichts").errors
    assert (record.message, record.category) == ("Ungültige Klasse ", "MetadataError")
