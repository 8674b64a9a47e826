"""Shells that are left, found again and taken over, as pypsrp asks for it, and those that nobody uses any more."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from pypsrp.complex_objects import PSInvocationState, RunspacePoolState
from pypsrp.exceptions import WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool

from lab.powershell.commands import Pipeline
from lab.powershell.interruption import shell_was_closed
from lab.powershell.streams import Streams
from lab.wire.quotas import Quotas
from lab.wire.settings import WireSettings
from tests.lab.wire.host import OTHER_USER, PATIENCE, Host

SHELL_NOT_FOUND = 2150858843
SHELL_DISCONNECTED = 2150859204
ANOTHER_CLIENT = 2150859213
OUT_OF_BOUNDS = 2150859250


class Gate:
    """A command that waits to be let through, and knows why it was cancelled."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._opened = asyncio.Event()
        self.entered = threading.Event()
        self.cancelled = threading.Event()
        self.shell_closed = False

    async def __call__(self, pipeline: Pipeline, streams: Streams) -> None:
        self.entered.set()
        try:
            await self._opened.wait()
        except asyncio.CancelledError as cancelled:
            self.shell_closed = shell_was_closed(cancelled)
            self.cancelled.set()
            raise
        streams.output("through")

    def open(self) -> None:
        self._host.set(self._opened)


@pytest.fixture
def gate(host: Host) -> Gate:
    made = Gate(host)
    host.commands["gate"] = made
    return made


async def greet(pipeline: Pipeline, streams: Streams) -> None:
    streams.output("hello")


def code_of(call: Any, *arguments: Any, **options: Any) -> int:
    with pytest.raises(WSManFaultError) as raised:
        call(*arguments, **options)
    return int(raised.value.code)


def found_pool(host: Host, pool: RunspacePool) -> RunspacePool:
    """The pool as a client finds it that knows nothing of it."""
    (found,) = RunspacePool.get_runspace_pools(host.client())
    assert found.id == pool.id
    return found


def test_same_client_reconnects(host: Host, pool: RunspacePool) -> None:
    host.commands["greet"] = greet
    pool.disconnect()
    assert code_of(pool.shell.receive, "stdout") == SHELL_DISCONNECTED
    assert pool.shell._get_shell()["State"] == "Disconnected"
    pool.connect()
    assert pool.shell._get_shell()["State"] == "Connected"
    assert PowerShell(pool).add_cmdlet("greet").invoke() == ["hello"]


def test_command_goes_on_while_its_client_is_away(pool: RunspacePool, gate: Gate) -> None:
    shell = PowerShell(pool).add_cmdlet("gate")
    shell.begin_invoke()
    assert gate.entered.wait(PATIENCE)
    pool.disconnect()
    gate.open()
    pool.connect()
    shell.state = PSInvocationState.RUNNING
    assert shell.end_invoke() == ["through"]
    assert shell.state == PSInvocationState.COMPLETED


def test_waiting_receive_ends_when_the_shell_is_disconnected(host: Host, pool: RunspacePool, gate: Gate) -> None:
    shell = PowerShell(pool).add_cmdlet("gate")
    shell.begin_invoke()
    assert gate.entered.wait(PATIENCE)
    codes: list[int] = []
    waiting = threading.Thread(
        target=lambda: codes.append(code_of(pool.shell.receive, "stdout", shell._command_id, timeout=PATIENCE))
    )
    waiting.start()
    other = RunspacePool(host.client())
    other.connection.session_id = pool.connection.session_id
    other.shell.id, other.shell._selector_set, other.state = pool.id, pool.shell._selector_set, RunspacePoolState.OPENED
    other.disconnect()
    waiting.join(PATIENCE)
    # The Receive may reach the host before the Disconnect or after it.
    assert codes in ([2150859230], [SHELL_DISCONNECTED])
    gate.open()


def test_another_client_takes_the_shell_over_with_its_running_command(
    host: Host, pool: RunspacePool, gate: Gate
) -> None:
    host.commands["greet"] = greet
    running = PowerShell(pool).add_cmdlet("gate")
    running.begin_invoke()
    assert gate.entered.wait(PATIENCE)
    pool.disconnect()
    taken = found_pool(host, pool)
    taken.connect()
    assert taken.state == RunspacePoolState.OPENED
    assert taken.max_runspaces == 1
    (command,) = taken.create_disconnected_power_shells()
    assert command.id == running.id
    gate.open()
    assert command.connect() == ["through"]
    assert command.state == PSInvocationState.COMPLETED
    assert PowerShell(taken).add_cmdlet("greet").invoke() == ["hello"]
    assert code_of(pool.connection.reconnect, pool.shell.resource_uri, selector_set=pool.shell._selector_set) == (
        ANOTHER_CLIENT
    )


def test_connected_shell_is_not_given_to_another_client(host: Host, pool: RunspacePool) -> None:
    assert code_of(found_pool(host, pool).connect) == ANOTHER_CLIENT
    assert pool.is_alive()


def test_a_user_finds_only_shells_of_his_own(host: Host, pool: RunspacePool) -> None:
    assert RunspacePool.get_runspace_pools(host.client(user=OTHER_USER)) == []


def test_shell_is_closed_after_its_own_idle_time(host: Host, gate: Gate) -> None:
    pool = host.pool(idle_timeout=90)
    pool.open()
    assert pool.shell._get_shell()["IdleTimeOut"] == "PT90.000S"
    PowerShell(pool).add_cmdlet("gate").begin_invoke()
    assert gate.entered.wait(PATIENCE)
    host.run(host.listener.let_idle(80))
    assert not gate.cancelled.is_set()
    host.run(host.listener.let_idle(20))
    assert gate.cancelled.is_set()
    assert gate.shell_closed
    assert code_of(pool.shell._get_shell) == SHELL_NOT_FOUND


def test_disconnected_shell_is_closed_after_the_host_s_idle_time(host: Host) -> None:
    pool = host.pool()
    pool.open()
    pool.disconnect()
    host.run(host.listener.let_idle(7100))
    assert pool.shell._get_shell()["State"] == "Disconnected"
    host.run(host.listener.let_idle(100))
    assert code_of(pool.connect) == SHELL_NOT_FOUND


def test_idle_time_begins_anew_with_each_request(host: Host, pool: RunspacePool) -> None:
    host.commands["greet"] = greet
    for _ in range(3):
        host.run(host.listener.let_idle(7000))
        assert PowerShell(pool).add_cmdlet("greet").invoke() == ["hello"]


def test_idle_time_passes_by_itself() -> None:
    host = Host(settings=WireSettings(quotas=Quotas(idle_timeout=0.05, min_idle_timeout=0.05)))
    host.pool().open()
    assert host.runspace_closed.wait(PATIENCE)
    host.close()


def test_idle_time_out_of_bounds_is_refused(host: Host) -> None:
    assert code_of(host.pool(idle_timeout=59).open) == OUT_OF_BOUNDS
    assert code_of(host.pool(idle_timeout=2147484).open) == OUT_OF_BOUNDS


def test_deleting_the_shell_and_stopping_the_command_are_told_apart(host: Host, gate: Gate) -> None:
    with host.pool() as pool:
        PowerShell(pool).add_cmdlet("gate").begin_invoke()
        assert gate.entered.wait(PATIENCE)
    assert gate.shell_closed
    again = host.commands["gate"] = Gate(host)
    with host.pool() as pool:
        shell = PowerShell(pool).add_cmdlet("gate")
        shell.begin_invoke()
        assert again.entered.wait(PATIENCE)
        shell.stop()
        assert again.cancelled.wait(PATIENCE)
    assert not again.shell_closed


def test_a_pool_may_grow(host: Host, pool: RunspacePool, gate: Gate) -> None:
    host.commands["greet"] = greet
    pool.max_runspaces = 2
    PowerShell(pool).add_cmdlet("gate").begin_invoke()
    assert PowerShell(pool).add_cmdlet("greet").invoke() == ["hello"]
    gate.open()
