"""Pipelines run statement by statement; errors, preferences, variables and the transcript are as on Windows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lab.cmdlets import output, selection, variables
from lab.powershell.cmdlet import Call, CmdletTable, cmdlet
from lab.powershell.commands import SWITCH_PRESENT, Argument, Command, Pipeline, Statement
from lab.powershell.runspace import Runspace
from lab.powershell.streams import PipelineError, ProgressRecord
from lab.powershell.transcript import FileTranscript
from lab.powershell.values import Record, SecureText, Value, custom_object
from tests.lab.powershell.stage import NOW, KeptTranscript, Recording, open_runspace, run, script

NO_MACHINE = "InvalidParameter,Microsoft.HyperV.PowerShell.Commands.GetVM"
MOVE_VM = "Microsoft.HyperV.PowerShell.Commands.MoveVM"


class Stand:
    """Get-VM and Move-VM with effects a test can see, and the real cmdlets for output."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.asked: list[Value] = []
        self.moved: list[Value] = []
        self.waiting = asyncio.Event()

        @cmdlet("Get-VM", aliases=("gvm",))
        async def get_vm(call: Call) -> AsyncIterator[Value]:
            names = call.parameters.get("Name", ["a", "b", "c"])
            for name in names if isinstance(names, list) else []:
                self.asked.append(name)
                self.events.append(f"get {name}")
                if name == "missing":
                    call.error(call.error_record("no such machine", "InvalidParameter", "InvalidArgument"))
                    continue
                try:
                    yield name
                finally:
                    self.events.append(f"release {name}")

        @cmdlet("Move-VM")
        async def move_vm(call: Call) -> AsyncIterator[Value]:
            name = call.parameters["Name"]
            if name == "stuck":
                self.waiting.set()
                await asyncio.Event().wait()
            if name == "broken":
                call.fail(call.error_record("it broke", "OperationFailed", "NotSpecified"))
            call.progress(ProgressRecord("Moving", "half way", 50))
            call.warning("this takes a while")
            call.verbose("moving")
            self.moved.append(name)
            self.events.append(f"move {name}")
            if call.switch("Passthru"):
                yield name

        self.table = CmdletTable(
            [
                get_vm,
                move_vm,
                output.write_output,
                output.convert_to_json,
                output.invoke_expression,
                selection.select_object,
                variables.get_variable,
            ]
        )
        self.transcript = KeptTranscript()
        self.runspace = open_runspace(self.table, transcript=self.transcript)

    def run(self, pipeline: Pipeline | str) -> Recording:
        return run(self.runspace, pipeline)

    def outcomes(self) -> list[tuple[int, int, str, str, str | None]]:
        keys = ("statement", "position", "cmdlet", "outcome", "error_id")
        return [tuple(entry[key] for key in keys) for entry in self.transcript.entries]


@pytest.fixture
def stand() -> Stand:
    return Stand()


def structured(*statements: tuple[Command, ...], piped: tuple[Value, ...] = ()) -> Pipeline:
    return Pipeline("p7", tuple(Statement(commands) for commands in statements), piped)


class TestStatements:
    def test_only_the_last_command_writes_output(self, stand: Stand) -> None:
        assert stand.run("Get-VM | Select-Object -First 1; Write-Output x").outputs == ["a", "x"]

    def test_what_the_client_pipes_goes_into_the_first_statement(self, stand: Stand) -> None:
        first = (Command("Write-Output"),)
        second = (Command("Write-Output", (Argument(None, "end"),)),)
        assert stand.run(structured(first, second, piped=("x", "y"))).outputs == ["x", "y", "end"]

    def test_objects_stream_one_at_a_time(self, stand: Stand) -> None:
        stand.run("Get-VM a,b | Move-VM -DestinationHost beta")
        assert stand.events == ["get a", "move a", "release a", "get b", "move b", "release b"]

    def test_enough_output_stops_the_commands_before(self, stand: Stand) -> None:
        moving = "Get-VM | Move-VM -DestinationHost beta -Passthru | Select-Object -First 1; Get-VM z"
        assert stand.run(moving).outputs == ["a", "z"]
        assert stand.events == ["get a", "move a", "release a", "get z", "release z"]

    def test_a_failed_statement_does_not_keep_the_next_from_running(self, stand: Stand) -> None:
        recording = stand.run("Move-VM broken beta; Get-Nothing; Move-VM; Write-Output done")
        assert recording.outputs == ["done"]
        assert recording.error_ids == [
            f"OperationFailed,{MOVE_VM}",
            "CommandNotFoundException",
            f"MissingMandatoryParameter,{MOVE_VM}",
        ]
        assert recording.errors[1].category == "ObjectNotFound"
        assert recording.errors[1].target == "Get-Nothing"

    def test_a_command_refused_keeps_the_ones_before_it_from_starting(self, stand: Stand) -> None:
        recording = stand.run("Get-VM | Move-VM -Bogus 1")
        assert recording.error_ids == [f"NamedParameterNotFound,{MOVE_VM}"]
        assert stand.asked == []

    def test_a_module_name_may_stand_before_the_command(self, stand: Stand) -> None:
        assert stand.run("Hyper-V\\Get-VM x; gvm y").outputs == ["x", "y"]
        assert stand.run("Storage\\Get-VM x").error_ids == ["CommandNotFoundException"]


