"""A session that is read-only sends no change, whatever the call is said to be; and none without a password."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.powershell.command import command
from core.remoting import errors
from core.remoting.session import Session
from tests.core.remoting.simulated_host import on_a_loop, pipeline, running_workers, simulated_host

READ = pipeline(command("Get-VM"))
CHANGE = pipeline(command("Stop-VM", Name="WEB01"))


@on_a_loop
async def test_no_change_reaches_a_host_that_is_read_only() -> None:
    async with simulated_host() as host, running_workers(2) as workers:
        session = Session(host.endpoint, host.credential, workers, is_read_only=True)
        await session.run(READ)
        for call, changes in ((READ, True), (CHANGE, False), (CHANGE, True)):
            with pytest.raises(errors.HostReadOnly) as caught:
                await session.run(call, changes=changes)
            with pytest.raises(errors.HostReadOnly):
                await anext(session.stream(call, changes=changes))
        await session.run(READ)
        await session.close()
    assert [[call.name for each in ran.statements for call in each.commands] for ran in host.runspace.ran] == [
        ["Get-VM"],
        ["Get-VM"],
    ]
    assert str(caught.value) == "HV01 is not changed: it is read-only."
    assert caught.value.cause == "The server is marked as read-only in VM Ferry. Nothing was sent."


@on_a_loop
async def test_nothing_is_sent_as_long_as_the_password_is_missing() -> None:
    async with simulated_host() as host, running_workers(2) as workers:
        session = Session(host.endpoint, replace(host.credential, password=None), workers)
        with pytest.raises(errors.PasswordMissing) as caught:
            await session.run(READ)
        await session.close()
        assert host.relay.requests == 0
    assert str(caught.value) == "HV01 waits for a password."
    assert caught.value.cause == r"The password of CONTOSO\operator is not kept."
