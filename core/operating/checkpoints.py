"""Plans that take, apply, rename and delete checkpoints.

A machine goes on from the checkpoint that Get-VM names in ParentSnapshotId; that applying one gives each disk a new
differencing disk is known of checkpoints on virtual hard disks, and assumed to hold for each of them.
"""

from __future__ import annotations

import datetime
from dataclasses import replace

from core.hyperv.records import Checkpoint
from core.jobs.goal import Fact, Facts
from core.jobs.plan import Action, Plan
from core.language import _
from core.operating.power import expectation
from core.operating.subject import Subject
from core.powershell.command import Pipeline, Statement, Switch, command

_DIFFERENCING = (".avhd", ".avhdx")


def new_name(machine_name: str, moment: datetime.datetime) -> str:
    """What a checkpoint is called that nobody gives a name: by machine and time, as Hyper-V Manager does."""
    return f"{machine_name} - ({moment:%Y-%m-%d - %H:%M:%S})"


def take(subject: Subject, name: str) -> Plan:
    """Take a checkpoint, of the type that the machine is set to. No other of its checkpoints may be called ``name``."""
    action = _taken(subject, name)
    return _plan(subject, action.title, (action,))


def apply(subject: Subject, checkpoint: Checkpoint, *, first: str = "") -> Plan:
    """Let the machine go back to a checkpoint; ``first`` is the name of one that is taken before, if any."""
    machine = subject.machine
    names = {"machine": machine.name, "checkpoint": checkpoint.name}
    picked = Statement((command("Get-VM", Id=machine.machine_id),))
    facts = [Fact(picked, (("ParentSnapshotId", checkpoint.checkpoint_id),))]
    if not first and machine.current_checkpoint_id == checkpoint.checkpoint_id:
        # It is the machine's checkpoint already: that it was gone back to shows by the disks alone.
        drives = picked | command("Get-VMHardDiskDrive")
        given_up = (path for path in subject.disks if path.lower().endswith(_DIFFERENCING))
        facts += [Fact(drives, (("Path", path),), is_absent=True) for path in given_up]
    action = Action(
        _("Apply {checkpoint} to {machine}").format(**names),
        subject.host,
        Pipeline(
            (
                command("Get-VMSnapshot", Id=checkpoint.checkpoint_id)
                | command("Restore-VMSnapshot", Confirm=Switch.ABSENT),
            )
        ),
        Facts(subject.host, tuple(facts)),
        _("Applying the checkpoint that was taken just before undoes it.") if first else _("This cannot be undone."),
    )
    return _plan(subject, action.title, (_taken(subject, first), action) if first else (action,))


def rename(subject: Subject, checkpoint: Checkpoint, name: str) -> Plan:
    """Give a checkpoint another name."""
    back = _renamed(subject, checkpoint, checkpoint.name, name)
    action = replace(_renamed(subject, checkpoint, name, checkpoint.name), undo=back)
    return _plan(subject, action.title, (action,))


def delete(subject: Subject, checkpoint: Checkpoint, *, with_subtree: bool = False) -> Plan:
    """Delete a checkpoint, and with ``with_subtree`` those that follow it; its disks are merged."""
    names = {"machine": subject.machine.name, "checkpoint": checkpoint.name}
    title = _("Delete {checkpoint} of {machine}")
    if with_subtree:
        title = _("Delete {checkpoint} of {machine} and what follows it")
    gone = (checkpoint, *(subject.below(checkpoint) if with_subtree else ()))
    removal = command("Remove-VMSnapshot")
    if with_subtree:
        removal = command("Remove-VMSnapshot", IncludeAllChildSnapshots=Switch.PRESENT)
    action = Action(
        title.format(**names),
        subject.host,
        Pipeline((command("Get-VMSnapshot", Id=checkpoint.checkpoint_id) | removal,)),
        Facts(
            subject.host,
            tuple(Fact(_listed(subject), (("Id", each.checkpoint_id),), is_absent=True) for each in gone),
        ),
        _("This cannot be undone."),
    )
    return _plan(subject, action.title, (action,))


def _taken(subject: Subject, name: str) -> Action:
    machine = subject.machine
    return Action(
        _("Take the checkpoint {checkpoint} of {machine}").format(checkpoint=name, machine=machine.name),
        subject.host,
        Pipeline((command("Get-VM", Id=machine.machine_id) | command("Checkpoint-VM", SnapshotName=name),)),
        Facts(subject.host, (Fact(_listed(subject), (("Name", name),)),)),
        _("Deleting the checkpoint undoes it."),
    )


def _renamed(subject: Subject, checkpoint: Checkpoint, name: str, before: str) -> Action:
    names = {"before": before, "name": name}
    return Action(
        _("Rename {before} to {name}").format(**names),
        subject.host,
        Pipeline(
            (command("Get-VMSnapshot", Id=checkpoint.checkpoint_id) | command("Rename-VMSnapshot", NewName=name),)
        ),
        Facts(subject.host, (Fact(_listed(subject), (("Id", checkpoint.checkpoint_id), ("Name", name))),)),
        _("Giving it its former name undoes it."),
    )


def _listed(subject: Subject) -> Statement:
    return command("Get-VM", Id=subject.machine.machine_id) | command("Get-VMSnapshot")


def _plan(subject: Subject, title: str, actions: tuple[Action, ...]) -> Plan:
    return Plan(title, subject.host, actions, expectation=expectation(subject), is_brief=True)
