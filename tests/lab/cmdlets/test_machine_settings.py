"""Set-VM, Rename-VM, Update-VMVersion, and the processors and memory of machines."""

from __future__ import annotations

import pytest

from lab.hyperv.machine import MachineState
from lab.powershell.values import Value
from tests.lab.cmdlets.administration import Administrator, error_id

GB = 1 << 30


@pytest.mark.parametrize(
    ("arguments", "shown", "value"),
    [
        ("-Notes 'Web shop'", "Notes", "Web shop"),
        ("-NewVMName SHOP01", "Name", "SHOP01"),
        ("-AutomaticStartAction Nothing", "AutomaticStartAction", "Nothing"),
        ("-AutomaticStartDelay 90", "AutomaticStartDelay", 90),
        ("-AutomaticStopAction ShutDown", "AutomaticStopAction", "ShutDown"),
        ("-AutomaticCriticalErrorAction None", "AutomaticCriticalErrorAction", "None"),
        ("-AutomaticCriticalErrorActionTimeout 5", "AutomaticCriticalErrorActionTimeout", 5),
        ("-AutomaticCheckpointsEnabled $true", "AutomaticCheckpointsEnabled", True),
        ("-CheckpointType ProductionOnly", "CheckpointType", "ProductionOnly"),
        ("-GuestControlledCacheTypes $true", "GuestControlledCacheTypes", True),
        ("-LockOnDisconnect On", "LockOnDisconnect", "On"),
        ("-LowMemoryMappedIoSpace 256MB", "LowMemoryMappedIoSpace", 256 << 20),
        ("-HighMemoryMappedIoSpace 1GB", "HighMemoryMappedIoSpace", GB),
        ("-MemoryStartupBytes 6GB", "MemoryStartup", 6 * GB),
        ("-SnapshotFileLocation C:\\Checkpoints", "SnapshotFileLocation", "C:\\Checkpoints"),
        ("-SmartPagingFilePath Q:\\ -AllowUnverifiedPaths", "SmartPagingFilePath", "Q:\\"),
    ],
)
def test_set_running_machine(arguments: str, shown: str, value: Value) -> None:
    admin = Administrator()
    machine_id = admin.machine("WEB01").machine_id
    assert admin.values(f"Set-VM -Name WEB01 {arguments} -Passthru", shown) == [value]
    assert admin.values(f"Get-VM -Id {machine_id}", shown) == [value]


def test_set_machine_that_is_off() -> None:
    admin = Administrator()
    text = "Set-VM TEST01 -ProcessorCount 6 -DynamicMemory -MemoryMinimumBytes 1GB -MemoryMaximumBytes 8GB"
    assert admin.get(text) == []
    (machine,) = admin.get("Get-VM TEST01")
    names = ("ProcessorCount", "DynamicMemoryEnabled", "MemoryMinimum", "MemoryStartup", "MemoryMaximum")
    assert [machine.get(name) for name in names] == [6, True, GB, 4 * GB, 8 * GB]


@pytest.mark.parametrize(
    ("name", "arguments", "kind"),
    [
        ("WEB01", "-ProcessorCount 8", "InvalidState"),
        ("WEB01", "-DynamicMemory", "InvalidState"),
        ("WEB01", "-MemoryStartupBytes 900GB", "OutOfMemory"),
        ("TEST01", "-ProcessorCount 33", "InvalidParameter"),
        ("TEST01", "-MemoryStartupBytes 1MB", "InvalidParameter"),
        ("TEST01", "-MemoryMinimumBytes 1GB", "InvalidParameter"),
        ("TEST01", "-DynamicMemory -StaticMemory", "InvalidParameter"),
        ("TEST01", "-DynamicMemory -MemoryMaximumBytes 1GB", "InvalidParameter"),
        ("TEST01", "-AutomaticStartDelay -1", "InvalidParameter"),
        ("TEST01", "-SnapshotFileLocation Q:\\Checkpoints", "InvalidParameter"),
        ("APP01", "-SnapshotFileLocation C:\\Checkpoints", "InvalidOperation"),
        ("NOWHERE", "", "InvalidParameter"),
    ],
)
def test_refused_settings_leave_everything_as_it_was(name: str, arguments: str, kind: str) -> None:
    admin = Administrator()
    before = [(record.properties | {"Uptime": None}) for record in admin.get("Get-VM")]
    assert admin.run(f"Set-VM {name} -Notes new {arguments}").error_ids == [error_id(kind, "SetVM")]
    assert [(record.properties | {"Uptime": None}) for record in admin.get("Get-VM")] == before


def test_settings_of_a_machine_on_the_move_are_locked() -> None:
    admin = Administrator()
    admin.begin_storage_move("WEB01")
    assert admin.run("Set-VM WEB01 -Notes new").error_ids == [error_id("InvalidState", "SetVM")]


def test_settings_of_2012() -> None:
    admin = Administrator()
    admin.home.version = "2012"
    recording = admin.run("Set-VM WEB01 -AutomaticStopAction TurnOff -CheckpointType Standard")
    assert recording.error_ids == ["NamedParameterNotFound,Microsoft.HyperV.PowerShell.Commands.SetVMCommand"]
    assert admin.values("Set-VM WEB01 -AutomaticStopAction TurnOff -Passthru", "AutomaticStopAction") == ["TurnOff"]
    (machine,) = admin.get("Get-VM WEB01")
    assert "CheckpointType" not in machine.properties
    recording = admin.run("Set-VM WEB01 -MemoryStartupBytes 6GB")
    assert recording.error_ids == ["InvalidState,Microsoft.HyperV.PowerShell.Commands.SetVMCommand"]


