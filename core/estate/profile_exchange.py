"""Profiles for other computers and other people: files to give away, and what can be read from one."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import msgspec

from core.estate.addresses import address_fault
from core.estate.profile_store import PROFILES_SCHEMA
from core.estate.profiles import Profile, Profiles
from core.kept_file import Unreadable
from core.language import _

MOST_BYTES = 5_000_000
"""A file that is larger is not read."""

_BETWEEN_NAMES = re.compile(r"[\s,;]+")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a file offers: whole ``profiles`` with ``groups``, or only ``names``; ``notes`` say what was left out."""

    profiles: tuple[Profile, ...] = ()
    groups: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def exported(profiles: Profiles) -> bytes:
    """A file with all profiles. There is no secret in it, because there is none in them."""
    return PROFILES_SCHEMA.encoded(profiles)


def read_file(content: bytes, known: Profiles) -> Found:
    """What a file that was exported, or a list of names, would add to ``known``. Raises Unreadable.

    In a list, names stand in lines or between commas, and # begins a comment.
    """
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is too large for a list of servers."))
    text = _text(content)
    if text.lstrip().startswith("{"):
        return _profiles(PROFILES_SCHEMA.decoded(text.encode()), known)
    return _names(text, known)


def added(known: Profiles, found: Found, template: Profile | None = None) -> Profiles:
    """``known`` with what was found; names get the rest from ``template``. What is listed already stays as it is."""
    new = list(found.profiles)
    if template is not None:
        new += [msgspec.structs.replace(template, address=name, name="") for name in found.names]
    for group in found.groups:
        known = known.with_group(group)
    for profile in new:
        if known.find(profile.listed_name) is None:
            known = known.kept(profile)
    return known


def _profiles(offered: Profiles, known: Profiles) -> Found:
    new = tuple(each for each in offered.profiles if known.find(each.listed_name) is None)
    twice = [each.listed_name for each in offered.profiles if each not in new]
    return Found(profiles=new, groups=offered.groups, notes=_listed(twice))


def _names(text: str, known: Profiles) -> Found:
    new: dict[str, str] = {}
    twice: list[str] = []
    notes: list[str] = []
    for line in text.splitlines():
        for name in filter(None, _BETWEEN_NAMES.split(line.partition("#")[0])):
            if (fault := address_fault(name)) is not None:
                notes.append(fault)
            elif known.find(name) is not None:
                twice.append(name)
            else:
                new.setdefault(name.casefold(), name)
    if not new and not twice:
        raise Unreadable(notes[0] if notes else _("There is no name in the file."))
    return Found(names=tuple(new.values()), notes=(*notes, *_listed(twice)))


def _listed(names: list[str]) -> tuple[str, ...]:
    return tuple(_("{host} is in the list already.").format(host=name) for name in names)


def _text(content: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(_("The file is neither a list of names nor an export of VM Ferry.")) from error
