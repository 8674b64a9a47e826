"""Asks hosts for the details that somebody looks at, and that their pictures lack."""

from __future__ import annotations

import asyncio
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.hyperv.query import UnexpectedAnswer
from core.remoting.errors import RemotingError
from core.replicas.machine_query import machine_query
from core.replicas.side import sides
from gui.panels.details import DetailsPanel
from gui.tasks import Tasks


class DetailReader:
    """Answers what ``details`` asks for. Nobody waits for an answer about a machine that is no longer looked at."""

    def __init__(self, estate: Estate, details: DetailsPanel, tasks: Tasks) -> None:
        self._estate = estate
        self._details = details
        self._tasks = tasks
        self._reading: asyncio.Task[None] | None = None
        details.replication_asked.connect(self.read_replication)

    def read_replication(self, host: HostKey, machine_id: UUID) -> None:
        """Read the replication of a machine and show it."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._tasks.start(self._read(host, machine_id), "read the replication")

    async def _read(self, host: HostKey, machine_id: UUID) -> None:
        try:
            answer = await self._estate.ask(host, machine_query(machine_id))
            self._details.show_replication(host, machine_id, sides(host, answer.output))
        except RemotingError as error:
            self._details.show_replication(host, machine_id, (), f"{error.sentence} {error.cause}")
        except UnexpectedAnswer as error:
            self._details.show_replication(host, machine_id, (), str(error))
        except KeyError:
            # The host has been removed from the list.
            return
