"""A host that stops without warning, and comes back: what ran on it is cut off, as by a loss of power."""

from __future__ import annotations

from functools import partial

from lab.hyperv import power
from lab.hyperv.cluster_moves import fail_over
from lab.hyperv.clustering import cluster_of
from lab.hyperv.events import Level
from lab.hyperv.host import Host
from lab.hyperv.machine import USES_MEMORY, MachineState, StartAction, VirtualMachine
from lab.hyperv.messages import OperationFailed
from lab.hyperv.replication.cycles import NOT_TRACKING


def crash(host: Host) -> None:
    """Stop a host at once: it leaves the network, work in progress breaks off, machines that ran are off.

    What a primary wrote last is not in its tracking log, so it needs a resynchronisation (Hyper-V team blog).
    """
    host.lose_network()
    for operation in [machine.operation for machine in host.machines.values()] + list(host.replication.jobs):
        if operation is not None and operation.can_be_cancelled:
            operation.interrupt(operation.fail("host_stopped"))
    for machine in host.machines.values():
        if machine.state in USES_MEMORY:
            host.cut_off.append(machine)
            machine.state = MachineState.Off
            machine.started = None
            _lose_track(machine)
    cluster = cluster_of(host)
    if cluster is not None:
        fail_over(cluster, host)


def come_back(host: Host) -> None:
    """Be there again: machines start as their start action says."""
    host.regain_network()
    cut_off, host.cut_off = host.cut_off, []
    for machine in list(host.machines.values()):
        starts = machine.start_action is StartAction.Start
        if starts or (machine in cut_off and machine.start_action is StartAction.StartIfRunning):
            host.clock.call_later(machine.start_delay, partial(_start, machine, host))


def _start(machine: VirtualMachine, host: Host) -> None:
    if machine.state is not MachineState.Off or machine.machine_id not in host.machines:
        return
    try:
        power.change("start", machine, host)
    except OperationFailed as failure:
        host.log(15130, Level.ERROR, failure.message, machine)


def _lose_track(machine: VirtualMachine) -> None:
    for sender in machine.replication.senders if machine.replication is not None else ():
        if sender.copied_since is not None and sender.state not in NOT_TRACKING:
            sender.cycles.require_resynchronization("resync_host_crash")
