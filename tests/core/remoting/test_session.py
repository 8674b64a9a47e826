"""Calls through a session, against the lab's wire."""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import AsyncExitStack
from uuid import UUID

import pytest

from core.powershell.command import Command, Hashtable, ParameterValue, Switch, command
from core.remoting.errors import CmdletFailed, PipelineStopped, SessionClosed
from core.remoting.records import ErrorRecord, Output, ProgressRecord, WarningRecord
from lab.powershell.commands import NAMED_NULL
from lab.powershell.values import Long
from tests.core.remoting.simulated_host import (
    CONFIGURATION,
    USER,
    on_a_loop,
    pipeline,
    running_workers,
    simulated_host,
)

MACHINE = UUID("5f3f4b8e-2e8e-4b0b-9d8a-0a5b6c7d8e9f")

RECORD = ErrorRecord(
    message="The machine was not found.\n\nLook for its name.",
    error_id="InvalidParameter,Microsoft.HyperV.PowerShell.Commands.GetVM",
    category="ObjectNotFound",
    reason="VirtualizationException",
    target="web01",
    target_type="String",
    cmdlet="Get-VM",
    exception_type="Microsoft.HyperV.PowerShell.VirtualizationException",
)


@on_a_loop
async def test_typed_parameters_arrive_as_sent() -> None:
    sent: dict[str, ParameterValue] = {
        "Text": "Jo's $(rm) \u2019 _x000A_ \N{GRINNING FACE} \r\n\t<&>",
        "Empty": "",
        "Yes": True,
        "No": False,
        "Small": -5,
        "Large": 2**40,
        "Id": MACHINE,
        "Names": ("a", "b"),
        "One": ("a",),
        "None": (),
        "Vhds": (Hashtable((("SourceFilePath", r"C:\a.vhdx"), ("Size", 2**33))),),
        "Force": Switch.PRESENT,
    }
    async with simulated_host() as host, host.session() as session:
        answer = await session.run(pipeline(Command("Test-Parameters", tuple(sent.items()))))
        call = host.runspace.ran[0].statements[0].commands[0]
    received: dict[str, object] = {str(argument.name): argument.value for argument in call.arguments}
    expected: dict[str, object] = {
        **sent,
        "Names": ["a", "b"],
        "One": ["a"],
        "None": [],
        "Vhds": [{"SourceFilePath": r"C:\a.vhdx", "Size": 2**33}],
        "Force": NAMED_NULL,
    }
    assert received == expected
    assert not call.is_script
    assert [type(received[name]) for name in ("Yes", "Small", "Large", "Id")] == [bool, int, Long, UUID]
    assert (answer.output, answer.errors, answer.warnings) == ((), (), ())
    assert host.runspace.opened == [(USER, CONFIGURATION)]


@on_a_loop
async def test_output_arrives_as_plain_values() -> None:
    values = ("text", True, 7, 2**40, MACHINE, ("a", 1), Hashtable((("Name", "a"),)))
    async with simulated_host() as host, host.session() as session:
        answer = await session.run(pipeline(*(command("Write-Output", InputObject=value) for value in values)))
    assert answer.output == ("text", True, 7, 2**40, MACHINE, ("a", 1), {"Name": "a"})


@on_a_loop
async def test_statements_run_one_after_the_other_and_pipes_join_commands() -> None:
    calls = pipeline(
        command("Write-Output", InputObject="one"),
        command("Get-VM") | command("Select-Object", Property=("Id", "Name")),
        command("Write-Output", InputObject="two"),
    )
    async with simulated_host() as host, host.session() as session:
        answer = await session.run(calls)
    assert answer.output == ("one", "two")
    names = [[call.name for call in statement.commands] for statement in host.runspace.ran[0].statements]
    assert names == [["Write-Output"], ["Get-VM", "Select-Object"], ["Write-Output"]]


@on_a_loop
async def test_errors_that_do_not_end_the_pipeline_are_values() -> None:
    calls = pipeline(
        command("Stop-Statement"),
        command("Write-Error"),
        command("Write-Warning"),
        command("Write-Output", InputObject="still here"),
    )
    async with simulated_host() as host, host.session() as session:
        answer = await session.run(calls)
    assert answer.output == ("still here",)
    assert answer.errors == (RECORD, RECORD)
    assert answer.warnings == ("Storage is low.",)
    assert RECORD.lines == ("The machine was not found.", "Look for its name.")
    with pytest.raises(CmdletFailed) as caught:
        answer.raise_for_errors()
    assert caught.value.record == RECORD


