"""PCI devices, GPUs, Fibre Channel and clusters: on hosts that have them, and on hosts without."""

from __future__ import annotations

import pytest

from lab.hyperv.hardware import AssignableDevice, FibrePort, PartitionableGpu, VideoAdapter
from lab.hyperv.machine import StopAction
from lab.powershell.values import Record
from tests.lab.cmdlets.administration import Administrator, error_id

INSTANCE, LOCATION = r"PCI\VEN_144D&DEV_A808\1", "PCIROOT(0)#PCI(0100)"
NODE, PORT, OTHER = "2000000000000001", "2100000000000001", "2100000000000002"
DISMOUNT = f"Dismount-VMHostAssignableDevice -LocationPath '{LOCATION}'"
ASSIGN = f"Add-VMAssignableDevice TEST01 -LocationPath '{LOCATION}'"


@pytest.fixture
def admin() -> Administrator:
    """HV-01 with one of each; TEST01 is turned off when the host stops."""
    made = Administrator()
    hardware = made.home.hardware
    hardware.devices.append(AssignableDevice("NVMe", INSTANCE, LOCATION))
    hardware.gpus.append(PartitionableGpu("GPU-0", (1, 2, 4), 8 << 30, 4))
    hardware.video_adapters.append(VideoAdapter("Card"))
    hardware.ports += [FibrePort(NODE, PORT), FibrePort(NODE, OTHER)]
    made.home.cluster = "CLU-01"
    made.machine("TEST01").stop_action = StopAction.TurnOff
    return made


def test_a_device_goes_to_a_machine_and_back(admin: Administrator) -> None:
    assert admin.run("Get-VMHostAssignableDevice").outputs == []
    assert admin.run(DISMOUNT).error_ids == [error_id("InvalidOperation", "DismountVMHostAssignableDevice")]
    assert admin.run(f"{DISMOUNT} -Force").errors == []
    assert admin.values("Get-VMHostAssignableDevice", "InstanceID") == [INSTANCE.replace("PCI", "PCIP", 1)]
    assert admin.values(f"{ASSIGN} -Passthru", "LocationPath") == [LOCATION]
    assert admin.values("Get-VMAssignableDevice TEST01", "Name") == ["NVMe"]
    taken = admin.run("Get-VMHostAssignableDevice | Mount-VMHostAssignableDevice")
    assert taken.error_ids == [error_id("InvalidOperation", "MountVMHostAssignableDevice")]
    move = "Compare-VM TEST01 HV-02 -IncludeStorage -DestinationStoragePath D:\\New"
    (problem,) = admin.get(f"{move} | Select-Object -ExpandProperty Incompatibilities")
    assert "cannot be migrated" in str(problem.get("Message"))
    assert admin.run(f"Remove-VMAssignableDevice TEST01 -InstancePath '{INSTANCE}'").errors == []
    gone = admin.run("Remove-VMAssignableDevice TEST01")
    assert gone.error_ids == [error_id("ObjectNotFound", "RemoveVMAssignableDevice")]
    assert admin.run("Get-VMHostAssignableDevice | Mount-VMHostAssignableDevice").errors == []
    assert admin.run("Get-VMHostAssignableDevice").outputs == []


def test_a_device_of_a_pool(admin: Administrator) -> None:
    admin.run(f"New-VMResourcePool Fast PciExpress; {DISMOUNT} -Force")
    assert admin.run("Get-VMHostAssignableDevice | Add-VMHostAssignableDevice -ResourcePoolName Fast").errors == []
    assert admin.values("Get-VMHostAssignableDevice -ResourcePoolName fast", "Name") == ["NVMe"]
    assert admin.values("Add-VMAssignableDevice TEST01 -ResourcePoolName Fast -Passthru", "ResourcePoolName") == [
        "Fast"
    ]
    again = admin.run("Add-VMAssignableDevice TEST01 -ResourcePoolName Fast")
    assert again.error_ids == [error_id("InvalidOperation", "AddVMAssignableDevice")]
    remove = f"Remove-VMHostAssignableDevice -LocationPath '{LOCATION}' -ResourcePoolName Fast"
    assert admin.run(remove).errors == []
    assert admin.run(remove).error_ids == [error_id("InvalidParameter", "RemoveVMHostAssignableDevice")]


