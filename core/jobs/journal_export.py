"""The journal for other programs: a table, and the calls as they were sent."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from core.jobs.journal_entry import Event, JournalEntry
from core.language import _

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""


def as_table(entries: Iterable[JournalEntry]) -> str:
    """One line of CSV for each entry, under a line with headings; times are ISO 8601 with their zone."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(
        (
            *(_("Time"), _("User"), _("Host"), _("Group"), _("Signed in as"), _("Job"), _("Event"), _("Step")),
            *(_("State"), _("Detail"), _("Call"), _("Errors"), _("Found")),
        )
    )
    for entry in entries:
        row = (
            *(entry.time.isoformat(timespec="seconds"), entry.user, entry.host, entry.group, entry.profile),
            *(entry.title, entry.event.word, "" if entry.step is None else str(entry.step + 1)),
            *(entry.state, entry.detail, entry.script),
            "\n".join(record.message for record in entry.records),
            "\n".join(entry.findings),
        )
        table.writerow(_harmless(cell) for cell in row)
    return text.getvalue()


def as_transcript(entries: Iterable[JournalEntry]) -> str:
    """What was sent, as PowerShell: each call under comments with its time, host and job; what came of it as well."""
    lines: list[str] = []
    for entry in entries:
        when = entry.time.isoformat(timespec="seconds")
        match entry.event:
            case Event.SENDING:
                names = {"time": when, "host": entry.host, "job": entry.title, "user": entry.user}
                lines += ["", _comment(_("{time}, {user} on {host}: {job}").format(**names)), entry.script]
            case Event.ANSWERED:
                lines += [_comment(record.message) for record in entry.records]
            case Event.ENDED:
                names = {"time": when, "job": entry.title, "state": entry.state, "detail": entry.detail}
                lines.append(_comment(_("{time}, {job}: {state}. {detail}").format(**names)))
    return "\n".join(lines).lstrip("\n") + "\n"


def _comment(text: str) -> str:
    """``text`` as comments: no line of it can be taken for a command."""
    return "\n".join(f"# {line}" for line in text.splitlines() or [""])


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell
