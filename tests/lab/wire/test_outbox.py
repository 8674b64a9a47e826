from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any
from xml.etree import ElementTree

import pytest

from lab.wire.faults import Fault
from lab.wire.outbox import Outbox, fragments_of, split_fragments
from lab.wire.soap import Request


def request(message_id: str, timeout: float = 10.0) -> Request:
    return Request("Receive", "", message_id, timeout, 153600, ElementTree.Element("Body"))


def receive(outbox: Outbox, message_id: str, timeout: float = 10.0) -> Coroutine[Any, Any, bytes]:
    return outbox.receive(request(message_id, timeout), b"".join)


async def outcome(receiving: Coroutine[Any, Any, bytes]) -> bytes | int:
    """The answer, or the code of the fault."""
    try:
        return await receiving
    except Fault as fault:
        return fault.code


def test_newer_receive_takes_the_place_of_a_waiting_one() -> None:
    async def scenario() -> list[bytes | int]:
        outbox = Outbox()
        async with asyncio.TaskGroup() as group:
            first = group.create_task(outcome(receive(outbox, "1")))
            second = group.create_task(outcome(receive(outbox, "2")))
            group.create_task(write(outbox))
        return [first.result(), second.result()]

    assert asyncio.run(scenario()) == [995, b"data"]


def test_repeated_receive_waits_for_the_same_answer() -> None:
    async def scenario() -> list[bytes | int]:
        outbox = Outbox()
        async with asyncio.TaskGroup() as group:
            first = group.create_task(outcome(receive(outbox, "1")))
            second = group.create_task(outcome(receive(outbox, "1")))
            group.create_task(write(outbox))
        return [first.result(), second.result()]

    assert asyncio.run(scenario()) == [b"data", b"data"]


def test_closing_aborts_a_waiting_receive() -> None:
    async def scenario() -> bytes | int:
        outbox = Outbox()
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(outcome(receive(outbox, "1")))
            group.create_task(close(outbox))
        return waiting.result()

    assert asyncio.run(scenario()) == 995


def test_disconnecting_ends_a_waiting_receive_and_keeps_the_data() -> None:
    async def scenario() -> list[bytes | int]:
        outbox = Outbox()
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(outcome(receive(outbox, "1")))
            group.create_task(interrupt(outbox))
        outbox.put(b"data")
        outbox.end()
        return [waiting.result(), await receive(outbox, "2")]

    assert asyncio.run(scenario()) == [2150859230, b"data"]


def test_abandoned_receive_leaves_the_data_to_its_repetition() -> None:
    async def scenario() -> bytes:
        outbox = Outbox()
        async with asyncio.TaskGroup() as group:
            dropped = group.create_task(outcome(receive(outbox, "1")))
            group.create_task(cancel(dropped))
        outbox.put(b"data")
        outbox.end()
        return await receive(outbox, "1")

    assert asyncio.run(scenario()) == b"data"


def test_silence_times_out() -> None:
    assert asyncio.run(outcome(receive(Outbox(), "1", timeout=0.01))) == 2150858793


@pytest.mark.parametrize(("size", "count"), [(121, 1), (71, 2), (72, 2), (31, 10)])
def test_fragments_join_to_their_message(size: int, count: int) -> None:
    message = bytes(range(100))
    fragments = list(fragments_of(message, 7, size))
    assert len(fragments) == count
    assert list(split_fragments(b"".join(fragments))) == fragments
    assert b"".join(fragment[21:] for fragment in fragments) == message
    assert [fragment[16] & 1 for fragment in fragments] == [1] + [0] * (count - 1)
    assert [fragment[16] >> 1 for fragment in fragments] == [0] * (count - 1) + [1]


async def write(outbox: Outbox) -> None:
    outbox.put(b"data")
    outbox.end()


async def close(outbox: Outbox) -> None:
    outbox.close()


async def interrupt(outbox: Outbox) -> None:
    outbox.interrupt()


async def cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()
