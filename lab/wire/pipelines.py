"""One pipeline of a client: from its CreatePipeline message to its final state."""

from __future__ import annotations

import asyncio
import logging
import struct
import uuid
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

import psrpcore
from psrpcore import types

from lab.powershell.commands import Pipeline
from lab.powershell.interruption import SHELL_CLOSED
from lab.powershell.streams import ErrorRecord, PipelineError, ProgressRecord
from lab.powershell.values import Record, Value, display_text
from lab.wire.arguments import read_pipeline
from lab.wire.clixml import to_clixml
from lab.wire.outbox import Outbox, fragments_of

log = logging.getLogger(__name__)

_TO_CLIENT: Final = 1
_MESSAGE_HEADER = struct.Struct("<II16s16s")

Run = Callable[[Pipeline, "RunningPipeline"], Coroutine[Any, Any, None]]


class RunningPipeline:
    """A pipeline in a shell, and the Streams its records are written to.

    ``send`` moves what psrpcore has prepared into the outboxes, ``run`` runs the pipeline in the shell's
    runspace, and ``output_ids`` numbers the output messages, apart from those psrpcore numbers.
    """

    def __init__(
        self,
        pool: psrpcore.ServerRunspacePool,
        pipeline_id: uuid.UUID,
        fragment_size: int,
        output_ids: Iterator[int],
        send: Callable[[], None],
        run: Run,
    ) -> None:
        self.outbox = Outbox()
        self._pool = pool
        self._protocol = psrpcore.ServerPipeline(pool, pipeline_id)
        # Set, not started: start() would send the state Running, which Windows does not (assumed).
        self._protocol.state = types.PSInvocationState.Running
        self._fragment_size = fragment_size
        self._output_ids = output_ids
        self._send = send
        self._run = run
        self._requested: psrpcore.PowerShell | None = None
        self._input: list[Any] = []
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def pipeline_id(self) -> uuid.UUID:
        """The id the client's PSRP messages carry."""
        return self._protocol.pipeline_id

    @property
    def running(self) -> bool:
        """Whether the final state has not been reached."""
        return self._protocol.state == types.PSInvocationState.Running

    def requested(self, powershell: psrpcore.PowerShell) -> None:
        """The client has sent its commands; the pipeline starts when its input, if any, is complete."""
        self._requested = powershell
        if powershell.no_input:
            self.input_complete()

    def metadata_requested(self) -> None:
        """The client asks for the metadata of commands, which the lab does not have."""
        self._fail(
            ErrorRecord(
                "Command metadata is not available on this host: run Get-Command in a pipeline.",
                "CommandMetadataNotSupported",
                "NotImplemented",
                "Get-Command",
            )
        )

    def input_received(self, value: Any) -> None:
        """The client has piped an object into the pipeline."""
        self._input.append(value)

    def input_complete(self) -> None:
        """The client has sent all its input."""
        if self._requested is None or self._task is not None or not self.running:
            return
        pipeline = read_pipeline(str(self._protocol.pipeline_id), self._requested, self._input)
        self._task = asyncio.create_task(self._run(pipeline, self))
        self._task.add_done_callback(self._ended)

    def stop(self, reason: str | None = None) -> None:
        """Cancel the pipeline; its state becomes Stopped when it has ended.

        ``reason`` is the message of the cancellation, None when the client stops it.
        """
        if not self.running:
            return
        self._stopping = True
        if self._task is not None:
            self._task.cancel(reason)
        else:
            self._stopped()

    async def close(self) -> None:
        """Stop the pipeline, wait for its end and abort what waits for its output."""
        self.stop(SHELL_CLOSED)
        if self._task is not None:
            await asyncio.wait([self._task])
            self._ended(self._task)
        self.outbox.close()
        self._protocol.close()

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not self.running:
            return
        error = None if task.cancelled() else task.exception()
        if isinstance(error, PipelineError):
            self._fail(error.record)
        elif error is not None:
            # A defect of a simulated cmdlet must reach its client as a failure, not as an endless wait.
            log.error("a pipeline of the lab broke", exc_info=error)
            message = f"The simulated host broke: {type(error).__name__}: {error}"
            self._fail(ErrorRecord(message, "LabDefect", "NotSpecified", ""))
        elif task.cancelled() or self._stopping:
            self._stopped()
        else:
            self._protocol.complete()
            self._finish()

    def _stopped(self) -> None:
        self._protocol.stop()
        self._finish()

    def _fail(self, record: ErrorRecord) -> None:
        state = types.PSInvocationState.Failed
        error = types.ErrorRecord(
            Exception=_exception(record),
            CategoryInfo=_category(record),
            TargetObject=_target(record.target),
            FullyQualifiedErrorId=record.error_id,
        )
        self._protocol.prepare_message(
            types.PipelineState(PipelineState=int(state), ExceptionAsErrorRecord=error),
        )
        self._protocol.state = state
        self._finish()

    def _finish(self) -> None:
        self._send()
        self.outbox.end()

    # Streams. What a pipeline writes after its end (while it is being stopped) is lost, as on Windows.

    def output(self, value: Value) -> None:
        if not self.running:
            return
        header = _MESSAGE_HEADER.pack(
            _TO_CLIENT,
            types.PSRPMessageType.PipelineOutput.value,
            self._pool.runspace_pool_id.bytes_le,
            self._protocol.pipeline_id.bytes_le,
        )
        message = header + to_clixml(value).encode()
        for fragment in fragments_of(message, next(self._output_ids), self._fragment_size):
            self.outbox.put(fragment)

    def error(self, record: ErrorRecord) -> None:
        if self.running:
            self._protocol.write_error(
                _exception(record),
                category_info=_category(record),
                target_object=_target(record.target),
                fully_qualified_error_id=record.error_id,
            )
            self._send()

    def warning(self, text: str) -> None:
        self._inform(types.WarningRecord(Message=text), types.PSRPMessageType.WarningRecord)

    def verbose(self, text: str) -> None:
        self._inform(types.VerboseRecord(Message=text), types.PSRPMessageType.VerboseRecord)

    def _inform(self, record: types.InformationalRecord, kind: types.PSRPMessageType) -> None:
        if self.running:
            # psrpcore's own write_warning() leaves out the text ToString() gives, which clients print.
            record.PSObject.to_string = record.Message
            self._protocol.prepare_message(record, message_type=kind)
            self._send()

    def progress(self, record: ProgressRecord) -> None:
        if self.running:
            kind = types.ProgressRecordType
            self._protocol.write_progress(
                activity=record.activity,
                activity_id=record.activity_id,
                status_description=record.status,
                percent_complete=record.percent,
                seconds_remaining=record.seconds_remaining,
                record_type=kind.Completed if record.completed else kind.Processing,
            )
            self._send()
            self.outbox.hurry()


