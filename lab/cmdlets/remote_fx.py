"""The RemoteFX 3D video adapters of machines, and the GPUs of the host behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.checkpoints import asked_settings
from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.failures import error_of
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import asked_machines, listed, machine_of, reported
from lab.hyperv.changes import refusal, require_off, require_range
from lab.hyperv.hardware import RemoteFx, VideoAdapter
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, UnsignedLong, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

TYPES = hyperv_types("VMRemoteFx3DVideoAdapter", "VMDevice", "VMComponentObject", "VirtualizationObject")
GPU_TYPES = hyperv_types("VMRemoteFXPhysicalVideoAdapter", "VirtualizationObject")
KIND = "RemoteFX GPU"
MONITORS = {"1024x768": 8, "1280x1024": 8, "1600x1200": 4, "1920x1200": 4, "2560x1600": 2, "3840x2160": 1}
"""The most monitors for each resolution (Windows Server documentation of 2016)."""
MEMORY = (64 << 20, 1 << 30)
"""Bytes of video memory (Windows Server documentation of 2016)."""


def video_adapter_record(adapter: RemoteFx, machine: VirtualMachine, host: Host) -> Record:
    """A machine's adapter as Get-VMRemoteFx3dVideoAdapter prints it."""
    properties: dict[str, Value] = {
        "MaximumScreenResolution": adapter.resolution,
        "MaximumMonitors": adapter.monitors,
        "VRAMSizeBytes": UnsignedLong(adapter.memory),
        "Name": "RemoteFX 3D Video Adapter",
        "Id": f"Microsoft:{machine.machine_id}\\RemoteFX".upper(),
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": machine.remote_fx is None,
    }
    if host.is_old:
        del properties["VRAMSizeBytes"]
    return Record(TYPES, properties, f"VMRemoteFx3DVideoAdapter [VMName = '{machine.name}']", machine)


def gpu_record(gpu: VideoAdapter, host: Host) -> Record:
    """A GPU as Get-VMRemoteFXPhysicalVideoAdapter prints it."""
    properties: dict[str, Value] = {
        "Name": gpu.name,
        "Id": gpu.name,
        "Enabled": gpu.is_enabled,
        "CompatibleForVirtualization": True,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(GPU_TYPES, properties, f"VMRemoteFXPhysicalVideoAdapter (Name = '{gpu.name}')", gpu)


@cmdlet("Get-VMRemoteFXPhysicalVideoAdapter")
async def get_vm_remote_fx_physical_video_adapter(call: Call) -> AsyncIterator[Value]:
    """The GPUs of the host, all or by name (with wildcards)."""
    for gpu in _gpus(call) if "Name" in call.parameters else call.host.hardware.video_adapters:
        yield gpu_record(gpu, call.host)


@cmdlet("Enable-VMRemoteFXPhysicalVideoAdapter")
async def enable_vm_remote_fx_physical_video_adapter(call: Call) -> AsyncIterator[Value]:
    """Let machines use GPUs."""
    async for value in _switch(call, on=True):
        yield value


@cmdlet("Disable-VMRemoteFXPhysicalVideoAdapter")
async def disable_vm_remote_fx_physical_video_adapter(call: Call) -> AsyncIterator[Value]:
    """Let machines use GPUs no longer."""
    async for value in _switch(call, on=False):
        yield value


async def _switch(call: Call, *, on: bool) -> AsyncIterator[Value]:
    for gpu in _gpus(call):
        gpu.is_enabled = on
        if call.switch("Passthru"):
            yield gpu_record(gpu, call.host)


def _gpus(call: Call) -> Iterator[VideoAdapter]:
    for value in listed(call.parameters.get("GPU")):
        if isinstance(value, Record) and isinstance(value.subject, VideoAdapter):
            yield value.subject
    for name in map(display_text, listed(call.parameters.get("Name"))):
        found = [gpu for gpu in call.host.hardware.video_adapters if matches(name, gpu.name)]
        if not found and not has_wildcards(name):
            names = {"what": KIND, "name": name, "host": call.host.name}
            call.error(error_of(call, failed("hardware_unknown", call.host.language, **names), name))
        yield from found


@cmdlet("Get-VMRemoteFx3dVideoAdapter")
async def get_vm_remote_fx_3d_video_adapter(call: Call) -> AsyncIterator[Value]:
    """The adapters of machines and checkpoints."""
    for machine in asked_settings(call):
        if machine.remote_fx is not None:
            yield video_adapter_record(machine.remote_fx, machine, call.host)


@cmdlet("Add-VMRemoteFx3dVideoAdapter")
async def add_vm_remote_fx_3d_video_adapter(call: Call) -> AsyncIterator[Value]:
    """Give machines that are off an adapter; the host needs a GPU that is enabled for it (assumed)."""
    for machine in asked_machines(call):
        with reported(call):
            require_off(machine, call.host)
            if not any(gpu.is_enabled for gpu in call.host.hardware.video_adapters):
                raise failed("hardware_none", call.host.language, host=call.host.name, what=KIND)
            if machine.remote_fx is not None:
                raise refusal("video_adapter_there", machine, call.host)
            machine.remote_fx = RemoteFx()
            if call.switch("Passthru"):
                yield video_adapter_record(machine.remote_fx, machine, call.host)


@cmdlet("Set-VMRemoteFx3dVideoAdapter")
async def set_vm_remote_fx_3d_video_adapter(call: Call) -> AsyncIterator[Value]:
    """Change the monitors, the resolution or the memory of machines' adapters."""
    for machine in _asked(call):
        with reported(call):
            machine.remote_fx = _changed(call, _present(call, machine), machine)
            if call.switch("Passthru"):
                yield video_adapter_record(machine.remote_fx, machine, call.host)


@cmdlet("Remove-VMRemoteFx3dVideoAdapter")
async def remove_vm_remote_fx_3d_video_adapter(call: Call) -> AsyncIterator[Value]:
    """Take the adapters from machines that are off."""
    for machine in _asked(call):
        with reported(call):
            adapter = _present(call, machine)
            machine.remote_fx = None
            if call.switch("Passthru"):
                yield video_adapter_record(adapter, machine, call.host)


def _asked(call: Call) -> Iterator[VirtualMachine]:
    yield from asked_machines(call)
    yield from map(machine_of, listed(call.parameters.get("VMRemoteFx3dVideoAdapter")))


def _present(call: Call, machine: VirtualMachine) -> RemoteFx:
    """The adapter of a machine that is off; raises OperationFailed when it has none."""
    require_off(machine, call.host)
    if machine.remote_fx is None:
        raise refusal("video_adapter_missing", machine, call.host)
    return machine.remote_fx


def _changed(call: Call, adapter: RemoteFx, machine: VirtualMachine) -> RemoteFx:
    monitors, memory = integer(call, "MonitorCount"), integer(call, "VRAMSizeBytes")
    wanted = RemoteFx(
        adapter.monitors if monitors is None else int(monitors),
        display_text(call.parameters.get("MaximumResolution", adapter.resolution)),
        adapter.memory if memory is None else int(memory),
    )
    if not 1 <= wanted.monitors <= MONITORS.get(wanted.resolution, 0):
        names = {"name": wanted.resolution, "count": wanted.monitors}
        raise failed("resolution_invalid", call.host.language, **names)
    require_range(machine, call.host, "VRAMSizeBytes", wanted.memory, *MEMORY)
    return wanted