class TestErrors:
    def test_a_non_terminating_error_lets_the_command_go_on(self, stand: Stand) -> None:
        recording = stand.run("Get-VM a,missing,b")
        assert (recording.outputs, recording.error_ids) == (["a", "b"], [NO_MACHINE])

    @pytest.mark.parametrize(
        ("action", "outputs", "errors"),
        [
            ("Continue", ["a", "b", "end"], [NO_MACHINE]),
            ("SilentlyContinue", ["a", "b", "end"], []),
            ("Ignore", ["a", "b", "end"], []),
            ("Stop", ["a", "end"], [NO_MACHINE]),
            (0, ["a", "b", "end"], []),
        ],
    )
    def test_error_action(self, stand: Stand, action: Value, outputs: list[Value], errors: list[str]) -> None:
        recording = stand.run(f"Get-VM a,missing,b -ErrorAction {action}; Write-Output end")
        assert (recording.outputs, recording.error_ids) == (outputs, errors)

    def test_error_action_does_not_silence_a_terminating_error(self, stand: Stand) -> None:
        assert stand.run("Move-VM broken beta -ea Ignore").error_ids == [f"OperationFailed,{MOVE_VM}"]

    def test_the_preference_of_the_runspace_counts_where_none_is_given(self, stand: Stand) -> None:
        stand.runspace.variables["erroractionpreference"] = "SilentlyContinue"
        assert stand.run("Get-VM missing").errors == []
        assert stand.run("Get-VM missing -ErrorAction Continue").error_ids == [NO_MACHINE]

    def test_an_object_that_does_not_bind_is_reported_and_the_next_one_runs(self, stand: Stand) -> None:
        machine = Record(("Microsoft.HyperV.PowerShell.VirtualMachine", "System.Object"), {}, "web")
        move = Command("Move-VM", (Argument("DestinationHost", "beta"), Argument("Passthru", SWITCH_PRESENT)))
        recording = stand.run(structured((move,), piped=(machine, "a")))
        assert recording.error_ids == [f"AmbiguousParameterSet,{MOVE_VM}"]
        assert recording.outputs == ["a"]

    def test_error_variable(self, stand: Stand) -> None:
        text = "Get-VM missing,missing -ev found -ea SilentlyContinue; Move-VM broken beta -ev +found"
        stand.run(text)
        found = stand.runspace.variables["FOUND"]
        assert isinstance(found, list)
        assert [held.get("FullyQualifiedErrorId") for held in found if isinstance(held, Record)] == [
            NO_MACHINE,
            NO_MACHINE,
            f"OperationFailed,{MOVE_VM}",
        ]


class TestOtherStreams:
    def test_progress_warnings_and_verbose_text(self, stand: Stand) -> None:
        recording = stand.run("Move-VM a beta -Verbose")
        assert [record.percent for record in recording.progresses] == [50]
        assert (recording.warnings, recording.verboses) == (["this takes a while"], ["moving"])

    def test_verbose_text_only_when_asked_for(self, stand: Stand) -> None:
        assert stand.run("Move-VM a beta").verboses == []

    @pytest.mark.parametrize(("action", "moved", "errors"), [("Ignore", ["a"], 0), ("Stop", [], 1)])
    def test_warning_action(self, stand: Stand, action: str, moved: list[Value], errors: int) -> None:
        recording = stand.run(f"Move-VM a beta -WarningAction {action} -WarningVariable told")
        assert len(recording.errors) == errors
        assert (stand.moved, stand.runspace.variables["told"]) == (moved, ["this takes a while"])


class TestVariables:
    def test_out_variable_lasts_until_the_runspace_closes(self, stand: Stand) -> None:
        stand.run("Get-VM a,b -OutVariable found; Get-VM c -ov +found")
        assert stand.run("Get-Variable Found -ValueOnly | Write-Output").outputs == ["a", "b", "c"]
        stand.runspace.close()
        assert stand.run("Get-Variable found").error_ids == [
            "VariableNotFound,Microsoft.PowerShell.Commands.GetVariableCommand"
        ]

    def test_out_variable_keeps_what_a_failed_command_wrote(self, stand: Stand) -> None:
        stand.run("Get-VM a,missing,b -ErrorAction Stop -OutVariable found")
        assert stand.runspace.variables["found"] == ["a"]


