"""Move-ClusterVirtualMachineRole, Add-ClusterVirtualMachineRole and Remove-ClusterGroup.

They cannot be run remotely without CredSSP (cmdlet reference): the cluster asks its other nodes under the caller's
name. That reading needs no such credentials is assumed.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

from lab.cmdlets.cluster_groups import role_record
from lab.cmdlets.cluster_service import serving
from lab.cmdlets.failures import statement_error
from lab.cmdlets.targets import listed, machines_called, refuse_prompt, reported, see_through
from lab.cmdlets.windows_errors import not_simulated
from lab.hyperv.changes import refusal
from lab.hyperv.cluster_moves import begin_move
from lab.hyperv.clustering import Cluster
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import OperationFailed, failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import matches


@cmdlet("Move-ClusterVirtualMachineRole")
async def move_cluster_virtual_machine_role(call: Call) -> AsyncIterator[Value]:
    """Move a clustered machine to another node, or with -Cancel give that up; -Wait 0 does not wait for its end."""
    cluster = _require(call)
    if call.switch("IgnoreLocked"):
        not_simulated(call, "-IgnoreLocked of Move-ClusterVirtualMachineRole")
    wait = call.parameters.get("Wait")
    if wait not in (None, 0):
        not_simulated(call, "-Wait of Move-ClusterVirtualMachineRole but 0")
    machine, owner = _roles(call, cluster)[0]
    if call.switch("Cancel"):
        if machine.operation is None or not machine.operation.cancel():
            raise statement_error(call, refusal("cluster_nothing_moves", machine, owner))
        yield role_record(cluster, machine, owner)
        return
    node = display_text(call.parameters.get("Node", ""))
    kind = display_text(call.parameters.get("MigrationType", "Live"))
    try:
        operation = begin_move(machine, cluster, owner, node, kind, call.runspace.caller)
    except OperationFailed as failure:
        raise statement_error(call, failure) from failure
    if wait is None:
        await see_through(call, operation, "Moving clustered role")
    yield next(role_record(cluster, each, node) for each, node in cluster.roles() if each is machine)


@cmdlet("Add-ClusterVirtualMachineRole")
async def add_cluster_virtual_machine_role(call: Call) -> AsyncIterator[Value]:
    """Make a machine of this node a role of its cluster; storage that the nodes do not share is a warning (assumed)."""
    cluster = _require(call)
    machine = _machine(call)
    with reported(call, machine.name):
        if machine.is_clustered:
            raise refusal("cluster_role_there", machine, call.host)
        for path in (machine.path, *(disk.path for disk in machine.disk_files())):
            if not cluster.shares(path) and not path.startswith("\\\\"):
                call.warning(f"Disk path '{path}' is not a path to storage in the cluster or to storage on a share.")
        machine.is_clustered = True
        if name := display_text(call.parameters.get("Name", "")):
            cluster.role_names[machine.machine_id] = name
        yield role_record(cluster, machine, call.host)


@cmdlet("Remove-ClusterGroup")
async def remove_cluster_group(call: Call) -> AsyncIterator[Value]:
    """Take machines out of the cluster; they run on where they are (Windows Server documentation of migration)."""
    cluster = _require(call)
    for machine, owner in _roles(call, cluster):
        with reported(call, machine.name):
            refuse_prompt(call)
            if not call.switch("RemoveResources"):
                raise refusal("cluster_has_resources", machine, owner)
            if machine.operation is not None:
                raise refusal("busy", machine, owner)
            machine.is_clustered = False
            cluster.role_names.pop(machine.machine_id, None)
    return
    yield  # nothing, ever: a cmdlet is a generator


def _require(call: Call) -> Cluster:
    """The cluster of the host; raises StatementError for a caller who cannot act on its other nodes."""
    host = call.host
    if not call.runspace.caller.carries_credentials:
        raise statement_error(call, failed("cluster_no_credentials", host.language))
    cluster, named = serving(call), display_text(call.parameters.get("Cluster", ""))
    if named and not cluster.is_called(named):
        raise statement_error(call, failed("cluster_unknown", host.language, name=named, host=host.name))
    return cluster


def _roles(call: Call, cluster: Cluster) -> list[tuple[VirtualMachine, Host]]:
    """The roles that -Name, -VMId or -InputObject stand for, each with its owner; StatementError where one is none."""
    found: list[tuple[VirtualMachine, Host]] = []
    given, machine_id = call.parameters.get("InputObject"), call.parameters.get("VMId")
    names = [display_text(name) for name in listed(call.parameters.get("Name"))]
    for machine, owner in cluster.roles():
        is_given = isinstance(given, Record) and given.subject is machine
        is_named = any(matches(name, cluster.role_name(machine)) for name in names)
        if is_given or is_named or machine.machine_id == machine_id:
            found.append((machine, owner))
    if not found:
        name = ", ".join(names) or (str(machine_id) if machine_id else display_text(given))
        raise statement_error(
            call, failed("cluster_group_unknown", call.host.language, name=name, cluster=cluster.name)
        )
    return found


def _machine(call: Call) -> VirtualMachine:
    """The machine that is to become a role: by ID or by name, and of this node."""
    machine_id = call.parameters.get("VMId")
    if isinstance(machine_id, uuid.UUID):
        if (found := call.host.machines.get(machine_id)) is not None:
            return found
        raise statement_error(call, failed("machine_unknown_by_id", call.host.language, name=machine_id))
    name = display_text(call.parameters.get("VMName", call.parameters.get("VirtualMachine", "")))
    called = machines_called(call.host, name)
    if len(called) != 1:
        raise statement_error(call, failed("machine_unknown_by_name", call.host.language, name=name))
    return called[0]
