"""Machines are exported, and imported in place, as copies, and after their reports were mended."""

from __future__ import annotations

import pytest

from lab.hyperv.exporting import ExportedConfiguration
from lab.hyperv.files import Share, Volume
from lab.hyperv.machine import MachineState, VirtualMachine, saved_state_path
from tests.lab.cmdlets.administration import Administrator, error_id, plain

TO = r"D:\Out"
COMPARE = "Select-Object -ExpandProperty Incompatibilities"
SOURCES = f"{COMPARE} | Select-Object -ExpandProperty Source"
REPORT = "Get-Variable report | Select-Object -ExpandProperty Value"
"""Begins with Compare-VM ... -OutVariable report."""


def exported(admin: Administrator, name: str = "TEST01", arguments: str = "") -> str:
    """Export a machine; the path of its configuration file, in quotes."""
    assert admin.run(f"Export-VM {name} {TO} {arguments}").errors == []
    files = admin.home.files.volume_of(TO).files.values()
    (found,) = (file for file in files if isinstance(file, ExportedConfiguration) and file.machine.name == name)
    return f"'{found.path}'"


def sizes(admin: Administrator, folder: str) -> dict[str, int]:
    files = admin.home.files.volume_of(folder).files.values()
    return {file.path.removeprefix(folder): file.size for file in files if file.path.startswith(folder)}


def machine_at(admin: Administrator, name: str, machine: VirtualMachine) -> VirtualMachine:
    return next(m for m in admin.home.machines.values() if m.name == name and m is not machine)


def test_an_export_has_the_documented_folders_and_every_file() -> None:
    admin = Administrator()
    machine = admin.machine("TEST01")
    disk = machine.drives[0].disk
    assert disk is not None
    assert admin.values(f"Export-VM TEST01 {TO} -Passthru", "Name") == ["TEST01"]
    found = sizes(admin, rf"{TO}\TEST01")
    identifier = str(machine.machine_id).upper()
    assert found == {
        r"\Virtual Hard Disks\TEST01.vhdx": disk.size,
        rf"\Virtual Machines\{identifier}.vmcx": found[rf"\Virtual Machines\{identifier}.vmcx"],
    }
    assert admin.home.files.volume_of(TO).has_folder(rf"{TO}\TEST01\Snapshots")
    assert machine.drives[0].disk is disk
    assert machine.operation is None


@pytest.mark.parametrize(
    ("arguments", "state"),
    [("", MachineState.Saved), ("-CaptureLiveState CaptureCrashConsistentState", MachineState.Off)],
)
def test_a_running_machine(arguments: str, state: MachineState) -> None:
    admin = Administrator()
    path = exported(admin, "WEB01", arguments)
    file = admin.home.files.find(path.strip("'"))
    assert isinstance(file, ExportedConfiguration)
    assert file.machine.state is state
    saved = admin.home.files.find(saved_state_path(rf"{TO}\WEB01", file.machine.machine_id))
    assert (saved is not None) == (state is MachineState.Saved)
    assert admin.machine("WEB01").state is MachineState.Running


def test_2012_exports_no_running_machine() -> None:
    admin = Administrator()
    admin.home.version = "2012"
    recording = admin.run(f"Export-VM WEB01 {TO}")
    assert recording.error_ids == [error_id("InvalidState", "ExportVMCommand")]


def test_checkpoints_are_exported_with_their_disks() -> None:
    admin = Administrator()
    path = exported(admin, "APP01")
    file = admin.home.files.find(path.strip("'"))
    assert isinstance(file, ExportedConfiguration)
    (checkpoint,) = file.machine.checkpoints
    disk = file.machine.drives[0].disk
    assert disk is not None
    assert disk.parent is checkpoint.disks[0]
    assert disk.parent is not admin.machine("APP01").checkpoints[0].disks[0]
    assert disk.path.startswith(rf"{TO}\APP01\Virtual Hard Disks")


