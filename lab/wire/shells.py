"""The shells of one host: a PSRP runspace pool each, with its pipelines."""

from __future__ import annotations

import asyncio
import itertools
import logging
import struct
import uuid
from typing import Any
from xml.etree import ElementTree

import psrpcore
from psrpcore import types

from lab.powershell.commands import Pipeline
from lab.wire import faults
from lab.wire.outbox import Outbox, fragment_size_for, split_fragments
from lab.wire.pipelines import RunningPipeline
from lab.wire.runspace import Runspace

log = logging.getLogger(__name__)

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

# psrpcore numbers the messages it writes from 1; the output that is written without it counts from far above.
_FIRST_OUTPUT_ID = 1 << 32


class Shell:
    """One runspace pool of one user, reached over any connection of that user."""

    def __init__(
        self,
        shell_id: str,
        owner: str,
        resource_uri: str,
        runspace: Runspace,
        envelope_size: int,
        creation: bytes,
    ) -> None:
        """Open the pool with the PSRP messages in ``creation``; raises the fault for malformed ones."""
        self.shell_id = shell_id
        self.owner = owner
        self.resource_uri = resource_uri
        self.outbox = Outbox()
        self._runspace = runspace
        self._fragment_size = fragment_size_for(envelope_size)
        self._pool = psrpcore.ServerRunspacePool()
        self._pipelines: dict[str, RunningPipeline] = {}
        self._output_ids = itertools.count(_FIRST_OUTPUT_ID)
        self._executing = 0
        self._vacancy = asyncio.Condition()
        self._take(creation)
        if self._pool.state != types.RunspacePoolState.Opened:
            raise faults.ProtocolViolation()

    def command(self, command_id: str | None, first: bytes) -> str:
        """Create the pipeline whose first fragment is ``first``; returns its command id."""
        if len(first) < _PIPELINE_ID.stop:
            raise faults.ProtocolViolation()
        pipeline_id = uuid.UUID(bytes_le=first[_PIPELINE_ID])
        command_id = (command_id or str(pipeline_id)).upper()
        if command_id in self._pipelines or pipeline_id in self._pool.pipeline_table:
            raise faults.command_exists(command_id)
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
            pipeline.stop()
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


class Shells:
    """The open shells of a host. A shell belongs to the user who created it, not to a connection."""

    def __init__(self) -> None:
        self._shells: dict[str, Shell] = {}

    def add(self, shell: Shell) -> None:
        """Keep a new shell; raises the fault when its id is taken."""
        if shell.shell_id in self._shells:
            raise faults.shell_exists(shell.shell_id)
        self._shells[shell.shell_id] = shell

    def find(self, shell_id: str, user: str) -> Shell:
        """The shell with this id; raises the faults for an unknown one and for one of another user."""
        shell = self._shells.get(shell_id.upper())
        if shell is None:
            raise faults.shell_not_found(shell_id)
        if shell.owner != user:
            raise faults.access_denied()
        return shell

    async def remove(self, shell: Shell) -> None:
        """Close a shell and forget it."""
        if self._shells.pop(shell.shell_id, None) is not None:
            await shell.close()

    async def close(self) -> None:
        """Close all shells."""
        for shell in list(self._shells.values()):
            await self.remove(shell)
