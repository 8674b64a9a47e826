"""What a host allows its users: the quotas of WinRM, and the sizes of envelopes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pypsrp.exceptions import WinRMTransportError, WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool

from lab.powershell.commands import Pipeline
from lab.powershell.streams import Streams
from lab.wire.quotas import Quotas
from lab.wire.settings import WireSettings
from tests.lab.wire.host import OTHER_USER, PATIENCE, Host


@pytest.fixture
def narrow() -> Iterator[Host]:
    limits = Quotas(
        max_shells_per_user=1,
        max_concurrent_users=1,
        max_commands_per_shell=1,
        max_operations_per_user=1,
        max_envelope_size_kb=100,
    )
    host = Host(settings=WireSettings(quotas=limits))
    yield host
    host.close()


async def wait(pipeline: Pipeline, streams: Streams) -> None:
    await asyncio.Event().wait()


def test_one_shell_too_many(narrow: Host) -> None:
    with narrow.pool(), pytest.raises(WSManFaultError, match="maximum number of 1 concurrent shells") as raised:
        narrow.pool().open()
    assert raised.value.code == 2150859173
    with narrow.pool() as pool:
        assert pool.is_alive()


def test_one_user_too_many(narrow: Host) -> None:
    with narrow.pool(), pytest.raises(WSManFaultError, match="maximum number of users") as raised:
        RunspacePool(narrow.client(user=OTHER_USER)).open()
    assert raised.value.code == 2150859179


def test_one_command_too_many(narrow: Host) -> None:
    narrow.commands["wait"] = wait
    with narrow.pool() as pool:
        first = PowerShell(pool).add_cmdlet("wait")
        first.begin_invoke()
        with pytest.raises(WSManFaultError, match="commands per shell") as raised:
            PowerShell(pool).add_cmdlet("wait").begin_invoke()
        assert raised.value.code == 2150859241
        first.stop()
        first.close()
        again = PowerShell(pool).add_cmdlet("wait")
        again.begin_invoke()
        again.stop()


def test_one_operation_too_many(narrow: Host) -> None:
    finished = asyncio.Event()

    async def finish(pipeline: Pipeline, streams: Streams) -> None:
        await finished.wait()

    narrow.commands["finish"] = finish
    with narrow.pool() as pool:
        shell = PowerShell(pool).add_cmdlet("finish")
        shell.begin_invoke()
        waiting = threading.Thread(target=shell.end_invoke)
        waiting.start()
        narrow.run(_until_receiving(narrow))
        with pytest.raises(WSManFaultError, match="maximum number of 1 concurrent operations") as raised:
            narrow.client().get_server_config()
        assert raised.value.code == 2150859174
        narrow.set(finished)
        waiting.join(PATIENCE)
        narrow.client().get_server_config()


async def _until_receiving(host: Host) -> None:
    """The first Receive is that of the opening pool."""
    while host.listener.report()["requests"].get("Receive", 0) < 2:  # noqa: ASYNC110 -- nothing tells
        await asyncio.sleep(0)


def test_configuration_tells_the_quotas(narrow: Host) -> None:
    config = narrow.client().get_server_config()
    texts = {element.tag.rsplit("}", 1)[-1]: element.text for element in config.iter()}
    assert (texts["MaxShellsPerUser"], texts["MaxConcurrentUsers"], texts["MaxEnvelopeSizekb"]) == ("1", "1", "100")


def test_envelope_that_is_too_large_is_refused_by_http(narrow: Host) -> None:
    """A request above MaxEnvelopeSizekb is HTTP 413; Windows' client names it 0x80338111 (public DSC issues)."""
    with narrow.pool(), pytest.raises(WinRMTransportError) as raised:
        narrow.client().transport.send(b" " * 150_000)
    assert raised.value.code == 413


def test_answer_never_exceeds_what_the_host_allows(narrow: Host) -> None:
    async def run(pipeline: Pipeline, streams: Streams) -> None:
        streams.output("x" * 400_000)

    narrow.commands["run"] = run
    client = narrow.client(max_envelope_size=500_000)
    sizes: list[int] = []
    send = client.transport.send

    def measuring_send(message: bytes, **options: Any) -> bytes:
        answer = send(message, **options)
        sizes.append(len(answer))
        return answer

    client.transport.send = measuring_send
    with RunspacePool(client) as pool:
        assert PowerShell(pool).add_cmdlet("run").invoke() == ["x" * 400_000]
    assert 90_000 < max(sizes) <= 102_400


def test_envelope_that_is_too_small_is_refused(host: Host) -> None:
    with pytest.raises(WSManFaultError, match="too small") as raised:
        host.client(max_envelope_size=8191).get_server_config()
    assert raised.value.code == 2150858878
