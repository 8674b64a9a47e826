"""Calls of the program to hosts whose wire is disturbed, and what comes of each: the cells of test_wire_faults."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from core.hyperv.migration_jobs import MIGRATION_JOBS
from core.hyperv.query import Reading, ask
from core.hyperv.records import MigrationJob
from core.powershell.command import Pipeline, Statement, command
from core.remoting.endpoint import Endpoint
from core.remoting.errors import RemotingError
from core.remoting.records import Item, Output, ProgressRecord
from core.remoting.session import Session
from core.remoting.workers import Workers
from tests.core.remoting.wire_faults import LONG_NOTES, Fault
from tests.laboratory import RunningLab

DONE = "done"

# Seconds of the lab's clock in which the host copies more than a hundredth of the machine.
_PERCENT = 10_000.0
_KEPT_FOR = 86_400
_READ = Pipeline((Statement((command("Get-VMHost"),)),))
_LONG_READ = Pipeline((Statement((command("Get-VM", Name="LONG"), command("Select-Object", ExpandProperty="Notes"))),))


class Disturbed:
    """A host of the lab while one call to it meets one fault."""

    def __init__(self, lab: RunningLab, workers: Workers, fault: Fault, call: Call) -> None:
        self._lab = lab
        self._workers = workers
        self.fault = fault
        self.call = call
        self.errors: list[RemotingError] = []

    @property
    def folder(self) -> str:
        """Where the machine is moved to; no other cell names it."""
        return rf"D:\{self.call.name}"

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncGenerator[Session, None]:
        connection = self._lab.connection(self.fault.host)
        ca_file = self._lab.host(self.fault.host)["ca_file"]
        endpoint: Endpoint = replace(connection.endpoint, operation_timeout=1, connect_timeout=1, ca_file=ca_file)
        # Only a new connection meets another certificate.
        idle_limit = 0.0 if self.fault.kind == "certificate" else 60.0
        session = Session(endpoint, connection.credential, self._workers, idle_limit=idle_limit, kept_for=_KEPT_FOR)
        try:
            yield session
        finally:
            await session.close()

    async def disturb(self) -> None:
        """Switch the fault on; a connection that is cut when it is idle has been cut then."""
        await self._control("PUT", "disturbances", [self.fault.meeting(self.call.action, self.call.nth)])
        if self.fault.kind == "idle-drop":
            await self._unconnected()
            await self.lift()

    async def lift(self) -> None:
        await self._control("DELETE", "disturbances")

    async def host(self) -> dict[str, Any]:
        """What the lab says of the host."""
        host: dict[str, Any] = await self._control("GET", "")
        return host

    def received(self) -> int:
        """How often the host has got the change."""
        mine = [entry for entry in self._lab.received() if entry["host"] == self.fault.host]
        return sum(entry["parameters"].get("DestinationStoragePath") == self.folder for entry in mine)

    def moving(self, session: Session) -> AsyncGenerator[Item, None]:
        move = command("Move-VMStorage", DestinationStoragePath=self.folder)
        return session.stream(Pipeline((Statement((command("Get-VM", Name="WEB"), move)),)), changes=True)

    async def goes_on(self, stream: AsyncIterator[Item]) -> None:
        """Follow the stream until the host has answered three questions for news, and then has some."""
        enough = await self._answers() + 3
        is_enough = False
        while not is_enough:
            following = asyncio.ensure_future(begun(stream))
            try:
                while not following.done() and not is_enough:
                    await asyncio.wait([following], timeout=0.1)
                    is_enough = await self._answers() >= enough
                if is_enough:
                    await asyncio.to_thread(self._lab.advance, _PERCENT)
                await following
            finally:
                following.cancel()

    async def _unconnected(self) -> dict[str, Any]:
        """The host as soon as nobody is connected to it."""
        while (host := await self.host())["connections"]:
            pass
        return host

    async def _answers(self) -> int:
        answers: int = (await self.host())["requests"].get("Receive", 0)
        return answers

    async def outcome(self, call: Awaitable[Any]) -> str:
        """The name of the error that the call comes to."""
        try:
            await call
        except RemotingError as error:
            self.errors.append(error)
            return type(error).__name__
        return DONE

    async def left_behind(self) -> int:
        """How many shells the host still has when all connections are closed; it closes them when they are idle."""
        host = await self._unconnected()
        if host["shells"]:
            after = await self._control("POST", "idle", {"seconds": 2 * _KEPT_FOR})
            assert not after["shells"]
        return len(host["shells"])

    async def _control(self, method: str, verb: str, content: Any = None) -> Any:
        path = f"/hosts/{self.fault.host}/{verb}".rstrip("/")
        return await asyncio.to_thread(self._lab.control, method, path, content)


@dataclass(frozen=True)
class Call:
    """A kind of call, and the request of it that the faults meet."""

    name: str
    action: str
    nth: int
    make: Callable[[Disturbed], Awaitable[str]]


async def begun(stream: AsyncIterator[Item]) -> None:
    """Wait until the host tells how far the move is, or something that was put in place of that."""
    assert isinstance(await anext(stream), ProgressRecord | Output)


async def read(session: Session, pipeline: Pipeline = _READ) -> None:
    assert (await session.run(pipeline)).output


async def _opening(host: Disturbed) -> str:
    async with host.session() as session:
        await host.disturb()
        come_of = await host.outcome(session.open())
        await host.lift()
        await read(session)
    return come_of


async def _reading(host: Disturbed) -> str:
    async with host.session() as session:
        await read(session)
        await host.disturb()
        come_of = await host.outcome(read(session))
        await host.lift()
        await read(session)
    return come_of


async def _reading_long(host: Disturbed) -> str:
    async with host.session() as session:
        await read(session)
        await host.disturb()
        come_of = await host.outcome(read(session, _LONG_READ))
        await host.lift()
        assert (await session.run(_LONG_READ)).output == (LONG_NOTES,)
    return come_of


async def _changing(host: Disturbed) -> str:
    async with host.session() as session:
        await session.open()
        shell = session.shell_id
        await host.disturb()
        async with contextlib.aclosing(host.moving(session)) as moving:
            come_of = await host.outcome(begun(moving))
            await host.lift()
        await read(session)
        await _removed(session, shell)
    return come_of


async def _following(host: Disturbed) -> str:
    async with host.session() as session:
        await session.open()
        shell = session.shell_id
        async with contextlib.aclosing(host.moving(session)) as moving:
            await begun(moving)
            await host.disturb()
            come_of = await host.outcome(host.goes_on(moving))
            await host.lift()
        await read(session)
        await _removed(session, shell)
    return come_of


async def _end_of(stream: AsyncIterator[Item]) -> None:
    async for _item in stream:
        pass


async def _removed(session: Session, shell: str | None) -> None:
    """Have the shell closed in which a change may still run."""
    assert shell is not None
    if session.shell_id != shell:
        await session.remove_shell(shell)


async def _jobs(session: Session) -> list[MigrationJob]:
    answer = await session.run(ask((MIGRATION_JOBS,)))
    return [job for job in Reading.of(answer.output).records(MIGRATION_JOBS) if not job.job_state.has_ended]


async def _watching(host: Disturbed) -> str:
    async with host.session() as first, host.session() as session:
        moving = host.moving(first)
        await begun(moving)
        shell = first.shell_id
        await first.leave()
        with contextlib.suppress(RemotingError):
            await anext(moving)
        [job] = await _jobs(session)
        await host.disturb()
        come_of = await host.outcome(_jobs(session))
        await host.lift()
        assert [each.instance_id for each in await _jobs(session)] == [job.instance_id], "it goes on"
        await _removed(session, shell)
        assert not await _jobs(session)
    return come_of


async def _followed(host: Disturbed, moving: AsyncIterator[Item]) -> asyncio.Task[str]:
    """Follow the move, and let the fault meet it; a connection is idle only as long as nobody follows."""
    if host.fault.kind == "idle-drop":
        await host.disturb()
    following = asyncio.create_task(host.outcome(_end_of(moving)))
    await asyncio.sleep(0)
    if host.fault.kind != "idle-drop":
        await host.disturb()
    return following


async def _stopping(host: Disturbed) -> str:
    async with host.session() as session:
        moving = host.moving(session)
        await begun(moving)
        shell = session.shell_id
        following = await _followed(host, moving)
        come_of = await host.outcome(session.stop())
        await host.lift()
        ends = await following
        # A fault of all requests meets those too that follow the move.
        assert ends == "PipelineStopped" or (ends == "OutcomeUnknown" and not host.fault.is_of_requests), ends
        await read(session)
        await _removed(session, shell)
    return come_of


async def _cancelling(host: Disturbed) -> str:
    async with host.session() as session:
        moving = host.moving(session)
        await begun(moving)
        shell = session.shell_id
        following = await _followed(host, moving)
        following.cancel()
        await asyncio.wait([following])
        come_of = "cancelled" if following.cancelled() else following.result()
        await host.lift()
        await read(session)
        await _removed(session, shell)
    return come_of


async def _leaving(host: Disturbed) -> str:
    async with host.session() as session, host.session() as other:
        moving = host.moving(session)
        await begun(moving)
        shell = session.shell_id
        await host.disturb()
        come_of = await host.outcome(session.leave())
        await host.lift()
        with contextlib.suppress(RemotingError):
            await anext(moving)
        assert await _jobs(other), "it goes on"
        await _removed(other, shell)
    return come_of


async def _removing(host: Disturbed) -> str:
    async with host.session() as session, host.session() as other:
        moving = host.moving(session)
        await begun(moving)
        shell = session.shell_id
        assert shell is not None
        await session.leave()
        with contextlib.suppress(RemotingError):
            await anext(moving)
        await read(other)
        await host.disturb()
        come_of = await host.outcome(other.remove_shell(shell))
        await host.lift()
        await read(other)
        await _removed(other, shell)
        assert not await _jobs(other)
    return come_of


async def _closing(host: Disturbed) -> str:
    async with host.session() as session:
        await read(session)
        await host.disturb()
        come_of = await host.outcome(session.close())
        await host.lift()
    async with host.session() as session:
        await read(session)
    return come_of


CALLS = (
    Call("opening", "Create", 1, _opening),
    Call("reading", "Command", 1, _reading),
    Call("reading much", "Receive", 2, _reading_long),
    Call("changing", "Command", 1, _changing),
    Call("progress", "Receive", 1, _following),
    Call("host's job", "Receive", 1, _watching),
    Call("stopping", "Signal", 1, _stopping),
    Call("cancelling", "Signal", 1, _cancelling),
    Call("leaving", "Disconnect", 1, _leaving),
    Call("removing", "Delete", 1, _removing),
    Call("closing", "Delete", 1, _closing),
)
