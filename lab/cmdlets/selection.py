"""Select-Object."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Mapping

from lab.powershell.cmdlet import Call, collecting_cmdlet
from lab.powershell.properties import properties, property_value, type_name
from lab.powershell.streams import ErrorRecord
from lab.powershell.values import Record, Value, custom_object, display_text
from lab.powershell.wildcards import has_wildcards, matches

_INVALID_OPERATION = (
    "System.Management.Automation.PSArgumentException",
    "System.ArgumentException",
    "System.Exception",
    "System.Object",
)


@collecting_cmdlet("Select-Object", aliases=("select",))
async def select_object(call: Call, inputs: AsyncIterator[Value]) -> AsyncIterator[Value]:
    """Pick objects (-First, -Last, -Skip, -SkipLast, -Index, -Unique) and properties of them.

    Calculated properties are refused: this host runs no script blocks.
    """
    _refuse_calculated(call)
    seen: set[str] = set()
    async for value in _picked(call, inputs):
        for projected in _projected(call, value):
            if call.switch("Unique"):
                identity = _identity(projected)
                if identity in seen:
                    continue
                seen.add(identity)
            yield projected


async def _picked(call: Call, inputs: AsyncIterator[Value]) -> AsyncIterator[Value]:
    first, last, skip, skip_last = (_count(call, name) for name in ("First", "Last", "Skip", "SkipLast"))
    indexes = call.parameters.get("Index")
    if isinstance(indexes, list):
        collected = [value async for value in inputs]
        for index in sorted({index for index in indexes if isinstance(index, int)}):
            if 0 <= index < len(collected):
                yield collected[index]
    elif last is not None:
        # -Skip counts from the end here, and -First and -Last together give both ends.
        everything = [value async for value in inputs]
        kept = everything[: len(everything) - (skip or 0)] if first is None else everything[skip or 0 :]
        head = kept[:first] if first is not None else []
        rest = kept[len(head) :]
        for value in (*head, *rest[max(0, len(rest) - last) :]):
            yield value
    elif skip_last is not None:
        held: deque[Value] = deque()
        async for value in inputs:
            held.append(value)
            if len(held) > skip_last:
                yield held.popleft()
    else:
        async for value in _after(inputs, skip or 0, first):
            yield value


async def _after(inputs: AsyncIterator[Value], skip: int, first: int | None) -> AsyncIterator[Value]:
    """Everything after ``skip`` objects, at most ``first``; then the commands before this one are stopped."""
    taken = 0
    if first == 0:
        return
    async for value in inputs:
        if skip > 0:
            skip -= 1
            continue
        taken += 1
        yield value
        if taken == first:
            return


def _projected(call: Call, value: Value) -> list[Value]:
    expanded = call.parameters.get("ExpandProperty")
    if expanded is not None:
        return _expanded(call, value, display_text(expanded))
    wanted = call.parameters.get("Property")
    if not isinstance(wanted, list):
        return [value]
    chosen = _chosen(call, value, wanted)
    selected = custom_object(chosen)
    selected.type_names = (f"Selected.{type_name(value)}", *selected.type_names)
    if isinstance(value, Record):
        selected.subject = value.subject
    return [selected]


def _chosen(call: Call, value: Value, wanted: list[Value]) -> dict[str, Value]:
    excluded = call.parameters.get("ExcludeProperty")
    patterns = [display_text(pattern) for pattern in excluded] if isinstance(excluded, list) else []
    available = properties(value)
    chosen: dict[str, Value] = {}
    for name in map(display_text, wanted):
        if has_wildcards(name):
            found = {key: held for key, held in available.items() if matches(name, key) and key not in chosen}
        else:
            found = _named(available, name)
            for duplicate in set(found) & set(chosen):
                call.error(_already_there(call, duplicate, value))
        for key, held in found.items():
            if not any(matches(pattern, key) for pattern in patterns):
                chosen.setdefault(key, held)
    return chosen


def _named(available: Mapping[str, Value], name: str) -> dict[str, Value]:
    found = {key: held for key, held in available.items() if key.lower() == name.lower()}
    return found or {name: None}


def _expanded(call: Call, value: Value, name: str) -> list[Value]:
    present, held = property_value(value, name)
    if not present:
        record = call.error_record(
            f'Property "{name}" cannot be found.',
            "ExpandPropertyNotFound",
            "InvalidArgument",
            _INVALID_OPERATION,
            value,
        )
        call.error(record)
        return []
    wanted = call.parameters.get("Property")
    items = held if isinstance(held, list) else [] if held is None else [held]
    if not isinstance(wanted, list):
        return list(items)
    added = _chosen(call, value, wanted)
    return [
        Record(item.type_names, {**item.properties, **added}, item.text, item.subject)
        if isinstance(item, Record)
        else item
        for item in items
    ]


def _count(call: Call, name: str) -> int | None:
    value = call.parameters.get(name)
    return value if isinstance(value, int) else None


def _identity(value: Value) -> str:
    """Two values with the same identity count as one for -Unique: same type, same texts, letter case
    included.
    """
    held = properties(value) if isinstance(value, Record) else {}
    texts = "\0".join(f"{name}\0{display_text(item)}" for name, item in held.items())
    return f"{type_name(value)}\0{display_text(value)}\0{texts}"


def _already_there(call: Call, name: str, target: Value) -> ErrorRecord:
    return call.error_record(
        f'The property cannot be processed because the property "{name}" already exists.',
        "AlreadyExistingUserSpecifiedPropertyNoExpand",
        "InvalidOperation",
        _INVALID_OPERATION,
        target,
    )


def _refuse_calculated(call: Call) -> None:
    wanted = call.parameters.get("Property")
    if isinstance(wanted, list) and any(isinstance(entry, Mapping) for entry in wanted):
        message = "This simulated host does not support calculated properties: name the properties instead."
        call.fail(call.error_record(message, "CalculatedPropertyNotSupported", "NotImplemented"))
