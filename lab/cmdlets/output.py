"""Cmdlets that pass objects on or turn them into text: Write-Output, ConvertTo-Json, Out-String,
Invoke-Expression.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from lab.powershell.cmdlet import Call, cmdlet, collecting_cmdlet
from lab.powershell.finishing import finishing
from lab.powershell.json_text import to_json
from lab.powershell.streams import PipelineError
from lab.powershell.values import Record, Value, display_text

_JSON_DEPTH = 2
"""-Depth of ConvertTo-Json when it is not given [Microsoft's cmdlet reference]."""
_TABLE_COLUMNS = 4
"""Objects with more properties than this print as a list."""
_WIDTH = 80
"""Columns of a remote host without a screen (assumed)."""


@cmdlet("Write-Output", aliases=("write", "echo"))
async def write_output(call: Call) -> AsyncIterator[Value]:
    """Pass on objects; a list one by one unless -NoEnumerate."""
    given = call.parameters.get("InputObject")
    if isinstance(given, list) and not call.switch("NoEnumerate"):
        for item in given:
            yield item
    elif isinstance(given, list) and len(given) == 1:
        yield given[0]
    else:
        yield given


@collecting_cmdlet("ConvertTo-Json")
async def convert_to_json(call: Call, inputs: AsyncIterator[Value]) -> AsyncIterator[Value]:
    """All input as one JSON text; one object stands alone, several as an array, none prints nothing."""
    collected = [value async for value in inputs]
    if collected:
        depth = call.parameters.get("Depth", _JSON_DEPTH)
        whole = collected[0] if len(collected) == 1 else collected
        yield to_json(whole, depth if isinstance(depth, int) else _JSON_DEPTH, compress=call.switch("Compress"))


@collecting_cmdlet("Out-String")
async def out_string(call: Call, inputs: AsyncIterator[Value]) -> AsyncIterator[Value]:
    """The input as text: strings as they are, objects as a table or, with many properties, as a list."""
    width = call.parameters.get("Width")
    lines = _lines([value async for value in inputs], width if isinstance(width, int) else _WIDTH)
    if call.switch("Stream"):
        for line in lines:
            yield line
    else:
        yield "".join(f"{line}\r\n" for line in lines)


@cmdlet("Invoke-Expression", aliases=("iex",))
async def invoke_expression(call: Call) -> AsyncIterator[Value]:
    """Run script text of constant commands."""
    try:
        outputs = call.run_script(display_text(call.parameters["Command"]))
    except PipelineError as refused:
        record = refused.record
        call.fail(call.error_record(record.message, record.error_id, record.category, record.exception_types))
    async with finishing(outputs):
        async for value in outputs:
            yield value


def _lines(values: list[Value], width: int) -> list[str]:
    lines: list[str] = []
    rows: list[Mapping[str, Value]] = []
    for value in values:
        if isinstance(value, Record) and value.properties:
            if rows and list(rows[0]) != list(value.properties):
                lines += _object_lines(rows, width)
                rows = []
            rows.append(value.properties)
            continue
        lines += _object_lines(rows, width)
        rows = []
        lines += display_text(value).splitlines() or [""]
    return lines + _object_lines(rows, width)


def _object_lines(rows: list[Mapping[str, Value]], width: int) -> list[str]:
    if not rows:
        return []
    names = list(rows[0])
    if len(names) > _TABLE_COLUMNS:
        longest = max(len(name) for name in names)
        listed = [[f"{name:<{longest}} : {_cell(row[name])}" for name in names] for row in rows]
        return ["", *(line[:width] for block in listed for line in (*block, ""))]
    cells = [[_cell(row[name]) for name in names] for row in rows]
    sizes = [max(len(name), *(len(line[i]) for line in cells)) for i, name in enumerate(names)]
    heads = [names, ["-" * len(name) for name in names], *cells]
    table = [" ".join(cell.ljust(size) for cell, size in zip(line, sizes, strict=True)) for line in heads]
    return ["", *(line.rstrip()[:width] for line in table), ""]


def _cell(value: Value) -> str:
    if isinstance(value, list):
        return "{" + ", ".join(display_text(item) for item in value) + "}"
    return display_text(value)
