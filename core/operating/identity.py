"""Plans that rename and delete machines, and what a name may be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.jobs.goal import Fact, Facts
from core.jobs.plan import Action, Plan
from core.language import _
from core.operating.power import expectation
from core.operating.subject import Subject
from core.powershell.command import Pipeline, Statement, Switch, command


def name_fault(name: str, taken: Iterable[str]) -> str:
    """What is wrong with ``name`` for a machine or a checkpoint, in a sentence; empty when nothing is.

    Hyper-V lets several have the same name. Then nobody could tell them apart by it, and no host whether one of them
    has been made, so none of those in ``taken`` is given again.
    """
    if not name.strip():
        return _("No name is given.")
    if name != name.strip():
        return _("The name begins or ends with a space.")
    if not name.isprintable():
        return _("The name has characters that cannot be seen.")
    if name.lower() in {each.lower() for each in taken}:
        return _("There is one called {name} already.").format(name=name)
    return ""


def rename(subject: Subject, name: str) -> Plan:
    """Give a machine another name; its folders and files keep theirs."""
    before = subject.machine.name
    action = replace(_renamed(subject, before, name), undo=_renamed(subject, name, before))
    return _plan(subject, action)


def delete(subject: Subject) -> Plan:
    """Remove a machine's configuration and checkpoints; the files of its disks stay where they are."""
    machine = subject.machine
    everything = Statement((command("Get-VM"),))
    action = Action(
        _("Delete {machine}").format(machine=machine.name),
        subject.host,
        Pipeline((command("Get-VM", Id=machine.machine_id) | command("Remove-VM", Force=Switch.PRESENT),)),
        Facts(subject.host, (Fact(everything, (("Id", machine.machine_id),), is_absent=True),)),
        _("This cannot be undone."),
    )
    return _plan(subject, action)


def _renamed(subject: Subject, before: str, name: str) -> Action:
    picked = command("Get-VM", Id=subject.machine.machine_id)
    return Action(
        _("Rename {before} to {name}").format(before=before, name=name),
        subject.host,
        Pipeline((picked | command("Rename-VM", NewName=name),)),
        Facts(subject.host, (Fact(Statement((picked,)), (("Name", name),)),)),
        _("Giving it its former name undoes it."),
    )


def _plan(subject: Subject, action: Action) -> Plan:
    return Plan(action.title, subject.host, (action,), expectation=expectation(subject), is_brief=True)
