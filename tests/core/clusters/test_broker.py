"""Replication to a cluster and from one: the broker in the place of its nodes, and calls that go to the owner node."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clusters.steps import NodeWay, to_node
from core.estate.estate import Estate
from core.failover.desk import Desk
from core.hyperv.query import TextQuestion, ask
from core.hyperv.replication_states import ReplicationMode
from core.jobs.plan import Plan
from core.jobs.status import JobState
from core.powershell.command import command
from core.replicas.survey import Survey
from core.replication.protection import CopyMethod
from core.wizards.enable_replication import EnableWizard
from core.wizards.wizard import Problem, obstacles
from tests.core.clusters.test_moving import CLUSTER, with_credssp
from tests.core.estates import key, machine_on, read_all
from tests.core.jobs.working import a_program, carried_out
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

BROKER = "HV-BROKER.contoso.example"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab(tmp_path_factory.mktemp("lab"), scenario="cluster", speed=2000.0) as running:
        yield running


async def examined(wizard: EnableWizard, page: str) -> tuple[Problem, ...]:
    step = next(step for step in wizard.steps() if step.page == page)
    return obstacles(await wizard.examine(step))


async def wizard_for(estate: Estate, host: str, name: str) -> EnableWizard:
    return EnableWizard(estate, key(host), await machine_on(estate, host, name), is_introduced=False)


@on_a_loop
async def test_a_node_that_is_named_stands_for_its_broker(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(with_credssp(lab), tmp_path) as (estate, jobs):
        await read_all(estate)
        wizard = await wizard_for(estate, "HV-03", "SHOP02")
        assert await wizard.broker.known() == (BROKER,)
        lab.control("POST", CLUSTER, {"broker": "Failed"})
        wizard.choices.server = "HV-C2"
        (problem,) = await examined(wizard, wizard.SERVER)
        assert problem.what == (
            f"The Hyper-V Replica Broker {BROKER} is not online, so that no node receives replicas."
        )
        lab.control("POST", CLUSTER, {"broker": "Online", "quorum": False})
        wizard.choices.server = "HV-C2"
        (problem,) = await examined(wizard, wizard.SERVER)
        assert problem.what.startswith("The cluster service of HV-C2 does not answer")
        lab.control("POST", CLUSTER, {"quorum": True})
        for named in ("HV-C2", "hv-broker"):
            wizard.choices.server = named
            assert await examined(wizard, wizard.SERVER) == ()
            assert wizard.choices.server == wizard.server_name == BROKER
        for page in (wizard.CONNECTION, wizard.SUMMARY):
            assert await examined(wizard, page) == ()
        assert f"{BROKER} is a Replica server and listens at port 80." in wizard.checks
        plan = await wizard.plan()
        assert dict(plan.summary)["Replica server:"] == BROKER
        done = await carried_out(jobs, plan)
        assert done.state is JobState.COMPLETED, done.detail
        nodes = [host for host in ("HV-C1", "HV-C2") if "SHOP02" in lab.places()[host]]
        assert len(nodes) == 1
        replica = await machine_on(estate, nodes[0], "SHOP02")
        assert (replica.is_clustered, replica.replication_mode) == (True, ReplicationMode.REPLICA)
        # A machine that is there already is made the replica on its node, and the primary is told the broker.
        wizard.choices.method = CopyMethod.EXISTING
        assert (wizard.protection().replica, wizard.protection().link.server) == (key(nodes[0]), BROKER)


@on_a_loop
async def test_a_machine_is_not_replicated_within_its_cluster(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(with_credssp(lab), tmp_path) as (estate, _jobs):
        await read_all(estate)
        wizard = await wizard_for(estate, "HV-C1", "ERP01")
        for named in ("HV-C2", BROKER):
            wizard.choices.server = named
            (problem,) = await examined(wizard, wizard.SERVER)
            assert problem.what == (f"{BROKER} is the Replica Broker of HV-CLU, which HV-C1 itself is a node of.")
        wizard.choices.server, wizard.choices.method = "HV-DR", CopyMethod.NETWORK
        assert await examined(wizard, wizard.SUMMARY) == ()
        assert f"The cluster of ERP01 replicates as {BROKER}." in wizard.checks


@on_a_loop
async def test_a_host_refuses_a_node_in_the_place_of_its_broker(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(with_credssp(lab), tmp_path) as (estate, _jobs):
        named = {"ReplicaServerPort": 80, "AuthenticationType": "Kerberos"}
        test = command("Test-VMReplicationConnection", ReplicaServerName="HV-C1.contoso.example", **named)
        answer = await estate.ask(key("HV-DR"), ask((TextQuestion("connection", test),)))
        (error,) = answer.errors
        assert "Specify the name of the Hyper-V Replica Broker of the cluster." in error.message


@on_a_loop
async def test_a_failover_goes_to_the_node_that_owns_the_role_now(lab: RunningLab, tmp_path: Path) -> None:
    async with a_program(with_credssp(lab), tmp_path) as (estate, jobs):
        await read_all(estate)
        survey = Survey(estate)
        desk = Desk(estate, survey)
        await survey.read([key(name) for name in ("HV-C1", "HV-C2", "HV-DR")])
        machine = await machine_on(estate, "HV-C1", "MAIL01")
        (relationship,) = survey.overview.of_machine(machine.machine_id, key("HV-C1").group)
        journey = await desk.journey(relationship)
        assert journey is not None
        assert (journey.home, journey.link_home.server) == (key("HV-C1"), BROKER)
        action = to_node(machine, key("HV-C1"), key("HV-C2"), NodeWay.QUICK)
        assert (await carried_out(jobs, Plan(action.title, action.host, (action,)))).state is JobState.COMPLETED
        page = await desk.planned(relationship)
        assert page.relationship.sender is not None
        assert page.relationship.sender.host == key("HV-C2")
        assert page.back is not None
        assert page.back.server == BROKER
        waypoint = await desk.way_back(journey)
        assert any("HV-C2" in sentence for sentence in waypoint.truth)
