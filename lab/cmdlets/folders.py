"""Get-ChildItem, Get-Item, New-Item, Remove-Item and Test-Path, for files and folders."""

from __future__ import annotations

import datetime
import ntpath
from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.certificates import asked_certificates, is_certificate_path
from lab.cmdlets.folder_records import item_record
from lab.cmdlets.paths import (
    IO_EXCEPTION,
    asked_items,
    fits_patterns,
    full_path,
    listing,
    matching_items,
    missing,
)
from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import not_simulated, refuse_parameters, windows_error
from lab.hyperv.files import NoSuchVolume, ShareDenied, StoredFile, key
from lab.hyperv.listing import File, Folder, Item
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import ErrorRecord, StatementError
from lab.powershell.values import Value, display_text


@cmdlet("Get-ChildItem", aliases=("gci", "dir", "ls"))
async def get_child_item(call: Call) -> AsyncIterator[Value]:
    """What lies in folders, with -Recurse and -Depth below them too."""
    refuse_parameters(call, "Attributes")
    if is_certificate_path(call):
        for certificate in asked_certificates(call):
            yield certificate
        return
    if "Path" not in call.parameters and "LiteralPath" not in call.parameters:
        not_simulated(call, "a current location: give an absolute path")
    if any(call.switch(name) for name in ("Hidden", "System", "ReadOnly")):
        return  # no simulated file has these attributes
    depth = call.parameters.get("Depth")
    levels = depth if isinstance(depth, int) else -1 if call.switch("Recurse") else 0
    for start in asked_items(call):
        if isinstance(start, File):
            found: Iterator[Item] = iter((start,))
        elif "Include" in call.parameters and not levels:
            continue  # -Include works on the last part of the path, which is a folder here
        else:
            found = _below(call, start, levels)
        for item in found:
            if _is_wanted(call, item):
                if call.switch("Name"):
                    yield item.path.removeprefix(start.path).lstrip("\\") or ntpath.basename(item.path)
                else:
                    yield item_record(item, call.host, is_child=True)


@cmdlet("Get-Item", aliases=("gi",))
async def get_item(call: Call) -> AsyncIterator[Value]:
    """Files and folders by path."""
    refuse_parameters(call, "Stream")
    for item in asked_items(call):
        if fits_patterns(call, ntpath.basename(item.path)):
            yield item_record(item, call.host)


@cmdlet("New-Item", aliases=("ni",))
async def new_item(call: Call) -> AsyncIterator[Value]:
    """A new folder with all that lie above it, or an empty file."""
    refuse_parameters(call, "Value", "Credential")
    kind = display_text(call.parameters.get("ItemType", "File")).lower()
    if kind not in ("directory", "file"):
        not_simulated(call, f"-ItemType {kind}")
    name = display_text(call.parameters.get("Name"))
    for value in listed(call.parameters.get("Path")):
        path = ntpath.normpath(ntpath.join(display_text(value), name) if name else display_text(value))
        try:
            make = _new_folder if kind == "directory" else _new_file
            yield item_record(make(call, full_path(call, path)), call.host)
        except (StatementError, NoSuchVolume, ShareDenied) as error:
            call.error(error.record if isinstance(error, StatementError) else _not_reached(call, path, error))


@cmdlet("Remove-Item", aliases=("ri", "rm", "del", "rmdir"))
async def remove_item(call: Call) -> AsyncIterator[Value]:
    """Delete files, and folders with -Recurse; what a machine holds open stays."""
    refuse_parameters(call, "Stream", "Credential")
    for item in list(asked_items(call)):
        if not fits_patterns(call, ntpath.basename(item.path)):
            continue
        try:
            _remove(call, item)
        except StatementError as refused:
            call.error(refused.record)
    return
    yield  # nothing, ever: a cmdlet is a generator


