"""Panes as those of the program with nothing in them, on a plain qasync loop; ends at its first paint."""

from __future__ import annotations

import asyncio
import sys

import qasync  # type: ignore[import-untyped]
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from tests.bench.painted import FirstPaint


def _panes() -> QMainWindow:
    window = QMainWindow()
    window.resize(1260, 760)
    for title in ("&File", "&Action", "&View", "&Help"):
        window.menuBar().addMenu(title)
    middle = QSplitter(Qt.Orientation.Vertical)
    machines = QTreeView()
    machines.setModel(QStandardItemModel(0, 6, machines))
    middle.addWidget(machines)
    details = QTabWidget()
    for title in ("Summary", "Storage", "Networking", "Checkpoints", "Replication"):
        details.addTab(QLabel(), title)
    middle.addWidget(details)
    middle.addWidget(QScrollArea())
    actions = QWidget()
    column = QVBoxLayout(actions)
    for _action in range(12):
        column.addWidget(QToolButton())
    columns = QSplitter(Qt.Orientation.Horizontal)
    for pane in (QTreeView(), middle, actions):
        columns.addWidget(pane)
    around = QWidget()
    QHBoxLayout(around).addWidget(columns)
    window.setCentralWidget(around)
    window.statusBar().addWidget(QLabel(), 1)
    return window


async def _show() -> None:
    window = _panes()
    FirstPaint(window)
    window.show()
    await asyncio.Event().wait()


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    app.setStyle("Fusion")
    with qasync.QEventLoop(app) as loop:
        loop.run_until_complete(_show())
