"""When test failovers end by themselves: kept from run to run, so that no test machine is forgotten."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import msgspec

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.failover.rehearsal import clean_up_plan
from core.jobs.admission import NotStarted
from core.jobs.queue import Jobs
from core.kept_content import KeptContent
from core.kept_file import KeptFile, NotKept, Schema
from core.remoting.errors import RemotingError
from core.remoting.workers import Workers
from core.replicas.side import Side
from core.replicas.survey import Survey

LOOK_EVERY = 10.0
"""Seconds between two looks at which tests are due."""


class RehearsalEnd(msgspec.Struct, frozen=True):
    """The test of a replica on a host ends at ``at``, unless somebody has stopped it before."""

    host: HostKey
    machine_id: UUID
    machine_name: str
    at: datetime.datetime


class _Kept(msgspec.Struct, frozen=True):
    ends: tuple[RehearsalEnd, ...] = ()


_Change = Callable[[tuple[RehearsalEnd, ...]], tuple[RehearsalEnd, ...]]


class RehearsalEnds:
    """The ends in ``folder``; several programs may use it at once."""

    def __init__(self, folder: Path, workers: Workers) -> None:
        self._kept = KeptContent(KeptFile(folder / "test-failovers.json", Schema(_Kept)), _Kept(), workers)
        self.load = self._kept.load

    @property
    def current(self) -> tuple[RehearsalEnd, ...]:
        """What holds in this run, also where it could not be saved."""
        return self._kept.current.ends

    async def set(self, end: RehearsalEnd) -> None:
        """Remember when a test ends, in place of an earlier word. Raises NotKept: it holds for this run only, then."""
        await self._change(lambda kept: (*_without(kept, end.host, end.machine_id), end))

    async def forget(self, host: HostKey, machine_id: UUID) -> None:
        """A test is no more, or is to go on. Raises NotKept."""
        await self._change(lambda kept: _without(kept, host, machine_id))

    async def _change(self, change: _Change) -> None:
        await self._kept.update(lambda kept: _Kept(change(kept.ends)))


class RehearsalCaretaker:
    """Stops the tests whose time is over, by jobs. A host that does not answer is asked again until it does."""

    def __init__(self, ends: RehearsalEnds, estate: Estate, survey: Survey, jobs: Jobs) -> None:
        self._ends = ends
        self._estate = estate
        self._survey = survey
        self._jobs = jobs

    async def run(self, look_every: float = LOOK_EVERY) -> None:
        """Go on until it is cancelled."""
        while True:
            for end in self.due(datetime.datetime.now().astimezone()):
                await self.stop(end)
            await asyncio.sleep(look_every)

    def due(self, now: datetime.datetime) -> tuple[RehearsalEnd, ...]:
        """The tests whose time is over, on hosts that are managed."""
        return tuple(end for end in self._ends.current if end.at <= now and end.host in self._estate)

    async def stop(self, end: RehearsalEnd) -> None:
        """Stop a test that is still there; it is forgotten as soon as its host tells that nothing is left of it."""
        side = await self._look(end)
        if side is not None and side.has_test:
            try:
                await self._jobs.carry_out(clean_up_plan(side))
            except (NotStarted, RemotingError):
                return
            side = await self._look(end)
        if side is None or side.has_test:
            return
        try:
            await self._ends.forget(end.host, end.machine_id)
        except NotKept:
            # It is gone for this run; the next finds that no test is there.
            return

    async def _look(self, end: RehearsalEnd) -> Side | None:
        """The replica as its host tells it now; None where the host does not answer, or knows of none."""
        overview = await self._survey.read((end.host,))
        reading = overview.reading(end.host)
        if reading is None or reading.failure is not None:
            return None
        legs = overview.of_machine(end.machine_id, end.host.group)
        return next((side for leg in legs if (side := leg.on(end.host)) is not None), None)


def _without(kept: tuple[RehearsalEnd, ...], host: HostKey, machine_id: UUID) -> tuple[RehearsalEnd, ...]:
    return tuple(each for each in kept if (each.host, each.machine_id) != (host, machine_id))
