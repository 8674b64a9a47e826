"""PSRP fragments on their way to the client, one outbox per runspace pool and per pipeline."""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from lab.wire import faults
from lab.wire.soap import Request

# 32 KiB is the largest fragment Windows sends (MS-PSRP 2.2.4 leaves it to the transport).
LARGEST_FRAGMENT: Final = 32768

# How long (seconds) the first data waits for the end of its pipeline: a short answer shall need one Receive.
_GRACE: Final = 0.02

_ENVELOPE_OVERHEAD: Final = 2048
_STREAM_OVERHEAD: Final = 128
_FRAGMENT_HEADER = struct.Struct(">QQBI")


def fragment_size_for(envelope_size: int) -> int:
    """The largest fragment (bytes, header included) that fits an envelope of this size as base64 text."""
    return min(LARGEST_FRAGMENT, (envelope_size - _ENVELOPE_OVERHEAD - _STREAM_OVERHEAD) // 4 * 3)


def fragments_of(message: bytes, object_id: int, size: int) -> Iterator[bytes]:
    """A PSRP message cut into fragments of at most ``size`` bytes (MS-PSRP 2.2.4)."""
    step = size - _FRAGMENT_HEADER.size
    for number, start in enumerate(range(0, len(message), step)):
        piece = message[start : start + step]
        flags = (number == 0) | (start + step >= len(message)) << 1
        yield _FRAGMENT_HEADER.pack(object_id, number, flags, len(piece)) + piece


def split_fragments(data: bytes) -> Iterator[bytes]:
    """The single fragments of a block of whole fragments."""
    start = 0
    while start < len(data):
        length: int = _FRAGMENT_HEADER.unpack_from(data, start)[3]
        end = start + _FRAGMENT_HEADER.size + length
        yield data[start:end]
        start = end


class Outbox:
    """What waits for the next Receive."""

    def __init__(self) -> None:
        self._fragments: deque[bytes] = deque()
        self._size = 0
        self._changed = asyncio.Event()
        self._urgent = False
        self._ended = False
        self._closed = False
        self._receive: tuple[str, asyncio.Task[bytes]] | None = None

    @property
    def drained(self) -> bool:
        """Whether the end has been reached and everything was taken."""
        return self._ended and not self._fragments

    def put(self, fragment: bytes) -> None:
        """Add a fragment."""
        self._fragments.append(fragment)
        self._size += len(fragment)
        self._changed.set()

    def hurry(self) -> None:
        """What is here (progress) is not held back for what may follow."""
        self._urgent = True
        self._changed.set()

    def end(self) -> None:
        """Nothing will follow."""
        self._ended = True
        self._changed.set()

    def take_all(self) -> list[bytes]:
        """Everything that is here."""
        taken = list(self._fragments)
        self._fragments.clear()
        self._size = 0
        return taken

    def interrupt(self) -> None:
        """The shell is disconnected: a waiting Receive ends, and what is here stays."""
        self._receive = None
        self._changed.set()

    def close(self) -> None:
        """The shell is gone: a waiting Receive is aborted."""
        self._closed = True
        self._changed.set()

    async def receive(self, request: Request, answer: Callable[[list[bytes]], bytes]) -> bytes:
        """Answer a Receive with what is here, or as soon as something is.

        A request that is sent again with its MessageID gets the same answer, and a request with another one
        takes the place of one still waiting. Raises the faults for time-out, abort and disconnection.
        """
        if self._receive is None or self._receive[0] != request.message_id:
            task = asyncio.create_task(self._take(request, answer))
            task.add_done_callback(_consume_exception)
            self._receive = (request.message_id, task)
            self._changed.set()
        return await asyncio.shield(self._receive[1])

    async def _take(self, request: Request, answer: Callable[[list[bytes]], bytes]) -> bytes:
        try:
            async with asyncio.timeout(request.operation_timeout):
                await self._wait(request, lambda: bool(self._fragments) or self._ended)
        except TimeoutError:
            raise faults.timed_out() from None
        try:
            async with asyncio.timeout(_GRACE):
                await self._wait(request, lambda: self._ended or self._urgent or self._size >= request.envelope_size)
        except TimeoutError:
            pass  # the pipeline goes on: deliver what there is
        self._urgent = False
        return answer(self._fill(request.envelope_size))

    async def _wait(self, request: Request, ready: Callable[[], bool]) -> None:
        while True:
            if self._closed or (self._receive is not None and self._receive[0] != request.message_id):
                raise faults.operation_aborted()
            if self._receive is None:
                raise faults.stream_disconnected()
            if ready():
                return
            self._changed.clear()
            await self._changed.wait()

    def _fill(self, envelope_size: int) -> list[bytes]:
        """Take as many fragments as fit the envelope, and at least one."""
        taken: list[bytes] = []
        room = envelope_size - _ENVELOPE_OVERHEAD
        while self._fragments:
            room -= (len(self._fragments[0]) + 2) // 3 * 4 + _STREAM_OVERHEAD
            if room < 0 and taken:
                break
            taken.append(self._fragments.popleft())
            self._size -= len(taken[-1])
        return taken


def _consume_exception(task: asyncio.Task[bytes]) -> None:
    """A Receive nobody waits for any more may fail unheard."""
    if not task.cancelled():
        task.exception()
