"""A shell: the PSRP runspace pool of one client, with its pipelines."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import struct
import uuid
from collections.abc import Iterator
from typing import Any, Final
from xml.etree import ElementTree

import psrpcore
from psrpcore import types

from lab.powershell.commands import Pipeline
from lab.powershell.interruption import SHELL_CLOSED
from lab.wire import faults
from lab.wire.idle import IdleClock
from lab.wire.outbox import Outbox, fragment_size_for, split_fragments
from lab.wire.pipelines import RunningPipeline
from lab.wire.runspace import Runspace

log = logging.getLogger(__name__)
# psrpcore logs whole messages, secrets of its clients among them.
logging.getLogger("psrpcore").setLevel(logging.WARNING)

# psrpcore unpacks what it is given without checking it first: garbage surfaces as whatever the unpacking met.
_MALFORMED = (
    psrpcore.PSRPCoreError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    struct.error,
    ElementTree.ParseError,
    RecursionError,
)

# Where the pipeline's id is in the first fragment of a message (MS-PSRP 2.2.1, 2.2.4).
_PIPELINE_ID = slice(21 + 24, 21 + 40)

# Where the type of a message is in its first fragment, and the types whose call id pypsrp writes as CI and psrpcore
# knows as ci only (MS-PSRP 2.2.2.6, 2.2.2.7).
_MESSAGE_TYPE = struct.Struct("<I")
_MESSAGE_TYPE_OFFSET: Final = 21 + 4
_SET_RUNSPACES: Final = frozenset({0x00021002, 0x00021003})

# psrpcore numbers the messages it writes from 1; the output that is written without it counts from far above.
_FIRST_OUTPUT_ID = 1 << 32


class Shell:
    """One runspace pool of one user, reached over any connection of that user."""

    def __init__(
        self,
        shell_id: str,
        owner: str,
        session_id: str,
        resource_uri: str,
        runspace: Runspace,
        envelope_size: int,
        creation: bytes,
        idle_timeout: float,
        now: float,
    ) -> None:
        """Open the pool with the PSRP messages in ``creation``; raises the fault for malformed ones.

        ``session_id`` is that of the client, ``idle_timeout`` in seconds, ``now`` the time of the clock by which idle
        time is measured.
        """
        self.shell_id = shell_id
        self.owner = owner
        self.session_id = session_id
        self.resource_uri = resource_uri
        self.idle_timeout = idle_timeout
        self.connected = True
        self.outbox = Outbox()
        self._runspace = runspace
        self._fragment_size = fragment_size_for(envelope_size)
        self._pool = psrpcore.ServerRunspacePool()
        self._pipelines: dict[str, RunningPipeline] = {}
        self._output_ids = itertools.count(_FIRST_OUTPUT_ID)
        self._executing = 0
        self._vacancy = asyncio.Condition()
        self._operations = 0
        self._last_used = now
        self._take(creation)
        if self._pool.state != types.RunspacePoolState.Opened:
            raise faults.ProtocolViolation()

    @property
    def commands(self) -> dict[str, bool]:
        """The ids of its commands, and whether they are running."""
        return {command_id: pipeline.running for command_id, pipeline in self._pipelines.items()}

    @contextlib.contextmanager
    def operation(self, clock: IdleClock) -> Iterator[None]:
        """While the block runs, the shell is not idle."""
        self._operations += 1
        try:
            yield
        finally:
            self._operations -= 1
            self._last_used = clock.now()

    def seconds_left(self, now: float) -> float:
        """Seconds until the shell will have been idle for too long."""
        return self.idle_timeout if self._operations else self._last_used + self.idle_timeout - now

    def disconnect(self, idle_timeout: float | None) -> None:
        """Suspend the streams; what runs goes on. ``idle_timeout`` in seconds replaces the one from before."""
        self.connected = False
        if idle_timeout is not None:
            self.idle_timeout = idle_timeout
        for outbox in (self.outbox, *(pipeline.outbox for pipeline in self._pipelines.values())):
            outbox.interrupt()

    def connect(self, session_id: str, messages: bytes) -> bytes:
        """Accept another client, which knows nothing of the pool; returns the PSRP messages that answer its own.

        Raises the fault for malformed ones (MS-PSRP 3.1.5.3.14, 3.1.5.3.15).
        """
        self.outbox = Outbox()
        self._pool.disconnect()
        self._pool.connect()
        # psrpcore answers the client's capability only while a pool is opened.
        self._pool.prepare_message(self._pool.our_capability)
        self._take(messages)
        if self._pool.state != types.RunspacePoolState.Opened:
            raise faults.ProtocolViolation()
        self.connected, self.session_id = True, session_id
        # The state, which comes last, is kept for the Receive with which clients go on.
        *answer, state = self.outbox.take_all()
        self.outbox.put(state)
        return b"".join(answer)

    def command(self, command_id: str | None, first: bytes) -> str:
        """Create the pipeline whose first fragment is ``first``; returns its command id."""
        if len(first) < _PIPELINE_ID.stop:
            raise faults.ProtocolViolation()
        pipeline_id = uuid.UUID(bytes_le=first[_PIPELINE_ID])
        command_id = (command_id or str(pipeline_id)).upper()
        if command_id in self._pipelines or pipeline_id in self._pool.pipeline_table:
            raise faults.command_exists()
        self._pipelines[command_id] = RunningPipeline(
            self._pool, pipeline_id, self._fragment_size, self._output_ids, self._send, self._run
        )
        self._take(first)
        return command_id

    def pipeline(self, command_id: str) -> RunningPipeline:
        """The pipeline of this command; raises the fault for an unknown one."""
        try:
            return self._pipelines[command_id.upper()]
        except KeyError:
            raise faults.command_not_found() from None

    def receive(self, data: bytes) -> None:
        """Take further PSRP fragments of the client, for the pool or a pipeline."""
        self._take(data)

    async def terminate(self, command_id: str) -> None:
        """The client is done with the command: a running one is stopped, an ended one forgotten."""
        pipeline = self.pipeline(command_id)
        if pipeline.running:
            pipeline.stop()
        else:
            del self._pipelines[command_id.upper()]
            await pipeline.close()

    async def close(self) -> None:
        """Stop all pipelines, abort what waits and close the runspace."""
        pipelines = list(self._pipelines.values())
        self._pipelines.clear()
        self.outbox.close()
        for pipeline in pipelines:
            pipeline.stop(SHELL_CLOSED)
        for pipeline in pipelines:
            await pipeline.close()
        self._runspace.close()

    async def _run(self, pipeline: Pipeline, streams: RunningPipeline) -> None:
        """Run a pipeline when one of the pool's runspaces is free."""
        async with self._vacancy:
            await self._vacancy.wait_for(lambda: self._executing < max(1, self._pool.max_runspaces))
            self._executing += 1
        try:
            await self._runspace.run(pipeline, streams)
        finally:
            self._executing -= 1
            async with self._vacancy:
                self._vacancy.notify()

    def _take(self, data: bytes) -> None:
        if len(data) > _PIPELINE_ID.stop and _MESSAGE_TYPE.unpack_from(data, _MESSAGE_TYPE_OFFSET)[0] in _SET_RUNSPACES:
            data = data.replace(b'N="CI"', b'N="ci"')
        try:
            self._pool.receive_data(psrpcore.PSRPPayload(data, psrpcore.StreamType.default, None))
            while (event := self._pool.next_event()) is not None:
                self._handle(event)
        except _MALFORMED as error:
            log.warning("a client sent PSRP data that cannot be read", exc_info=True)
            raise faults.ProtocolViolation() from error
        self._send()

    def _handle(self, event: psrpcore.PSRPEvent[Any, Any]) -> None:
        match event:
            case psrpcore.CreatePipelineEvent():
                self._by_pipeline_id(event).requested(event.pipeline)
            case psrpcore.GetCommandMetadataEvent():
                self._by_pipeline_id(event).metadata_requested()
            case psrpcore.PipelineInputEvent():
                self._by_pipeline_id(event).input_received(event.data)
            case psrpcore.EndOfPipelineInputEvent():
                self._by_pipeline_id(event).input_complete()
            case psrpcore.GetAvailableRunspacesEvent():
                free = self._pool.max_runspaces - self._executing
                self._pool.runspace_availability_response(event.ci, free)
            case psrpcore.SetMaxRunspacesEvent() | psrpcore.SetMinRunspacesEvent() | psrpcore.ResetRunspaceStateEvent():
                self._pool.runspace_availability_response(event.ci, True)

    def _by_pipeline_id(self, event: psrpcore.PSRPEvent[Any, Any]) -> RunningPipeline:
        return next(pipeline for pipeline in self._pipelines.values() if pipeline.pipeline_id == event.pipeline_id)

    def _send(self) -> None:
        """Move what psrpcore has prepared into the outboxes."""
        outboxes = {pipeline.pipeline_id: pipeline.outbox for pipeline in self._pipelines.values()}
        while (payload := self._pool.data_to_send(self._fragment_size)) is not None:
            outbox = self.outbox if payload.pipeline_id is None else outboxes.get(payload.pipeline_id)
            if outbox is not None:
                for fragment in split_fragments(payload.data):
                    outbox.put(fragment)