@on_a_loop
async def test_an_answer_without_errors_raises_nothing() -> None:
    async with simulated_host() as host, host.session() as session:
        (await session.run(pipeline(command("Write-Warning")))).raise_for_errors()


@on_a_loop
async def test_a_failed_pipeline_raises_the_hosts_record() -> None:
    async with simulated_host() as host, host.session() as session:
        with pytest.raises(CmdletFailed) as caught:
            await session.run(pipeline(command("Write-Output", InputObject="a"), command("Stop-Everything")))
        answer = await session.run(pipeline(command("Write-Output", InputObject="usable")))
    assert caught.value.record == RECORD
    assert (caught.value.host, str(caught.value)) == ("HV01", "Get-VM failed on HV01.")
    assert caught.value.cause == RECORD.message
    assert caught.value.cure == "Remove the cause that the host names, then try again."
    assert answer.output == ("usable",)
    assert len(host.runspace.opened) == 1


@on_a_loop
async def test_a_stream_gives_what_came_before_it_raises() -> None:
    calls = pipeline(command("Write-Warning"), command("Write-Error"), command("Stop-Everything"))
    async with simulated_host() as host, host.session() as session:
        stream = session.stream(calls, changes=True)
        assert [await anext(stream), await anext(stream)] == [WarningRecord("Storage is low."), RECORD]
        with pytest.raises(CmdletFailed):
            await anext(stream)


@on_a_loop
async def test_progress_arrives_before_the_end() -> None:
    items = []
    async with simulated_host() as host, host.session() as session:
        async for item in session.stream(pipeline(command("Wait-Long")), changes=True):
            items.append(item)
            host.runspace.go_on.set()
    assert items == [
        ProgressRecord("Moving", "Copying", percent=40, seconds_remaining=90, completed=False),
        ProgressRecord("Moving", "Done", percent=None, seconds_remaining=None, completed=True),
        Output("moved"),
    ]


@on_a_loop
async def test_a_call_is_one_command_one_receive_and_one_signal() -> None:
    calls = pipeline(*(command("Write-Output", InputObject=str(number)) for number in range(6)))
    async with simulated_host() as host, host.session() as session:
        await session.run(calls)
        counted = []
        for _call in range(3):
            before = host.relay.requests
            await session.run(calls)
            counted.append(host.relay.requests - before)
        assert counted == [3, 3, 3]
        assert host.relay.connections == 1
        assert len(host.runspace.ran) == 4
        assert len(host.runspace.opened) == 1


@on_a_loop
async def test_a_large_answer_arrives_whole() -> None:
    text = "0123456789abcdef" * 60_000
    async with simulated_host() as host, host.session() as session:
        answer = await session.run(pipeline(command("Write-Output", InputObject=text)))
    assert answer.output == (text,)


@pytest.mark.parametrize("changes", [True, False])
@on_a_loop
async def test_a_slow_pipeline_is_followed_in_polls(changes: bool) -> None:
    async with simulated_host() as host, host.session(operation_timeout=1) as session:
        call = asyncio.create_task(session.run(pipeline(command("Wait-Silent")), changes=changes))
        await host.runspace.waiting.wait()
        await host.relay.seen(host.relay.requests + 2)
        host.runspace.go_on.set()
        assert (await call).errors == ()
        assert len(host.runspace.ran) == 1


@on_a_loop
async def test_stop_before_the_command_has_left_keeps_it_here() -> None:
    async with simulated_host() as host, running_workers(1) as workers, host.session(workers) as session:
        hold = threading.Event()
        workers.submit(hold.wait)
        call = asyncio.create_task(session.run(pipeline(command("Write-Warning")), changes=True))
        await asyncio.create_task(session.stop())
        hold.set()
        with pytest.raises(PipelineStopped):
            await call
        assert not host.runspace.ran


@on_a_loop
async def test_nothing_that_is_sent_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with simulated_host() as host, host.session() as session:
        await session.run(pipeline(command("Write-Output", InputObject="confidential")))
        password = host.credential.password
    # The server of the lab is in this process too, and its library logs what it receives.
    logged = [entry.getMessage() for entry in caplog.records if not entry.name.startswith("psrpcore")]
    assert any("/wsman" in message for message in logged)
    assert not any("confidential" in message or password in message for message in logged)


@on_a_loop
async def test_a_large_parameter_arrives_whole() -> None:
    text = "0123456789abcdef" * 60_000
    async with simulated_host() as host, host.session() as session:
        answer = await session.run(pipeline(command("Write-Output", InputObject=text)), changes=True)
    assert answer.output == (text,)