def test_parts_of_a_gpu(admin: Administrator) -> None:
    assert admin.values("Set-VMHostPartitionableGpu -PartitionCount 2 -Passthru", "PartitionCount") == [2]
    add = "Add-VMGpuPartitionAdapter TEST01 -MinPartitionVRAM 1000 -OptimalPartitionVRAM 2000 -Passthru"
    assert admin.values(add, "InstancePath") == ["GPU-0"]
    (record,) = admin.get("Get-VMGpuPartitionAdapter TEST01")
    identifier = record.get("AdapterId")
    text = f"Set-VMGpuPartitionAdapter TEST01 -AdapterId '{identifier}' -MaxPartitionVRAM 3000 -Passthru"
    assert admin.values(text, "MaxPartitionVRAM") == [3000]
    assert admin.values("Get-VMGpuPartitionAdapter TEST01", "MinPartitionVRAM") == [1000]
    wrong = admin.run("Set-VMGpuPartitionAdapter TEST01 -MaxPartitionVRAM 10")
    assert wrong.error_ids == [error_id("InvalidParameter", "SetVMGpuPartitionAdapter")]
    assert admin.run("Get-VMGpuPartitionAdapter TEST01 | Remove-VMGpuPartitionAdapter").errors == []
    assert admin.run("Get-VMGpuPartitionAdapter TEST01").outputs == []
    wrong = admin.run(
        "Set-VMHostPartitionableGpu -PartitionCount 3; Set-VMHostPartitionableGpu -Name x -PartitionCount 1"
    )
    assert wrong.error_ids == [error_id("InvalidParameter", "SetVMHostPartitionableGpu")] * 2


def test_remote_fx(admin: Administrator) -> None:
    add = "Add-VMRemoteFx3dVideoAdapter TEST01"
    assert admin.run(add).error_ids == [error_id("InvalidOperation", "AddVMRemoteFx3dVideoAdapter")]
    assert admin.values("Get-VMRemoteFXPhysicalVideoAdapter C*", "Enabled") == [False]
    assert admin.run("Enable-VMRemoteFXPhysicalVideoAdapter Card").errors == []
    assert admin.run(add).errors == []
    assert admin.run(add).error_ids == [error_id("InvalidOperation", "AddVMRemoteFx3dVideoAdapter")]
    text = "Set-VMRemoteFx3dVideoAdapter TEST01 2 1920x1200 -VRAMSizeBytes 512MB -Passthru"
    assert admin.values(text, "VRAMSizeBytes") == [512 << 20]
    assert admin.values("Get-VMRemoteFx3dVideoAdapter TEST01", "MaximumMonitors") == [2]
    wrong = admin.run("Set-VMRemoteFx3dVideoAdapter TEST01 9 1024x768")
    assert wrong.error_ids == [error_id("InvalidParameter", "SetVMRemoteFx3dVideoAdapter")]
    assert admin.run("Get-VMRemoteFx3dVideoAdapter TEST01 | Remove-VMRemoteFx3dVideoAdapter").errors == []
    gone = admin.run("Remove-VMRemoteFx3dVideoAdapter TEST01; Disable-VMRemoteFXPhysicalVideoAdapter None")
    assert gone.error_ids == [
        error_id("ObjectNotFound", "RemoveVMRemoteFx3dVideoAdapter"),
        error_id("InvalidParameter", "DisableVMRemoteFXPhysicalVideoAdapter"),
    ]


def test_virtual_sans(admin: Administrator) -> None:
    new = f"New-VMSan Fabric -WorldWideNodeName {NODE} -WorldWidePortName {PORT} -Note one"
    (record,) = admin.get(new)
    ports = record.get("HostBusAdapters")
    assert isinstance(ports, list)
    assert [port.get("PortAddress") for port in ports if isinstance(port, Record)] == [PORT]
    assert admin.run(new).error_ids == [error_id("InvalidParameter", "NewVMSan")]
    connect = f"Connect-VMSan Fabric -WorldWideNodeName {NODE} -WorldWidePortName {OTHER}"
    assert admin.run(connect).errors == []
    assert admin.run(connect).error_ids == [error_id("InvalidOperation", "ConnectVMSan")]
    assert admin.run_with("Disconnect-VMSan", Name="Fabric", HostBusAdapter=[ports[0]]).errors == []
    gone = admin.run_with("Disconnect-VMSan", Name="Fabric", HostBusAdapter=[ports[0]])
    assert gone.error_ids == [error_id("InvalidParameter", "DisconnectVMSan")]
    assert admin.values("Set-VMSan Fabric -Note two -Passthru", "Note") == ["two"]
    assert len(admin.home.hardware.sans[0].ports) == 1
    assert admin.values("Rename-VMSan Fabric Blue -Passthru", "Name") == ["Blue"]
    assert admin.values("Get-VMSan B*", "Name") == ["Blue"]
    assert admin.run("Remove-VMSan Blue").errors == []
    assert admin.run("Remove-VMSan Blue").error_ids == [error_id("InvalidParameter", "RemoveVMSan")]


