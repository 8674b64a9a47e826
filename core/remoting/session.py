"""A session to one host: calls go through one at a time, in worker threads."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from core.language import _
from core.powershell.command import Pipeline
from core.powershell.reading import only_reads
from core.remoting.answers import MOST_OF_A_CALL
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.errors import HostReadOnly, RemotingError, SessionClosed, Unreachable, cmdlet_failed
from core.remoting.port_probe import probe
from core.remoting.records import ErrorRecord, Item, Output, WarningRecord
from core.remoting.runspace import Runspace, Step
from core.remoting.workers import Workers
from core.support.log import note

_P = ParamSpec("_P")
_T = TypeVar("_T")

# How long one poll of a streamed pipeline may keep a thread, in seconds.
_STREAM_POLL = 2

# A stream is polled again after this share of the time that it has gone on for, and after so many seconds at most: one
# poll of a move that takes hours brings what a host has said meanwhile, however often it says something.
_STREAM_PAUSE_SHARE = 0.05
_STREAM_PAUSE = 1.5

# How long a stopped pipeline may take to end before its shell is given up, in seconds.
_STOP_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything a pipeline wrote; errors that did not end it are values here."""

    host: str
    output: tuple[object, ...]
    errors: tuple[ErrorRecord, ...]
    warnings: tuple[str, ...]

    def raise_for_errors(self) -> None:
        """Raise CmdletFailed with the first error, if there is one."""
        if self.errors:
            raise cmdlet_failed(self.host, self.errors[0])


