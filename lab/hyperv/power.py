"""Machines that start, stop, save and pause, in simulated time. All durations are assumed."""

from __future__ import annotations

from lab.hyperv.changes import refusal, require_idle
from lab.hyperv.clock import Course
from lab.hyperv.files import NoSuchVolume, OutOfSpace, ShareDenied, StoredFile
from lab.hyperv.host import Host
from lab.hyperv.machine import MachineState, VirtualMachine, saved_state_path
from lab.hyperv.operation import Operation, OperationalStatus

START = 2.0
RESET = 1.0
SHUT_DOWN = 15.0
TURN_OFF = 1.0
PAUSE = 0.5
SAVE_RATE = 1 << 30
"""Bytes of memory a second that are written to, or read from, the saved state."""


class PowerChange(Operation):
    """A machine on its way from one state to another; ``through`` is what it shows meanwhile."""

    words = "Changing state"

    def __init__(self, machine: VirtualMachine, host: Host, through: MachineState, to: MachineState) -> None:
        super().__init__(machine, host)
        self._before = machine.state
        self._through = through
        self._to = to

    @property
    def status(self) -> OperationalStatus:
        """The machine is being modified."""
        return OperationalStatus.ModifyingUpVirtualMachine

    def course(self) -> Course:
        """The change, through the state between."""
        machine, host = self.machine, self.host
        starts = machine.memory_assigned == 0 and self._to in (MachineState.Running, MachineState.Paused)
        if starts and machine.memory > host.memory_free:
            raise self.fail("cannot_start_memory")
        machine.state = self._through
        yield self._seconds()
        if self._to is MachineState.Saved:
            self._write_saved_state()
        elif self._before is MachineState.Saved:
            self._remove_saved_state()
        if self._before is MachineState.Off and self._to is MachineState.Running:
            machine.processor = host.processor
        if starts:
            machine.started = host.clock.now()
        if self._to in (MachineState.Off, MachineState.Saved):
            machine.started = None
        machine.state = self._to

    def undo(self) -> None:
        """Back to the state before."""
        self.machine.state = self._before

    def _seconds(self) -> float:
        memory = self.machine.memory / SAVE_RATE
        match self._through:
            case MachineState.Starting:
                return START + (memory if self._before is MachineState.Saved else 0.0)
            case MachineState.Saving:
                return memory
            case MachineState.Stopping:
                return SHUT_DOWN
            case MachineState.Pausing | MachineState.Resuming:
                return PAUSE
            case _:
                return TURN_OFF

    def _write_saved_state(self) -> None:
        try:
            self.host.files.add(
                StoredFile(saved_state_path(self.machine.path, self.machine.machine_id), self.machine.memory)
            )
        except (OutOfSpace, NoSuchVolume, ShareDenied) as error:
            raise self.fail("disk_full", path=error.path) from error

    def _remove_saved_state(self) -> None:
        file = self.host.files.find(saved_state_path(self.machine.path, self.machine.machine_id))
        if file is not None:
            self.host.files.remove(file)


class Reset(PowerChange):
    """A machine that starts anew without shutting its system down first."""

    def __init__(self, machine: VirtualMachine, host: Host) -> None:
        super().__init__(machine, host, MachineState.Starting, MachineState.Running)

    def course(self) -> Course:
        """Begin anew, on the same processor and with the same memory."""
        self.machine.state = MachineState.Starting
        yield RESET
        self.machine.started = self.host.clock.now()
        self.machine.state = MachineState.Running


ALLOWED = {
    "start": ({MachineState.Off, MachineState.Saved}, MachineState.Starting, MachineState.Running),
    "shut_down": ({MachineState.Running}, MachineState.Stopping, MachineState.Off),
    "turn_off": (set(MachineState) - {MachineState.Off}, MachineState.Off, MachineState.Off),
    "save": ({MachineState.Running, MachineState.Paused}, MachineState.Saving, MachineState.Saved),
    "pause": ({MachineState.Running}, MachineState.Pausing, MachineState.Paused),
    "resume": ({MachineState.Paused}, MachineState.Resuming, MachineState.Running),
}
"""For each verb: the states it is allowed in, the state between, and the state after."""


def change(verb: str, machine: VirtualMachine, host: Host) -> PowerChange:
    """Begin to ``start``, ``shut_down``, ``turn_off``, ``save``, ``pause`` or ``resume`` a machine.

    Raises OperationFailed when its state does not allow it, or something else is under way.
    """
    allowed, through, to = ALLOWED[verb]
    operation = PowerChange(machine, host, through, to)
    if machine.state not in allowed:
        raise operation.fail("wrong_state")
    if verb == "start" and machine.replication is not None:
        machine.replication.require_start(machine, host)
    return operation.begin()


def reset(machine: VirtualMachine, host: Host) -> Reset:
    """Begin to start a running machine anew.

    Raises OperationFailed when it does not run, or something else is under way.
    """
    operation = Reset(machine, host)
    if machine.state is not MachineState.Running:
        raise operation.fail("wrong_state")
    return operation.begin()


def discard_saved_state(machine: VirtualMachine, host: Host) -> None:
    """Delete the saved state: the machine is off then.

    Raises OperationFailed when the machine is not saved, or something is under way.
    """
    require_idle(machine, host)
    if machine.state is not MachineState.Saved:
        raise refusal("not_saved", machine, host)
    file = host.files.find(saved_state_path(machine.path, machine.machine_id))
    if file is not None:
        host.files.remove(file)
    machine.state = MachineState.Off
