"""Changes to the settings of machines, with what a host refuses. Bounds and texts are assumed unless noted."""

from __future__ import annotations

from lab.hyperv.host import Host
from lab.hyperv.machine import MachineState, VirtualMachine
from lab.hyperv.messages import OperationFailed, failed

LEAST_MEMORY = 32 << 20
MOST_MEMORY = 12 << 40


def refusal(
    key: str, machine: VirtualMachine, host: Host, /, *, subject: object = None, **names: object
) -> OperationFailed:
    """The failure ``key`` about ``machine``, in the words of ``host``."""
    machine_id = str(machine.machine_id).upper()
    return failed(key, host.language, subject=subject, machine=machine.name, machine_id=machine_id, **names)


def require_idle(machine: VirtualMachine, host: Host) -> None:
    """Raises OperationFailed while an operation is under way on the machine, and for the settings of a checkpoint."""
    if machine.kept_in is not None:
        raise refusal("checkpoint_settings_fixed", machine, host, name=machine.kept_in.name)
    if machine.operation is not None:
        raise refusal("busy", machine, host)


def require_off(machine: VirtualMachine, host: Host) -> None:
    """Raises OperationFailed unless the machine is off, with nothing under way."""
    require_idle(machine, host)
    if machine.state is not MachineState.Off:
        raise refusal("settings_locked", machine, host)


def require_range(machine: VirtualMachine, host: Host, setting: str, value: int, least: int, most: int) -> None:
    """Raises OperationFailed when ``value`` is not within ``least`` and ``most``."""
    if not least <= value <= most:
        raise refusal("value_out_of_range", machine, host, setting=setting, value=value, least=least, most=most)


def change_memory(
    machine: VirtualMachine,
    host: Host,
    *,
    startup: int | None = None,
    minimum: int | None = None,
    maximum: int | None = None,
    dynamic: bool | None = None,
) -> None:
    """Change the amounts of memory, in bytes; what is None stays.

    Whether memory is dynamic can be changed only while the machine is off. A running machine with static memory takes
    another amount from Windows Server 2016 on (Windows Server documentation), if the host has it; one with dynamic
    memory lets its minimum be lowered and its maximum be raised.
    Raises OperationFailed; nothing has changed then.
    """
    is_dynamic = machine.has_dynamic_memory if dynamic is None else dynamic
    new_startup = machine.memory if startup is None else startup
    least = machine.memory_minimum if minimum is None else minimum
    most = machine.memory_maximum if maximum is None else maximum
    require_idle(machine, host)
    for amount in (new_startup, least, most):
        require_range(machine, host, "memory", amount, LEAST_MEMORY, MOST_MEMORY)
    if not is_dynamic and (minimum is not None or maximum is not None):
        raise refusal("memory_static_and_dynamic", machine, host)
    if is_dynamic and not least <= new_startup <= most:
        raise refusal("memory_order", machine, host)
    if machine.state is not MachineState.Off:
        _require_online_change(machine, host, is_dynamic, new_startup, least, most)
    machine.has_dynamic_memory = is_dynamic
    machine.memory, machine.memory_minimum, machine.memory_maximum = new_startup, least, most


def _require_online_change(
    machine: VirtualMachine, host: Host, is_dynamic: bool, startup: int, least: int, most: int
) -> None:
    if is_dynamic:
        allowed = startup == machine.memory and least <= machine.memory_minimum and most >= machine.memory_maximum
    else:
        allowed = startup == machine.memory or (machine.state is MachineState.Running and not host.is_old)
    if not allowed or is_dynamic != machine.has_dynamic_memory:
        raise refusal("settings_locked", machine, host)
    if startup - machine.memory > host.memory_free:
        raise refusal("memory_too_little_free", machine, host)


def require_processor_count(machine: VirtualMachine, host: Host, count: int) -> None:
    """Raises OperationFailed unless the machine can be given ``count`` virtual processors.

    It must be off for another number, and the host needs as many logical ones.
    """
    if count != machine.processors:
        require_off(machine, host)
        require_range(machine, host, "Count", count, 1, host.processors)


def update_version(machine: VirtualMachine, host: Host) -> None:
    """Raise the configuration version to the highest of the host.

    Raises OperationFailed unless the machine is off.
    """
    require_off(machine, host)
    machine.version = host.supported_versions[-1]
