"""What the user has chosen about the window itself; nothing is lost when the file is."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QSize

from core.own_files import make_folder, open_file

_INTRODUCES_MOVES = "wizards/move/before_you_begin"
_INTRODUCES_REPLICATIONS = "wizards/enable_replication/before_you_begin"
_INTRODUCES_IMPORTS = "wizards/import/before_you_begin"


@dataclass(frozen=True, slots=True)
class ListLayout:
    """How a list stands: its ``columns`` in order, their ``widths`` in pixels, and by which it is sorted."""

    columns: tuple[str, ...]
    widths: tuple[tuple[str, int], ...] = ()
    sorted_by: str = ""
    is_descending: bool = False


class Preferences:
    """Choices that are kept in ``folder``."""

    def __init__(self, folder: Path) -> None:
        file = folder / "window.ini"
        # Qt would make both for all users of the computer; the rights of a file that is there it leaves alone.
        with contextlib.suppress(OSError):
            make_folder(folder)
            os.close(open_file(file, os.O_RDWR | os.O_CREAT))
        self._kept = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def introduces_moves(self) -> bool:
        """Whether the Move Wizard begins with the page that says what has to be in place."""
        return bool(self._kept.value(_INTRODUCES_MOVES, True, type=bool))

    @introduces_moves.setter
    def introduces_moves(self, wanted: bool) -> None:
        self._kept.setValue(_INTRODUCES_MOVES, wanted)
        self._kept.sync()

    @property
    def introduces_replications(self) -> bool:
        """Whether the Enable Replication Wizard begins with the page that says what has to be in place."""
        return bool(self._kept.value(_INTRODUCES_REPLICATIONS, True, type=bool))

    @introduces_replications.setter
    def introduces_replications(self, wanted: bool) -> None:
        self._kept.setValue(_INTRODUCES_REPLICATIONS, wanted)
        self._kept.sync()

    @property
    def introduces_imports(self) -> bool:
        """Whether the Import Wizard begins with the page that says what it needs."""
        return bool(self._kept.value(_INTRODUCES_IMPORTS, True, type=bool))

    @introduces_imports.setter
    def introduces_imports(self, wanted: bool) -> None:
        self._kept.setValue(_INTRODUCES_IMPORTS, wanted)
        self._kept.sync()

    def list_layout(self, name: str) -> ListLayout | None:
        """How the list ``name`` stood last, or None."""
        columns = self._text(f"lists/{name}/columns")
        if not columns:
            return None
        widths = (each.partition(":") for each in self._text(f"lists/{name}/widths").split())
        sorted_by = self._text(f"lists/{name}/sorted_by")
        return ListLayout(
            tuple(columns.split()),
            tuple((column, int(width)) for column, _colon, width in widths if width.isdecimal()),
            sorted_by.removeprefix("-"),
            sorted_by.startswith("-"),
        )

    def keep_list_layout(self, name: str, layout: ListLayout) -> None:
        """Keep how the list ``name`` stands."""
        widths = " ".join(f"{column}:{width}" for column, width in layout.widths)
        self._kept.setValue(f"lists/{name}/columns", " ".join(layout.columns))
        self._kept.setValue(f"lists/{name}/widths", widths)
        self._kept.setValue(f"lists/{name}/sorted_by", ("-" if layout.is_descending else "") + layout.sorted_by)

    def state(self, name: str) -> QByteArray:
        """Where the window or splitter ``name`` stood last, as Qt writes it; empty where that is not known."""
        kept = self._kept.value(f"windows/{name}")
        return kept if isinstance(kept, QByteArray) else QByteArray()

    def keep_state(self, name: str, state: QByteArray) -> None:
        """Keep where the window or splitter ``name`` stands."""
        self._kept.setValue(f"windows/{name}", state)

    def save(self) -> None:
        """Write what was kept at once: Qt would when it comes to it, even after the folder is gone."""
        self._kept.sync()

    def size(self, name: str) -> QSize:
        """How large the dialog ``name`` was last; not valid where that is not known."""
        kept = self._kept.value(f"windows/{name}")
        return kept if isinstance(kept, QSize) else QSize()

    def keep_size(self, name: str, size: QSize) -> None:
        """Keep how large the dialog ``name`` is."""
        self._kept.setValue(f"windows/{name}", size)

    def is_shown(self, name: str) -> bool:
        """Whether the user wants to see the pane ``name``."""
        return bool(self._kept.value(f"panes/{name}", True, type=bool))

    def keep_shown(self, name: str, *, is_shown: bool) -> None:
        """Keep whether the user wants to see the pane ``name``."""
        self._kept.setValue(f"panes/{name}", is_shown)

    def _text(self, name: str) -> str:
        return str(self._kept.value(name, ""))