def test_a_checkpoint_alone() -> None:
    admin = Administrator()
    admin.machine("APP01").memory = 1 << 30
    kept = admin.machine("APP01").checkpoints[0].disks[0]
    assert kept is not None
    text = rf"Get-VMSnapshot APP01 | Export-VMSnapshot -Path {TO} -Passthru"
    assert admin.values(text, "Name") == ["Before update 4.2"]
    found = sizes(admin, rf"{TO}\APP01\Virtual Hard Disks")
    assert found == {r"\APP01.vhdx": kept.size}
    (configuration,) = (path for path in sizes(admin, TO) if path.endswith(".vmcx"))
    assert admin.run(f"Import-VM '{TO}{configuration}' -Copy -GenerateNewId").errors == []
    assert machine_at(admin, "APP01", admin.machine("APP01")).memory == 8 << 30


def test_an_export_needs_room_and_leaves_nothing_behind() -> None:
    admin = Administrator()
    volume = admin.home.files.volume_of("C:")
    volume.used_by_others = volume.capacity - (1 << 30)
    recording = admin.run(r"Export-VM TEST01 C:\Out")
    assert recording.error_ids == [error_id("OperationFailed", "ExportVM")]
    assert "0x80070070" in recording.errors[0].message
    assert volume.files == {}


@pytest.mark.parametrize(
    ("path", "kind"),
    [(r"Q:\Out", "OperationFailed"), (r"\\HV-02\D$\Out", "AccessDenied"), (r"\\FS-01\closed\Out", "AccessDenied")],
)
def test_where_an_export_cannot_go(path: str, kind: str) -> None:
    admin = Administrator()
    volume = Volume("\\\\FS-01\\closed\\", "closed", 1 << 40)
    admin.estate.shares.append(Share("FS-01", "closed", volume, frozenset({"HV-02"})))
    assert admin.run(f"Export-VM TEST01 '{path}'").error_ids == [error_id(kind, "ExportVM")]


def test_the_same_folder_twice() -> None:
    admin = Administrator()
    exported(admin)
    before = sizes(admin, TO)
    assert admin.run(f"Export-VM TEST01 {TO}").error_ids == [error_id("OperationFailed", "ExportVM")]
    assert sizes(admin, TO) == before


def test_physical_disks_are_not_exported() -> None:
    admin = Administrator()
    admin.machine("TEST01").drives[0].disk_number = 4
    assert admin.run(f"Export-VM TEST01 {TO}").error_ids == [error_id("InvalidOperation", "ExportVM")]


def test_registering_in_place_keeps_the_id_and_the_files() -> None:
    admin = Administrator()
    machine = admin.machine("TEST01")
    path = exported(admin)
    free = admin.home.files.volume_of(TO).free
    admin.run("Remove-VM TEST01 -Force")
    assert admin.values(f"Import-VM {path}", "Path") == [rf"{TO}\TEST01"]
    (imported,) = (m for m in admin.home.machines.values() if m.name == "TEST01")
    assert imported is not machine
    assert imported.machine_id == machine.machine_id
    assert imported.drives[0].disk is admin.home.files.find(rf"{TO}\TEST01\Virtual Hard Disks\TEST01.vhdx")
    configuration = admin.home.files.find(path.strip("'"))
    assert configuration is None  # it is the machine's own now
    assert admin.home.files.volume_of(TO).free > free
    assert admin.values(f"Test-Path {path}; Get-Item {path}", "Name") == [path.strip("'").rpartition("\\")[2]]
    assert admin.run(f"Import-VM {path}").error_ids == [error_id("Unspecified", "ImportVM")]


def test_the_id_exists_already() -> None:
    admin = Administrator()
    path = exported(admin)
    for arguments in ("", "-Register", "-Copy"):
        recording = admin.run(f"Import-VM {path} {arguments}")
        assert recording.error_ids == [error_id("Unspecified", "ImportVM")]
    assert admin.values(f"Compare-VM -Path {path} | {COMPARE}", "MessageId") == [40000]
    assert len([m for m in admin.home.machines.values() if m.name == "TEST01"]) == 1


