"""A plan as plain data and back, so that the journal can keep it and a later start of the program finds it whole."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any
from uuid import UUID

from core.estate.connection import HostKey
from core.hyperv.replication_states import ReplicationMode, ReplicationState
from core.hyperv.states import MachineState
from core.jobs.goal import Arrived, Copied, CopyWay, Fact, Facts, Restarted, Told
from core.jobs.plan import (
    Action,
    Copying,
    Expectation,
    Folder,
    Migration,
    Plan,
    PlannedAdapter,
    PlannedEnd,
    Premise,
    Standstill,
)
from core.powershell.command import Command, Hashtable, Pipeline, Statement, Switch

_RECORDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        *(
            Plan,
            Expectation,
            Premise,
            Standstill,
            Action,
            Migration,
            Copying,
            PlannedEnd,
            PlannedAdapter,
            Folder,
            HostKey,
        ),
        *(Arrived, Facts, Fact, Restarted, Copied, Told),
        *(Pipeline, Statement, Command, Hashtable),
    )
}
_ENUMS: dict[str, type[enum.Enum]] = {
    kind.__name__: kind for kind in (MachineState, ReplicationMode, ReplicationState, Switch, CopyWay)
}
_RECORD, _ENUM, _UUID = "record", "enum", "uuid"


class PlanUnreadable(Exception):
    """What should be a plan is none; the text says what is wrong with it."""


def plan_data(plan: Plan) -> object:
    """``plan`` as what JSON knows: objects, lists, texts, numbers."""
    return _plain(plan)


def read_plan(data: object) -> Plan:
    """The plan that ``plan_data`` made into ``data``. Raises PlanUnreadable."""
    try:
        plan = _value(data)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise PlanUnreadable(str(error)) from error
    if not isinstance(plan, Plan):
        raise PlanUnreadable(f"a {type(plan).__name__} is not a plan")
    return plan


def _plain(value: object) -> object:
    match value:
        case enum.Enum():
            return {_ENUM: type(value).__name__, "value": value.value}
        case None | bool() | int() | str():
            return value
        case UUID():
            return {_UUID: str(value)}
        case tuple():
            return [_plain(item) for item in value]
    if not dataclasses.is_dataclass(value) or type(value).__name__ not in _RECORDS:
        raise TypeError(f"a {type(value).__name__} is not part of a plan")
    fields = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return {_RECORD: type(value).__name__, **fields}


def _value(data: object) -> object:
    match data:
        case None | bool() | int() | str():
            return data
        case list():
            return tuple(_value(item) for item in data)
        case {"uuid": str(text)}:
            return UUID(text)
        case {"enum": str(name), "value": value}:
            return _ENUMS[name](value)
        case {"record": str(name), **fields}:
            return _RECORDS[name](**{str(key): _value(item) for key, item in fields.items()})
    raise TypeError(f"{data!r:.80} is not part of a plan")
