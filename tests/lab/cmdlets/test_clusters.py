"""Failover clusters: what nodes say of them, and machines that move between nodes, into the cluster and out of it."""

from __future__ import annotations

import pytest

from lab.hyperv.caller import Caller
from lab.hyperv.cluster_moves import begin_move
from lab.hyperv.clustering import cluster_of
from lab.hyperv.crash import crash
from lab.hyperv.machine import MachineState
from tests.lab.cmdlets.administration import Administrator

MOVE = "Move-ClusterVirtualMachineRole"


@pytest.fixture
def node() -> Administrator:
    """At the first node; nothing is replicated, so MAIL01 is not there."""
    return Administrator("HV-C1", "cluster")


def owner_of(admin: Administrator, name: str) -> str:
    return str(admin.values(f"Get-ClusterGroup {name}", "OwnerNode")[0])


def test_what_a_node_says_of_its_cluster(node: Administrator) -> None:
    assert node.values("Get-Cluster", "Name") == ["HV-CLU"]
    assert node.values("Get-ClusterNode", "Name") == ["HV-C1", "HV-C2"]
    assert node.values("Get-ClusterGroup", "Name") == ["HV-BROKER", "ERP01", "FILE02", "BATCH01"]
    assert node.values(f"Get-ClusterGroup -VMId {node.machine('FILE02').machine_id}", "OwnerNode") == ["HV-C2"]
    volumes = "Get-ClusterSharedVolume | Select-Object -ExpandProperty SharedVolumeInfo"
    assert node.values(volumes, "FriendlyVolumeName") == [rf"C:\ClusterStorage\Volume{n}" for n in (1, 2)]
    unknown = node.run("Get-ClusterGroup NONE").errors
    assert len(unknown) == 1
    assert unknown[0].category == "ObjectNotFound"
    node.home.is_reachable = True
    node.host("HV-C2").is_reachable = False
    cluster = cluster_of(node.home)
    assert cluster is not None
    cluster.paused.append(node.home)
    assert [str(state) for state in node.values("Get-ClusterNode", "State")] == ["Paused", "Down"]


@pytest.mark.parametrize("kind", ["Live", "Quick", "Shutdown", "ShutdownForce", "TurnOff"])
def test_a_role_moves_to_another_node_and_its_files_stay(node: Administrator, kind: str) -> None:
    machine = node.machine("ERP01")
    paths = [disk.path for disk in machine.disk_files()]
    assert node.run(f"{MOVE} ERP01 HV-C2 -MigrationType {kind}", authentication="credssp").errors == []
    assert owner_of(node, "ERP01") == "HV-C2"
    assert machine.machine_id in node.host("HV-C2").machines
    assert machine.state is MachineState.Running
    assert [disk.path for disk in machine.disk_files()] == paths
    assert all(node.home.files.find(path) is not None for path in paths)
    assert machine.is_clustered


def test_the_cluster_needs_credentials_that_a_network_logon_has_not(node: Administrator) -> None:
    for call in (f"{MOVE} ERP01 HV-C2", "Remove-ClusterGroup ERP01 -RemoveResources -Force"):
        (error,) = node.run(call, authentication="kerberos").errors
        assert error.category == "PermissionDenied"
        assert "0x80070005" in error.message
    assert owner_of(node, "ERP01") == "HV-C1"


@pytest.mark.parametrize(
    ("fault", "words"),
    [("down", "0x000013BA"), ("paused", "0x000013CE"), ("memory", "ERP01"), ("unknown", "0x000013B2")],
)
def test_a_node_that_cannot_take_a_role(node: Administrator, fault: str, words: str) -> None:
    other, cluster = node.host("HV-C2"), cluster_of(node.home)
    assert cluster is not None
    match fault:
        case "down":
            other.is_reachable = False
        case "paused":
            cluster.paused.append(other)
        case "memory":
            other.memory = 12 << 30
    destination = "HV-03" if fault == "unknown" else "HV-C2"
    (error,) = node.run(f"{MOVE} ERP01 {destination}", authentication="credssp").errors
    assert words in error.message
    assert owner_of(node, "ERP01") == "HV-C1"
    if fault != "unknown":
        (error,) = node.run(f"{MOVE} ERP01", authentication="credssp").errors
        assert "No node of the cluster" in error.message


def test_a_quick_migration_that_cannot_start_there_comes_back(node: Administrator) -> None:
    node.host("HV-C2").memory = 12 << 30
    errors = node.run(f"{MOVE} ERP01 HV-C2 -MigrationType Quick", authentication="credssp").errors
    assert len(errors) == 1
    assert owner_of(node, "ERP01") == "HV-C1"
    assert node.machine("ERP01").state is MachineState.Running


def test_a_move_can_be_cancelled_until_the_machine_has_changed_its_node(node: Administrator) -> None:
    cluster, machine = cluster_of(node.home), node.machine("ERP01")
    assert cluster is not None
    (idle,) = node.run(f"{MOVE} ERP01 -Cancel", authentication="credssp").errors
    assert "not being moved" in idle.message
    for kind in ("Live", "Quick"):
        operation = begin_move(machine, cluster, node.home, "", kind, Caller("u", "credssp"))
        node.estate.clock.advance(3)
        assert node.run(f"{MOVE} ERP01 -Cancel", authentication="credssp").errors == []
        assert operation.ended
        assert operation.failure is not None
        assert owner_of(node, "ERP01") == "HV-C1"
        assert machine.state is MachineState.Running
    assert node.run(f"{MOVE} ERP01 HV-C2 -Wait 0", authentication="credssp").errors == []


def test_a_machine_becomes_a_role_and_is_one_no_more(node: Administrator) -> None:
    machine = node.machine("ERP01")
    prompt = node.run("Remove-ClusterGroup ERP01 -RemoveResources", authentication="credssp").errors
    kept = node.run("Remove-ClusterGroup ERP01 -Force", authentication="credssp").errors
    assert len(prompt) == len(kept) == 1
    removed = f"Remove-ClusterGroup -VMId {machine.machine_id} -RemoveResources -Force"
    assert node.run(removed, authentication="credssp").errors == []
    assert not machine.is_clustered
    assert machine.state is MachineState.Running
    added = node.run("Add-ClusterVirtualMachineRole ERP01 -Name ERP", authentication="credssp")
    assert added.errors == []
    assert added.warnings == []
    assert "ERP" in node.values("Get-ClusterGroup", "Name")
    again = node.run(f"Add-ClusterVirtualMachineRole -VMId {machine.machine_id}", authentication="credssp")
    assert len(again.errors) == 1


def test_roles_of_a_node_that_is_lost_start_at_another(node: Administrator) -> None:
    crash(node.home)
    node.estate.clock.advance(60)
    other = node.host("HV-C2")
    machine = node.machine("ERP01")
    assert machine.machine_id in other.machines
    assert machine.state is MachineState.Running


def test_storage_moves_between_shared_volumes_within_the_cluster(node: Administrator) -> None:
    moved = node.run(r"Move-VMStorage ERP01 C:\ClusterStorage\Volume2\ERP01")
    assert moved.errors == []
    machine = node.machine("ERP01")
    assert all(disk.path.startswith(r"C:\ClusterStorage\Volume2") for disk in machine.disk_files())
    assert machine.is_clustered
    assert node.host("HV-C2").files.find(machine.disk_files()[0].path) is machine.disk_files()[0]