class TestShouldProcess:
    def test_what_if_does_nothing(self, stand: Stand) -> None:
        recording = stand.run("Move-VM a beta -Passthru -WhatIf")
        assert (recording.outputs, recording.errors, stand.moved) == ([], [], [])

    def test_nobody_can_confirm(self, stand: Stand) -> None:
        assert stand.run("Move-VM a beta -Confirm").error_ids == [f"InvalidOperation,{MOVE_VM}"]
        assert stand.run("Move-VM a beta -Confirm:$false -Passthru").outputs == ["a"]


class TestScripts:
    def test_script_text_feeds_the_next_command(self, stand: Stand) -> None:
        text = Command("Get-VM a; Get-VM missing; Get-VM b", is_script=True)
        compress = Command("ConvertTo-Json", (Argument("Compress", SWITCH_PRESENT),))
        recording = stand.run(structured((text, compress)))
        assert (recording.outputs, recording.error_ids) == (['["a","b"]'], [NO_MACHINE])

    def test_invoke_expression(self, stand: Stand) -> None:
        recording = stand.run("Invoke-Expression 'Get-VM a; Get-Nothing; Get-VM b' | ConvertTo-Json -Compress")
        assert (recording.outputs, recording.error_ids) == (['["a","b"]'], ["CommandNotFoundException"])

    def test_an_expression_not_needed_any_more_is_stopped(self, stand: Stand) -> None:
        assert stand.run("iex 'Get-VM' | select -First 1; Get-VM z").outputs == ["a", "z"]
        assert stand.events == ["get a", "release a", "get z", "release z"]

    def test_invoke_expression_refuses_what_is_not_constant(self, stand: Stand) -> None:
        recording = stand.run("Invoke-Expression '$x = 1'; Write-Output on")
        source = "Microsoft.PowerShell.Commands.InvokeExpressionCommand"
        assert (recording.outputs, recording.error_ids) == (["on"], [f"ConstantCommandsOnly,{source}"])

    def test_unreadable_text_fails_the_pipeline(self, stand: Stand) -> None:
        with pytest.raises(PipelineError):
            stand.run("Get-VM; Get-VM $x")
        assert stand.asked == []


class TestWithoutLanguage:
    @pytest.fixture
    def restricted(self, stand: Stand) -> Runspace:
        return open_runspace(
            stand.table,
            language="none",
            transcript=stand.transcript,
            visible=frozenset({"get-vm", "Invoke-Expression"}),
        )

    def test_structured_commands_run(self, stand: Stand, restricted: Runspace) -> None:
        assert run(restricted, structured((Command("Get-VM"),))).outputs == ["a", "b", "c"]

    def test_script_text_is_refused_before_anything_runs(self, stand: Stand, restricted: Runspace) -> None:
        pipeline = structured((Command("Get-VM"),), (Command("Get-Date", is_script=True),))
        with pytest.raises(PipelineError) as refused:
            run(restricted, pipeline)
        record = refused.value.record
        assert (record.error_id, record.category) == ("ScriptsNotAllowed", "ParserError")
        assert record.reason == "ParseException"
        assert stand.outcomes() == [
            (0, 0, "Get-VM", "not run", None),
            (1, 0, "<script>", "failed", "ScriptsNotAllowed"),
        ]

    def test_neither_through_invoke_expression(self, restricted: Runspace) -> None:
        command = Command("Invoke-Expression", (Argument("Command", "Get-VM"),))
        ids = run(restricted, structured((command,))).error_ids
        assert ids == ["ScriptsNotAllowed,Microsoft.PowerShell.Commands.InvokeExpressionCommand"]

    def test_what_is_not_visible_is_not_recognized(self, restricted: Runspace) -> None:
        recording = run(restricted, structured((Command("Move-VM"),)))
        assert recording.error_ids == ["CommandNotFoundException"]


def test_a_cmdlet_must_be_documented() -> None:
    @cmdlet("Get-Weather")
    async def get_weather(call: Call) -> AsyncIterator[Value]:
        yield "sun"

    with pytest.raises(ValueError, match="Get-Weather is not documented"):
        CmdletTable([get_weather])


