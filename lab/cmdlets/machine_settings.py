"""Set-VM, Rename-VM and Update-VMVersion."""

from __future__ import annotations

from collections.abc import AsyncIterator

from lab.cmdlets.machines import machine_record
from lab.cmdlets.targets import asked_machines, refuse_prompt, refuse_unsupported, reported
from lab.hyperv.changes import (
    change_memory,
    refusal,
    require_idle,
    require_processor_count,
    require_range,
    update_version,
)
from lab.hyperv.files import NoSuchVolume, ShareDenied, key
from lab.hyperv.host import Host
from lab.hyperv.machine import CheckpointType, StartAction, StopAction, VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Value, display_text

LONGEST_DELAY = 1_000_000_000
"""Seconds of AutomaticStartDelay (assumed)."""


@cmdlet("Set-VM")
async def set_vm(call: Call) -> AsyncIterator[Value]:
    """Change the settings of machines as far as their state allows it; what is refused leaves a machine as it was."""
    for machine in asked_machines(call, "Name"):
        with reported(call):
            require_idle(machine, call.host)
            _check(call, machine)
            _change_memory(call, machine)
            _change_behaviour(call, machine)
            if call.switch("Passthru"):
                yield machine_record(machine, call.host)


def integer(call: Call, name: str) -> int | None:
    """A parameter that is a whole number, or None when it was not given."""
    value = call.parameters.get(name)
    return value if isinstance(value, int) else None


def _check(call: Call, machine: VirtualMachine) -> None:
    delay = integer(call, "AutomaticStartDelay")
    if delay is not None:
        require_range(machine, call.host, "AutomaticStartDelay", delay, 0, LONGEST_DELAY)
    count = integer(call, "ProcessorCount")
    if count is not None:
        require_processor_count(machine, call.host, count)
    for name in ("SnapshotFileLocation", "SmartPagingFilePath"):
        if name in call.parameters and not call.switch("AllowUnverifiedPaths"):
            _require_volume(display_text(call.parameters[name]), machine, call.host)
    folder = call.parameters.get("SnapshotFileLocation")
    if folder is not None and machine.checkpoints and key(display_text(folder)) != key(machine.checkpoint_path):
        raise refusal("checkpoints_keep_location", machine, call.host)
    if call.switch("DynamicMemory") and call.switch("StaticMemory"):
        raise refusal("memory_static_and_dynamic", machine, call.host)


def _require_volume(path: str, machine: VirtualMachine, host: Host) -> None:
    try:
        host.files.volume_of(path)
    except (NoSuchVolume, ShareDenied) as error:
        raise refusal("location_not_found", machine, host, path=path) from error


def _change_memory(call: Call, machine: VirtualMachine) -> None:
    startup, minimum, maximum = (integer(call, f"Memory{part}Bytes") for part in ("Startup", "Minimum", "Maximum"))
    dynamic = True if call.switch("DynamicMemory") else False if call.switch("StaticMemory") else None
    change_memory(machine, call.host, startup=startup, minimum=minimum, maximum=maximum, dynamic=dynamic)


def _change_behaviour(call: Call, machine: VirtualMachine) -> None:
    for name, value in call.parameters.items():
        text = display_text(value)
        match name, value:
            case "AutomaticStartAction", _:
                machine.start_action = StartAction[text]
            case "AutomaticStartDelay", int():
                machine.start_delay = value
            case "AutomaticStopAction", _:
                machine.stop_action = StopAction[text]
            case "AutomaticCriticalErrorAction", _:
                machine.critical_errors.pauses = text == "Pause"
            case "AutomaticCriticalErrorActionTimeout", int():
                machine.critical_errors.minutes = value
            case "AutomaticCheckpointsEnabled", bool():
                machine.takes_automatic_checkpoints = value
            case "CheckpointType", _:
                machine.checkpoint_type = CheckpointType[text]
            case "GuestControlledCacheTypes", bool():
                machine.guest_controls_cache_types = value
            case "LockOnDisconnect", _:
                machine.locks_on_disconnect = text == "On"
            case "LowMemoryMappedIoSpace", int():
                machine.low_memory_mapped_space = value
            case "HighMemoryMappedIoSpace", int():
                machine.high_memory_mapped_space = value
            case "ProcessorCount", int():
                machine.processors = value
            case "Notes", _:
                machine.notes = text
            case "NewVMName", _:
                machine.name = text
            case "SnapshotFileLocation", _:
                machine.checkpoint_path = text
            case "SmartPagingFilePath", _:
                machine.smart_paging_path = text
            case _:
                continue


@cmdlet("Rename-VM")
async def rename_vm(call: Call) -> AsyncIterator[Value]:
    """Give machines another name; two may have the same."""
    for machine in asked_machines(call, "Name"):
        with reported(call):
            require_idle(machine, call.host)
            machine.name = display_text(call.parameters["NewName"])
            if call.switch("Passthru"):
                yield machine_record(machine, call.host)


@cmdlet("Update-VMVersion")
async def update_vm_version(call: Call) -> AsyncIterator[Value]:
    """Raise the configuration version of machines that are off to the highest of the host; it asks first."""
    refuse_unsupported(call)
    for machine in asked_machines(call, "Name"):
        with reported(call):
            refuse_prompt(call)
            update_version(machine, call.host)
            if call.switch("Passthru"):
                yield machine_record(machine, call.host)
