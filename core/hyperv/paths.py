"""Folders on a Windows host, checked before they are sent anywhere."""

from __future__ import annotations

import re

from core.language import _

LONGEST_FILE = 259
"""Characters that the path of a file may have: Windows' 260, of which one is the end (Win32 naming rules)."""
LONGEST_FOLDER = 240
"""The same for a folder, so that the name of a file still fits."""
_ILLEGAL = re.compile(r'[<>:"|?*/\x00-\x1f]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$", re.IGNORECASE)
_DRIVE = re.compile(r"^[A-Za-z]:\\")
_ROOT = re.compile(r"^[A-Za-z]:\\$")
_SHARE = re.compile(r"^\\\\[^\\]+\\[^\\]+")

_SHARED_VOLUME = re.compile(r"^[A-Za-z]:\\ClusterStorage\\[^\\]+", re.IGNORECASE)


def shared_volume(path: str) -> str | None:
    """The folder of the cluster shared volume on which ``path`` lies, or None (Windows Server documentation)."""
    found = _SHARED_VOLUME.match(path)
    return found[0] if found else None


def folder_fault(folder: str) -> str | None:
    """What is wrong with ``folder`` as an absolute path on a Windows host, in a sentence; None when nothing is.

    The rules are those of the Win32 documentation on naming files.
    """
    if not folder.strip():
        return _("No folder is named.")
    if _DRIVE.match(folder):
        parts = folder[3:].split("\\")
    elif _SHARE.match(folder):
        parts = folder[2:].split("\\")
    else:
        return _("{folder} is not a full path.").format(folder=folder)
    if len(folder) > LONGEST_FOLDER:
        return _("The path has {count} characters; at most {limit} fit.").format(
            count=len(folder), limit=LONGEST_FOLDER
        )
    if "" in parts[:-1]:
        return _("The path has two backslashes with no name between them.")
    for part in filter(None, parts):
        if found := _ILLEGAL.search(part):
            return _("A folder's name cannot contain the character {character}.").format(character=repr(found[0]))
        if part in (".", ".."):
            return _("The path must not contain . or .. as a folder.")
        if part != part.rstrip(" .") or part != part.lstrip(" "):
            return _("The folder {name} begins or ends with a space or ends with a dot.").format(name=f"“{part}”")
        if _RESERVED.match(part):
            return _("{name} is a name that Windows keeps for devices.").format(name=part)
    return None


def tidy(folder: str) -> str:
    """``folder`` without a backslash at its end, which means nothing; the root of a drive keeps it."""
    return folder if _ROOT.match(folder) else folder.rstrip("\\")


def same_path(one: str, other: str) -> bool:
    """Whether two paths are the same to Windows: letter case and a closing backslash do not matter."""
    return one.rstrip("\\").lower() == other.rstrip("\\").lower()


def is_on_share(path: str) -> bool:
    """Whether ``path`` lies on a share, and not on a drive of the host."""
    return path.startswith("\\\\")
