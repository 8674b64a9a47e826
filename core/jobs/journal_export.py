"""The journal for other programs: a table, and the calls as they were sent."""

from __future__ import annotations

from collections.abc import Iterable

from core.jobs.journal_entry import Event, JournalEntry
from core.language import _
from core.tables import csv_text


def as_table(entries: Iterable[JournalEntry]) -> str:
    """One line of CSV for each entry, under a line with headings; times are ISO 8601 with their zone."""
    headings = (
        *(_("Time"), _("User"), _("Host"), _("Group"), _("Signed in as"), _("Job"), _("Event"), _("Step")),
        *(_("State"), _("Detail"), _("Call"), _("Errors"), _("Found")),
    )
    return csv_text(headings, (_row(entry) for entry in entries))


def _row(entry: JournalEntry) -> tuple[str, ...]:
    return (
        *(entry.time.isoformat(timespec="seconds"), entry.user, entry.host, entry.group, entry.profile),
        *(entry.title, entry.event.word, "" if entry.step is None else str(entry.step + 1)),
        *(entry.state, entry.detail, entry.script),
        "\n".join(record.message for record in entry.records),
        "\n".join(entry.findings),
    )


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