def test_fibre_channel_adapters(admin: Administrator) -> None:
    admin.run("New-VMSan Fabric; New-VMSan Other")
    assert admin.values("Add-VMFibreChannelHba TEST01 Fabric -GenerateWwn -Passthru", "Name") == ["TEST01"]
    assert admin.values("Get-VMFibreChannelHba TEST01", "WorldWideNodeNameSetA") == ["C003FF0000FFFF00"]
    assert admin.run("Remove-VMSan Fabric").error_ids == [error_id("InvalidOperation", "RemoveVMSan")]
    piped = "Get-VMFibreChannelHba TEST01 | Set-VMFibreChannelHba"
    assert admin.values(f"{piped} -SanName Other -Passthru", "SanName") == ["Other"]
    names = f"{piped} -NewWorldWidePortNameSetA {PORT} -NewWorldWidePortNameSetB {OTHER} -Passthru"
    assert admin.values(names, "WorldWidePortNameSetB") == [OTHER]
    assert admin.run("Rename-VMSan Other Renamed").errors == []
    assert admin.values("Get-VMFibreChannelHba TEST01", "SanName") == ["Renamed"]
    node = "C003FF0000FFFF00"
    by_name = f"Remove-VMFibreChannelHba TEST01 {node} {PORT} {node} {OTHER}"
    assert admin.run(by_name).errors == []
    assert admin.run(by_name).error_ids == [error_id("ObjectNotFound", "RemoveVMFibreChannelHba")]
    for _ in range(4):
        admin.run("Add-VMFibreChannelHba TEST01 Fabric -GenerateWwn")
    full = admin.run("Add-VMFibreChannelHba TEST01 Fabric -GenerateWwn")
    assert full.error_ids == [error_id("InvalidOperation", "AddVMFibreChannelHba")]
    move = "Compare-VM TEST01 HV-02 -IncludeStorage -DestinationStoragePath D:\\New"
    assert len(admin.get(f"{move} | Select-Object -ExpandProperty Incompatibilities")) == 4


def test_names_of_fibre_channel(admin: Administrator) -> None:
    text = "Set-VMHost -FibreChannelWwnn c003ff0000ffff11 -FibreChannelWwpnMinimum C003FF0000000001 -Passthru"
    (record,) = admin.get(text)
    assert record.get("FibreChannelWwnn") == "C003FF0000FFFF11"
    assert record.get("FibreChannelWwpnMinimum") == "C003FF0000000001"


def test_clusters(admin: Administrator) -> None:
    (record,) = admin.get(r"Set-VMHostCluster clu-01 -SharedStoragePath C:\ClusterStorage -Passthru")
    assert record.get("ClusterName") == "CLU-01"
    assert admin.values("Get-VMHostCluster CLU-01", "SharedStoragePath") == ["C:\\ClusterStorage"]
    piped = "Get-VMHostCluster CLU-01 | Set-VMHostCluster -SharedStoragePath D: -Passthru"
    assert admin.values(piped, "SharedStoragePath") == ["D:"]


@pytest.mark.parametrize(
    ("text", "kind", "command"),
    [
        ("Get-VMHostCluster None", "ObjectNotFound", "GetVMHostCluster"),
        (f"{DISMOUNT} -Force", "InvalidParameter", "DismountVMHostAssignableDevice"),
        ("Dismount-VMHostAssignableDevice", "InvalidParameter", "DismountVMHostAssignableDevice"),
        (ASSIGN, "InvalidOperation", "AddVMAssignableDevice"),
        ("Add-VMAssignableDevice WEB01 -LocationPath x", "InvalidState", "AddVMAssignableDevice"),
        ("Add-VMGpuPartitionAdapter TEST01", "InvalidOperation", "AddVMGpuPartitionAdapter"),
        ("Add-VMRemoteFx3dVideoAdapter TEST01", "InvalidOperation", "AddVMRemoteFx3dVideoAdapter"),
        ("Get-VMRemoteFXPhysicalVideoAdapter None", "InvalidParameter", "GetVMRemoteFXPhysicalVideoAdapter"),
        ("Get-VMSan None", "InvalidParameter", "GetVMSan"),
        (f"New-VMSan x -WorldWideNodeName {NODE} -WorldWidePortName {PORT}", "InvalidParameter", "NewVMSan"),
        (f"New-VMSan x -WorldWideNodeName {NODE} -WorldWidePortName 12", "InvalidParameter", "NewVMSan"),
        (f"New-VMSan x -WorldWideNodeName {NODE},{NODE} -WorldWidePortName {PORT}", "InvalidParameter", "NewVMSan"),
        ("Add-VMFibreChannelHba TEST01 None -GenerateWwn", "InvalidParameter", "AddVMFibreChannelHba"),
    ],
)
def test_a_host_without_any(text: str, kind: str, command: str) -> None:
    assert Administrator().run(text).error_ids == [error_id(kind, command)]


@pytest.mark.parametrize(
    "text",
    [
        "Get-VMHostAssignableDevice",
        "Get-VMHostPartitionableGpu",
        "Set-VMHostPartitionableGpu -PartitionCount 2",
        "Get-VMRemoteFXPhysicalVideoAdapter",
        "Get-VMSan",
        "Get-VM | Get-VMFibreChannelHba",
        "Get-VM | Get-VMAssignableDevice",
        "Get-VM | Get-VMGpuPartitionAdapter",
        "Get-VM | Get-VMRemoteFx3dVideoAdapter",
    ],
)
def test_a_host_without_any_shows_none(text: str) -> None:
    recording = Administrator().run(text)
    assert (recording.outputs, recording.errors) == ([], [])
