"""One job as the journal has it: what was planned and checked, sent and answered, and what it came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFont, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextBrowser

from core.jobs.journal_entry import JournalEntry
from core.jobs.plan import Plan
from core.jobs.plan_record import PlanUnreadable, read_plan
from core.language import _
from core.powershell.script import script
from core.remoting.records import ErrorRecord
from gui import theme
from gui.models.journal_list import host_text, state_text, time_text


class JournalStory(QTextBrowser):
    """The entries of one job as a text to be read and copied."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Sequence[JournalEntry], JournalEntry] | None = None
        self.setObjectName("journal_story")
        self.setAccessibleName(_("What the journal has of the job"))
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(10)
        self.clear_story()

    def clear_story(self) -> None:
        """Say that nothing is chosen."""
        self._shown = None
        self.clear()
        _write(self.textCursor(), _("Choose an entry to read about its job."), _plain())

    def show_job(self, entries: Sequence[JournalEntry], chosen: JournalEntry) -> None:
        """Show the ``entries`` of a job in their order, and go to the ``chosen`` one."""
        self._shown = entries, chosen
        self.clear()
        cursor = self.textCursor()
        _write(cursor, chosen.title, _heading(12))
        names = {"user": chosen.user, "host": host_text(chosen), "profile": chosen.profile}
        line = _("By {user}, on {host}, signed in as {profile}") if chosen.profile else _("By {user}, on {host}")
        _write(cursor, line.format(**names), _plain())
        place = 0
        for entry in entries:
            if entry == chosen:
                place = cursor.position()
            _write(cursor, _entry_heading(entry), _heading(9, is_chosen=entry == chosen), space=8)
            for text, is_code in _body(entry):
                _write(cursor, text, _code() if is_code else _plain(), indent=1)
        cursor.setPosition(place)
        self.setTextCursor(cursor)
        # The chosen entry stands at the top, and not just so that its first line is seen.
        top = self.cursorRect(cursor).top()
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + top)

    def changeEvent(self, event: QEvent) -> None:
        """Take the colours of the new palette when the system turns light or dark."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._shown is not None:
            self.show_job(*self._shown)


def _entry_heading(entry: JournalEntry) -> str:
    names = {"time": time_text(entry), "event": entry.event.word}
    if entry.state:
        return _("{time}  {event}: {state}").format(**names, state=state_text(entry))
    if entry.step is not None:
        return _("{time}  {event}, step {step}").format(**names, step=entry.step + 1)
    return _("{time}  {event}").format(**names)


def _body(entry: JournalEntry) -> Iterator[tuple[str, bool]]:
    """The paragraphs of an entry; whether each is PowerShell."""
    if entry.plan is not None:
        yield from _plan_lines(entry.plan)
    for check in entry.checks:
        yield _("Checked: {what}").format(what=check), False
    if entry.script:
        yield entry.script, True
    for record in entry.records:
        yield _record_text(record), False
    for text in (entry.detail, entry.cure):
        if text:
            yield text, False
    for finding in entry.findings:
        yield _("Found: {what}").format(what=finding), False


def _plan_lines(data: object) -> Iterator[tuple[str, bool]]:
    try:
        plan = read_plan(data)
    except PlanUnreadable as error:
        yield _("The plan cannot be read: {reason}.").format(reason=error), False
        return
    for name, value in plan.summary:
        yield f"{name} {value}", False
    yield from _action_lines(plan)


def _action_lines(plan: Plan) -> Iterator[tuple[str, bool]]:
    for number, action in enumerate(plan.actions, 1):
        names = {"number": number, "title": action.title, "host": action.host.name}
        yield _("Step {number} on {host}: {title}").format(**names), False
        yield script(action.pipeline), True
        if action.undo_text:
            yield action.undo_text, False


def _record_text(record: ErrorRecord) -> str:
    """The host's record whole, a line for each of its parts."""
    parts = (
        (_("Error ID"), record.error_id),
        (_("Category"), record.category),
        (_("Reason"), record.reason),
        (_("Target"), record.target),
        (_("Command"), record.cmdlet),
        (_("Advice"), record.advice),
    )
    told = [_("{name}: {value}").format(name=name, value=value) for name, value in parts if value]
    return "\n".join((_("The host said: {message}").format(message=record.message.strip()), *told))


def _write(cursor: QTextCursor, text: str, kind: QTextCharFormat, *, indent: int = 0, space: int = 2) -> None:
    """Add a paragraph; lines within it stay together."""
    block = QTextBlockFormat()
    block.setTopMargin(space)
    block.setLeftMargin(14 * indent)
    if kind.fontFixedPitch():
        block.setBackground(QColor(theme.colours().code))
    if cursor.position():
        cursor.insertBlock(block, kind)
    else:
        cursor.setBlockFormat(block)
    cursor.insertText(text.replace("\r\n", "\n").replace("\n", "\u2028"), kind)


def _plain() -> QTextCharFormat:
    kind = QTextCharFormat()
    kind.setFont(theme.text_font())
    return kind


def _heading(points: float, *, is_chosen: bool = False) -> QTextCharFormat:
    kind = QTextCharFormat()
    font: QFont = theme.text_font(points, bold=True)
    kind.setFont(font)
    kind.setForeground(QColor(theme.colours().heading_text))
    if is_chosen:
        kind.setBackground(QColor(theme.colours().section))
    return kind


def _code() -> QTextCharFormat:
    kind = QTextCharFormat()
    font = theme.fixed_font()
    font.setFixedPitch(True)
    kind.setFont(font)
    kind.setFontFixedPitch(True)
    return kind
