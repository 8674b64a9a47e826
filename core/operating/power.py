"""Plans that start, stop, save and pause machines.

That the cmdlets return when the machine has reached its state is known; that Restart-VM resets it is assumed.
"""

from __future__ import annotations

from core.hyperv.states import MachineState
from core.jobs.goal import Fact, Facts, Restarted
from core.jobs.plan import Action, Expectation, Plan
from core.language import _
from core.operating.subject import Subject
from core.operating.verbs import Verb
from core.powershell.command import Command, Pipeline, Statement, Switch, command

_CALLS: dict[Verb, tuple[Command, MachineState]] = {
    Verb.START: (command("Start-VM"), MachineState.RUNNING),
    Verb.SHUT_DOWN: (command("Stop-VM"), MachineState.OFF),
    Verb.TURN_OFF: (command("Stop-VM", TurnOff=Switch.PRESENT, Force=Switch.PRESENT), MachineState.OFF),
    Verb.SAVE: (command("Save-VM"), MachineState.SAVED),
    Verb.PAUSE: (command("Suspend-VM"), MachineState.PAUSED),
    Verb.RESUME: (command("Resume-VM"), MachineState.RUNNING),
    Verb.RESET: (command("Restart-VM", Force=Switch.PRESENT), MachineState.RUNNING),
    Verb.DELETE_SAVED_STATE: (command("Remove-VMSavedState"), MachineState.OFF),
}
"""What is piped a machine, and the state in which it is then. -Force answers what nobody is there to answer."""


def power_plan(verb: Verb, subject: Subject) -> Plan:
    """Let a machine change its state."""
    call, state = _CALLS[verb]
    machine = subject.machine
    goal: Facts | Restarted = Facts(
        subject.host, (Fact(Statement((command("Get-VM", Id=machine.machine_id),)), (("State", int(state)),)),)
    )
    if verb is Verb.RESET:
        goal = Restarted(machine.machine_id, subject.host, subject.run_began)
    title = _title(verb).format(machine=machine.name)
    pipeline = Pipeline((command("Get-VM", Id=machine.machine_id) | call,))
    action = Action(title, subject.host, pipeline, goal, undo_text(verb))
    return Plan(title, subject.host, (action,), expectation=expectation(subject), is_brief=True)


def expectation(subject: Subject) -> Expectation:
    """The machine as it was when something was chosen for it."""
    machine = subject.machine
    return Expectation(subject.host, machine.machine_id, machine.name, machine.state)


def undo_text(verb: Verb) -> str:
    """What takes a change of state back."""
    return {
        Verb.START: _("Shutting it down undoes it."),
        Verb.SHUT_DOWN: _("Starting it again undoes it."),
        Verb.SAVE: _("Starting it again undoes it."),
        Verb.PAUSE: _("Resuming it undoes it."),
        Verb.RESUME: _("Pausing it again undoes it."),
    }.get(verb, _("This cannot be undone."))


def _title(verb: Verb) -> str:
    return {
        Verb.START: _("Start {machine}"),
        Verb.SHUT_DOWN: _("Shut down {machine}"),
        Verb.TURN_OFF: _("Turn off {machine}"),
        Verb.SAVE: _("Save {machine}"),
        Verb.PAUSE: _("Pause {machine}"),
        Verb.RESUME: _("Resume {machine}"),
        Verb.RESET: _("Reset {machine}"),
        Verb.DELETE_SAVED_STATE: _("Delete the saved state of {machine}"),
    }[verb]