@on_a_loop
async def test_stop_ends_the_call_and_leaves_the_session_usable() -> None:
    async with simulated_host() as host, host.session() as session:
        call = asyncio.create_task(session.run(pipeline(command("Wait-Silent")), changes=True))
        await host.runspace.waiting.wait()
        await session.stop()
        with pytest.raises(PipelineStopped) as caught:
            await call
        assert host.runspace.stopped == 1
        answer = await session.run(pipeline(command("Write-Output", InputObject="usable")))
        assert len(host.runspace.opened) == 1
    assert answer.output == ("usable",)
    assert str(caught.value) == "The call on HV01 was stopped."


@on_a_loop
async def test_stop_with_nothing_running_does_nothing() -> None:
    async with simulated_host() as host, host.session() as session:
        await session.stop()
        answer = await session.run(pipeline(command("Write-Output", InputObject="usable")))
        await session.stop()
    assert answer.output == ("usable",)


@on_a_loop
async def test_cancelling_a_call_stops_it_on_the_host_and_leaves_the_session_usable() -> None:
    async with simulated_host() as host, host.session() as session:
        call = asyncio.create_task(session.run(pipeline(command("Wait-Silent"))))
        await host.runspace.waiting.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        answer = await session.run(pipeline(command("Write-Output", InputObject="usable")))
        assert host.runspace.stopped == 1
        assert len(host.runspace.opened) == 1
    assert answer.output == ("usable",)


@on_a_loop
async def test_a_call_cancelled_before_its_turn_is_never_sent() -> None:
    async with simulated_host() as host, host.session() as session:
        first = asyncio.create_task(session.run(pipeline(command("Wait-Silent"))))
        second = asyncio.create_task(session.run(pipeline(command("Write-Output", InputObject="never"))))
        await host.runspace.waiting.wait()
        second.cancel()
        host.runspace.go_on.set()
        await first
        with pytest.raises(asyncio.CancelledError):
            await second
        answer = await session.run(pipeline(command("Write-Output", InputObject="usable")))
        assert len(host.runspace.ran) == 2
    assert answer.output == ("usable",)


@on_a_loop
async def test_closing_a_stream_stops_it_on_the_host() -> None:
    async with simulated_host() as host, host.session() as session:
        stream = session.stream(pipeline(command("Wait-Long")), changes=True)
        first = await anext(stream)
        await stream.aclose()
        answer = await session.run(pipeline(command("Write-Output", InputObject="usable")))
        assert host.runspace.stopped == 1
    assert isinstance(first, ProgressRecord)
    assert answer.output == ("usable",)


@on_a_loop
async def test_calls_of_one_session_go_through_one_at_a_time() -> None:
    async with simulated_host() as host, host.session() as session:
        calls = [session.run(pipeline(command("Write-Output", InputObject=str(n)))) for n in range(10)]
        answers = await asyncio.gather(*calls)
        assert len(host.runspace.opened) == 1
        assert host.relay.connections == 1
    assert [answer.output for answer in answers] == [(str(number),) for number in range(10)]


@on_a_loop
async def test_a_closed_session_refuses_calls() -> None:
    async with simulated_host() as host, host.session() as session:
        await session.run(pipeline(command("Write-Warning")))
        await session.close()
        with pytest.raises(SessionClosed) as caught:
            await session.run(pipeline(command("Write-Warning")))
        await session.close()
    assert str(caught.value) == "The session to HV01 has ended."
    assert caught.value.cause == "The session was closed on this computer."
    assert caught.value.cure == "Open the host again."


@on_a_loop
async def test_closing_a_session_stops_what_runs() -> None:
    async with simulated_host() as host, host.session() as session:
        call = asyncio.create_task(session.run(pipeline(command("Wait-Silent"))))
        await host.runspace.waiting.wait()
        await session.close()
        with pytest.raises((PipelineStopped, SessionClosed)):
            await call
        assert host.runspace.stopped == 1


@on_a_loop
async def test_many_sessions_share_few_threads() -> None:
    async with simulated_host() as host, running_workers(4) as workers, AsyncExitStack() as stack:
        sessions = [await stack.enter_async_context(host.session(workers)) for _number in range(20)]
        calls = [
            session.run(pipeline(command("Write-Output", InputObject=f"{number}.{turn}")))
            for turn in range(3)
            for number, session in enumerate(sessions)
        ]
        answers = await asyncio.gather(*calls)
        threads = {thread.name for thread in threading.enumerate() if thread.name.startswith("remoting")}
        assert len(host.runspace.opened) == 20
    assert [answer.output for answer in answers] == [(f"{n}.{turn}",) for turn in range(3) for n in range(20)]
    assert len(threads) == 6, "four for calls and two for stops"
