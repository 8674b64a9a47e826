"""Exports of machines, or of one checkpoint, into a folder of their host: what is looked at before, and the plans.

To a share the host writes with its computer account, and a sign-in reaches no further than the host unless it is
one by CredSSP: what lies there is then not seen, and only the host's own answer tells what became of an export.
"""

from __future__ import annotations

import enum
import ntpath
from collections import Counter
from dataclasses import dataclass, replace
from uuid import UUID

from core.amounts import size_text
from core.estate.inventory import Inventory
from core.hyperv.computer_account import computer_account, rights_on_share
from core.hyperv.disks import Asker, DisksRead, read_disks_apart
from core.hyperv.paths import folder_fault, is_on_share, same_path
from core.hyperv.query import Reading, RowQuestion, UnexpectedAnswer, ask
from core.hyperv.records import Checkpoint
from core.hyperv.states import MachineState
from core.jobs.goal import Fact, Facts, Told
from core.jobs.plan import Action, Copying, Plan
from core.language import _
from core.operating.power import expectation
from core.operating.subject import Subject
from core.powershell.command import Pipeline, Statement, Switch, command
from core.remoting.errors import RemotingError
from core.wizards.wizard import Problem

FOLDER = "folder"
"""The field to which every problem of an export belongs."""
_CONFIGURATIONS = "Virtual Machines"
"""The sub-folder of an export with the machine's configuration (Microsoft's page of Export-VM)."""
_NAMED_BY_XML = ("4.0", "5.0")
"""Versions whose configuration is an .xml file; since 6.2 it is .vmcx (Windows Server documentation)."""
_RUNS = frozenset({MachineState.RUNNING, MachineState.PAUSED})
_KEEPS_MEMORY = _RUNS | {MachineState.SAVED, MachineState.FAST_SAVED}


class Captured(enum.Enum):
    """What an export holds of the state of a running machine: -CaptureLiveState of Export-VM, by its documentation."""

    MEMORY = "CaptureSavedState"
    CONSISTENT = "CaptureDataConsistentState"
    CRASH = "CaptureCrashConsistentState"


@dataclass(frozen=True, slots=True)
class Export:
    """Machines of one host that go into sub-folders of ``folder``, or ``checkpoint`` of the only one.

    ``captured`` is None where nothing runs, or where the host knows no such choice.
    """

    subjects: tuple[Subject, ...]
    folder: str
    captured: Captured | None = None
    checkpoint: Checkpoint | None = None

    def target(self, subject: Subject) -> str:
        """The folder that the host makes for a machine."""
        return ntpath.join(self.folder, subject.machine.name)


def share_note(folder: str, inventory: Inventory) -> tuple[str, str] | None:
    """What there is to know before an export to a share, and what to do; None for a folder on a drive."""
    if not is_on_share(folder):
        return None
    host = inventory.host
    what = _(
        "{host} writes to a share with its own computer account and not with yours. What lies there, and how much room"
        " there is, cannot be seen from here unless you sign in by CredSSP."
    )
    return what.format(host=host.name), rights_on_share(host)


def captures(subjects: tuple[Subject, ...], inventory: Inventory) -> tuple[Captured, ...]:
    """The states that can be chosen, the host's own choice first; hosts before Windows Server 2016 know none."""
    runs = any(each.machine.state in _RUNS for each in subjects)
    return tuple(Captured) if runs and inventory.host.supported_vm_versions else ()


async def examine(export: Export, inventory: Inventory, asker: Asker) -> tuple[Plan, ...] | Problem:
    """The plans of an export, or what keeps it. Nothing is changed; the host is asked for sizes and for the folder."""
    if (problem := _wrong_folder(export)) is not None:
        return problem
    host = export.subjects[0].host
    beside = RowQuestion(
        "beside", command("Get-ChildItem", LiteralPath=export.folder, Force=Switch.PRESENT), ("FullName",)
    )
    try:
        answer = await asker(ask((beside,)))
        there = [str(row.get("FullName")) for row in Reading.of(answer.output).rows(beside)]
        disks = await read_disks_apart(asker, {each.machine.machine_id: each.disks for each in export.subjects})
    except RemotingError as error:
        return Problem(FOLDER, f"{error.sentence} {error.cause}", error.cure)
    except UnexpectedAnswer as error:
        what = _("{host} gave an unexpected answer.").format(host=host.name)
        return Problem(FOLDER, f"{what} {error}", _("Look at the host itself."))
    # Hosts differ in how they say that a sign-in goes no further: denied, or that there is nothing.
    is_unseen = is_on_share(export.folder) and bool(answer.errors)
    # A folder that is not there is made by the export.
    if not is_unseen and (refusals := [each for each in answer.errors if each.category != "ObjectNotFound"]):
        what = _("{host} says: {message}").format(host=host.name, message=" ".join(refusals[0].lines))
        return Problem(FOLDER, what, _("Choose another folder."))
    for subject in export.subjects:
        if any(same_path(path, export.target(subject)) for path in there):
            what = _("{folder} is there already, and an export never goes into a folder that is there.")
            return Problem(FOLDER, what.format(folder=export.target(subject)), _("Choose another folder."))
    return _with_room(export, inventory, disks, is_unseen=is_unseen)


