"""A wire that fails as wires do: what clients meet while a disturbance is switched on, and after it."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypsrp.exceptions import AuthenticationError, WinRMError, WinRMTransportError, WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool

from lab.powershell.commands import Pipeline
from lab.powershell.streams import Streams
from lab.wire.disturbances import (
    BlackHole,
    Content,
    Disturbance,
    Drop,
    Flood,
    Garbage,
    HalfAnswer,
    IdleDrop,
    Quota,
    Refuse,
    Slow,
    Stall,
    Status,
    disturbances_from_json,
)
from lab.wire.quotas import QUOTA_FAULTS
from tests.lab.wire.host import PATIENCE, Host
from tests.lab.wire.test_management import IDENTIFY


def ask(host: Host, timeout: float = PATIENCE) -> tuple[int, bytes]:
    """Status and body of the answer to an anonymous Identify."""
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=timeout)
    try:
        connection.request("POST", "/wsman", IDENTIFY, {"WSMANIDENTIFY": "unauthenticated"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.fixture
def runs(host: Host) -> list[str]:
    """The pipelines that a host has run."""
    done: list[str] = []

    async def run(pipeline: Pipeline, streams: Streams) -> None:
        done.append(pipeline.pipeline_id)
        streams.output("done")

    host.commands["run"] = run
    return done


@pytest.fixture
def raw(host: Host) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", host.port), timeout=PATIENCE) as connection:
        yield connection


def invoke(pool: RunspacePool) -> list[Any]:
    return list(PowerShell(pool).add_cmdlet("run").invoke())


def test_refused_until_it_is_lifted(host: Host, raw: socket.socket) -> None:
    assert ask(host)[0] == 200
    host.disturb(Refuse())
    assert raw.recv(1) == b""
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            ask(host)
    host.disturb()
    assert ask(host)[0] == 200


def test_shells_survive_a_refusal(host: Host, pool: RunspacePool) -> None:
    host.disturb(Refuse())
    host.disturb()
    again = RunspacePool.get_runspace_pools(host.client())
    assert [found.id for found in again] == [pool.id]
    pool.connection = pool.shell.wsman = host.client()


def test_black_hole_answers_when_it_is_lifted(host: Host) -> None:
    host.disturb(BlackHole())
    with socket.create_connection(("127.0.0.1", host.port), timeout=0.05) as client:
        client.sendall(b"POST /wsman HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        with pytest.raises(TimeoutError):
            client.recv(1)
        host.disturb()
        client.settimeout(PATIENCE)
        assert client.recv(12) == b"HTTP/1.1 401"


def test_black_hole_swallows_open_connections_too(host: Host) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=PATIENCE)
    connection.request("POST", "/wsman", b"")
    connection.getresponse().read()
    assert connection.sock is not None
    connection.sock.settimeout(0.05)
    host.disturb(BlackHole())
    connection.request("POST", "/wsman", b"")
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()


@pytest.mark.parametrize(("moment", "carried_out"), [("before", 0), ("unanswered", 1), ("during", 1)])
def test_command_whose_answer_never_arrives(host: Host, runs: list[str], moment: Any, carried_out: int) -> None:
    pool = host.pool()
    pool.open()
    host.disturb(Drop("Command", times=1, moment=moment))
    with pytest.raises((OSError, WinRMError)):
        invoke(pool)
    with host.pool() as another:
        assert invoke(another) == ["done"]
    assert len(runs) == carried_out + 1


def test_connection_that_is_cut_after_the_answer(host: Host) -> None:
    host.disturb(Drop(moment="after", times=1))
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=PATIENCE)
    connection.request("POST", "/wsman", b"")
    response = connection.getresponse()
    assert (response.status, response.getheader("Connection"), response.read()) == (401, None, b"")
    assert connection.sock is not None
    assert connection.sock.recv(1) == b""
    connection.close()


@pytest.mark.parametrize("nth", [1, 2, 4])
def test_only_the_nth_request_is_disturbed(host: Host, nth: int) -> None:
    host.disturb(Status(nth=nth, times=1, status=503))
    assert [ask(host)[0] for _ in range(5)] == [503 if number == nth else 200 for number in range(1, 6)]


def test_requests_are_disturbed_until_it_is_lifted(host: Host) -> None:
    host.disturb(Status(nth=2, status=403))
    assert [ask(host)[0] for _ in range(4)] == [200, 403, 403, 403]
    host.disturb()
    assert ask(host)[0] == 200


@pytest.mark.parametrize("status", [403, 500, 503])
def test_status_in_place_of_an_answer(host: Host, pool: RunspacePool, runs: list[str], status: Any) -> None:
    host.disturb(Status("command", times=1, status=status))
    with pytest.raises(WinRMTransportError) as raised:
        invoke(pool)
    assert raised.value.code == status
    assert runs == []
    assert invoke(pool) == ["done"]


def test_unauthorized_all_of_a_sudden(host: Host) -> None:
    pool = host.pool()
    pool.open()
    host.disturb(Status(status=401))
    with pytest.raises(AuthenticationError):
        invoke(pool)
    with pytest.raises(AuthenticationError):
        host.client().get_server_config()


@pytest.mark.parametrize("quota", list(QUOTA_FAULTS))
def test_fault_of_a_quota(host: Host, pool: RunspacePool, runs: list[str], quota: Any) -> None:
    host.disturb(Quota("Command", times=1, quota=quota))
    with pytest.raises(WSManFaultError) as raised:
        invoke(pool)
    assert raised.value.code == QUOTA_FAULTS[quota]().code
    assert runs == []
    assert invoke(pool) == ["done"]


def test_answer_held_back_until_it_is_lifted(host: Host, pool: RunspacePool, runs: list[str]) -> None:
    ran = threading.Event()
    answers: list[Any] = []

    async def run(pipeline: Pipeline, streams: Streams) -> None:
        ran.set()
        streams.output("done")

    host.commands["run"] = run
    host.disturb(Stall("Command"))
    asking = threading.Thread(target=lambda: answers.extend(invoke(pool)))
    asking.start()
    assert ran.wait(PATIENCE)
    assert answers == []
    host.disturb()
    asking.join(PATIENCE)
    assert answers == ["done"]


def test_answer_held_back_for_a_time(host: Host) -> None:
    host.disturb(Stall(seconds=0.05, times=1))
    started = time.monotonic()
    assert ask(host)[0] == 200
    assert time.monotonic() - started >= 0.05


def test_slow_link(host: Host) -> None:
    started = time.monotonic()
    size = len(ask(host)[1])
    quick = time.monotonic() - started
    host.disturb(Slow(size * 5))
    started = time.monotonic()
    assert len(ask(host)[1]) == size
    assert time.monotonic() - started >= max(0.2, quick)


def test_half_an_answer_and_then_silence(host: Host) -> None:
    host.disturb(HalfAnswer())
    with pytest.raises(TimeoutError):
        ask(host, timeout=0.05)
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=PATIENCE)
    connection.request("POST", "/wsman", IDENTIFY, {"WSMANIDENTIFY": "unauthenticated"})
    response = connection.getresponse()
    first = response.read(10)
    host.disturb()
    assert first.startswith(b"<s:Envelop")
    with pytest.raises(http.client.IncompleteRead):
        response.read()
    connection.close()


def test_idle_connections_are_dropped(host: Host, raw: socket.socket) -> None:
    assert ask(host)[0] == 200
    host.disturb(IdleDrop(0.05))
    assert raw.recv(1) == b""
    with socket.create_connection(("127.0.0.1", host.port), timeout=PATIENCE) as fresh:
        assert fresh.recv(1) == b""
    assert ask(host)[0] == 200


def test_garbage_instead_of_http(host: Host) -> None:
    host.disturb(Garbage("Get", instead_of="http"))
    with pytest.raises(OSError, match=r"BadStatusLine|Connection aborted"):
        host.client().get_server_config()


def test_garbage_instead_of_soap(host: Host, pool: RunspacePool, runs: list[str]) -> None:
    host.disturb(Garbage("Receive", times=1, instead_of="soap"))
    with pytest.raises(Exception, match=r"mismatched tag|not well-formed"):
        invoke(pool)
    assert len(runs) == 1


def test_garbage_instead_of_psrp(host: Host, runs: list[str]) -> None:
    pool = host.pool()
    pool.open()
    host.disturb(Garbage("Receive", instead_of="psrp"))
    shell = PowerShell(pool).add_cmdlet("run")
    with pytest.raises(Exception):  # noqa: B017, PT011 -- whatever a client makes of it
        shell.invoke()
    assert len(runs) == 1
    host.disturb()


def test_flood(host: Host) -> None:
    host.disturb(Flood(size=20_000_000, times=1))
    status, body = ask(host)
    assert (status, len(body)) == (200, 20_000_000)
    assert ask(host)[0] == 200


def test_host_that_goes_down_loses_its_shells_and_comes_back(host: Host, raw: socket.socket, runs: list[str]) -> None:
    cancelled = threading.Event()
    entered = threading.Event()

    async def last(pipeline: Pipeline, streams: Streams) -> None:
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    host.commands["last"] = last
    pool = host.pool()
    pool.open()
    PowerShell(pool).add_cmdlet("last").begin_invoke()
    assert entered.wait(PATIENCE)
    host.run(host.listener.go_down())
    assert cancelled.is_set()
    assert raw.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        ask(host)
    host.run(host.listener.come_back())
    assert host.listener.report()["shells"] == []
    with host.pool() as another:
        assert invoke(another) == ["done"]


def test_two_disturbances_at_once(host: Host) -> None:
    host.disturb(Stall(seconds=0.05), Status(status=503))
    started = time.monotonic()
    assert ask(host)[0] == 503
    assert time.monotonic() - started >= 0.05


ONE_OF_EACH: list[tuple[str, Disturbance]] = [
    ('{"kind": "refuse"}', Refuse()),
    ('{"kind": "black-hole"}', BlackHole()),
    ('{"kind": "slow", "bytes_per_second": 9600}', Slow(9600)),
    ('{"kind": "idle-drop", "seconds": 120}', IdleDrop(120)),
    ('{"kind": "drop", "action": "Command", "nth": 3, "times": 1}', Drop("Command", 3, 1, "unanswered")),
    ('{"kind": "stall", "seconds": 2.5}', Stall(seconds=2.5)),
    ('{"kind": "garbage", "instead_of": "psrp"}', Garbage(instead_of="psrp")),
    ('{"kind": "flood"}', Flood(size=200_000_000)),
    ('{"kind": "content", "text": "<a/>"}', Content(text="<a/>")),
]


@pytest.mark.parametrize(("text", "meant"), ONE_OF_EACH)
def test_disturbances_are_data(text: str, meant: Disturbance) -> None:
    assert disturbances_from_json(f"[{text}]".encode()) == [meant]
    toml = f"disturbances = [{text.replace(': ', ' = ')}]"
    assert msgspec.toml.decode(toml, type=dict[str, list[Disturbance]]) == {"disturbances": [meant]}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b'[{"kind": "earthquake"}]', "Invalid value 'earthquake'"),
        (b'[{"kind": "slow"}]', "missing required field `bytes_per_second`"),
        (b'[{"kind": "drop", "moment": "never"}]', "Invalid enum value 'never'"),
        (b'[{"kind": "stall", "second": 3}]', "unknown field `second`"),
        (b"[", "truncated"),
    ],
)
def test_what_is_no_disturbance_is_refused_in_words(text: bytes, complaint: str) -> None:
    with pytest.raises(msgspec.DecodeError, match=complaint):
        disturbances_from_json(text)


@given(st.binary(max_size=200))
def test_nothing_but_decode_errors_comes_from_nonsense(text: bytes) -> None:
    try:
        assert isinstance(disturbances_from_json(text), list)
    except msgspec.DecodeError:
        return
