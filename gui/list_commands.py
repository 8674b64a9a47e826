"""What can be done with the list of machines as a whole: choosing its columns, copying and exporting it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QMenu, QMessageBox

from core.language import _, ngettext
from core.remoting.workers import Workers
from core.tables import csv_text, tabbed_text
from gui.column_chooser import ColumnChooser
from gui.export_dialog import ExportDialog
from gui.main_window import MainWindow
from gui.models.machine_columns import ALWAYS_SHOWN, COLUMNS, number_of
from gui.models.machine_rows import MachineRow
from gui.tasks import Tasks


class ListCommands:
    """Carries out what is asked of the list of ``window``; ``open_dialog`` shows a dialog."""

    def __init__(
        self, window: MainWindow, workers: Workers, tasks: Tasks, open_dialog: Callable[[QDialog], None]
    ) -> None:
        self._window = window
        self._pane = window.machine_pane
        self._workers = workers
        self._tasks = tasks
        self._open_dialog = open_dialog
        offered = window.actions_offered
        offered.choose_columns.triggered.connect(self.choose_columns)
        offered.copy_rows.triggered.connect(self.copy)
        self._pane.view.copy_asked.connect(self.copy)
        offered.export_list.triggered.connect(self.export)
        self._pane.view.horizontalHeader().customContextMenuRequested.connect(self._offer_columns)

    def choose_columns(self) -> None:
        """Open the dialog in which columns are added and removed."""
        chooser = ColumnChooser(self._shown(), self._pane.first_layout().columns, self._window)
        chooser.chosen.connect(self._show)
        self._open_dialog(chooser)

    def copy(self) -> None:
        """Put the selected rows on the clipboard, as a table that spreadsheets and texts take."""
        rows = self._pane.rows
        if rows:
            QGuiApplication.clipboard().setText(tabbed_text(self._headings(), self._cells(rows)))
            said = ngettext("{count} row was copied.", "{count} rows were copied.", len(rows))
            self._window.say(said.format(count=len(rows)))

    def export(self) -> None:
        """Ask for a file, and write the list into it as it is shown."""
        title, kinds = _("Export List"), _("CSV files (*.csv)")
        dialog = ExportDialog(self._window, title, self._proposed(), ".csv", kinds)
        dialog.setObjectName("list_export")
        dialog.write(self._exported, _written, self._workers, self._tasks, self._tell)
        self._open_dialog(dialog)

    def _exported(self) -> tuple[str, int]:
        rows = self._pane.model.rows(0, self._pane.model.rowCount())
        return csv_text(self._headings(), self._cells(rows)), len(rows)

    def _headings(self) -> Sequence[str]:
        return [COLUMNS[number].heading() for number in self._pane.view.columns]

    def _cells(self, rows: Iterable[MachineRow]) -> Iterator[list[str]]:
        shown = [COLUMNS[number] for number in self._pane.view.columns]
        for row in rows:
            yield [column.text(row) for column in shown]

    def _proposed(self) -> str:
        return _("Virtual machines {date}").format(date=datetime.date.today().isoformat())

    def _tell(self, kind: str, what: str, cure: str) -> None:
        if kind == "info":
            self._window.say(what)
            return
        box = QMessageBox(self._window)
        box.setObjectName("export_failed")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(_("Export List"))
        box.setText(what)
        box.setInformativeText(cure)
        box.addButton(_("Close"), QMessageBox.ButtonRole.RejectRole)
        self._open_dialog(box)

    def _offer_columns(self, place: QPoint) -> None:
        """The menu of the headings: every column with a tick, and the dialog."""
        header = self._pane.view.horizontalHeader()
        menu = QMenu(header)
        menu.setObjectName("column_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown = self._shown()
        for column in COLUMNS:
            action = menu.addAction(column.heading().replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(column.name in shown)
            action.setEnabled(column.name != ALWAYS_SHOWN)
            action.toggled.connect(lambda is_shown, name=column.name: self._toggle(name, is_shown=is_shown))
        menu.addSeparator()
        menu.addAction(self._window.actions_offered.choose_columns)
        menu.popup(header.viewport().mapToGlobal(place))

    def _toggle(self, name: str, *, is_shown: bool) -> None:
        shown = [each for each in self._shown() if each != name]
        self._show([*shown, name] if is_shown else shown)

    def _shown(self) -> list[str]:
        return [COLUMNS[number].name for number in self._pane.view.columns]

    def _show(self, names: Sequence[str]) -> None:
        view = self._pane.view
        layout = view.layout_now()
        if layout.sorted_by not in names:
            # Sorted by what nobody sees, the list would seem to have no order.
            view.sortByColumn(number_of(ALWAYS_SHOWN), Qt.SortOrder.AscendingOrder)
            layout = view.layout_now()
        view.lay_out(replace(layout, columns=tuple(names)))


def _written(count: int) -> str:
    return ngettext("The list, {count} row, is in {file}.", "The list, {count} rows, is in {file}.", count)
