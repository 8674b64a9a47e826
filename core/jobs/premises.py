"""Whether the replications that a plan builds on are still as they were when it was made."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.hyperv.query import Reading, RowQuestion, UnexpectedAnswer, ask
from core.hyperv.replication_states import ReplicationMode, ReplicationState
from core.hyperv.states import MachineState
from core.jobs.plan import Premise, Standstill
from core.language import _
from core.powershell.command import command
from core.remoting.errors import ProtocolFault, cmdlet_failed

_STANDING = RowQuestion(
    "standing",
    command("Get-VMReplication"),
    ("VMId", "ReplicationRelationshipType", "ReplicationMode", "ReplicationState"),
)

_STANDING_STILL = frozenset({MachineState.OFF, MachineState.SAVED, MachineState.FAST_SAVED})


async def broken_premise(premises: Sequence[Premise], estate: Estate) -> str | None:
    """What is not as it was, with what is true now on all hosts, in sentences; None when everything is.

    Raises RemotingError when a host cannot be asked.
    """
    hosts = tuple(dict.fromkeys(premise.host for premise in premises))
    told = dict(zip(hosts, await asyncio.gather(*(_rows(host, estate) for host in hosts)), strict=True))
    sentences = [_difference(premise, told[premise.host]) for premise in premises]
    if not any(sentences):
        return None
    as_before = [_standing(premise) for premise, sentence in zip(premises, sentences, strict=True) if not sentence]
    return " ".join((*filter(None, sentences), *as_before, _("Nothing was sent.")))


async def running_elsewhere(standstills: Sequence[Standstill], estate: Estate) -> str | None:
    """Which machine runs where it must not, in a sentence; None where none does, as far as hosts can be asked."""
    managed = {picture.key for picture in estate.pictures}
    asked = [each for each in standstills if each.host in managed]
    for each, picture in zip(asked, await asyncio.gather(*(estate.reread(one.host) for one in asked)), strict=True):
        inventory = picture.inventory if picture.failure is None else None
        machine = inventory.machine(each.machine_id) if inventory is not None else None
        if machine is not None and machine.state not in _STANDING_STILL:
            text = _("{machine} runs on {host}: {state}. Nothing was sent.")
            return text.format(machine=each.machine_name, host=each.host.name, state=machine.state.word)
    return None


async def _rows(host: HostKey, estate: Estate) -> tuple[dict[str, Any], ...]:
    answer = await estate.ask(host, ask((_STANDING,)))
    if answer.errors:
        raise cmdlet_failed(answer.host, answer.errors[0])
    try:
        return Reading.of(answer.output).rows(_STANDING)
    except UnexpectedAnswer as error:
        raise ProtocolFault(host.name, str(error), _("Look at the host itself.")) from error


def _difference(premise: Premise, rows: tuple[dict[str, Any], ...]) -> str:
    names = {"machine": premise.machine_name, "host": premise.host.name, "before": premise.state.word}
    for row in rows:
        same_leg = (row.get("ReplicationRelationshipType") or 0) == premise.leg
        if same_leg and str(row.get("VMId")).lower() == str(premise.machine_id):
            mode, state = (
                ReplicationMode(_number(row, "ReplicationMode")),
                ReplicationState(_number(row, "ReplicationState")),
            )
            if mode is not premise.mode:
                text = _("On {host}, {machine} is now: {mode}, {now}.")
                return text.format(mode=mode.word, now=state.word, **names)
            if state is not premise.state:
                text = _("On {host}, replication of {machine} was: {before}, and is now: {now}.")
                return text.format(now=state.word, **names)
            return ""
    return _("On {host}, {machine} is not replicated any more.").format(**names)


def _number(row: dict[str, Any], name: str) -> int:
    """A state's number; that of an unknown one where the host tells none."""
    told = row.get(name)
    return told if isinstance(told, int) else -1


def _standing(premise: Premise) -> str:
    names = {"machine": premise.machine_name, "host": premise.host.name, "state": premise.state.word}
    return _("On {host}, replication of {machine} is as before: {state}.").format(**names)
