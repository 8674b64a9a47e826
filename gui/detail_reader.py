"""Asks hosts for the details that somebody looks at, and that their pictures lack."""

from __future__ import annotations

import asyncio
from functools import partial
from uuid import UUID

from core.clusters.owners import read_role
from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.estate.redundancy import read_redundancy, standings
from core.hyperv.query import UnexpectedAnswer
from core.language import _
from core.remoting.errors import RemotingError
from core.replicas.machine_query import machine_query
from core.replicas.side import sides
from core.replicas.survey import Survey
from gui.panels.details import DetailsPanel
from gui.tasks import Tasks


class DetailReader:
    """Answers what ``details`` asks for. Nobody waits for an answer about a machine that is no longer looked at."""

    def __init__(self, estate: Estate, survey: Survey, details: DetailsPanel, tasks: Tasks) -> None:
        self._estate = estate
        self._survey = survey
        self._details = details
        self._tasks = tasks
        self._reading: asyncio.Task[None] | None = None
        details.replication_asked.connect(self.read_replication)
        details.role_asked.connect(self.read_role)
        details.host.redundancy_asked.connect(self.read_redundancy)

    def read_replication(self, host: HostKey, machine_id: UUID) -> None:
        """Read the replication of a machine and show it."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._tasks.start(self._read(host, machine_id), "read the replication")

    def read_role(self, host: HostKey, machine_id: UUID) -> None:
        """Read the role that a machine is in its cluster, and show it."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._tasks.start(self._read_role(host, machine_id), "read the role")

    def read_redundancy(self, host: HostKey) -> None:
        """Read what of a host fails with what, and show it."""
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._tasks.start(self._read_redundancy(host), f"redundancy of {host}")

    async def _read_redundancy(self, host: HostKey) -> None:
        tab = self._details.host.redundancy
        try:
            facts = await read_redundancy(partial(self._estate.ask, host), host)
            overview = await self._survey.read((host,))
            inventory = self._estate.picture(host).inventory
        except RemotingError as error:
            tab.fail(f"{error.sentence} {error.cause}", error.cure)
        except UnexpectedAnswer as error:
            tab.fail(str(error), _("Look at the host itself."))
        except KeyError:
            # The host has been removed from the list.
            return
        else:
            own = [leg for leg in overview.relationships if leg.on(host) is not None]
            if inventory is not None and self._details.host.is_about(host):
                tab.show_standings(standings(facts, inventory, own))

    async def _read_role(self, host: HostKey, machine_id: UUID) -> None:
        try:
            role, owners = await read_role(partial(self._estate.ask, host), host.name, machine_id)
            self._details.show_role(host, machine_id, role, owners)
        except RemotingError as error:
            self._details.say_of_role(host, machine_id, f"{error.sentence} {error.cause}")
        except UnexpectedAnswer as error:
            self._details.say_of_role(host, machine_id, str(error))
        except KeyError:
            # The host has been removed from the list.
            return

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