class _CategoryInfo(types.ErrorCategoryInfo):
    """CategoryInfo whose text has PowerShell's form: ``ObjectNotFound: (web:String) [Get-VM], Exception``."""

    def __str__(self) -> str:
        return f"{self.Category.name}: ({self.TargetName}:{self.TargetType}) [{self.Activity}], {self.Reason}"


def _exception(record: ErrorRecord) -> types.NETException:
    exception = types.NETException(Message=record.message)
    exception.PSObject.type_names = list(record.exception_types)
    exception.PSObject.to_string = f"{record.exception_types[0]}: {record.message}"
    return exception


def _category(record: ErrorRecord) -> types.ErrorCategoryInfo:
    return _CategoryInfo(
        Category=types.ErrorCategory[record.category],
        Activity=record.activity,
        Reason=record.reason,
        TargetName=display_text(record.target),
        TargetType=_type_name(record.target),
    )


def _target(target: Value) -> Any:
    return target if target is None or isinstance(target, str | bool | int) else display_text(target)


def _type_name(target: Value) -> str:
    match target:
        case None:
            return ""
        case Record():
            return target.type_names[0].rsplit(".", 1)[-1]
        case bool():
            return "Boolean"
        case int():
            return "Int32"
        case str():
            return "String"
        case list():
            return "Object[]"
        case uuid.UUID():
            return "Guid"
        case _:
            return type(target).__name__
