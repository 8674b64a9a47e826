"""Where-Object and Sort-Object."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Mapping

from lab.cmdlets.comparison import NotComparable, equal, is_true, like, match, order
from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import not_simulated, refuse_parameters
from lab.powershell.cmdlet import Call, cmdlet, collecting_cmdlet
from lab.powershell.properties import property_value
from lab.powershell.values import Value, display_text

Operator = Callable[[Value, Value, bool], bool]
OPERATORS: Mapping[str, Operator] = {
    "EQ": lambda left, right, case: _any(left, lambda item: equal(item, right, case=case)),
    "NE": lambda left, right, case: _any(left, lambda item: not equal(item, right, case=case)),
    "GT": lambda left, right, case: _any(left, lambda item: order(item, right, case=case) > 0),
    "GE": lambda left, right, case: _any(left, lambda item: order(item, right, case=case) >= 0),
    "LT": lambda left, right, case: _any(left, lambda item: order(item, right, case=case) < 0),
    "LE": lambda left, right, case: _any(left, lambda item: order(item, right, case=case) <= 0),
    "Like": lambda left, right, case: _any(left, lambda item: like(item, right, case=case)),
    "NotLike": lambda left, right, case: _any(left, lambda item: not like(item, right, case=case)),
    "Match": lambda left, right, case: _any(left, lambda item: match(item, right, case=case)),
    "NotMatch": lambda left, right, case: _any(left, lambda item: not match(item, right, case=case)),
    "Contains": lambda left, right, case: any(equal(item, right, case=case) for item in _items(left)),
    "NotContains": lambda left, right, case: not any(equal(item, right, case=case) for item in _items(left)),
    "In": lambda left, right, case: any(equal(item, left, case=case) for item in _items(right)),
    "NotIn": lambda left, right, case: not any(equal(item, left, case=case) for item in _items(right)),
}
"""The operators on a property and a value; with -C in front of the name, letter case counts."""


@cmdlet("Where-Object", aliases=("where", "?"))
async def where_object(call: Call) -> AsyncIterator[Value]:
    """Let the objects pass whose property fulfils the comparison; script blocks are refused."""
    refuse_parameters(call, "FilterScript", "Is", "IsNot")
    given = call.parameters.get("InputObject")
    if "InputObject" in call.parameters and _passes(call, given):
        yield given


@collecting_cmdlet("Sort-Object", aliases=("sort",))
async def sort_object(call: Call, inputs: AsyncIterator[Value]) -> AsyncIterator[Value]:
    """All input in the order of properties, or of the objects themselves; equal ones keep their order."""
    refuse_parameters(call, "Culture")
    names: list[str] = []
    for entry in listed(call.parameters.get("Property")):
        if isinstance(entry, Mapping):
            not_simulated(call, "calculated properties of Sort-Object")
        names.append(display_text(entry))
    case = call.switch("CaseSensitive")

    def before(left: Value, right: Value) -> int:
        if not names:
            return _sorted(left, right, case=case)
        keys = ((property_value(left, name)[1], property_value(right, name)[1]) for name in names)
        return next((difference for pair in keys if (difference := _sorted(*pair, case=case))), 0)

    values = [value async for value in inputs]
    values.sort(key=functools.cmp_to_key(before), reverse=call.switch("Descending"))
    for index, value in enumerate(values):
        if not (call.switch("Unique") and index and before(values[index - 1], value) == 0):
            yield value


def _passes(call: Call, value: Value) -> bool:
    held = property_value(value, display_text(call.parameters["Property"]))[1]
    chosen = next((name for name in call.parameters if _operator(name) and call.switch(name)), None)
    if chosen is None and "Value" not in call.parameters:
        return is_true(held)
    operator = _operator(chosen or "EQ")
    is_case_sensitive = chosen is not None and chosen not in OPERATORS
    try:
        return operator is not None and operator(held, call.parameters.get("Value"), is_case_sensitive)
    except NotComparable as refused:
        message = f'Cannot compare "{display_text(held)}" to "{refused}".'
        call.error(call.error_record(message, "OperatorFailed", "InvalidOperation", target=value))
        return False


def _operator(name: str) -> Operator | None:
    return OPERATORS.get(name) or OPERATORS.get(name.removeprefix("C"))


def _any(left: Value, test: Callable[[Value], bool]) -> bool:
    """A comparison with a list on its left is true for any of its items."""
    return any(test(item) for item in left) if isinstance(left, list) else test(left)


def _items(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def _sorted(left: Value, right: Value, *, case: bool) -> int:
    try:
        return order(left, right, case=case)
    except NotComparable:
        return order(display_text(left), display_text(right), case=case)
