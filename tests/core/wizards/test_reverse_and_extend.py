"""The wizards that reverse and extend a replication: their routes, their rules, and their plans on hosts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from core.estate.estate import Estate
from core.failover.control import control_plan
from core.failover.desk import Desk
from core.failover.link import CERTIFICATE, back_link
from core.failover.planned import PlannedFailover, planned_plan
from core.failover.recovery_points import PointKind
from core.failover.settings import Settings, settings_plan
from core.failover.unplanned import UnplannedFailover, unplanned_plan
from core.hyperv.records import Machine
from core.hyperv.replication_states import ReplicationState as State
from core.hyperv.states import MachineState
from core.jobs.queue import Jobs
from core.jobs.status import JobState, JobStatus
from core.powershell.command import Pipeline, Statement, Switch, command
from core.powershell.script import script
from core.replicas.relationship import Relationship
from core.replicas.side import Side
from core.replicas.survey import Survey
from core.replicas.verbs import Verb
from core.replication.protection import CopyMethod
from core.wizards.enable_replication import EnableWizard
from core.wizards.extend_replication import ExtendWizard
from core.wizards.reverse_replication import ReverseWizard
from core.wizards.wizard import Step, obstacles
from tests.core.estates import key, read_all
from tests.core.jobs.working import a_program, carried_out
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import running_lab

FAST = 300.0
ALL = ("HV-01", "HV-02", "HV-DR")


class Site:
    """The hosts of a lab with their replications."""

    def __init__(self, estate: Estate, jobs: Jobs) -> None:
        self.estate = estate
        self.jobs = jobs
        self.survey = Survey(estate)
        self.desk = Desk(estate, self.survey)

    async def leg(self, name: str, *, extension: bool = False) -> Relationship:
        await read_all(self.estate)
        found = (await self.survey.read()).relationships
        return next(each for each in found if each.machine_name == name and each.is_extension is extension)

    def machine(self, side: Side) -> Machine:
        inventory = self.estate.picture(side.host).inventory
        assert inventory is not None
        found = inventory.machine(side.machine_id)
        assert found is not None
        return found

    async def fails_over(self, relationship: Relationship) -> None:
        """Without the primary, and for good."""
        page = await self.desk.unplanned(relationship)
        receiver = page.relationship.receiver
        assert receiver is not None
        point, lost = next(each for each in page.points if each[0].kind is PointKind.LATEST)
        done = await carried_out(self.jobs, unplanned_plan(UnplannedFailover(receiver, point, lost, elsewhere=())))
        assert done.state is JobState.COMPLETED, done.detail
        fresh = (await self.leg(relationship.machine_name)).receiver
        assert fresh is not None
        done = await carried_out(self.jobs, control_plan(Verb.REMOVE_POINTS, fresh))
        assert done.state is JobState.COMPLETED, done.detail

    async def goes_through(self, wizard: EnableWizard) -> JobStatus:
        """Every page is as it should be, and the plan is carried out."""
        for step in tuple(wizard.steps()):
            assert obstacles(await wizard.examine(step)) == (), step.heading
        return await carried_out(self.jobs, await wizard.plan())

    async def reversal(self, relationship: Relationship) -> ReverseWizard:
        receiver = relationship.receiver
        assert receiver is not None
        journey = await self.desk.journey(relationship)
        link = journey.link_home if journey is not None else back_link(receiver)
        return ReverseWizard(self.estate, relationship, receiver, self.machine(receiver), link)


def headings(wizard: EnableWizard) -> list[str]:
    return [step.heading for step in wizard.steps()]


def page(wizard: EnableWizard, name: str) -> Step:
    return next(step for step in wizard.steps() if step.page == name)


async def open_extension(site: Site) -> ExtendWizard:
    receiver = (await site.leg("CRM01")).receiver
    assert receiver is not None
    return ExtendWizard(site.estate, receiver, site.machine(receiver))


@on_a_loop
async def test_a_replica_is_extended_through_the_pages_of_the_enable_wizard(tmp_path: Path) -> None:
    with running_lab(tmp_path, speed=FAST) as lab:
        async with a_program([lab.connection(name) for name in ALL], tmp_path) as (estate, jobs):
            site = Site(estate, jobs)
            wizard = await open_extension(site)
            assert wizard.title == "Extend Replication for CRM01"
            assert headings(wizard) == [
                "Before You Begin",
                "Specify Replica Server",
                "Specify Connection Parameters",
                "Configure Replication Frequency",
                "Configure Additional Recovery Points",
                "Choose Initial Replication Method",
                "Completing the Extend Replication Wizard",
            ]
            # It is filled with what the first leg has, as far as an extension may be so.
            assert [picture.key.name for picture in wizard.servers()] == ["HV-02"]
            assert (wizard.frequencies, wizard.choices.frequency) == ((300, 900), 300)
            assert (wizard.choices.hours, wizard.choices.points.consistent_hours) == (4, 0)
            for wrong in ("HV-01", "hv-01.contoso.example", "HV-DR"):
                wizard.choices.server = wrong
                (problem,) = wizard.problems(page(wizard, wizard.SERVER))
                assert problem.field == "server", wrong
            wizard.choices.frequency = 30
            (problem,) = wizard.problems(page(wizard, wizard.FREQUENCY))
            assert "every 5 or 15 minutes" in problem.what
            wizard.choices.server, wizard.choices.frequency = "HV-02", 900
            done = await site.goes_through(wizard)
            assert done.state is JobState.COMPLETED, done.detail
            assert done.plan is not None
            assert done.plan.title == "Extend the replication of CRM01 to HV-02.contoso.example"
            # The copy is part of the job: it has ended with it.
            extended = await site.leg("CRM01", extension=True)
            assert extended.sender is not None
            assert (extended.sender.state, extended.replica_name) == (State.REPLICATING, "HV-02")
            assert extended.sender.row.frequency == 900
            watched = jobs.watch()
            undoing = await jobs.undo(done.number)
            async for status in watched:
                if status.number == undoing.number and status.state.is_final:
                    break
            left = (await site.survey.read()).of_machine(extended.machine_id)
            assert [each.is_extension for each in left if each.sender is not None] == [False]


@on_a_loop
async def test_after_an_unplanned_failover_the_direction_is_reversed_with_the_old_disks(tmp_path: Path) -> None:
    with running_lab(tmp_path, speed=FAST) as lab:
        async with a_program([lab.connection(name) for name in ALL], tmp_path) as (estate, jobs):
            site = Site(estate, jobs)
            asked = (await site.leg("CRM01")).sender
            assert asked is not None
            usual = replace(Settings.of(asked), resynchronizes=True, begins=timedelta(hours=21, minutes=30))
            changing = settings_plan(asked, usual)
            assert changing is not None
            assert (await carried_out(jobs, changing)).state is JobState.COMPLETED
            relationship = await site.leg("CRM01")
            await site.fails_over(relationship)
            wizard = await site.reversal(await site.leg("CRM01"))
            assert wizard.title == "Reverse Replication for CRM01"
            assert headings(wizard)[1:] == [
                "Specify Replica Server",
                "Specify Connection Parameters",
                "Configure Replication Frequency",
                "Configure Additional Recovery Points",
                "Choose Initial Replication Method",
                "Completing the Reverse Replication Wizard",
            ]
            choices = wizard.choices
            assert (choices.server, choices.port, choices.hours, choices.is_consistent) == ("HV-01", "80", 4, True)
            assert choices.method is CopyMethod.EXISTING
            # The machine still runs where it was: that is said, and nothing is sent.
            problems = obstacles(await wizard.examine(page(wizard, wizard.SUMMARY)))
            assert ["is not off" in problem.what for problem in problems] == [True]
            off = command("Stop-VM", TurnOff=Switch.PRESENT, Force=Switch.PRESENT)
            stopping = command("Get-VM", Id=relationship.machine_id) | off
            (await estate.change(key("HV-01"), Pipeline((stopping,)))).raise_for_errors()
            choices.frequency, choices.hours = 900, 2
            done = await site.goes_through(wizard)
            assert done.state is JobState.COMPLETED, done.detail
            assert done.plan is not None
            assert [action.host.name for action in done.plan.actions] == ["HV-01", "HV-DR", "HV-DR"]
            sent = script(done.plan.actions[1].pipeline)
            assert "-Reverse" in sent
            assert "-ReplicationFrequencySec 900" in sent
            # The hours of a resynchronisation are those from before.
            assert "-AutoResynchronizeIntervalStart '21:30:00'" in sent
            back = await site.leg("CRM01")
            assert (back.primary_name, back.replica_name) == ("HV-DR", "HV-01")
            assert back.sender is not None
            assert (back.sender.state, back.sender.row.recovery_history) == (State.REPLICATING, 2)


@on_a_loop
async def test_over_certificates_a_planned_failover_is_reversed_without_a_copy(tmp_path: Path) -> None:
    with running_lab(tmp_path, speed=FAST) as lab:
        async with a_program([lab.connection(name) for name in ALL], tmp_path) as (estate, jobs):
            site = Site(estate, jobs)
            found = await site.desk.planned(await site.leg("SHOP01"), reverses=False)
            sender, receiver = found.relationship.sender, found.relationship.receiver
            assert sender is not None
            assert receiver is not None
            assert found.machine is not None
            chosen = PlannedFailover(sender, receiver, found.machine, None, starts=False, shuts_down=True)
            done = await carried_out(jobs, planned_plan(chosen))
            assert done.state is JobState.COMPLETED, done.detail
            wizard = await site.reversal(await site.leg("SHOP01"))
            assert "Choose Initial Replication Method" not in headings(wizard)
            assert wizard.choices.authentication == CERTIFICATE
            # HV-02 receives nothing by certificate so far: that is said before anything is sent.
            complaints = [each for step in wizard.steps() for each in obstacles(await wizard.examine(step))]
            assert complaints
            assert not [entry for entry in lab.received() if "Reverse" in entry["parameters"]]
            store = command("Get-ChildItem", Path=r"Cert:\LocalMachine\My")
            answer = await estate.ask(
                key("HV-02"), Pipeline((store | command("Select-Object", ExpandProperty="Thumbprint"),))
            )
            configuring = command(
                "Set-VMReplicationServer",
                ReplicationEnabled=True,
                AllowedAuthenticationType="CertificateAndKerberos",
                CertificateThumbprint=str(answer.output[0]),
                Force=Switch.PRESENT,
            )
            (await estate.change(key("HV-02"), Pipeline((Statement((configuring,)),)))).raise_for_errors()
            done = await site.goes_through(await site.reversal(await site.leg("SHOP01")))
            assert done.state is JobState.COMPLETED, done.detail
            back = await site.leg("SHOP01")
            assert (back.primary_name, back.replica_name) == ("HV-DR", "HV-02")
            assert back.sender is not None
            assert back.sender.row.authentication_type == CERTIFICATE
            assert site.machine(back.sender).state is MachineState.OFF
