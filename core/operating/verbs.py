"""Everyday actions by name, and the states of a machine that each fits."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from core.hyperv.states import MachineState
from core.language import _

if TYPE_CHECKING:
    from core.hyperv.records import Machine


class Verb(enum.Enum):
    """What is done with one machine, or with each of several, in the order of Hyper-V Manager."""

    START = "start"
    TURN_OFF = "turn_off"
    SHUT_DOWN = "shut_down"
    SAVE = "save"
    DELETE_SAVED_STATE = "delete_saved_state"
    PAUSE = "pause"
    RESUME = "resume"
    RESET = "reset"
    CHECKPOINT = "checkpoint"
    REVERT = "revert"
    RENAME = "rename"
    DELETE = "delete"


_SAVED = frozenset({MachineState.SAVED, MachineState.FAST_SAVED})
_RUNNING = frozenset({MachineState.RUNNING})
_PAUSED = frozenset({MachineState.PAUSED})
_OFF = frozenset({MachineState.OFF})
_WITHOUT_POWER = (
    _OFF
    | _SAVED
    | {MachineState.UNKNOWN, MachineState.HIBERNATED}
    | {MachineState.OFF_CRITICAL, MachineState.SAVED_CRITICAL, MachineState.FAST_SAVED_CRITICAL}
)

FITTING: dict[Verb, frozenset[MachineState]] = {
    Verb.START: _OFF | _SAVED,
    Verb.SHUT_DOWN: _RUNNING,
    Verb.TURN_OFF: frozenset(MachineState) - _WITHOUT_POWER,
    Verb.SAVE: _RUNNING | _PAUSED,
    Verb.PAUSE: _RUNNING,
    Verb.RESUME: _PAUSED,
    Verb.RESET: _RUNNING,
    Verb.DELETE_SAVED_STATE: _SAVED,
    Verb.CHECKPOINT: _OFF | _SAVED | _RUNNING | _PAUSED,
    Verb.REVERT: _OFF | _SAVED | _RUNNING | _PAUSED,
    Verb.RENAME: frozenset(MachineState),
    Verb.DELETE: _OFF | _SAVED,
}
"""The states in which Hyper-V Manager shows each action (assumed for Reset of a paused machine: it is not offered)."""

FOLLOWS_STATE = frozenset(
    {
        *(Verb.START, Verb.SHUT_DOWN, Verb.TURN_OFF, Verb.SAVE, Verb.PAUSE, Verb.RESUME, Verb.RESET),
        *(Verb.DELETE_SAVED_STATE, Verb.REVERT),
    }
)
"""What is only shown where it fits; all others are always there, and greyed where they do not."""


def fits(verb: Verb, machine: Machine) -> bool:
    """Whether the machine's state and its checkpoints let the action make sense."""
    if verb is Verb.REVERT and machine.current_checkpoint_id is None:
        return False
    return machine.state in FITTING[verb]


def misfit(verb: Verb, machine: Machine) -> str:
    """Why the action makes no sense for the machine as it is, in a sentence; empty when it does."""
    if fits(verb, machine):
        return ""
    if verb is Verb.REVERT and machine.current_checkpoint_id is None:
        return _("{machine} has no checkpoint to go back to.").format(machine=machine.name)
    sentences = {
        Verb.START: _("{machine} is {state}: it can be started when it is off or saved."),
        Verb.SHUT_DOWN: _("{machine} is {state}: it can be shut down while it runs."),
        Verb.TURN_OFF: _("{machine} is {state}: there is nothing to turn off."),
        Verb.SAVE: _("{machine} is {state}: it can be saved while it runs or is paused."),
        Verb.PAUSE: _("{machine} is {state}: it can be paused while it runs."),
        Verb.RESUME: _("{machine} is {state}: it can be resumed when it is paused."),
        Verb.RESET: _("{machine} is {state}: it can be reset while it runs."),
        Verb.DELETE_SAVED_STATE: _("{machine} is {state}: it has no saved state."),
        Verb.DELETE: _("{machine} is {state}: it can be deleted when it is off or saved."),
    }
    sentence = sentences.get(verb, _("{machine} is {state}: wait until that has ended."))
    return sentence.format(machine=machine.name, state=machine.state.word)
