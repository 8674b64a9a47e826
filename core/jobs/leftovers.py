"""What a migration leaves behind: empty folders after a success, copies of disks after a failure."""

from __future__ import annotations

import ntpath
from collections.abc import Sequence

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.hyperv.paths import same_path
from core.hyperv.query import Reading, RowQuestion, TextQuestion, ask
from core.jobs.goal import Fact, Facts
from core.jobs.plan import Action, Folder, Plan
from core.language import _
from core.powershell.command import Pipeline, Statement, Switch, command


async def existing_files(estate: Estate, host: HostKey, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of ``paths`` at which the host has a file. Raises RemotingError and UnexpectedAnswer."""
    questions = [
        TextQuestion(f"file {number}", command("Test-Path", LiteralPath=path)) for number, path in enumerate(paths)
    ]
    if not questions:
        return ()
    reading = Reading.of((await estate.ask(host, ask(questions))).output)
    found = [reading.texts.get(question.name) == "True" for question in questions]
    return tuple(path for path, is_there in zip(paths, found, strict=True) if is_there)


async def empty_folders(estate: Estate, folder: Folder) -> tuple[str, ...]:
    """``folder`` and those below it, the deepest first, when there is not a single file in them; else nothing.

    A folder that is a host's default, or the root of a volume, is not for removing. Raises RemotingError and
    UnexpectedAnswer.
    """
    picture = estate.picture(folder.host)
    host = picture.inventory.host if picture.inventory is not None else None
    kept = (host.virtual_machine_path, host.virtual_hard_disk_path) if host is not None else ()
    if _is_root(folder.path) or any(same_path(folder.path, path) for path in kept):
        return ()
    parent = ntpath.dirname(folder.path.rstrip("\\"))
    beside = RowQuestion("beside", command("Get-ChildItem", LiteralPath=parent, Force=Switch.PRESENT), ("FullName",))
    within = RowQuestion(
        "within",
        command("Get-ChildItem", LiteralPath=folder.path, Recurse=Switch.PRESENT, Force=Switch.PRESENT),
        ("FullName", "PSIsContainer"),
    )
    reading = Reading.of((await estate.ask(folder.host, ask((beside, within)))).output)
    if not any(same_path(str(row.get("FullName")), folder.path) for row in reading.rows(beside)):
        return ()
    rows = reading.rows(within)
    paths = [str(row.get("FullName")) for row in rows if row.get("PSIsContainer") is True]
    if len(paths) < len(rows) or not all(_is_within(path, folder.path) for path in paths):
        return ()
    return (*sorted(paths, key=lambda path: -path.count("\\")), folder.path)


def removal(title: str, host: HostKey, paths: Sequence[str]) -> Action:
    """Remove files and empty folders, in this order; a folder that is not empty any more stays."""
    gone = tuple(
        Fact(
            Statement((command("Get-ChildItem", LiteralPath=ntpath.dirname(path), Force=Switch.PRESENT),)),
            (("FullName", path),),
            is_absent=True,
        )
        for path in paths[-1:]
    )
    return Action(
        title=title,
        host=host,
        pipeline=Pipeline((Statement((command("Remove-Item", LiteralPath=tuple(paths)),)),)),
        goal=Facts(host, gone),
        undo_text=_("Nothing undoes it: what is removed is gone."),
    )


def clean_up_plan(host: HostKey, actions: Sequence[Action]) -> Plan:
    """What removes everything that was left behind."""
    lines = tuple((_("Remove on {host}:").format(host=action.host.name), action.title) for action in actions)
    return Plan(_("Remove what was left behind"), host, tuple(actions), summary=lines)


def _is_within(path: str, folder: str) -> bool:
    """Whether a host that was asked for what is below ``folder`` tells of such a thing."""
    return ntpath.normpath(path).lower().startswith(ntpath.normpath(folder).lower().rstrip("\\") + "\\")


def _is_root(path: str) -> bool:
    drive, rest = ntpath.splitdrive(path)
    return not drive or not rest.strip("\\")
