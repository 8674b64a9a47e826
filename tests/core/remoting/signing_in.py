"""Hosts of the lab for the tests of each kind of sign-in, and what becomes of an attempt to read one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.powershell.command import command
from core.remoting.endpoint import Authentication, Credential, Endpoint
from core.remoting.errors import RemotingError
from core.remoting.session import Session
from tests.core.remoting.simulated_host import pipeline, running_workers
from tests.laboratory import RunningLab

READ = pipeline(command("Get-VM"))
CONFIRM = pipeline(command("Write-Output", InputObject="signed in"))

_SCENARIO = """
title = "Hosts to sign in to"
domain = "contoso.example"
administrator = 'CONTOSO\\admin'
accounts = [
    { user = 'CONTOSO\\locked', state = "locked" },
    { user = 'CONTOSO\\expired', state = "expired-password" },
    { user = 'CONTOSO\\disabled', state = "disabled" },
    { user = 'CONTOSO\\operator', rights = "hyper-v-administrator" },
    { user = 'CONTOSO\\reader', rights = "remote-user" },
    { user = 'CONTOSO\\visitor', rights = "none" },
]
"""
_HOST = """
[[hosts]]
name = "{name}"
memory = "8 GB"
volumes = [{{ letter = "C", label = "System", size = "100 GB" }}]
wire = {{ {wire} }}
"""


def scenario(folder: Path, **hosts: str) -> str:
    """A scenario file with these hosts, each with the settings of its wire as TOML."""
    file = folder / "sign-in.toml"
    entries = (_HOST.format(name=name, wire=wire) for name, wire in hosts.items())
    file.write_text(_SCENARIO + "".join(entries))
    return str(file)


def endpoint_of(lab: RunningLab, name: str, authentication: Authentication, **changed: Any) -> Endpoint:
    host = lab.host(name)
    found = Endpoint(
        name,
        host["address"],
        host["port"],
        host["scheme"],
        authentication,
        ca_file=host["ca_file"],
        operation_timeout=10,
    )
    return replace(found, **changed)


def credential_of(lab: RunningLab, user: str) -> Credential:
    """The user and the password that the lab has given it; ``user`` with a domain, in either form."""
    accounts = [*lab.ready.get("accounts", ()), *lab.ready["hosts"]]
    passwords = {account["username"].partition("\\")[2]: account["password"] for account in accounts}
    return Credential(user, passwords[user.partition("\\")[2] or user.partition("@")[0]])


async def signed_in(endpoint: Endpoint, credential: Credential) -> bool:
    """Whether the user gets a session; raises RemotingError."""
    async with running_workers(1) as workers:
        session = Session(endpoint, credential, workers)
        try:
            return (await session.run(CONFIRM)).output == ("signed in",)
        finally:
            await session.close()


async def refusal(endpoint: Endpoint, credential: Credential) -> RemotingError:
    """The error with which reading the machines fails."""
    async with running_workers(1) as workers:
        session = Session(endpoint, credential, workers)
        with pytest.raises(RemotingError) as caught:
            (await session.run(READ)).raise_for_errors()
        await session.close()
    return caught.value
