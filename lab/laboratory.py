"""A whole lab: an estate, a listener for each of its hosts, and a control address."""

from __future__ import annotations

from typing import Any

from lab import cmdlets
from lab.control import Control
from lab.hyperv.clock import Clock
from lab.hyperv.host import Host
from lab.powershell.cmdlet import CmdletTable
from lab.powershell.runspace import Runspace
from lab.powershell.transcript import Transcript
from lab.scenarios.scenario import START, Scenario, build
from lab.wire.accounts import Accounts
from lab.wire.faults import UnknownConfiguration
from lab.wire.listener import Listener, OpenRunspace

FULL_CONFIGURATION = "Microsoft.PowerShell"
"""The endpoint that every Windows host has; it also runs script text."""
RESTRICTED_CONFIGURATION = "VMFerry"
"""An endpoint without language: only cmdlets, no script text."""
AUTHENTICATION = ["negotiate", "ntlm"]


class Laboratory:
    """The hosts of one scenario, listening on loopback. ``latency`` in seconds delays every answer."""

    def __init__(
        self, described: Scenario, seed: int, speed: float, latency: float, transcript: Transcript | None
    ) -> None:
        self.estate = build(described, Clock(START, speed), seed)
        self._administrator = described.administrator
        self._latency = latency
        self._transcript = transcript
        self._table = CmdletTable.of_modules(cmdlets.modules())
        self._control = Control(self.estate)
        self._listeners: list[Listener] = []

    async def start(self) -> dict[str, Any]:
        """Start every host and return what a client needs to know of them."""
        accounts = Accounts()
        password = accounts.add(self._administrator)
        hosts = []
        for host in self.estate.hosts:
            listener = Listener(host.name, accounts, self._opener(host), latency=self._latency)
            port = await listener.start()
            self._listeners.append(listener)
            hosts.append(
                {
                    "name": host.name,
                    "address": "127.0.0.1",
                    "port": port,
                    "scheme": "http",
                    "auth": AUTHENTICATION,
                    "username": self._administrator,
                    "password": password,
                    "ca_file": None,
                }
            )
        url = await self._control.start()
        return {"hosts": hosts, "control": {"url": url, "token": self._control.token}}

    async def close(self) -> None:
        """Stop every host."""
        await self._control.close()
        for listener in self._listeners:
            await listener.close()

    def _opener(self, host: Host) -> OpenRunspace:
        def open_runspace(user: str, configuration: str) -> Runspace:
            languages = {FULL_CONFIGURATION.lower(): "full", RESTRICTED_CONFIGURATION.lower(): "none"}
            language = languages.get(configuration.lower())
            if language is None:
                raise UnknownConfiguration(configuration)
            return Runspace(host, user, language, self._table, self._transcript)

        return open_runspace