def test_rename() -> None:
    admin = Administrator()
    assert admin.values("Rename-VM WEB01 SHOP01 -Passthru", "Name") == ["SHOP01"]
    assert admin.run("Rename-VM WEB01 SHOP01").error_ids == [error_id("InvalidParameter", "RenameVM")]


def test_update_version() -> None:
    admin = Administrator()
    admin.machine("TEST01").version = "8.0"
    assert admin.run("Update-VMVersion TEST01").error_ids == [error_id("InvalidOperation", "UpdateVMVersion")]
    assert admin.values("Update-VMVersion TEST01 -Confirm:$false -Passthru", "Version") == ["10.0"]
    assert admin.run("Update-VMVersion WEB01 -Force").error_ids == [error_id("InvalidState", "UpdateVMVersion")]


def test_compatibility_for_migration_needs_the_machine_off() -> None:
    admin = Administrator()
    change = "Set-VMProcessor WEB01 -CompatibilityForMigrationEnabled $true"
    assert admin.run(change).error_ids == [error_id("InvalidState", "SetVMProcessor")]
    assert admin.values("Get-VMProcessor WEB01", "CompatibilityForMigrationEnabled") == [False]
    admin.machine("WEB01").state = MachineState.Off
    assert admin.values(f"{change} -Passthru", "CompatibilityForMigrationEnabled") == [True]
    assert admin.machine("WEB01").runs_on_any_processor


@pytest.mark.parametrize(
    ("name", "parameter", "value"),
    [
        ("TEST01", "Count", 4),
        ("WEB01", "Reserve", 20),
        ("WEB01", "Maximum", 60),
        ("WEB01", "RelativeWeight", 200),
        ("TEST01", "ExposeVirtualizationExtensions", True),
        ("TEST01", "EnableHostResourceProtection", True),
        ("TEST01", "CompatibilityForOlderOperatingSystemsEnabled", True),
        ("TEST01", "HwThreadCountPerCore", 1),
        ("TEST01", "MaximumCountPerNumaNode", 8),
        ("TEST01", "MaximumCountPerNumaSocket", 2),
    ],
)
def test_processor(name: str, parameter: str, value: Value) -> None:
    admin = Administrator()
    admin.run(f"Get-VM {name} | Set-VMProcessor -{parameter} {'$true' if value is True else value}")
    assert admin.values(f"Get-VM {name} | Get-VMProcessor", parameter) == [value]


@pytest.mark.parametrize(
    ("name", "arguments", "kind"),
    [
        ("WEB01", "-Count 2", "InvalidState"),
        ("WEB01", "-ExposeVirtualizationExtensions $true", "InvalidState"),
        ("WEB01", "-Reserve 101", "InvalidParameter"),
        ("TEST01", "-Count 0", "InvalidParameter"),
        ("TEST01", "-ResourcePoolName Gold", "InvalidOperation"),
    ],
)
def test_refused_processor(name: str, arguments: str, kind: str) -> None:
    assert Administrator().run(f"Set-VMProcessor {name} {arguments}").error_ids == [error_id(kind, "SetVMProcessor")]


def test_memory() -> None:
    admin = Administrator()
    change = "-DynamicMemoryEnabled $true -MinimumBytes 1GB -MaximumBytes 8GB -Buffer 30 -Priority 80"
    (memory,) = admin.get(f"Set-VMMemory TEST01 {change} -MaximumAmountPerNumaNodeBytes 2GB -Passthru")
    names = ("DynamicMemoryEnabled", "Minimum", "Startup", "Maximum", "Buffer", "Priority", "MaximumPerNumaNode")
    assert [memory.get(name) for name in names] == [True, GB, 4 * GB, 8 * GB, 30, 80, 2048]
    assert admin.values("Get-VMMemory TEST01 | Set-VMMemory -Priority 10 -Passthru", "Priority") == [10]


def test_dynamic_memory_of_a_running_machine_can_be_widened() -> None:
    admin = Administrator()
    machine = admin.machine("WEB01")
    machine.has_dynamic_memory, machine.memory_minimum, machine.memory_maximum = True, 2 * GB, 8 * GB
    assert admin.run("Set-VMMemory WEB01 -MinimumBytes 1GB -MaximumBytes 9GB").errors == []
    for refused in ("-MinimumBytes 2GB", "-MaximumBytes 8GB", "-StartupBytes 5GB"):
        assert admin.run(f"Set-VMMemory WEB01 {refused}").error_ids == [error_id("InvalidState", "SetVMMemory")]


@pytest.mark.parametrize("arguments", ["-Buffer 4", "-Priority 101", "-StartupBytes 1"])
def test_refused_memory(arguments: str) -> None:
    recording = Administrator().run(f"Set-VMMemory TEST01 {arguments}")
    assert recording.error_ids == [error_id("InvalidParameter", "SetVMMemory")]
