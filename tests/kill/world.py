"""The hosts that plans are made for, and what is true on them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from core.estate.connection import Connection
from core.estate.estate import Estate
from core.failover.desk import Desk
from core.hyperv.records import Machine
from core.jobs.outlook import look
from core.jobs.plan import Plan
from core.jobs.queue import Jobs
from core.jobs.status import JobState, JobStatus
from core.operating.subject import Subject, subjects
from core.powershell.command import Command, Pipeline, Statement, command
from core.powershell.reading import only_reads
from core.replicas.relationship import Relationship
from core.replicas.side import Side
from core.replicas.survey import Survey
from tests.core.estates import key, machine_on, read_all
from tests.laboratory import RunningLab

SETTLED = 3 * 3600.0
"""Simulated seconds after which nothing goes on any more that a plan has begun."""
_GUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


@dataclass(frozen=True)
class World:
    """One run of the program in front of the hosts of a lab."""

    lab: RunningLab
    estate: Estate
    jobs: Jobs
    survey: Survey
    desk: Desk

    @classmethod
    def of(cls, lab: RunningLab, estate: Estate, jobs: Jobs) -> World:
        survey = Survey(estate)
        return cls(lab, estate, jobs, survey, Desk(estate, survey))

    async def leg(self, name: str, *, extension: bool = False) -> Relationship:
        """A leg of a machine's replication, as all hosts tell it now."""
        await read_all(self.estate)
        found = (await self.survey.read()).relationships
        return next(each for each in found if each.machine_name == name and each.is_extension is extension)

    async def sender(self, name: str) -> Side:
        side = (await self.leg(name)).sender
        assert side is not None
        return side

    async def receiver(self, name: str) -> Side:
        side = (await self.leg(name)).receiver
        assert side is not None
        return side

    async def subject(self, name: str, host: str = "HV-01") -> Subject:
        """A machine as its host lists it now."""
        machine = await self.machine(name, host)
        [subject] = subjects(self.estate.picture(key(host)), (machine,), ())
        return subject

    async def machine(self, name: str, host: str = "HV-01") -> Machine:
        return await machine_on(self.estate, host, name)

    async def did(self, plan: Plan) -> JobStatus:
        """How a plan ended that has to come before."""
        status = await self.jobs.carry_out(plan)
        assert status.state is JobState.COMPLETED, (status.title, status.detail)
        return status

    async def change(self, host: str, statement: Statement) -> None:
        """Change something by hand."""
        (await self.estate.change(key(host), Pipeline((statement,)))).raise_for_errors()


async def truth(world: World, plan: Plan) -> dict[str, Any]:
    """What the hosts tell once everything has come to rest: each machine, each replication, each goal of the plan."""
    world.lab.advance(SETTLED)
    await read_all(world.estate)
    overview = await world.survey.read()
    told: dict[str, Any] = {
        f"goal {number}": (await look(action.goal, None, world.estate)).reached
        for number, action in enumerate(plan.actions)
    }
    for picture in world.estate.pictures:
        told[picture.key.name] = _of_host(picture.inventory) if picture.failure is None else "silent"
    for each in overview.relationships:
        for side in each.known:
            place = f"{each.machine_name} on {side.host.name}, leg {int(side.row.leg)}"
            told[place] = (side.role.name, side.state.name, side.has_test)
    return told


def _of_host(inventory: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, machine in enumerate(sorted(inventory.machines, key=lambda each: (each.name, _nameless(each.path)))):
        machine_id = machine.machine_id
        found[f"{number} {machine.name}"] = (
            machine.state.name,
            machine.notes,
            machine.is_clustered,
            machine.processor_count,
            machine.memory_startup,
            _nameless(machine.path),
            sorted(_nameless(drive.path or "") for drive in inventory.drives_of(machine_id)),
            sorted((each.name, each.switch_name or "") for each in inventory.adapters_of(machine_id)),
            sorted(
                each.name
                for each in inventory.checkpoints
                if each.machine_id == machine_id and not each.is_recovery_point
            ),
        )
    return found


def _nameless(path: str) -> str:
    """A path without the identifiers in it, which are others each time."""
    return _GUID.sub("*", path)


async def let_time_pass(jobs: Jobs, lab: RunningLab) -> None:
    """Let the hours pass that a job waits for its time."""
    async for status in jobs.watch():
        if status.state is JobState.SCHEDULED:
            lab.advance(SETTLED)


def changes(lab: RunningLab, since: int) -> Counter[str]:
    """How often the hosts have got each changing cmdlet, from the ``since``-th entry of the transcript on."""
    entries = lab.received()[since:]
    return Counter(
        entry["cmdlet"] for entry in entries if entry["outcome"] != "not run" and not _reads(command(entry["cmdlet"]))
    )


def changing(pipeline: Pipeline) -> Counter[str]:
    """The changing cmdlets of a call."""
    calls = (call for statement in pipeline.statements for call in statement.commands)
    return Counter(call.name for call in calls if not _reads(call))


def _reads(call: Command) -> bool:
    return only_reads(Pipeline((Statement((call,)),)))


def given(connection: Connection) -> dict[str, Any]:
    """A connection as the program that is killed reads it."""
    endpoint, credential = connection.endpoint, connection.credential
    return {
        "name": endpoint.name,
        "address": endpoint.address,
        "port": endpoint.port,
        "scheme": endpoint.scheme,
        "authentication": endpoint.authentication,
        "username": credential.user_name,
        "password": credential.password,
    }