def test_a_copy_with_a_new_id() -> None:
    admin = Administrator()
    machine = admin.machine("TEST01")
    path = exported(admin)
    before = sizes(admin, TO)
    folders = r"-VirtualMachinePath D:\Twin -SnapshotFilePath D:\Twin -SmartPagingFilePath D:\Twin"
    text = rf"Import-VM {path} -Copy -GenerateNewId {folders} -VhdDestinationPath D:\Twin\Disks"
    (record,) = admin.get(text)
    twin = machine_at(admin, "TEST01", machine)
    assert record.get("Id") == twin.machine_id != machine.machine_id
    assert (twin.path, twin.checkpoint_path) == (r"D:\Twin", r"D:\Twin")
    disk = twin.drives[0].disk
    assert disk is not None
    assert disk.path == r"D:\Twin\Disks\TEST01.vhdx"
    assert twin.adapters[0].adapter_id != machine.adapters[0].adapter_id
    assert twin.adapters[0].mac_address != machine.adapters[0].mac_address
    assert sizes(admin, TO) == before
    assert admin.run(text).error_ids == [error_id("OperationFailed", "ImportVM")]  # its disk is there


def test_a_copy_with_the_same_id_in_the_folders_of_the_host() -> None:
    admin = Administrator()
    machine = admin.machine("PRINT01")
    there = admin.host("HV-02")
    admin.home = there
    path = exported(admin, "PRINT01")
    admin.run("Remove-VM PRINT01 -Force")
    assert admin.values(f"Import-VM {path} -Copy", "State") == ["Saved"]
    restored = there.machines[machine.machine_id]
    assert restored.path == there.default_machine_path
    assert there.files.find(saved_state_path(restored.path, restored.machine_id)) is not None
    disk = restored.drives[0].disk
    assert disk is not None
    assert disk.path.startswith(there.default_disk_path)


def test_a_missing_switch_is_mended_in_the_report() -> None:
    admin = Administrator()
    path = exported(admin)
    admin.home.switches.pop(1)
    text = f"Compare-VM -Path {path} -Copy -GenerateNewId -OutVariable report"
    (record,) = admin.get(text)
    assert str(record.get("OperationType")) == "ImportVirtualMachine"
    assert admin.values(f"{text} | {COMPARE}", "MessageId") == [33012]
    recording = admin.run(f"{text} | {SOURCES} | Connect-VMNetworkAdapter -SwitchName Production; {REPORT} | Import-VM")
    assert recording.errors == []
    twin = machine_at(admin, "TEST01", admin.machine("TEST01"))
    assert [adapter.switch for adapter in twin.adapters] == ["Production"]
    assert admin.home.planned == {}


def test_a_report_that_was_not_mended() -> None:
    admin = Administrator()
    path = exported(admin)
    admin.home.switches.pop(1)
    recording = admin.run(f"Import-VM {path} -Copy -GenerateNewId")
    assert recording.error_ids == [error_id("Unspecified", "ImportVM")]
    assert "Please use Compare-VM" in recording.errors[0].message
    admin.home.version = "2012R2"
    admin.machine("TEST01").version = "5.0"
    recording = admin.run(f"Import-VM {path} -Copy -GenerateNewId")
    assert recording.error_ids == ["Microsoft.HyperV.PowerShell.Commands.ImportVMCommand"]


