"""The folders of a host, read one level at a time as somebody opens them, and the making of a new one."""

from __future__ import annotations

import ntpath
from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from core.amounts import size_text
from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.hyperv.query import Question, Reading, UnexpectedAnswer, ask
from core.language import _
from core.powershell.command import Pipeline, Switch, command
from core.remoting.errors import CmdletFailed, OutcomeUnknown, RemotingError
from core.remoting.records import ErrorRecord


class Folder(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-ChildItem -Directory."""

    name: str
    full_name: str


class Share(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-SmbShare."""

    name: str
    path: str | None
    special: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A folder as it is offered: its path, what it is called, and what there is to say about it."""

    path: str
    name: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why something could not be read or made, and what can be done."""

    what: str
    cure: str


Listing: TypeAlias = "tuple[Place, ...] | Unreadable"
_SHARES = Question("shares", command("Get-SmbShare"), Share)


def volumes_of(estate: Estate, host: HostKey) -> tuple[Place, ...]:
    """The drives of a host as it was last read, with their free space."""
    inventory = estate.picture(host).inventory
    return tuple(
        Place(
            f"{volume.drive_letter}:\\",
            _("{label} ({letter}:)").format(label=volume.file_system_label or _("Drive"), letter=volume.drive_letter),
            _("{free} of {size} free").format(free=size_text(volume.size_remaining), size=size_text(volume.size)),
        )
        for volume in (inventory.volumes if inventory else ())
        if volume.drive_letter and volume.size
    )


async def shares_of(estate: Estate, host: HostKey) -> Listing:
    """The shares that a host serves, and those on which its machines lie."""
    inventory = estate.picture(host).inventory
    used = {root for drive in (inventory.drives if inventory else ()) if drive.path and (root := share_of(drive.path))}
    used |= {root for machine in (inventory.machines if inventory else ()) if (root := share_of(machine.path))}
    remark = _("Virtual machines of {host} lie there.").format(host=host.name)
    found = [Place(root, root, remark) for root in sorted(used)]
    try:
        answer = await estate.ask(host, ask((_SHARES,)))
        served = Reading.of(answer.output).records(_SHARES)
        if answer.errors and not served and not found:
            return _unreadable(answer.errors[0], host, "")
    except (RemotingError, UnexpectedAnswer) as error:
        return _not_asked(error, host) if not found else tuple(found)
    name = inventory.host.fully_qualified_domain_name if inventory else host.name
    for share in served:
        path = f"\\\\{name}\\{share.name}"
        if not share.special and path.lower() not in {place.path.lower() for place in found}:
            found.append(Place(path, path, _("Shared by {host}.").format(host=host.name)))
    return tuple(found)


async def folders_in(estate: Estate, host: HostKey, path: str) -> Listing:
    """The folders directly in ``path``."""
    source = command("Get-ChildItem", LiteralPath=(path,), Directory=Switch.PRESENT)
    question = Question("folders", source, Folder)
    try:
        answer = await estate.ask(host, ask((question,)))
        found = Reading.of(answer.output).records(question)
    except (RemotingError, UnexpectedAnswer) as error:
        return _not_asked(error, host)
    if answer.errors and not found:
        return _unreadable(answer.errors[0], host, path)
    folders = (Place(ntpath.join(path, folder.name), folder.name) for folder in found)
    return tuple(sorted(folders, key=lambda place: place.name.lower()))


async def make_folder(estate: Estate, host: HostKey, path: str) -> Unreadable | None:
    """Make a folder, with those above it; None when it is there now.

    The call is sent once. When its answer does not come, the host is asked whether the folder is there.
    """
    call = command("New-Item", ItemType="Directory", Path=(path,)) | command("Select-Object", ExpandProperty="Name")
    try:
        answer = await estate.change(host, Pipeline((call,)))
        answer.raise_for_errors()
    except CmdletFailed as error:
        return _unreadable(error.record, host, path)
    except OutcomeUnknown as error:
        return await _look_for(estate, host, path, error)
    except RemotingError as error:
        return _not_asked(error, host)
    return None


async def _look_for(estate: Estate, host: HostKey, path: str, error: OutcomeUnknown) -> Unreadable | None:
    listing = await folders_in(estate, host, ntpath.dirname(path))
    if isinstance(listing, tuple) and any(place.path.lower() == path.lower() for place in listing):
        return None
    what = f"{error.sentence} {error.cause}"
    return Unreadable(
        what, _("Whether {path} was made is not known. Open the folder above it again.").format(path=path)
    )


def share_of(path: str) -> str | None:
    """The share that a path lies on, as ``\\\\server\\share``; None for one on a drive."""
    if not path.startswith("\\\\"):
        return None
    return "\\".join(path.split("\\")[:4])


def _unreadable(record: ErrorRecord, host: HostKey, path: str) -> Unreadable:
    names = {"host": host.name, "path": path}
    if record.category == "PermissionDenied":
        if path.startswith("\\\\"):
            return Unreadable(
                _(
                    "{host} may not show {path} to you: a share is one computer further, and your sign-in ends here."
                ).format(**names),
                _("Type the path. The move itself reaches the share with the computer account of {host}.").format(
                    **names
                ),
            )
        return Unreadable(
            _("Access to {path} on {host} is denied.").format(**names), _("Choose another folder, or type its path.")
        )
    if record.category == "ObjectNotFound":
        return Unreadable(
            _("{path} is not there on {host}.").format(**names), _("Choose another folder, or make it here.")
        )
    return Unreadable(
        _("{host} says: {message}").format(host=host.name, message=" ".join(record.lines)), _("Type the path instead.")
    )


def _not_asked(error: RemotingError | UnexpectedAnswer, host: HostKey) -> Unreadable:
    if isinstance(error, RemotingError):
        return Unreadable(f"{error.sentence} {error.cause}", error.cure)
    return Unreadable(
        _("{host} gave an unexpected answer.").format(host=host.name) + f" {error}", _("Type the path instead.")
    )
