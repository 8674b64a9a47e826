"""Looking whether a machine stands as its plan wanted it, and what is left of the way there."""

from __future__ import annotations

import asyncio
import ntpath
from collections.abc import Iterator
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.estate.inventory import Inventory
from core.hyperv.paths import same_path
from core.hyperv.query import Reading, TextQuestion, UnexpectedAnswer, ask
from core.jobs.leftovers import clean_up_plan, empty_folders, existing_files, removal
from core.jobs.patience import Patience
from core.jobs.plan import Action, Expectation, Plan, PlannedEnd
from core.jobs.status import Finding
from core.language import _
from core.powershell.command import command
from core.remoting.errors import RemotingError


async def beats(estate: Estate, host: HostKey, machine_id: UUID) -> bool:
    """Whether the guest of a machine answers the host's heartbeat. Raises RemotingError and UnexpectedAnswer.

    The names of VMHeartbeatStatus that mean so begin with Ok; its numbers are not published.
    """
    source = command("Get-VM", Id=machine_id) | command("Select-Object", ExpandProperty="Heartbeat")
    question = TextQuestion("heartbeat", source)
    return Reading.of((await estate.ask(host, ask((question,)))).output).texts.get(question.name, "").startswith("Ok")


async def verify(plan: Plan, estate: Estate, patience: Patience, *, had_heartbeat: bool) -> tuple[Finding, ...]:
    """What is found of the machine after its plan was carried out."""
    end, expected = plan.end, plan.expectation
    if end is None or expected is None:
        return ()
    picture = await estate.reread(end.host)
    if picture.failure is not None or picture.inventory is None:
        return (_not_looked(end.host, picture.failure.cause if picture.failure else ""),)
    findings = list(_standing(picture.inventory, end, expected))
    if picture.inventory.machine(expected.machine_id) is None:
        return tuple(findings)
    if had_heartbeat:
        findings.append(await _heartbeat(estate, end.host, expected, patience))
    findings += _hints(picture.inventory, end)
    return tuple(findings)


async def left_after_success(plan: Plan, estate: Estate) -> tuple[tuple[Finding, ...], Plan | None]:
    """The empty folders that a move has left, and the plan that removes them."""
    actions: list[Action] = []
    findings: list[Finding] = []
    for folder in plan.end.former_folders if plan.end is not None else ():
        try:
            left = await empty_folders(estate, folder)
        except (RemotingError, UnexpectedAnswer) as error:
            findings.append(_not_looked(folder.host, str(error)))
            continue
        if left:
            what = _("The empty folder {folder} was left on {host}.").format(folder=folder.path, host=folder.host.name)
            findings.append(Finding(what, False, _("Clean Up removes it.")))
            actions.append(removal(folder.path, folder.host, left))
    return tuple(findings), clean_up_plan(plan.host, actions) if actions else None


async def left_after_failure(
    plan: Plan, estate: Estate, found_before: tuple[str, ...]
) -> tuple[tuple[Finding, ...], Plan | None]:
    """The copies that a move which did not come about has left, and the plan that removes them.

    Files that were there before (``found_before``) are not of this move and stay.
    """
    end = plan.end
    if end is None:
        return (), None
    before = {path.lower() for path in found_before}
    used = _in_use(estate, end.host)
    wanted = [path for path in end.disks if path.lower() not in before | used]
    try:
        left = await existing_files(estate, end.host, wanted)
    except (RemotingError, UnexpectedAnswer) as error:
        return (_not_looked(end.host, str(error)),), None
    findings = tuple(
        Finding(_("{file} was left on {host}.").format(file=path, host=end.host.name), False, _("Clean Up removes it."))
        for path in left
    )
    actions = [removal(path, end.host, (path,)) for path in left]
    return findings, clean_up_plan(plan.host, actions) if actions else None


def _in_use(estate: Estate, host: HostKey) -> set[str]:
    """The disk files that machines of the host have."""
    inventory = estate.picture(host).inventory
    return {drive.path.lower() for drive in inventory.drives if drive.path} if inventory is not None else set()


def _standing(inventory: Inventory, end: PlannedEnd, expected: Expectation) -> Iterator[Finding]:
    names = {"machine": expected.machine_name, "host": end.host.name}
    machine = inventory.machine(expected.machine_id)
    if machine is None:
        cure = _("Look at the other hosts.")
        yield Finding(_("{machine} is not on {host}.").format(**names), False, cure)
        return
    as_before = machine.state == expected.state
    told = _("{machine} is on {host}: {state}, as before.") if as_before else _("{machine} is {state} on {host}.")
    cure = "" if as_before else _("It was {state} before.").format(state=expected.state.word)
    yield Finding(told.format(state=machine.state.word, **names), as_before, cure)
    present = {drive.path.lower() for drive in inventory.drives_of(machine.machine_id) if drive.path}
    elsewhere = [path for path in end.disks if path.lower() not in present]
    for path in elsewhere:
        yield Finding(
            _("The disk {file} is not where it was planned.").format(file=path), False, _("Look at the disks.")
        )
    if end.disks and not elsewhere:
        yield Finding(_("Every virtual hard disk is where it was planned."), True)
    switches = {adapter.mac_address: adapter.switch_name or "" for adapter in inventory.adapters_of(machine.machine_id)}
    astray = [each for each in end.adapters if switches.get(each.mac_address, "").lower() != each.switch_name.lower()]
    for adapter in astray:
        what = _("The network adapter {adapter} is not connected to {switch}.")
        yield Finding(
            what.format(adapter=adapter.name, switch=adapter.switch_name or _("nothing, as it was planned")),
            False,
            _("Connect it in the settings of the machine."),
        )
    if end.adapters and not astray:
        yield Finding(_("Every network adapter is connected as it was planned."), True)


async def _heartbeat(estate: Estate, host: HostKey, expected: Expectation, patience: Patience) -> Finding:
    clock = asyncio.get_running_loop().time
    give_up = clock() + patience.heartbeat_within
    names = {"machine": expected.machine_name}
    while True:
        try:
            if await beats(estate, host, expected.machine_id):
                return Finding(_("The guest of {machine} answers.").format(**names), True)
        except (RemotingError, UnexpectedAnswer) as error:
            return _not_looked(host, str(error))
        if clock() >= give_up:
            cure = _("Look at its console: it answered before.")
            return Finding(_("The guest of {machine} does not answer.").format(**names), False, cure)
        await asyncio.sleep(patience.look_again_after)


def _hints(inventory: Inventory, end: PlannedEnd) -> Iterator[Finding]:
    """New folders that other programs of the host may have to know of."""
    usual = (inventory.host.virtual_machine_path, inventory.host.virtual_hard_disk_path)
    folders = dict.fromkeys(ntpath.dirname(path) for path in end.disks)
    for folder in folders:
        if not any(_is_below(folder, path) for path in usual):
            what = _("If backup or antivirus on {host} leaves out folders of virtual machines, add {folder}.")
            yield Finding(what.format(host=end.host.name, folder=folder), True)


def _is_below(folder: str, parent: str) -> bool:
    return same_path(folder, parent) or folder.lower().startswith(parent.rstrip("\\").lower() + "\\")


def _not_looked(host: HostKey, reason: str) -> Finding:
    what = _("What was left on {host} could not be looked at. {reason}").format(host=host.name, reason=reason)
    return Finding(what.strip(), False, _("Look at the host itself."))
