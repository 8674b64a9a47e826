"""Connections and hosts that fall away in the middle."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest

from core.powershell.command import command
from core.remoting import errors
from core.remoting.session import Session
from tests.core.remoting.connecting import (
    CHECK_POWER,
    CREDENTIAL,
    LOOK_FIRST,
    READ,
    failure_of,
    plain_endpoint,
    told,
)
from tests.core.remoting.simulated_host import on_a_loop, pipeline, running_workers, simulated_host
from tests.core.sleeping import needs_a_clock_of_the_sleep, sleep_for


@on_a_loop
async def test_a_host_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as black_hole:
        port = black_hole.getsockname()[1]
        begun = time.monotonic()
        error = await failure_of(plain_endpoint(port), changes=True)
        taken = time.monotonic() - begun
    assert isinstance(error, errors.Unreachable)
    assert told(error) == (
        "HV01",
        "HV01 does not answer.",
        f"No answer came from 127.0.0.1, port {port}, in time.",
        CHECK_POWER,
    )
    assert taken < 1 + 1 + 2 + 1, "the time to connect, the operation, the margin, and one second to be fair"


@on_a_loop
async def test_hosts_that_never_answer_do_not_delay_the_others() -> None:
    with socket.create_server(("127.0.0.1", 0)) as black_hole:
        dead = plain_endpoint(black_hole.getsockname()[1])
        async with simulated_host() as host, running_workers(2) as workers, host.session(workers) as session:
            await session.run(READ)
            sessions = [Session(dead, CREDENTIAL, workers) for _number in range(4)]
            calls = [asyncio.create_task(silent.run(READ)) for silent in sessions]
            begun = time.monotonic()
            for _call in range(5):
                await session.run(READ)
            assert time.monotonic() - begun < 1
            for call in calls:
                call.cancel()
            await asyncio.wait(calls)
            for silent in sessions:
                await silent.close()


@on_a_loop
async def test_cancelling_a_call_to_a_silent_host_does_not_wait_for_it() -> None:
    async with simulated_host() as host, host.session(operation_timeout=1) as session:
        await session.run(READ)
        host.relay.mute = True
        call = asyncio.create_task(session.run(pipeline(command("Wait-Silent"))))
        await host.runspace.waiting.wait()
        begun = time.monotonic()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert time.monotonic() - begun < 1
        host.relay.mute = False
        await host.relay.drop_connections()
        assert (await session.run(READ)).output == ("read",)


@on_a_loop
async def test_a_change_whose_command_is_not_answered_has_an_unknown_outcome() -> None:
    async with simulated_host() as host, host.session() as session:
        await session.run(READ)
        host.relay.cut_before_answer = 1
        with pytest.raises(errors.OutcomeUnknown) as caught:
            await session.run(pipeline(command("Write-Warning")), changes=True)
        assert [ran.statements[0].commands[0].name for ran in host.runspace.ran] == [
            "Write-Output",
            "Write-Warning",
        ]
        assert (await session.run(READ)).output == ("read",)
        port = host.endpoint.port
    assert told(caught.value) == (
        "HV01",
        "Whether HV01 made the change is not known.",
        f"The connection to 127.0.0.1, port {port}, broke off.",
        LOOK_FIRST,
    )


@pytest.mark.parametrize(
    "forged",
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\n",
        b"HTTP/1.1 404 Not Found\r\n",
        b'HTTP/1.1 404 Not Found\r\nContent-Type: multipart/encrypted;boundary="x"\r\n',
        b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.invalid/\r\n",
    ],
)
@on_a_loop
async def test_a_change_is_not_called_undone_by_an_answer_that_anybody_may_have_written(forged: bytes) -> None:
    async with simulated_host() as host, host.session() as session:
        await session.run(READ)
        host.relay.forged = forged + b"Content-Length: 0\r\n\r\n"
        with pytest.raises(errors.OutcomeUnknown) as caught:
            await session.run(READ, changes=True)
        assert caught.value.cure == LOOK_FIRST
        assert len(host.runspace.ran) == 2, "it was carried out, once"


@on_a_loop
async def test_a_change_on_a_host_that_falls_silent_has_an_unknown_outcome() -> None:
    async with simulated_host() as host, host.session(operation_timeout=1) as session:
        await session.run(READ)
        host.relay.mute = True
        with pytest.raises(errors.OutcomeUnknown) as caught:
            await session.run(pipeline(command("Write-Warning")), changes=True)
        assert len(host.runspace.ran) == 2
        port = host.endpoint.port
    assert caught.value.cause == f"No answer came from 127.0.0.1, port {port}, in time."
    assert isinstance(caught.value.__cause__, OSError)


@on_a_loop
async def test_a_change_is_not_sent_again_when_the_host_has_closed_the_shell() -> None:
    async with simulated_host() as host, host.session() as session:
        await session.run(READ)
        await host.restart()
        with pytest.raises(errors.SessionClosed) as caught:
            await session.run(READ, changes=True)
        assert len(host.runspace.ran) == 1
        assert (await session.run(READ, changes=True)).output == ("read",)
        assert len(host.runspace.ran) == 2
    assert told(caught.value) == (
        "HV01",
        "The session to HV01 has ended.",
        "The host has ended the session, as it does after some time or when it restarts.",
        "Try again: a new session is opened.",
    )


@on_a_loop
async def test_a_read_finds_its_way_around_a_closed_shell() -> None:
    async with simulated_host() as host, host.session() as session:
        await session.run(READ)
        await host.restart()
        assert (await session.run(READ)).output == ("read",)
        assert len(host.runspace.ran) == len(host.runspace.opened) == 2


@on_a_loop
async def test_a_change_survives_a_connection_dropped_between_calls() -> None:
    async with simulated_host() as host, host.session() as session:
        await session.run(READ)
        await host.relay.drop_connections()
        assert (await session.run(READ, changes=True)).output == ("read",)
        assert len(host.runspace.ran) == 2
        assert len(host.runspace.opened) == 1


@on_a_loop
async def test_an_idle_connection_is_made_anew_before_it_is_used() -> None:
    async with simulated_host() as host, host.session(idle_limit=0) as session:
        for _call in range(2):
            assert (await session.run(READ, changes=True)).output == ("read",)
        assert host.relay.connections == 2 + 2 * 3, "one for each request"
        assert len(host.runspace.ran) == 2
        assert len(host.runspace.opened) == 1


@needs_a_clock_of_the_sleep
@on_a_loop
async def test_a_connection_that_has_slept_is_made_anew_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated_host() as host, host.session() as session:
        assert (await session.run(READ, changes=True)).output == ("read",)
        before = host.relay.connections
        sleep_for(3600, monkeypatch)
        assert (await session.run(READ, changes=True)).output == ("read",)
        assert host.relay.connections == before + 1
        assert len(host.runspace.ran) == 2
        assert len(host.runspace.opened) == 1


@on_a_loop
async def test_an_answer_lost_on_the_way_is_asked_for_again() -> None:
    async with simulated_host() as host, host.session() as session:
        await session.run(READ)
        host.relay.cut_before_answer = 2
        assert (await session.run(READ, changes=True)).output == ("read",)
        assert len(host.runspace.ran) == 2


@on_a_loop
async def test_an_answer_is_kept_when_only_the_farewell_fails() -> None:
    async with simulated_host() as host, host.session() as session:
        await session.run(READ)
        host.relay.cut_before_answer = 3
        assert (await session.run(READ, changes=True)).output == ("read",)
        assert (await session.run(READ)).output == ("read",)
        assert len(host.runspace.ran) == 3


@on_a_loop
async def test_closing_a_session_under_a_change_leaves_its_outcome_unknown() -> None:
    async with simulated_host() as host, host.session() as session:
        stream = session.stream(pipeline(command("Wait-Long")), changes=True)
        await anext(stream)
        await session.close()
        with pytest.raises(errors.OutcomeUnknown) as caught:
            await anext(stream)
    assert told(caught.value) == (
        "HV01",
        "Whether HV01 made the change is not known.",
        "The session was closed on this computer.",
        LOOK_FIRST,
    )
