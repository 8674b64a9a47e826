from __future__ import annotations

import asyncio
import base64
import threading
from typing import Any
from xml.etree import ElementTree

import pytest
from pypsrp.complex_objects import PSInvocationState
from pypsrp.exceptions import WinRMTransportError, WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.shell import SignalCode
from pypsrp.wsman import NAMESPACES, WSManAction

from lab.powershell.commands import Pipeline
from lab.powershell.streams import ErrorRecord, PipelineError, ProgressRecord, Streams
from tests.lab.wire.host import PATIENCE, Cmdlet, Host, RecordingClient

SHELL = NAMESPACES["rsp"]
FAILURE = ErrorRecord(
    message='Hyper-V was unable to find a virtual machine with name "web".',
    error_id="InvalidParameter,Microsoft.HyperV.PowerShell.Commands.GetVM",
    category="InvalidArgument",
    activity="Get-VM",
    exception_types=(
        "Microsoft.HyperV.PowerShell.VirtualizationException",
        "System.Exception",
        "System.Object",
    ),
    target="web",
)


class Gate:
    """A command that shows progress, waits to be let through and then writes one object."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._opened = asyncio.Event()
        self.entered = threading.Event()
        self.cancelled = threading.Event()

    async def __call__(self, pipeline: Pipeline, streams: Streams) -> None:
        streams.progress(ProgressRecord("Moving", "half done", percent=50, seconds_remaining=7, activity_id=3))
        self.entered.set()
        try:
            await self._opened.wait()
        except asyncio.CancelledError:
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


def writes(*values: Any) -> Cmdlet:
    async def run(pipeline: Pipeline, streams: Streams) -> None:
        for value in values:
            streams.output(value)

    return run


def test_short_answer_takes_one_receive(host: Host, pool: RunspacePool) -> None:
    async def run(pipeline: Pipeline, streams: Streams) -> None:
        for number in range(20):
            await asyncio.sleep(0)
            streams.output(number)

    host.commands["run"] = run
    pool.connection.actions.clear()
    with PowerShell(pool) as shell:
        assert shell.add_cmdlet("run").invoke() == list(range(20))
        assert shell.state == PSInvocationState.COMPLETED
    assert pool.connection.actions == ["Command", "Receive", "Signal"]


def test_errors_warnings_and_verbose_records_arrive(host: Host, pool: RunspacePool) -> None:
    async def run(pipeline: Pipeline, streams: Streams) -> None:
        streams.error(FAILURE)
        streams.warning("be careful")
        streams.verbose("looked around")
        streams.output("still here")

    host.commands["run"] = run
    shell = PowerShell(pool).add_cmdlet("run")
    assert shell.invoke() == ["still here"]
    assert shell.state == PSInvocationState.COMPLETED
    (error,) = shell.streams.error
    assert str(error) == FAILURE.message
    assert (error.fq_error, error.target_object) == (FAILURE.error_id, "web")
    assert (error.activity, error.reason) == ("Get-VM", "VirtualizationException")
    assert (error.target_name, error.target_type) == ("web", "String")
    assert error.message == "InvalidArgument: (web:String) [Get-VM], VirtualizationException"
    assert error.exception.types == list(FAILURE.exception_types)
    assert error.exception.adapted_properties["Message"] == FAILURE.message
    assert [str(record) for record in shell.streams.warning] == ["be careful"]
    assert [str(record) for record in shell.streams.verbose] == ["looked around"]


def test_failed_pipeline_says_why(host: Host, pool: RunspacePool) -> None:
    async def run(pipeline: Pipeline, streams: Streams) -> None:
        streams.output("before")
        raise PipelineError(FAILURE)

    host.commands["run"] = run
    shell = PowerShell(pool).add_cmdlet("run")
    assert shell.invoke() == ["before"]
    assert shell.state == PSInvocationState.FAILED
    assert [error.fq_error for error in shell.streams.error] == [FAILURE.error_id]


def test_defect_of_a_command_fails_its_pipeline_only(host: Host, pool: RunspacePool) -> None:
    async def run(pipeline: Pipeline, streams: Streams) -> None:
        raise ZeroDivisionError("oops")

    host.commands.update(run=run, greet=writes("hello"))
    shell = PowerShell(pool).add_cmdlet("run")
    shell.invoke()
    assert shell.state == PSInvocationState.FAILED
    assert "ZeroDivisionError: oops" in str(shell.streams.error[0])
    assert PowerShell(pool).add_cmdlet("greet").invoke() == ["hello"]


def test_command_metadata_fails(pool: RunspacePool) -> None:
    with pytest.raises(IndexError):
        pool.get_command_metadata("Get-VM")
    assert pool.is_alive()


def test_progress_arrives_before_the_end(pool: RunspacePool, gate: Gate) -> None:
    shell = PowerShell(pool).add_cmdlet("gate")
    shell.begin_invoke()
    shell.poll_invoke()
    (progress,) = shell.streams.progress
    assert (progress.activity, progress.description) == ("Moving", "half done")
    assert (progress.percent_complete, progress.seconds_remaining, progress.activity_id) == (50, 7, 3)
    assert shell.state == PSInvocationState.RUNNING
    gate.open()
    assert shell.end_invoke() == ["through"]
    assert shell.state == PSInvocationState.COMPLETED


def test_receive_times_out_while_the_pipeline_is_silent(pool: RunspacePool, gate: Gate) -> None:
    shell = PowerShell(pool).add_cmdlet("gate")
    shell.begin_invoke()
    shell.poll_invoke()
    with pytest.raises(WSManFaultError) as raised:
        pool.shell.receive("stdout", shell._command_id, timeout=0.05)
    assert raised.value.code == 2150858793
    gate.open()
    assert shell.end_invoke() == ["through"]


def test_stop_over_another_connection(host: Host, pool: RunspacePool, gate: Gate) -> None:
    shell = PowerShell(pool).add_cmdlet("gate")
    shell.begin_invoke()
    shell.poll_invoke()
    signal = ElementTree.Element(f"{{{SHELL}}}Signal", CommandId=shell.id)
    ElementTree.SubElement(signal, f"{{{SHELL}}}Code").text = SignalCode.PS_CTRL_C
    host.client().signal(pool.shell.resource_uri, signal, selector_set=pool.shell._selector_set)
    shell.end_invoke()
    assert gate.cancelled.is_set()
    assert shell.state == PSInvocationState.STOPPED
    shell.close()


@pytest.mark.parametrize("code", [SignalCode.TERMINATE, SignalCode.CTRL_C])
def test_signals_stop_a_running_pipeline(pool: RunspacePool, gate: Gate, code: str) -> None:
    shell = PowerShell(pool).add_cmdlet("gate")
    shell.begin_invoke()
    shell.poll_invoke()
    pool.shell.signal(code, shell.id)
    shell.end_invoke()
    assert shell.state == PSInvocationState.STOPPED
    assert gate.cancelled.is_set()


def test_deleting_the_shell_cancels_what_runs(host: Host, gate: Gate) -> None:
    with host.pool() as pool:
        PowerShell(pool).add_cmdlet("gate").begin_invoke()
        assert gate.entered.wait(PATIENCE)
    assert gate.cancelled.is_set()
    assert host.runspace_closed.is_set()


def test_second_pipeline_of_a_pool_waits_for_its_runspace(host: Host, pool: RunspacePool, gate: Gate) -> None:
    host.commands["greet"] = writes("hello")
    first = PowerShell(pool).add_cmdlet("gate")
    first.begin_invoke()
    second = PowerShell(pool).add_cmdlet("greet")
    second.begin_invoke()
    with pytest.raises(WSManFaultError) as raised:
        pool.shell.receive("stdout", second._command_id, timeout=0.05)
    assert raised.value.code == 2150858793
    assert pool.get_available_runspaces() == 0
    gate.open()
    assert second.end_invoke() == ["hello"]
    assert first.end_invoke() == ["through"]


def test_pool_with_two_runspaces_runs_two_pipelines(host: Host, gate: Gate) -> None:
    host.commands["greet"] = writes("hello")
    with host.pool(max_runspaces=2) as pool:
        first = PowerShell(pool).add_cmdlet("gate")
        first.begin_invoke()
        assert PowerShell(pool).add_cmdlet("greet").invoke() == ["hello"]
        gate.open()
        assert first.end_invoke() == ["through"]


def test_pool_answers_for_its_runspaces(host: Host) -> None:
    with host.pool(max_runspaces=3) as pool:
        assert pool.get_available_runspaces() == 3
        pool.reset_runspace_state()


def test_large_answer_fills_envelopes_without_exceeding_them(host: Host) -> None:
    text = "".join(chr(0x20 + number % 0x5E) for number in range(2_000_000))
    host.commands["run"] = writes(text, "end")
    client = host.client(max_envelope_size=200_000)
    answers = record_answers(client)
    with RunspacePool(client) as pool:
        assert PowerShell(pool).add_cmdlet("run").invoke() == [text, "end"]
    assert max(len(answer) for answer in answers) <= 200_000
    assert client.actions.count("Receive") - 1 == pytest.approx(2_000_000 * 4 / 3 / 175_000, abs=2)


def test_smallest_envelope_is_respected(host: Host) -> None:
    host.commands["run"] = writes("x" * 50_000)
    client = host.client(max_envelope_size=8192)
    answers = record_answers(client)
    with RunspacePool(client) as pool:
        assert PowerShell(pool).add_cmdlet("run").invoke() == ["x" * 50_000]
    assert max(len(answer) for answer in answers) <= 8192


def test_each_stream_element_holds_one_fragment(host: Host, pool: RunspacePool) -> None:
    host.commands["run"] = writes("a", "b" * 100_000, "c")
    shell = PowerShell(pool).add_cmdlet("run")
    shell.begin_invoke()
    answer = pool.connection.transport.send(receive_message(pool, shell._command_id))
    streams = ElementTree.fromstring(answer).findall(f".//{{{SHELL}}}Stream")
    fragments = [base64.b64decode(stream.text or "") for stream in streams]
    assert len(fragments) == 7  # a, four of b, c, the state
    assert [len(fragment) for fragment in fragments] == [
        21 + int.from_bytes(fragment[17:21], "big") for fragment in fragments
    ]
    assert max(len(fragment) for fragment in fragments) == 32768
    state = ElementTree.fromstring(answer).find(f".//{{{SHELL}}}CommandState")
    assert state is not None
    assert state.get("State", "").endswith("/Done")


def test_repeated_receive_gets_the_same_bytes(host: Host, pool: RunspacePool) -> None:
    host.commands["run"] = writes("once")
    shell = PowerShell(pool).add_cmdlet("run")
    shell.begin_invoke()
    message = receive_message(pool, shell._command_id)
    first = pool.connection.transport.send(message)
    other = host.client()
    assert other.transport.send(message) == first
    assert pool.connection.transport.send(message) == first
    fresh = pool.connection.transport.send(receive_message(pool, shell._command_id))
    assert ElementTree.fromstring(fresh).find(f".//{{{SHELL}}}Stream") is None


def test_command_sends_its_input(host: Host, pool: RunspacePool) -> None:
    received: list[Any] = []

    async def run(pipeline: Pipeline, streams: Streams) -> None:
        received.extend(pipeline.input)

    host.commands["run"] = run
    PowerShell(pool).add_cmdlet("run").invoke(input=["web", 2, True])
    assert received == ["web", 2, True]


def test_repeated_command_is_refused_and_runs_once(host: Host, pool: RunspacePool) -> None:
    runs: list[str] = []

    async def run(pipeline: Pipeline, streams: Streams) -> None:
        runs.append(pipeline.pipeline_id)

    host.commands["run"] = run
    sent: list[bytes] = []
    send = pool.connection.transport.send

    def keeping_send(message: bytes, **options: Any) -> bytes:
        sent.append(message)
        return send(message, **options)

    pool.connection.transport.send = keeping_send
    shell = PowerShell(pool).add_cmdlet("run")
    shell.begin_invoke()
    with pytest.raises(WinRMTransportError, match="2150859222"):
        send(sent[0])
    shell.end_invoke()
    assert shell.state == PSInvocationState.COMPLETED
    assert len(runs) == 1


def test_statements_arrive_apart(host: Host, pool: RunspacePool) -> None:
    seen: list[Pipeline] = []

    async def run(pipeline: Pipeline, streams: Streams) -> None:
        seen.append(pipeline)

    host.commands["run"] = run
    shell = PowerShell(pool).add_cmdlet("run").add_cmdlet("Out-String").add_statement()
    shell.add_cmdlet("Get-VM").add_statement().add_script("1 + 1")
    shell.invoke()
    commands = [
        [(command.name, command.is_script) for command in statement.commands] for statement in seen[0].statements
    ]
    assert commands == [[("run", False), ("Out-String", False)], [("Get-VM", False)], [("1 + 1", True)]]
    assert seen[0].pipeline_id.upper() == shell.id


def receive_message(pool: RunspacePool, command_id: str) -> bytes:
    """A Receive as pypsrp writes it, to be sent by hand."""
    _, header = pool.connection._create_header(
        WSManAction.RECEIVE, pool.shell.resource_uri, selector_set=pool.shell._selector_set
    )
    envelope = ElementTree.Element(f"{{{NAMESPACES['s']}}}Envelope")
    envelope.append(header)
    receive = ElementTree.SubElement(
        ElementTree.SubElement(envelope, f"{{{NAMESPACES['s']}}}Body"), f"{{{SHELL}}}Receive"
    )
    ElementTree.SubElement(receive, f"{{{SHELL}}}DesiredStream", CommandId=command_id).text = "stdout"
    return ElementTree.tostring(envelope)


def record_answers(client: RecordingClient) -> list[bytes]:
    """The list the envelopes of all further answers are added to."""
    answers: list[bytes] = []
    send = client.transport.send

    def recording_send(*arguments: Any, **options: Any) -> bytes:
        answers.append(send(*arguments, **options))
        return answers[-1]

    client.transport.send = recording_send
    return answers