class TestTranscript:
    def test_what_a_line_says(self, stand: Stand) -> None:
        stand.run(structured((Command("Move-VM", (Argument("Name", "a"), Argument("DestinationHost", "b"))),)))
        assert stand.transcript.entries[-1] == {
            "time": NOW.isoformat(),
            "host": "alpha",
            "version": "2022",
            "user": "LAB\\operator",
            "pipeline": "p7",
            "statement": 0,
            "position": 0,
            "input": None,
            "cmdlet": "Move-VM",
            "parameters": {"Name": "a", "DestinationHost": "b"},
            "outcome": "completed",
            "error_id": None,
        }

    def test_a_refused_command_is_shown_as_given(self, stand: Stand) -> None:
        stand.run(structured((Command("gvm"), Command("move-vm", (Argument("bogus", 1), Argument(None, "x"))))))
        first, second = stand.transcript.entries
        assert (first["cmdlet"], first["outcome"]) == ("Get-VM", "not run")
        assert second["parameters"] == {"bogus": 1, "[1]": "x"}
        assert (second["outcome"], second["error_id"]) == ("failed", f"NamedParameterNotFound,{MOVE_VM}")

    def test_aliases_and_beginnings_are_shown_by_documented_name(self, stand: Stand) -> None:
        stand.run("'a' | Move-VM -DestinationH beta -wa Ignore")
        assert stand.transcript.entries[1]["parameters"] == {"DestinationHost": "beta", "WarningAction": "Ignore"}
        assert stand.transcript.entries[1]["input"] == "System.String"

    def test_outcomes_of_a_statement_that_fails(self, stand: Stand) -> None:
        stand.run("Get-VM a,broken,c | Move-VM -DestinationHost beta -Passthru | ConvertTo-Json; Get-VM missing")
        assert stand.outcomes() == [
            (0, 0, "Get-VM", "stopped", None),
            (0, 1, "Move-VM", "failed", f"OperationFailed,{MOVE_VM}"),
            (0, 2, "ConvertTo-Json", "stopped", None),
            (1, 0, "Get-VM", "failed", NO_MACHINE),
        ]

    def test_a_command_that_was_not_needed_any_more_is_completed(self, stand: Stand) -> None:
        stand.run("Get-VM | Select-Object -First 1")
        assert [entry["outcome"] for entry in stand.transcript.entries] == ["completed", "completed"]

    def test_cancelling_stops_the_pipeline(self, stand: Stand) -> None:
        async def stop_while_waiting() -> None:
            task = asyncio.create_task(
                stand.runspace.run(script("'stuck' | Move-VM -DestinationHost b; Get-VM"), Recording())
            )
            await stand.waiting.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled()

        asyncio.run(stop_while_waiting())
        assert [outcome for _, _, _, outcome, _ in stand.outcomes()] == ["stopped", "stopped"]
        assert stand.asked == []

    def test_statements_after_a_cancelled_one_are_not_run(self, stand: Stand) -> None:
        stuck = Command("Move-VM", (Argument("Name", "stuck"), Argument("DestinationHost", "beta")))

        async def stop_while_waiting() -> None:
            pipeline = structured((stuck,), (Command("Get-VM"),))
            task = asyncio.create_task(stand.runspace.run(pipeline, Recording()))
            await stand.waiting.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        asyncio.run(stop_while_waiting())
        assert [(name, outcome) for _, _, name, outcome, _ in stand.outcomes()] == [
            ("Move-VM", "stopped"),
            ("Get-VM", "not run"),
        ]

    def test_secrets_are_not_written_down(self, stand: Stand) -> None:
        secret: Value = [SecureText("hunter2"), {"key": SecureText("hunter3")}]
        stand.run(structured((Command("Write-Output", (Argument(None, secret), Argument("Bad", secret))),)))
        stand.run(structured((Command("Get-VM", (Argument("Credential", SecureText("hunter4")),)),)))
        assert "hunter" not in repr(stand.transcript.entries)
        assert stand.transcript.entries[0]["parameters"]["Bad"] == ["***", {"key": "***"}]
        assert stand.transcript.entries[1]["parameters"] == {"Credential": ["***"]}

    def test_several_writers_append_whole_lines(self, tmp_path: Path) -> None:
        path = tmp_path / "transcript.jsonl"
        with FileTranscript(path) as first, FileTranscript(path) as second:
            for number in range(50):
                (first if number % 2 else second).write({"number": number, "text": "ü" * 3000})
        lines = path.read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["number"] for line in lines] == list(range(50))


def test_many_objects_let_others_run_in_between(stand: Stand) -> None:
    async def count_turns() -> int:
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        other = asyncio.create_task(others())
        piped = tuple(custom_object({"Name": str(number)}) for number in range(1000))
        await stand.runspace.run(structured((Command("Write-Output"),), piped=piped), Recording())
        other.cancel()
        return turns

    assert asyncio.run(count_turns()) > 10
