"""The support bundle: one file for somebody who helps. Never a password; names only where the user agrees.

Without names it holds no free text at all, because a name may stand anywhere in it: hosts, users and machines become
numbers, and of the rest only what comes from a fixed choice is kept.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from core.estate.profiles import Profile
from core.jobs.journal_entry import JournalEntry
from core.own_files import write_file
from core.redaction import redacted

MOST_ENTRIES = 500
"""Of the journal: the newest."""
_CMDLET = re.compile(r"\b[A-Z][a-z]+-[A-Z]\w+\b")
_CODE = re.compile(r"0x[0-9A-Fa-f]{8}")
_FILES = ("ca_file", "certificate_file", "certificate_key_file", "proxy", "fingerprint")


@dataclass(frozen=True, slots=True)
class Findings:
    """What goes into a bundle: what runs, the lines of the log, the journal, the servers."""

    versions: Mapping[str, str]
    log: Iterable[Mapping[str, str]]
    journal: Iterable[JournalEntry]
    profiles: Iterable[Profile]


def write(file: Path, findings: Findings, *, with_names: bool) -> None:
    """Write the bundle as a zip file. Raises OSError."""
    numbers = _Numbers()
    journal = tuple(findings.journal)[-MOST_ENTRIES:]
    if with_names:
        parts: dict[str, list[Any]] = {
            "log": list(findings.log),
            "journal": [msgspec.to_builtins(entry) for entry in journal],
            "servers": [msgspec.to_builtins(profile) for profile in findings.profiles],
        }
    else:
        parts = {
            "log": [_bare_line(line, numbers) for line in findings.log],
            "journal": [_bare_entry(entry, numbers) for entry in journal],
            "servers": [_bare_profile(profile, numbers) for profile in findings.profiles],
        }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("versions.json", json.dumps(dict(findings.versions), indent=2, ensure_ascii=False))
        for name, entries in parts.items():
            text = "".join(json.dumps(_clean(entry), ensure_ascii=False) + "\n" for entry in entries)
            bundle.writestr(f"{name}.jsonl", text)
    write_file(file, whole.getvalue())


def _clean(part: object) -> object:
    """``part`` without secrets, in every text that it is made of."""
    match part:
        case str():
            return redacted(part)
        case dict():
            return {name: _clean(value) for name, value in part.items()}
        case list() | tuple():
            return [_clean(value) for value in part]
        case _:
            return part


class _Numbers:
    """A number for each name, the same wherever it stands."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}

    def of(self, kind: str, name: str) -> str:
        if not name:
            return ""
        count = sum(known == kind for known, _name in self._known) + 1
        return self._known.setdefault((kind, name.casefold()), f"{kind}-{count}")


def _bare_line(line: Mapping[str, str], numbers: _Numbers) -> dict[str, str]:
    kept = {name: line[name] for name in ("time", "event", "what") if name in line}
    return kept | {"host": numbers.of("host", line.get("host", "")), "codes": " ".join(_CODE.findall(str(line)))}


def _bare_entry(entry: JournalEntry, numbers: _Numbers) -> dict[str, object]:
    return {
        "time": entry.time.isoformat(timespec="seconds"),
        "event": entry.event.value,
        "job": numbers.of("job", str(entry.job)),
        "user": numbers.of("user", entry.user),
        "host": numbers.of("host", entry.host),
        "step": entry.step,
        "state": entry.state,
        "cmdlets": _CMDLET.findall(entry.script),
        "errors": [
            {"id": record.error_id, "category": record.category, "codes": _CODE.findall(record.message)}
            for record in entry.records
        ],
    }


def _bare_profile(profile: Profile, numbers: _Numbers) -> dict[str, object]:
    kept: dict[str, object] = msgspec.to_builtins(profile)
    for name in ("address", "name"):
        kept[name] = numbers.of("host", getattr(profile, name))
    kept["user_name"] = numbers.of("user", profile.user_name)
    kept["group"] = numbers.of("group", profile.group)
    for name in _FILES:
        kept[name] = bool(getattr(profile, name))
    return kept