def test_a_missing_disk_is_found_elsewhere_or_replaced() -> None:
    admin = Administrator()
    path = exported(admin)
    disk = rf"{TO}\TEST01\Virtual Hard Disks\TEST01.vhdx"
    admin.run(rf"Remove-Item -LiteralPath '{disk}'; New-VHD D:\Other\TEST01.vhdx -SizeBytes 2GB")
    text = f"Compare-VM -Path {path} -Copy -GenerateNewId -OutVariable report"
    (source,) = admin.get(f"{text} | {SOURCES}")
    assert source.type_names[0] == "Microsoft.HyperV.PowerShell.HardDiskDrive"
    assert (
        admin.values(rf"Compare-VM -Path {path} -Copy -GenerateNewId -VhdSourcePath D:\Other | {COMPARE}", "Message")
        == []
    )
    mend = rf"{text} | {SOURCES} | Set-VMHardDiskDrive -Path D:\Other\TEST01.vhdx"
    assert admin.run(rf"{mend}; {REPORT} | Import-VM").errors == []
    found = machine_at(admin, "TEST01", admin.machine("TEST01")).drives[0].disk
    assert found is not None
    assert found.capacity == 2 << 30


def test_other_things_against_an_import() -> None:
    admin = Administrator()
    machine = admin.machine("TEST01")
    machine.processors, machine.memory, machine.guardians = 64, 1 << 40, frozenset({"HV-02"})
    path = exported(admin)
    admin.run(rf"Remove-Item '{TO}\TEST01\Virtual Hard Disks' -Recurse")
    reasons = admin.values(f"Compare-VM -Path {path} -Copy -GenerateNewId | {COMPARE}", "Message")
    assert [str(reason).splitlines()[-1][:14] for reason in reasons] == [
        "It has 64 virt",
        "The computer d",
        "The key protec",
        "The file 'D:\\O",
    ]


def test_saved_state_that_is_lost() -> None:
    admin = Administrator()
    path = exported(admin, "WEB01")
    saved = saved_state_path(rf"{TO}\WEB01", admin.machine("WEB01").machine_id)
    admin.run(f"Remove-Item '{saved}'")
    text = f"Compare-VM -Path {path} -Copy -GenerateNewId -OutVariable report"
    assert "0xC0370027" in str(admin.values(f"{text} | {COMPARE}", "Message")[0])
    mend = f"{text} | Select-Object -ExpandProperty VM | Remove-VMSavedState; {REPORT} | Import-VM"
    assert admin.run(mend).errors == []
    assert machine_at(admin, "WEB01", admin.machine("WEB01")).state is MachineState.Off


def test_lost_checkpoints_are_named_by_repair() -> None:
    admin = Administrator()
    path = exported(admin, "APP01")
    file = admin.home.files.find(path.strip("'"))
    assert isinstance(file, ExportedConfiguration)
    volume = admin.home.files.volume_of(TO)
    for kept in file.checkpoint_files:
        volume.files.pop(kept.path.lower())
        kept.path = kept.path.replace(TO, r"D:\Kept")
        admin.home.files.add(kept)
    text = f"Compare-VM -Path {path} -Copy -GenerateNewId -OutVariable report"
    assert len(admin.values(f"{text} | {COMPARE}", "Message")) == 1
    repair = r"Repair-VM -SnapshotFilePath D:\Kept\APP01\Snapshots -Path D:\Here -Passthru"
    assert admin.run(f"{text}; {REPORT} | {repair} | {COMPARE}").errors == []
    assert admin.run(f"{text}; {REPORT} | {repair}; {REPORT} | Import-VM").errors == []
    twin = machine_at(admin, "APP01", admin.machine("APP01"))
    assert twin.path == r"D:\Here"
    assert [checkpoint.settings.machine_id for checkpoint in twin.checkpoints] == [twin.machine_id]


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        (r"Import-VM D:\Nothing\x.vmcx", error_id("Unspecified", "ImportVM")),
        (r"Compare-VM -Path D:\Nothing\x.vmcx", error_id("Unspecified", "CompareVM")),
        (r"Import-VM Q:\x.vmcx", error_id("Unspecified", "ImportVM")),
        (r"Import-VM '\\HV-02\D$\x.vmcx'", error_id("Unspecified", "ImportVM")),
        (r"Import-VM D:\VMs\TEST01\TEST01.vhdx", error_id("Unspecified", "ImportVM")),
        (rf"Export-VM NOWHERE {TO}", error_id("InvalidParameter", "ExportVM")),
        (rf"Export-VMSnapshot none {TO} -VMName APP01", error_id("InvalidParameter", "ExportVMSnapshot")),
        (rf"Export-VM TEST01 {TO} -AsJob", error_id("InvalidOperation", "ExportVM")),
    ],
)
def test_refused(text: str, identifier: str) -> None:
    assert Administrator().run(text).error_ids == [identifier]


