"""Clustered machines moved between nodes, within shared storage and out of the cluster, over the wire."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from core.clusters.picture import NodeState, read_cluster
from core.clusters.steps import NodeWay, make_role
from core.estate.connection import Connection
from core.estate.estate import Estate
from core.hyperv.states import MachineState
from core.jobs.admission import PlanOutdated
from core.jobs.plan import Plan
from core.jobs.status import JobState
from core.powershell.script import script
from core.wizards.move import MoveWizard
from core.wizards.move_choices import MoveType, StorageOption
from core.wizards.wizard import Problem, obstacles
from tests.core.estates import key, machine_on, read_all
from tests.core.jobs.working import a_program, carried_out, undone
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab(tmp_path_factory.mktemp("lab"), scenario="cluster", speed=2000.0) as running:
        yield running


CLUSTER = "/clusters/HV-CLU"


def with_credssp(lab: RunningLab) -> list[Connection]:
    return [replace(each, endpoint=replace(each.endpoint, authentication="credssp")) for each in lab.connections()]


async def examined(wizard: MoveWizard, page: str) -> tuple[Problem, ...]:
    step = next(step for step in wizard.steps() if step.page == page)
    return obstacles(await wizard.examine(step))


async def wizard_for(estate: Estate, host: str, name: str) -> MoveWizard:
    return MoveWizard(estate, key(host), await machine_on(estate, host, name), is_introduced=False)


async def planned(wizard: MoveWizard, way: NodeWay) -> Plan:
    wizard.choices.node_way = way
    assert await examined(wizard, wizard.NODE) == ()
    assert await examined(wizard, wizard.SUMMARY) == ()
    return await wizard.plan()


def printed(plan: Plan) -> str:
    """The calls of a plan, without the ID of its machine."""
    text = "\n\n".join(f"# {action.host.name}: {action.title}\n{script(action.pipeline)}" for action in plan.actions)
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)


@on_a_loop
async def test_a_machine_goes_to_another_node_and_back_and_its_storage_to_another_volume(
    lab: RunningLab, tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    async with a_program(with_credssp(lab), tmp_path) as (estate, jobs):
        await read_all(estate)
        cluster = await read_cluster(partial(estate.ask, key("HV-C1")), "HV-C1")
        assert cluster is not None
        assert cluster.broker is not None
        assert (cluster.name, cluster.broker.name, cluster.broker.is_online) == ("HV-CLU", "HV-BROKER", True)
        assert [(node.name, node.state) for node in cluster.nodes] == [
            ("HV-C1", NodeState.UP),
            ("HV-C2", NodeState.UP),
        ]
        assert {role.name: role.owner for role in cluster.roles}["FILE02"] == "HV-C2"
        assert all(volume.free > 0 for volume in cluster.volumes)
        assert await read_cluster(partial(estate.ask, key("HV-03")), "HV-03") is None

        wizard = await wizard_for(estate, "HV-C1", "ERP01")
        assert wizard.choices.move_type is MoveType.NODE
        assert [step.page for step in wizard.steps()] == [wizard.TYPE, wizard.NODE, wizard.SUMMARY]
        plan = await planned(wizard, NodeWay.LIVE)
        assert dict(plan.summary)["Destination node:"] == "HV-C2"
        done = await carried_out(jobs, plan)
        assert done.state is JobState.COMPLETED, done.detail
        assert "ERP01" in lab.places()["HV-C2"]

        back = await wizard_for(estate, "HV-C2", "ERP01")
        plan = await planned(back, NodeWay.QUICK)
        assert "are saved, and restored" in dict(plan.summary)["Down time:"]
        assert (await carried_out(jobs, plan)).state is JobState.COMPLETED
        machine = await machine_on(estate, "HV-C1", "ERP01")
        assert machine.state is MachineState.RUNNING
        assert machine.is_clustered

        storage = await wizard_for(estate, "HV-C1", "ERP01")
        storage.choices.move_type, storage.choices.storage_option = MoveType.STORAGE, StorageOption.SINGLE_LOCATION
        storage.set_folder(None, "C:\\VMs\\ERP01")
        (refused,) = await examined(storage, storage.SUMMARY)
        assert "only one node would reach" in refused.what
        storage.set_folder(None, "C:\\ClusterStorage\\Volume2\\ERP01")
        assert await examined(storage, storage.SUMMARY) == ()
        plan = await storage.plan()
        golden("storage.ps1", printed(plan))
        assert (await carried_out(jobs, plan)).state is JobState.COMPLETED
        assert (await machine_on(estate, "HV-C1", "ERP01")).path.startswith("C:\\ClusterStorage\\Volume2")


@on_a_loop
async def test_a_machine_leaves_the_cluster_as_the_cure_of_a_problem_and_comes_back(
    lab: RunningLab, tmp_path: Path
) -> None:
    async with a_program(with_credssp(lab), tmp_path) as (estate, jobs):
        await read_all(estate)
        wizard = await wizard_for(estate, "HV-C2", "FILE02")
        wizard.choices.move_type, wizard.choices.destination = MoveType.MACHINE, "HV-03"
        wizard.set_folder(None, "D:\\VMs\\FILE02")
        problem = next(each for each in await examined(wizard, wizard.SUMMARY) if each.fix is not None)
        assert "belongs to a failover cluster" in problem.what
        assert problem.fix is not None
        done = await carried_out(jobs, problem.fix)
        assert done.state is JobState.COMPLETED, done.detail
        machine = await machine_on(estate, "HV-C2", "FILE02")
        assert machine.state is MachineState.RUNNING
        assert not machine.is_clustered
        assert await examined(wizard, wizard.SUMMARY) == ()
        assert (await undone(jobs, done)).state is JobState.COMPLETED
        assert (await machine_on(estate, "HV-C2", "FILE02")).is_clustered
        action = make_role(machine.machine_id, machine.name, key("HV-C2"))
        assert action.undo is not None


@on_a_loop
async def test_what_keeps_a_machine_from_another_node(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(lab.connections(), tmp_path) as (estate, _jobs):
        await read_all(estate)
        wizard = await wizard_for(estate, "HV-C2", "FILE02")
        (problem,) = await examined(wizard, wizard.NODE)
        assert "without CredSSP" in problem.what
        assert "Choose CredSSP" in problem.cure
        wizard = await wizard_for(estate, "HV-03", "SHOP02")
        wizard.choices.move_type, wizard.choices.destination = MoveType.INTO_CLUSTER, "HV-C2"
        (problem,) = await examined(wizard, wizard.DESTINATION)
        assert "HV-C2 is signed in to without CredSSP" in problem.what
    async with a_program(with_credssp(lab), tmp_path) as (estate, _jobs):
        await read_all(estate)
        wizard = await wizard_for(estate, "HV-C2", "FILE02")
        lab.control("POST", "/hosts/HV-C1/down", {})
        (problem,) = await examined(wizard, wizard.NODE)
        lab.control("POST", "/hosts/HV-C1/up")
        assert "No other node of HV-CLU can take FILE02." in problem.what
        assert "The node HV-C1 is down." in problem.what
    only = [each for each in with_credssp(lab) if each.endpoint.name != "HV-C1"]
    async with a_program(only, tmp_path) as (estate, _jobs):
        await read_all(estate)
        wizard = await wizard_for(estate, "HV-C2", "FILE02")
        wizard.choices.node = "HV-C1"
        (problem,) = await examined(wizard, wizard.NODE)
        assert "HV-C1 is not in the list of servers" in problem.what


@on_a_loop
async def test_a_machine_goes_into_the_cluster_and_back_by_undo(
    lab: RunningLab, tmp_path: Path, golden: Callable[[str, str], None]
) -> None:
    async with a_program(with_credssp(lab), tmp_path) as (estate, jobs):
        await read_all(estate)
        wizard = await wizard_for(estate, "HV-03", "SHOP02")
        assert wizard.nodes.has_clusters
        wizard.choices.move_type, wizard.choices.destination = MoveType.INTO_CLUSTER, "HV-C2"
        wizard.set_folder(None, "C:\\VMs\\SHOP02")
        (problem,) = await examined(wizard, wizard.SUMMARY)
        assert "which only HV-C2 reaches" in problem.what
        wizard.set_folder(None, "C:\\ClusterStorage\\Volume1\\SHOP02")
        assert await examined(wizard, wizard.SUMMARY) == ()
        plan = await wizard.plan()
        golden("into-cluster.ps1", printed(plan))
        done = await carried_out(jobs, plan)
        assert done.state is JobState.COMPLETED, done.detail
        machine = await machine_on(estate, "HV-C2", "SHOP02")
        assert machine.is_clustered
        assert machine.state is MachineState.RUNNING
        assert (await undone(jobs, done)).state is JobState.COMPLETED
        assert not (await machine_on(estate, "HV-03", "SHOP02")).is_clustered


@on_a_loop
async def test_what_a_cluster_in_trouble_says_and_what_cures_it(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(with_credssp(lab), tmp_path) as (estate, jobs):
        await read_all(estate)
        wizard = await wizard_for(estate, "HV-C2", "FILE02")
        lab.control("POST", CLUSTER, {"possible_owners": {"FILE02": ["HV-C2"]}})
        (problem,) = await examined(wizard, wizard.NODE)
        assert "HV-C1 is no possible owner of FILE02" in problem.what
        lab.control("POST", CLUSTER, {"possible_owners": {"FILE02": []}, "preferred_owners": {"FILE02": ["HV-C1"]}})
        assert await examined(wizard, wizard.NODE) == ()
        assert wizard.nodes.best is not None
        assert "preferred owner" in wizard.nodes.best.words

        lab.control("POST", CLUSTER, {"paused": ["HV-C1"], "preferred_owners": {"FILE02": []}})
        (problem,) = await examined(wizard, wizard.NODE)
        assert "The node HV-C1 is paused" in problem.what
        lab.control("POST", CLUSTER, {"paused": [], "quorum": False})
        (problem,) = await examined(wizard, wizard.NODE)
        assert "without quorum" in problem.what
        assert "start the cluster service on its nodes" in problem.cure
        lab.control("POST", CLUSTER, {"quorum": True})

        plan = await planned(wizard, NodeWay.LIVE)
        moved = await wizard_for(estate, "HV-C2", "FILE02")
        assert (await carried_out(jobs, await planned(moved, NodeWay.QUICK))).state is JobState.COMPLETED
        (problem,) = await examined(wizard, wizard.SUMMARY)
        assert problem.what == "FILE02 has moved to the node HV-C1 meanwhile; HV-C2 has it no longer."
        with pytest.raises(PlanOutdated, match="has moved to the node HV-C1 meanwhile") as refused:
            await jobs.start(plan)
        assert refused.value.cure == "Close this, and begin again for FILE02 on HV-C1."


@on_a_loop
async def test_shared_volumes_without_room_offline_and_redirected(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(with_credssp(lab), tmp_path) as (estate, _jobs):
        await read_all(estate)
        wizard = await wizard_for(estate, "HV-C1", "MAIL01")
        wizard.choices.move_type, wizard.choices.storage_option = MoveType.STORAGE, StorageOption.SINGLE_LOCATION
        wizard.set_folder(None, "C:\\ClusterStorage\\Volume2\\MAIL01")
        assert await examined(wizard, wizard.SUMMARY) == ()
        assert any(each.startswith("The shared volume C:\\ClusterStorage\\Volume2 has ") for each in wizard.checks)
        lab.control("POST", CLUSTER, {"redirected": ["Volume2"]})
        step = next(step for step in wizard.steps() if step.page == wizard.SUMMARY)
        (warning,) = await wizard.examine(step)
        assert warning.is_warning
        assert "is in redirected access" in warning.what
        lab.control("POST", CLUSTER, {"redirected": [], "faults": {"Volume2": "NoAccess"}})
        (problem,) = await examined(wizard, wizard.SUMMARY)
        assert problem.what == "The shared volume C:\\ClusterStorage\\Volume2 is offline: no node reaches it."
        lab.control("POST", CLUSTER, {"faults": {"Volume2": "NoFaults"}, "free": {"Volume2": 1 << 30}})
        (problem,) = await examined(wizard, wizard.SUMMARY)
        assert "has 1 GB free, but" in problem.what
        assert problem.cure == "Choose another volume, or make room on this one."
        lab.control("POST", CLUSTER, {"free": {"Volume2": 1 << 40}})
