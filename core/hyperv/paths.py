"""Folders on a Windows host, checked before they are sent anywhere."""

from __future__ import annotations

import re

from core.language import _

LONGEST_FOLDER = 240
"""Characters that a folder may have, so that a file name still fits Windows' 260 (Win32 naming rules)."""
_ILLEGAL = re.compile(r'[<>:"|?*/\x00-\x1f]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$", re.IGNORECASE)
_DRIVE = re.compile(r"^[A-Za-z]:\\")
_SHARE = re.compile(r"^\\\\[^\\]+\\[^\\]+")


def folder_fault(folder: str) -> str | None:
    """What is wrong with ``folder`` as an absolute path on a Windows host, in a sentence; None when nothing is.

    The rules are those of the Win32 documentation on naming files.
    """
    if not folder.strip():
        return _("No folder is named.")
    if _DRIVE.match(folder):
        rest = folder[3:]
    elif share := _SHARE.match(folder):
        rest = folder[share.end() :]
    else:
        return _("{folder} is not a full path.").format(folder=folder)
    if len(folder) > LONGEST_FOLDER:
        return _("The path has {count} characters; at most {limit} fit.").format(
            count=len(folder), limit=LONGEST_FOLDER
        )
    for part in filter(None, rest.split("\\")):
        if found := _ILLEGAL.search(part):
            return _("A folder's name cannot contain the character {character}.").format(character=repr(found[0]))
        if part in (".", ".."):
            return _("The path must not contain . or .. as a folder.")
        if part != part.rstrip(" .") or part != part.lstrip(" "):
            return _("The folder {name} begins or ends with a space or ends with a dot.").format(name=f"“{part}”")
        if _RESERVED.match(part):
            return _("{name} is a name that Windows keeps for devices.").format(name=part)
    return None


def same_path(one: str, other: str) -> bool:
    """Whether two paths are the same to Windows: letter case and a closing backslash do not matter."""
    return one.rstrip("\\").lower() == other.rstrip("\\").lower()