def test_reports_of_the_other_kind() -> None:
    admin = Administrator()
    path = exported(admin)
    about_import = f"Compare-VM -Path {path} -OutVariable report; {REPORT} | Move-VM"
    assert admin.run(about_import).error_ids == [error_id("InvalidParameter", "MoveVM")]
    move = "Compare-VM TEST01 HV-02 -IncludeStorage -DestinationStoragePath D:\\New -OutVariable report"
    for command in ("Import-VM", "Repair-VM"):
        recording = admin.run(f"{move}; {REPORT} | {command}")
        assert recording.error_ids == [error_id("InvalidParameter", command.replace("-", ""))]


def test_compare_again_after_mending() -> None:
    admin = Administrator()
    path = exported(admin)
    admin.home.switches.pop(1)
    text = f"Compare-VM -Path {path} -Copy -GenerateNewId -OutVariable report"
    mended = f"{text} | {SOURCES} | Disconnect-VMNetworkAdapter; {REPORT} | Compare-VM | {COMPARE}"
    assert admin.run(mended).outputs == []


def test_an_imported_machine_runs() -> None:
    admin = Administrator()
    path = exported(admin)
    admin.run(f"Import-VM {path} -Copy -GenerateNewId")
    twin = machine_at(admin, "TEST01", admin.machine("TEST01"))
    twin.name = "TWIN"
    assert [plain(v) for v in admin.values("Start-VM TWIN -Passthru", "State")] == ["Running"]


def test_an_import_in_a_german_host() -> None:
    admin = Administrator()
    admin.home.language = "de"
    (record,) = admin.run(r"Import-VM D:\Nothing\x.vmcx").errors
    assert record.message.startswith("Fehler beim Importieren eines virtuellen Computers.")


@pytest.mark.parametrize(
    "command",
    [
        "Start-VM",
        "Remove-VM -Force",
        "Checkpoint-VM",
        r"Export-VM -Path D:\Twice",
        r"Move-VM -DestinationHost HV-02 -IncludeStorage -DestinationStoragePath D:\New",
        r"Move-VMStorage -DestinationStoragePath D:\New",
    ],
)
def test_a_planned_machine_is_none_yet(command: str) -> None:
    admin = Administrator()
    path = exported(admin)
    text = f"Compare-VM -Path {path} -Copy -GenerateNewId | Select-Object -ExpandProperty VM"
    recording = admin.run(f"{text} | {command}")
    name = command.partition(" ")[0].replace("-", "")
    assert recording.error_ids == [error_id("InvalidParameter", name)]
    assert admin.values(f"{text} | Set-VMMemory -StartupBytes 2GB; {text} | Get-VMProcessor", "VMName") == ["TEST01"]


def test_a_machine_that_is_gone_does_not_move() -> None:
    admin = Administrator()
    gone = "Get-VM TEST01 -OutVariable kept; Remove-VM TEST01 -Force; Get-Variable kept"
    move = r"Move-VMStorage -DestinationStoragePath D:\New"
    recording = admin.run(f"{gone} | Select-Object -ExpandProperty Value | {move}")
    assert recording.error_ids == [error_id("InvalidParameter", "MoveVMStorage")]
