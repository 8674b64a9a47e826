"""Which files and folders the cmdlets of the file system provider are about."""

from __future__ import annotations

import ntpath
from collections.abc import Iterator

from lab.cmdlets.folder_records import PROVIDER
from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import not_simulated, windows_error
from lab.hyperv.files import NoSuchVolume, ShareDenied, is_on_share
from lab.hyperv.listing import Folder, Item, Listing
from lab.powershell.cmdlet import Call
from lab.powershell.streams import ErrorRecord, StatementError
from lab.powershell.values import Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

ITEM_MISSING = "System.Management.Automation.ItemNotFoundException"
DRIVE_MISSING = "System.Management.Automation.DriveNotFoundException"
UNAUTHORIZED = "System.UnauthorizedAccessException"
IO_EXCEPTION = "System.IO.IOException"


def listing(call: Call) -> Listing:
    """What the caller sees from this host."""
    return Listing(call.host, call.runspace.caller)


def asked_items(call: Call) -> Iterator[Item]:
    """What -Path (with wildcards) and -LiteralPath name; what is not there is an error of its own."""
    for value in listed(call.parameters.get("Path")):
        yield from _reported(call, display_text(value), literal=False)
    for value in listed(call.parameters.get("LiteralPath")):
        yield from _reported(call, display_text(value), literal=True)


def matching_items(call: Call, path: str, *, literal: bool) -> list[Item]:
    """What ``path`` names; empty when wildcards fit nothing.

    Raises StatementError where there is no such thing, no such drive, or no access.
    """
    full = full_path(call, path)
    seen = listing(call)
    try:
        if literal or not has_wildcards(full):
            item = seen.find(full.replace("`", "") if not literal else full)
            if item is None:
                raise StatementError(missing(call, path))
            return [item]
        return _expanded(seen, full)
    except (NoSuchVolume, ShareDenied) as error:
        raise StatementError(_unreachable(call, path, error)) from error


def full_path(call: Call, path: str) -> str:
    """``path`` without the name of the provider; raises StatementError for one that is not absolute."""
    full = path.removeprefix(f"{PROVIDER}::").removeprefix("FileSystem::").replace("/", "\\")
    drive, rest = ntpath.splitdrive(full)
    if not drive or (rest and not rest.startswith("\\")):
        not_simulated(call, f"a current location: give an absolute path instead of '{path}'")
    return full if rest or is_on_share(full) else full + "\\"


def missing(call: Call, path: str) -> ErrorRecord:
    """The error for a path that leads nowhere."""
    return windows_error(call, "item_missing", "ObjectNotFound", ITEM_MISSING, path, path=path)


def fits_patterns(call: Call, name: str) -> bool:
    """Whether -Filter, -Include and -Exclude let the name pass."""
    wanted = call.parameters.get("Filter")
    included, excluded = (
        [display_text(value) for value in listed(call.parameters.get(key))] for key in ("Include", "Exclude")
    )
    return (
        (wanted is None or display_text(wanted) == "*.*" or matches(display_text(wanted), name))
        and (not included or any(matches(pattern, name) for pattern in included))
        and not any(matches(pattern, name) for pattern in excluded)
    )


def _reported(call: Call, path: str, *, literal: bool) -> Iterator[Item]:
    try:
        yield from matching_items(call, path, literal=literal)
    except StatementError as refused:
        call.error(refused.record)
        if refused.record.error_id.startswith("ItemExistsUnauthorizedAccessError"):
            call.error(missing(call, path))  # Windows PowerShell 5.1 writes both


def _expanded(seen: Listing, path: str) -> list[Item]:
    drive, rest = ntpath.splitdrive(path)
    found: list[Item] = [item for item in [seen.find(drive + "\\")] if item is not None]
    for part in filter(None, rest.split("\\")):
        folders = [item for item in found if isinstance(item, Folder)]
        found = [child for folder in folders for child in seen.children(folder) if matches(part, _name(child))]
    return found


def _name(item: Item) -> str:
    return ntpath.basename(item.path)


def _unreachable(call: Call, path: str, error: NoSuchVolume | ShareDenied) -> ErrorRecord:
    target: Value = path
    if isinstance(error, ShareDenied):
        return windows_error(call, "item_denied", "PermissionDenied", UNAUTHORIZED, target)
    if is_on_share(path):
        return missing(call, path)
    name = ntpath.splitdrive(path)[0].rstrip(":")
    return windows_error(call, "drive_missing", "ObjectNotFound", DRIVE_MISSING, name, name=name)