class Session:
    """A connection and a runspace on one host, opened by the first call and reused by the others.

    A call is a read unless ``changes`` is given. A read finds its way around a shell that the host has
    closed; a change is sent once, and when its answer does not come the call raises OutcomeUnknown.

    Before a request that follows ``idle_limit`` seconds without one, the connection is made anew: one that
    was dropped meanwhile cannot be told from a live one, and an encrypted one would not recover.

    A host that stops answering is given up after the time-outs of the ``Endpoint``; while it answers, a
    call may take as long as it takes.

    ``kept_for`` seconds are how long the host is asked to keep the shell when nothing is heard from here any more, so
    that what runs in it is not ended with it; a host that allows less keeps it for its own time.

    A session that ``is_read_only`` sends no change: what is called a change is refused with HostReadOnly, and so is
    what is not known to read only.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        credential: Credential,
        workers: Workers,
        *,
        idle_limit: float = 60.0,
        kept_for: int | None = None,
        is_read_only: bool = False,
    ) -> None:
        self.endpoint = endpoint
        self._is_read_only = is_read_only
        self._credential = credential
        self._runspace = Runspace(endpoint, credential, idle_limit, kept_for)
        self._workers = workers
        self._turn = asyncio.Lock()
        self._job: Future[Any] | None = None
        self._stop_signalled = False
        self._stirred = asyncio.Event()
        self._winding_up: asyncio.Task[None] | None = None
        self._is_slow = False
        self._closed = False

    @property
    def shell_id(self) -> str | None:
        """What the host calls the session's shell, while one is open."""
        return self._runspace.shell_id

    async def open(self) -> None:
        """Sign in now and not with the first call. Raises RemotingError."""
        await self._turn.acquire()
        try:
            async with self._lane():
                await self._open()
        finally:
            self._end_turn()

    async def run(self, pipeline: Pipeline, *, changes: bool = False) -> Answer:
        """Run ``pipeline`` to its end. Raises RemotingError; CmdletFailed when the whole pipeline failed.

        Cancelling stops the pipeline on the host; the session stays usable.
        """
        items: list[Item] = []
        seconds = self.endpoint.operation_timeout
        async with contextlib.aclosing(self._steps(pipeline, changes, seconds, is_stream=False)) as steps:
            async for step in steps:
                items += step.items
                if step.failure is not None:
                    raise step.failure
        return Answer(
            self.endpoint.name,
            tuple(item.value for item in items if isinstance(item, Output)),
            tuple(item for item in items if isinstance(item, ErrorRecord)),
            tuple(item.message for item in items if isinstance(item, WarningRecord)),
        )

    async def stream(self, pipeline: Pipeline, *, changes: bool) -> AsyncGenerator[Item, None]:
        """Run ``pipeline`` and yield what it writes as it comes. Raises as ``run`` does.

        Closing the iterator or cancelling its task stops the pipeline on the host.
        """
        async with contextlib.aclosing(self._steps(pipeline, changes, _STREAM_POLL, is_stream=True)) as steps:
            async for step in steps:
                for item in step.items:
                    yield item
                if step.failure is not None:
                    raise step.failure

    async def stop(self) -> None:
        """Stop the call under way, if there is one: its caller gets PipelineStopped, and what was not sent is not sent.

        Raises RemotingError.
        """
        if self._turn.locked():
            self._runspace.stop_wanted.set()
            self._stirred.set()
            await self._signal_stop()

    async def close(self) -> None:
        """Stop what runs, close the shell on the host and refuse further calls with SessionClosed.

        Waits for the thread that works for the session: on a silent host up to the endpoint's time-outs.
        """
        if self._closed:
            return
        self._closed = True
        self._runspace.stop_wanted.set()
        self._stirred.set()
        with contextlib.suppress(RemotingError):
            await self._signal_stop()
        await self._job_done()
        if self._winding_up is not None:
            await asyncio.wait([self._winding_up])
        await self._workers.run(self._runspace.close)

    async def leave(self) -> None:
        """Let go of the session as ``close`` does, but leave what runs in it running on the host."""
        if self._closed:
            return
        self._closed = True
        self._stirred.set()
        await self._job_done()
        await self._workers.run(self._runspace.leave)

    async def remove_shell(self, shell_id: str) -> None:
        """Have the host close a shell that an earlier session has left. Raises RemotingError."""
        await self._workers.run(self._runspace.remove_shell, shell_id)

    async def _steps(
        self, pipeline: Pipeline, changes: bool, seconds: int, *, is_stream: bool
    ) -> AsyncGenerator[Step, None]:
        if self._is_read_only and (changes or not only_reads(pipeline)):
            raise HostReadOnly(self.endpoint.name)
        await self._turn.acquire()
        if changes:
            note("change", host=self.endpoint.name, what=_cmdlets(pipeline))
        try:
            async with self._lane():
                await self._open()
                self._refuse_if_closed()
                submit = self._workers.submit_stream if is_stream else self._workers.submit
                # What a stream brings is gone again when it was looked at.
                most = None if is_stream else MOST_OF_A_CALL
                began = time.monotonic()
                step = await self._done(submit(self._runspace.start, pipeline, changes, seconds, most))
                yield step
                while not step.finished:
                    if is_stream:
                        await self._pause(time.monotonic() - began)
                    self._refuse_if_closed(unanswered_change=changes)
                    if self._runspace.stop_wanted.is_set():
                        # It could not be stopped yet, or the stop was lost. The poll tells what is wrong.
                        with contextlib.suppress(RemotingError):
                            await self._signal_stop()
                    step = await self._done(submit(self._runspace.poll, seconds))
                    yield step
            if step.failure is not None:
                note("refused", host=self.endpoint.name, what=_cmdlets(pipeline), detail=_told(step.failure))
        except RemotingError as error:
            note("failed", host=self.endpoint.name, what=type(error).__name__, detail=_told(error))
            raise
        finally:
            self._end_turn()

    @contextlib.asynccontextmanager
    async def _lane(self) -> AsyncIterator[None]:
        """A call's way through the threads: a host that missed a deadline goes where it keeps no other waiting."""
        lane: contextlib.AbstractAsyncContextManager[object] = (
            self._workers.slow if self._is_slow else contextlib.nullcontext()
        )
        async with lane:
            try:
                yield
            except Unreachable:
                self._is_slow = True
                raise
            self._is_slow = False

    async def _open(self) -> None:
        if not self._runspace.is_open:
            self._refuse_if_closed()
            self._runspace.require_credential()
            await probe(self.endpoint, self._credential)
            async with contextlib.nullcontext() if self._is_slow else self._workers.opening:
                self._refuse_if_closed()
                await self._call(self._runspace.open)

    async def _call(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        return await self._done(self._workers.submit(call, *args, **kwargs))

    async def _done(self, job: Future[_T]) -> _T:
        """What a thread comes to that works for this session from now on."""
        self._job = job
        return await asyncio.wrap_future(job)

    async def _pause(self, gone_on: float) -> None:
        """Let a stream that has gone on for so many seconds gather something to say; a stop ends the pause."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(_STREAM_PAUSE, gone_on * _STREAM_PAUSE_SHARE)):
                await self._stirred.wait()

    def _refuse_if_closed(self, *, unanswered_change: bool = False) -> None:
        if self._closed:
            closed = SessionClosed(
                self.endpoint.name,
                _("The session was closed on this computer."),
                _("Open the host again."),
            )
            raise self._runspace.outcome_unknown(closed) if unanswered_change else closed

    async def _signal_stop(self) -> None:
        if self._runspace.running and not self._stop_signalled:
            self._stop_signalled = True
            try:
                await self._workers.run_stop(self._runspace.signal_stop)
            except RemotingError:
                self._stop_signalled = False
                raise

    def _end_turn(self) -> None:
        """Let the next call begin, once the thread and the pipeline of this one are done."""
        if self._job is not None:
            self._job.cancel()
        if self._closed or not (self._busy() or self._runspace.running):
            self._release_turn()
        else:
            self._winding_up = asyncio.create_task(self._wind_up())

    async def _wind_up(self) -> None:
        """Stop the pipeline that its caller has left, and see it end."""
        try:
            self._runspace.stop_wanted.set()
            with contextlib.suppress(RemotingError):
                await self._signal_stop()
            await self._job_done()
            give_up = time.monotonic() + _STOP_LIMIT
            with contextlib.suppress(RemotingError):
                while self._runspace.running and not self._closed and time.monotonic() < give_up:
                    await self._signal_stop()
                    await self._call(self._runspace.poll, _STREAM_POLL)
            if self._runspace.running and not self._closed:
                # The next call must not queue up behind a pipeline that does not end.
                self._runspace.abandon()
        finally:
            self._release_turn()

    def _release_turn(self) -> None:
        """Let the next call begin. A stop was meant for this one, also where it came before anything was sent."""
        if not self._closed:
            self._runspace.stop_wanted.clear()
            self._stirred.clear()
        self._stop_signalled = False
        self._turn.release()

    def _busy(self) -> bool:
        return self._job is not None and not self._job.done()

    async def _job_done(self) -> None:
        """Wait for the thread that works for this session, whatever comes of it."""
        if self._job is not None and self._busy():
            wait = asyncio.wrap_future(self._job)
            await asyncio.wait([wait])
            if not wait.cancelled():
                wait.exception()


def _cmdlets(pipeline: Pipeline) -> str:
    """What is called, without the values."""
    return ", ".join(command.name for statement in pipeline.statements for command in statement.commands)


def _told(error: RemotingError) -> str:
    return f"{error} {error.cause}"
