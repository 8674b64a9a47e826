"""The replication of all hosts, read side by side and paired."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.feed import Feed
from core.hyperv.query import UnexpectedAnswer
from core.language import _
from core.remoting.errors import ProtocolFault, RemotingError, cmdlet_failed
from core.replicas.relationship import Relationship, paired
from core.replicas.side import SIDES_QUERY, Side, sides

_BOUND = 8
"""How many hosts are asked at once."""


@dataclass(frozen=True, slots=True)
class HostReading:
    """What one host told last, at ``read_at`` by this computer's clock, and why it tells nothing newer.

    ``read_at`` is None until it has told something.
    """

    host: HostKey
    sides: tuple[Side, ...] = ()
    read_at: datetime.datetime | None = None
    failure: RemotingError | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """The relationships of all hosts, and what each host told."""

    readings: tuple[HostReading, ...] = ()
    relationships: tuple[Relationship, ...] = ()

    def of_machine(self, machine_id: UUID, group: str = "") -> tuple[Relationship, ...]:
        """The legs of a machine, the first before its extension; ``group`` empty: of any group."""
        return tuple(
            each for each in self.relationships if each.machine_id == machine_id and group in ("", each.side.host.group)
        )

    def reading(self, host: HostKey) -> HostReading | None:
        """What a host told, or None when it was never asked."""
        return next((each for each in self.readings if each.host == host), None)


def find_host(estate: Estate, group: str, name: str) -> HostKey | None:
    """The host of ``group`` that hosts call ``name``, or None.

    One that was not read so far has not told its full name: then the first part of it has to do.
    """
    if (picture := estate.find(group, name)) is not None:
        return picture.key
    short = name.partition(".")[0].lower()
    unread = (each for each in estate.pictures if each.inventory is None and each.key.group == group)
    return next((each.key for each in unread if each.key.name.lower() == short), None)


class Survey:
    """Reads the replication of the hosts of an estate. A host that stops answering keeps what it told last."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._readings: dict[HostKey, HostReading] = {}
        self._feed: Feed[str, Overview] = Feed()
        self.overview = Overview()

    async def read(self, hosts: Iterable[HostKey] | None = None) -> Overview:
        """Ask ``hosts``, by default all, and return what is known of all of them then."""
        asked = [picture.key for picture in self._estate.pictures] if hosts is None else list(dict.fromkeys(hosts))
        turn = asyncio.Semaphore(_BOUND)

        async def one(host: HostKey) -> None:
            async with turn:
                self._readings[host] = await self._read(host)

        await asyncio.gather(*(one(host) for host in asked))
        self._show()
        return self.overview

    async def follow(self, pause: float) -> None:
        """Ask all hosts again and again, ``pause`` seconds after each answer, until this is cancelled."""
        while True:
            await self.read()
            await asyncio.sleep(pause)

    def watch(self) -> AsyncIterator[Overview]:
        """Every new overview."""
        return self._feed.watch()

    async def _read(self, host: HostKey) -> HostReading:
        known = self._readings.get(host, HostReading(host))
        try:
            answer = await self._estate.ask(host, SIDES_QUERY)
            # Statistics and tests are more about what the first cmdlet tells; without it nothing is known.
            refused = next((error for error in answer.errors if error.cmdlet == "Get-VMReplication"), None)
            if refused is not None:
                raise cmdlet_failed(answer.host, refused)
            return HostReading(host, sides(host, answer.output), datetime.datetime.now().astimezone())
        except UnexpectedAnswer as error:
            return replace(known, failure=ProtocolFault(host.name, str(error), _("Look at the host itself.")))
        except RemotingError as error:
            return replace(known, failure=error)
        except KeyError:
            # It is managed no longer.
            return known

    def _show(self) -> None:
        managed = [picture.key for picture in self._estate.pictures]
        readings = tuple(self._readings[key] for key in managed if key in self._readings)
        known = [side for reading in readings for side in reading.sides]
        self._readings = {reading.host: reading for reading in readings}
        self.overview = Overview(readings, paired(known, self._find, self._why_unread))
        self._feed.publish("overview", self.overview)

    def _find(self, group: str, name: str) -> HostKey | None:
        return find_host(self._estate, group, name)

    def _why_unread(self, host: HostKey) -> str:
        reading = self._readings.get(host)
        if reading is None:
            return _("{host} was not asked so far.").format(host=host.name)
        return f"{reading.failure.sentence} {reading.failure.cause}" if reading.failure is not None else ""
