"""A whole lab: an estate, a listener for each of its hosts, and a control address."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from lab import cmdlets
from lab.control import Control
from lab.hyperv.clock import Clock
from lab.hyperv.host import Host
from lab.powershell import role_capability
from lab.powershell.cmdlet import CmdletTable
from lab.powershell.prepared import PreparedAnswers
from lab.powershell.runspace import Runspace
from lab.powershell.transcript import Transcript
from lab.scenarios.building import START, build
from lab.scenarios.scenario import Scenario
from lab.wire.accounts import Accounts
from lab.wire.certificates import Authority
from lab.wire.faults import UnknownConfiguration, access_denied
from lab.wire.listener import Listener, OpenRunspace
from lab.wire.settings import WireSettings

FULL_CONFIGURATION = "Microsoft.PowerShell"
"""The endpoint that every Windows host has; it also runs script text."""
RESTRICTED_CONFIGURATION = "VMFerry"
"""An endpoint without language, which shows only the commands that the program calls."""


class Laboratory:
    """The hosts of one scenario, listening on loopback.

    ``latency`` in seconds delays every answer; ``keytab`` is a file with the Kerberos keys of all hosts.
    """

    def __init__(
        self,
        described: Scenario,
        seed: int,
        speed: float,
        latency: float,
        transcript: Transcript | None,
        keytab: str | None = None,
    ) -> None:
        self.estate = build(described, Clock(START, speed), seed)
        self._described = described
        self._latency = latency
        self._keytab = keytab
        self._transcript = transcript
        self._table = CmdletTable.of_modules(cmdlets.served_modules())
        self._shown = role_capability.of_the_program()
        # A transcript is to hold every command that is carried out.
        self._prepared = PreparedAnswers() if described.prepares_answers and transcript is None else None
        self._accounts = Accounts()
        self._listeners: dict[str, Listener] = {}
        self._control = Control(self.estate, self._accounts, self._listeners, self._reach)
        self._authority: Authority | None = None
        self._files: dict[str, str] = {}

    async def start(self) -> dict[str, Any]:
        """Start every host and return what a client needs to know of them."""
        self._add_accounts()
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
                keytab=self._keytab,
            )
            await listener.start()
            self._listeners[host.name] = listener
        url = await self._control.start()
        hosts = [self._reach(name) for name in self._listeners]
        ready: dict[str, Any] = {"hosts": hosts, "control": {"url": url, "token": self._control.token}}
        if self._described.accounts:
            ready["accounts"] = [
                {"username": entry.user, "password": self._accounts.password(entry.user)}
                for entry in self._described.accounts
            ]
        return ready

    async def close(self) -> None:
        """Stop every host."""
        await self._control.close()
        for listener in self._listeners.values():
            await listener.close()
        for path in self._files.values():
            os.unlink(path)
        self._files.clear()

    def _add_accounts(self) -> None:
        """Take the users of the scenario, under the names they have in its domain too."""
        domain = self._described.domain
        self._accounts.add(self._described.administrator, domain=domain)
        for entry in self._described.accounts:
            self._accounts.add(entry.user, domain=domain, state=entry.state, rights=entry.rights)

    def _the_authority(self) -> Authority:
        """The lab's own, made when the first certificate is needed."""
        if self._authority is None:
            self._authority = Authority()
        return self._authority

    def _file(self, name: str, content: bytes) -> str:
        """The path of a file that only its owner may read, and that is gone when the lab ends."""
        if name not in self._files:
            descriptor, self._files[name] = tempfile.mkstemp(prefix=f"vmferry-lab-{name}-", suffix=".pem")
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        return self._files[name]

    def _reach(self, name: str) -> dict[str, Any]:
        """How a client reaches the host ``name`` now. ``auth`` has the names that pypsrp gives to the schemes."""
        settings = self._listeners[name].settings
        reach = {
            "name": name,
            "address": "127.0.0.1",
            "port": self._listeners[name].port,
            "scheme": settings.scheme,
            "auth": [auth for scheme in settings.schemes for auth in self._client_names(scheme, settings)],
            "username": self._described.administrator,
            "password": self._accounts.password(self._described.administrator),
            "ca_file": self._file("ca", self._the_authority().pem) if settings.scheme == "https" else None,
        }
        if "certificate" in settings.schemes:
            reach |= self._administrators_certificate()
        return reach

    def _client_names(self, scheme: str, settings: WireSettings) -> list[str]:
        """What clients call the ways to sign in that a scheme of HTTP allows."""
        if scheme != "negotiate":
            return [scheme]
        kerberos = ["kerberos"] if (settings.keytab or self._keytab) and "kerberos" not in settings.schemes else []
        return ["negotiate", *(["ntlm"] if settings.ntlm else []), *kerberos]

    def _administrators_certificate(self) -> dict[str, str]:
        """The files by which the administrator signs in without a password, the same for all hosts."""
        if "user" not in self._files:
            principal = self._accounts.principal(self._described.administrator)
            issued = self._the_authority().issue_to_user(principal)
            self._file("user", issued.certificate)
            self._file("user-key", issued.key)
        return {"certificate_file": self._files["user"], "certificate_key_file": self._files["user-key"]}

    def _opener(self, host: Host) -> OpenRunspace:
        def open_runspace(user: str, configuration: str, authentication: str) -> Runspace:
            languages = {FULL_CONFIGURATION.lower(): "full", RESTRICTED_CONFIGURATION.lower(): "none"}
            language = languages.get(configuration.lower())
            if language is None:
                raise UnknownConfiguration(configuration)
            rights = self._accounts.rights(user)
            if rights == "none":
                raise access_denied()
            return Runspace(
                host,
                user,
                language,
                self._table,
                self._transcript,
                visible=self._shown if language == "none" else None,
                authentication=authentication,
                manages_machines=rights != "remote-user",
                prepared=self._prepared,
            )

        return open_runspace