@cmdlet("Test-Path")
async def test_path(call: Call) -> AsyncIterator[Value]:
    """Whether paths lead to something; an access that is denied is an error and counts as no."""
    refuse_parameters(call, "Credential")
    kind = display_text(call.parameters.get("PathType", "Any"))
    paths = [(display_text(value), False) for value in listed(call.parameters.get("Path"))]
    paths += [(display_text(value), True) for value in listed(call.parameters.get("LiteralPath"))]
    for path, literal in paths:
        if call.switch("IsValid"):
            yield not set('<>"|?*') & set(path)
            continue
        try:
            found = matching_items(call, path, literal=literal)
        except StatementError as refused:
            if refused.record.error_id.startswith(("ItemExistsUnauthorizedAccessError", "ParameterNotSupported")):
                call.error(refused.record)
            found = []
        types = {"Container": Folder, "Leaf": File}
        yield any((kind == "Any" or isinstance(item, types[kind])) and _is_of_age(call, item) for item in found)


def _below(call: Call, folder: Folder, levels: int) -> Iterator[Item]:
    children = list(listing(call).children(folder))
    yield from children
    for child in children:
        if isinstance(child, Folder) and levels:
            yield from _below(call, child, levels - 1)


def _is_wanted(call: Call, item: Item) -> bool:
    is_folder = isinstance(item, Folder)
    if (call.switch("Directory") and not is_folder) or (call.switch("File") and is_folder):
        return False
    return fits_patterns(call, ntpath.basename(item.path))


def _is_of_age(call: Call, item: Item) -> bool:
    written = item_record(item, call.host).properties["LastWriteTime"]
    newer, older = call.parameters.get("NewerThan"), call.parameters.get("OlderThan")
    assert isinstance(written, datetime.datetime)
    return not (
        (isinstance(newer, datetime.datetime) and written <= newer)
        or (isinstance(older, datetime.datetime) and written >= older)
    )


def _new_folder(call: Call, path: str) -> Item:
    seen = listing(call)
    there = seen.find(path)
    if isinstance(there, File) or (there is not None and not call.switch("Force")):
        raise StatementError(windows_error(call, "folder_exists", "ResourceExists", IO_EXCEPTION, path, path=path))
    volume, local = seen.place(path)
    volume.add_folder(local)
    return Folder(path)


def _new_file(call: Call, path: str) -> Item:
    seen = listing(call)
    if seen.find(path) is not None:
        raise StatementError(windows_error(call, "file_cannot_be_made", "WriteError", IO_EXCEPTION, path, path=path))
    if not isinstance(seen.find(ntpath.dirname(path)), Folder):
        raise StatementError(
            windows_error(
                call, "folder_of_file_missing", "WriteError", "System.IO.DirectoryNotFoundException", path, path=path
            )
        )
    volume, local = seen.place(path)
    file = StoredFile(local, 0)
    volume.add_folder(ntpath.dirname(local))
    volume.files[key(local)] = file
    return File(path, file)


def _remove(call: Call, item: Item) -> bool:
    """Delete an item with all below it; what cannot be deleted is an error. Returns whether nothing is left of it.

    Raises StatementError for a folder that is not empty, unless -Recurse was given.
    """
    seen = listing(call)
    volume, local = seen.place(item.path)
    if isinstance(item, File):
        if seen.is_in_use(item.path):
            names = {"path": item.path, "name": ntpath.basename(item.path)}
            call.error(windows_error(call, "item_in_use", "WriteError", IO_EXCEPTION, item.path, **names))
            return False
        del volume.files[key(local)]
        return True
    children = list(seen.children(item))
    if children and not call.switch("Recurse"):
        exception = "System.Management.Automation.PSInvalidOperationException"
        raise StatementError(windows_error(call, "folder_not_empty", "InvalidOperation", exception))
    if not all([_remove(call, child) for child in children]):  # noqa: C419 - all of them, whatever stays
        return False
    volume.folders.pop(key(local), None)
    return True


def _not_reached(call: Call, path: str, error: NoSuchVolume | ShareDenied) -> ErrorRecord:
    try:
        matching_items(call, path, literal=True)
    except StatementError as refused:
        return refused.record
    return missing(call, path)
