"""A whole lab: an estate, a listener for each of its hosts, and a control address."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from lab import cmdlets
from lab.control import Control
from lab.hyperv.clock import Clock
from lab.hyperv.host import Host
from lab.powershell.cmdlet import CmdletTable
from lab.powershell.runspace import Runspace
from lab.powershell.transcript import Transcript
from lab.scenarios.building import START, build
from lab.scenarios.scenario import Scenario
from lab.wire.accounts import Accounts
from lab.wire.certificates import Authority
from lab.wire.faults import UnknownConfiguration
from lab.wire.listener import Listener, OpenRunspace

FULL_CONFIGURATION = "Microsoft.PowerShell"
"""The endpoint that every Windows host has; it also runs script text."""
RESTRICTED_CONFIGURATION = "VMFerry"
"""An endpoint without language: only cmdlets, no script text."""


class Laboratory:
    """The hosts of one scenario, listening on loopback. ``latency`` in seconds delays every answer."""

    def __init__(
        self, described: Scenario, seed: int, speed: float, latency: float, transcript: Transcript | None
    ) -> None:
        self.estate = build(described, Clock(START, speed), seed)
        self._described = described
        self._latency = latency
        self._transcript = transcript
        self._table = CmdletTable.of_modules(cmdlets.served_modules())
        self._accounts = Accounts()
        self._listeners: dict[str, Listener] = {}
        self._control = Control(self.estate, self._listeners, self._reach)
        self._authority: Authority | None = None
        self._ca_file: str | None = None

    async def start(self) -> dict[str, Any]:
        """Start every host and return what a client needs to know of them."""
        self._accounts.add(self._described.administrator)
        for host, entry in zip(self.estate.hosts, self._described.hosts, strict=True):
            listener = Listener(
                host.name,
                self._accounts,
                self._opener(host),
                latency=self._latency,
                settings=entry.wire,
                disturbances=entry.disturbances,
                authority=self._the_authority,
                names=(host.full_name,),
            )
            await listener.start()
            self._listeners[host.name] = listener
        url = await self._control.start()
        hosts = [self._reach(name) for name in self._listeners]
        return {"hosts": hosts, "control": {"url": url, "token": self._control.token}}

    async def close(self) -> None:
        """Stop every host."""
        await self._control.close()
        for listener in self._listeners.values():
            await listener.close()
        if self._ca_file is not None:
            os.unlink(self._ca_file)
            self._ca_file = None

    def _the_authority(self) -> Authority:
        """The lab's own, made when the first certificate is needed."""
        if self._authority is None:
            self._authority = Authority()
        return self._authority

    def _trusted_file(self) -> str:
        """The path of a file with the certificate of the lab's authority."""
        if self._ca_file is None:
            descriptor, self._ca_file = tempfile.mkstemp(prefix="vmferry-lab-ca-", suffix=".pem")
            with os.fdopen(descriptor, "wb") as file:
                file.write(self._the_authority().pem)
        return self._ca_file

    def _reach(self, name: str) -> dict[str, Any]:
        """How a client reaches the host ``name`` now. ``auth`` has the names that pypsrp gives to the schemes."""
        listener = self._listeners[name]
        schemes = listener.settings.schemes
        ca_file = self._trusted_file() if listener.settings.scheme == "https" else None
        return {
            "name": name,
            "address": "127.0.0.1",
            "port": listener.port,
            "scheme": listener.settings.scheme,
            "auth": [auth for scheme in schemes for auth in _AUTH[scheme]],
            "username": self._described.administrator,
            "password": self._accounts.password(self._described.administrator),
            "ca_file": ca_file,
        }

    def _opener(self, host: Host) -> OpenRunspace:
        def open_runspace(user: str, configuration: str, authentication: str) -> Runspace:
            languages = {FULL_CONFIGURATION.lower(): "full", RESTRICTED_CONFIGURATION.lower(): "none"}
            language = languages.get(configuration.lower())
            if language is None:
                raise UnknownConfiguration(configuration)
            return Runspace(host, user, language, self._table, self._transcript, authentication=authentication)

        return open_runspace


_AUTH = {"negotiate": ("negotiate", "ntlm"), "basic": ("basic",)}