def _wrong_folder(export: Export) -> Problem | None:
    """What can be told of the folder without asking anybody."""
    host = export.subjects[0].host.name
    fault = folder_fault(export.folder)
    if fault:
        return Problem(FOLDER, fault, _("Type a full path on {host}, such as E:\\Exports.").format(host=host))
    for subject in export.subjects:
        if fault := folder_fault(export.target(subject)):
            return Problem(FOLDER, fault, _("Choose a shorter folder, or give the machine another name."))
    names = Counter(subject.machine.name.lower() for subject in export.subjects)
    if twice := [each.machine.name for each in export.subjects if names[each.machine.name.lower()] > 1]:
        what = _("Several of the virtual machines are called {machine}: they would go into the same folder.")
        return Problem(FOLDER, what.format(machine=twice[0]), _("Export them one after the other, into other folders."))
    return None


def _with_room(
    export: Export, inventory: Inventory, disks: dict[UUID, DisksRead], *, is_unseen: bool
) -> tuple[Plan, ...] | Problem:
    sizes = {each: _size(export, each, disks[each.machine.machine_id]) for each in export.subjects}
    needed = sum(sizes.values())
    volume = inventory.volume_of(export.folder)
    is_known = volume is not None and not any(disks[each.machine.machine_id][1] for each in export.subjects)
    names = {"drive": export.folder[:2], "needed": size_text(needed)}
    if is_on_share(export.folder):
        account = computer_account(inventory.host)
        told = _("{host} writes to the share as {account}; the room there is not known.")
        told = told.format(host=inventory.host.name, account=account)
    elif volume is None or not is_known:
        told = _("Whether drive {drive} has room for the export is not known.").format(**names)
    else:
        names["free"] = size_text(volume.size_remaining)
        if needed > volume.size_remaining:
            what = _("Drive {drive} has {free} free, but the export needs up to {needed}.")
            return Problem(FOLDER, what.format(**names), _("Choose another drive, or make room on this one."))
        told = _("Drive {drive} has {free} free; the export needs up to {needed}.").format(**names)
    plans = (_plan(export, subject, size, told) for subject, size in sizes.items())
    if not is_on_share(export.folder):
        return tuple(plans)
    rights = rights_on_share(inventory.host)
    pairs = zip(plans, sizes, strict=True)
    return tuple(_to_share(plan, export.target(subject), rights, is_unseen=is_unseen) for plan, subject in pairs)


def _to_share(plan: Plan, place: str, rights: str, *, is_unseen: bool) -> Plan:
    """The same plan with what cures a share that lets the host not in; ``is_unseen``: nobody but the host sees it."""
    action = replace(plan.actions[0], if_denied=rights)
    if not is_unseen:
        return replace(plan, actions=(action,))
    action = replace(action, goal=Told(plan.host, place))
    unseen = _("What {host} has written to {folder} was not looked at: your sign-in does not reach there.")
    return replace(plan, actions=(action,), remains=(unseen.format(host=plan.host.name, folder=place),))


def _size(export: Export, subject: Subject, disks: DisksRead) -> int:
    """Bytes that are copied at most; what a checkpoint holds cannot be more than all files of the machine."""
    files, _refusals = disks
    machine = subject.machine
    with_memory = machine.state in _KEEPS_MEMORY - (_RUNS if export.captured not in (None, Captured.MEMORY) else set())
    memory = max(machine.memory_assigned, machine.memory_startup) if with_memory else 0
    return sum(disk.file_size for disk in files) + memory


def _plan(export: Export, subject: Subject, size: int, told: str) -> Plan:
    machine, host = subject.machine, subject.host
    names = {"machine": machine.name, "folder": export.folder}
    if export.checkpoint is not None:
        title = _("Export {checkpoint} of {machine} to {folder}").format(checkpoint=export.checkpoint.name, **names)
        picked = command("Get-VMSnapshot", Id=export.checkpoint.checkpoint_id)
        call = picked | command("Export-VMSnapshot", Path=export.folder)
    else:
        title = _("Export {machine} to {folder}").format(**names)
        exporting = command("Export-VM", Path=export.folder)
        if export.captured is not None and machine.state in _RUNS:
            exporting = command("Export-VM", Path=export.folder, CaptureLiveState=export.captured.value)
        call = command("Get-VM", Id=machine.machine_id) | exporting
    listed = Statement((command("Get-ChildItem", LiteralPath=ntpath.join(export.target(subject), _CONFIGURATIONS)),))
    extension = ".xml" if machine.version in _NAMED_BY_XML else ".vmcx"
    action = Action(
        title,
        host,
        Pipeline((call,)),
        Facts(host, (Fact(listed, (("Extension", extension),)),), at_rest=True),
        _("Deleting the folder {folder} undoes it.").format(folder=export.target(subject)),
        copying=Copying(size),
    )
    return Plan(title, host, (action,), expectation=expectation(subject), checks=(told,))
