"""The journal: every plan with who and when, each call as it was sent, the host's answers and the outcome."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.jobs.journal import Journal
from core.jobs.journal_entry import JournalEntry
from core.jobs.journal_export import as_table, as_transcript
from core.language import _, ngettext
from core.remoting.workers import Workers
from gui.export_dialog import ExportDialog
from gui.form import push_button
from gui.icons import icon
from gui.models.journal_list import JournalListModel, journal_rows
from gui.panels.journal_story import JournalStory
from gui.panels.notice import Notice
from gui.panels.row_table import row_table
from gui.tasks import Tasks

_LOOK_EVERY = 1000
"""Milliseconds."""
_WIDTHS = (140, 100, 120, 220, 110)


class JournalDialog(QDialog):
    """Shows the journal, and what is written into it meanwhile, by this program or another. It changes nothing."""

    def __init__(self, journal: Journal, workers: Workers, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("journal")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Journal"))
        self.setWindowIcon(icon("journal"))
        self.resize(1000, 660)
        self._journal = journal
        self._workers = workers
        self._tasks = tasks
        self.model = JournalListModel(self)
        self.filter = QLineEdit()
        self.filter.setObjectName("journal_filter")
        self.filter.setAccessibleName(_("Filter"))
        self.filter.setPlaceholderText(_("Words that occur in an entry"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._filter)
        self.count = QLabel()
        self.count.setObjectName("journal_count")
        self.table = self._table()
        self.story = JournalStory()
        self.notice = Notice()
        self._arrange()
        QShortcut(QKeySequence.StandardKey.Find, self, self.filter.setFocus)
        QShortcut(QKeySequence.StandardKey.Refresh, self, self.read)
        self.filter.setFocus()
        self._mark: tuple[str, int] | None = None
        self._look_again = QTimer(self, interval=_LOOK_EVERY)
        self._look_again.timeout.connect(self._look)
        self._look_again.start()
        self.read()

    def read(self) -> None:
        """Read the journal anew."""
        self._mark = self._journal.mark()
        self._tasks.start(self._read(), "read the journal")

    def _look(self) -> None:
        if self._journal.mark() != self._mark:
            self.read()

    def _table(self) -> QTableView:
        table = row_table("journal_entries", _("Entries of the journal"), self.model, air=6)
        table.setFrameShape(QFrame.Shape.StyledPanel)
        for column, width in enumerate(_WIDTHS):
            table.setColumnWidth(column, width)
        table.setSortingEnabled(True)
        table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        table.selectionModel().currentRowChanged.connect(self._show_entry)
        return table

    def _arrange(self) -> None:
        label = QLabel(_("&Filter:"))
        label.setBuddy(self.filter)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(label)
        top.addWidget(self.filter, 1)
        top.addWidget(self.count)
        panes = QSplitter(Qt.Orientation.Vertical)
        panes.addWidget(self.table)
        panes.addWidget(self.story)
        panes.setSizes([300, 280])
        panes.setChildrenCollapsible(False)
        refresh = push_button("journal_refresh", _("&Refresh"))
        refresh.clicked.connect(self.read)
        table = push_button("journal_csv", _("Export as &CSV..."))
        table.clicked.connect(lambda: self._export(_("Export as CSV"), ".csv", _("CSV files (*.csv)"), as_table))
        transcript = push_button("journal_transcript", _("Export as &PowerShell..."))
        transcript.clicked.connect(
            lambda: self._export(
                _("Export as PowerShell transcript"), ".ps1", _("PowerShell scripts (*.ps1)"), as_transcript
            )
        )
        for button in (table, transcript):
            button.setToolTip(_("What the filter lets through is exported, the oldest entry first."))
        close = push_button("journal_close", _("Close"))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (refresh, table, transcript):
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(10)
        layout.addLayout(top)
        layout.addWidget(panes, 1)
        layout.addWidget(self.notice)
        layout.addLayout(buttons)

    async def _read(self) -> None:
        try:
            rows = await self._workers.run(journal_rows, await self._journal.entries())
        except OSError as error:
            what = _("The journal in {folder} cannot be read: {reason}.")
            self.notice.say(
                "error",
                what.format(folder=self._journal.folder, reason=error.strerror or error),
                _("Make the folder readable for you, then choose Refresh."),
            )
            return
        self.notice.clear()
        self._keep_entry(lambda: self.model.show(rows))

    def _filter(self, words: str) -> None:
        self._keep_entry(lambda: self.model.filter(words))

    def _keep_entry(self, change: Callable[[], None]) -> None:
        """Change what is listed; the entry that was chosen stays so while it is listed."""
        chosen = self.model.entry(self.table.currentIndex())
        change()
        self.count.setText(_("{shown} of {total} entries").format(shown=self.model.rowCount(), total=self.model.total))
        index = self.model.find(chosen) if chosen is not None else QModelIndex()
        if index.isValid():
            self.table.setCurrentIndex(index)
        else:
            self.story.clear_story()

    def _show_entry(self, index: QModelIndex, _previous: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry is not None:
            self.story.show_job(self.model.of_job(entry.job), entry)

    def _export(self, title: str, suffix: str, kinds: str, text_of: Callable[[tuple[JournalEntry, ...]], str]) -> None:
        def content() -> tuple[str, int]:
            entries = tuple(sorted(self.model.shown, key=lambda entry: (entry.time, entry.sequence)))
            return text_of(entries), len(entries)

        def written(count: int) -> str:
            return ngettext("{count} entry is in {file}.", "{count} entries are in {file}.", count)

        dialog = ExportDialog(self, title, _("VM Ferry journal"), suffix, kinds)
        dialog.setObjectName("journal_export")
        dialog.write(content, written, self._workers, self._tasks, self.notice.say)
        dialog.open()
