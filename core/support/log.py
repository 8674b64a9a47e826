"""The log of the program: changes that were sent, calls that failed, and what nobody foresaw. Never a password.

One line of JSON each: ``time``, ``event``, ``host``, ``what`` (names of cmdlets or of an error), ``detail`` in words.
What succeeded and only read is not logged: a thousand hosts are read every 30 seconds.
"""

from __future__ import annotations

import datetime
import json
import logging
import logging.handlers
import os
from io import TextIOWrapper
from pathlib import Path

from core.own_files import keep_others_out, make_folder, open_file
from core.redaction import redacted

FILE = "vmferry.log"
MOST_BYTES = 1_000_000
"""Of one file; then it is renamed and a new one begun."""
FORMER_FILES = 4
"""How many renamed ones are kept."""

_logger = logging.getLogger("vmferry")
_logger.propagate = False
_logger.setLevel(logging.INFO)


class _File(logging.handlers.RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        os.close(open_file(Path(self.baseFilename), os.O_WRONLY | os.O_CREAT))
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:
        """A log that cannot be written keeps nobody from work."""


class Log:
    """Open until ``close``; ``folder`` is made when the first line is written."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self._handler: _File | None = None
        try:
            make_folder(folder)
            for former in folder.glob(f"{FILE}.*"):
                keep_others_out(former)
        except OSError:
            return
        self._handler = _File(folder / FILE, "a", most_bytes, FORMER_FILES, "utf-8", delay=True)
        _logger.addHandler(self._handler)

    def close(self) -> None:
        """Write no more."""
        if self._handler is not None:
            _logger.removeHandler(self._handler)
            self._handler.close()


def note(event: str, *, host: str = "", what: str = "", detail: str = "") -> None:
    """Write a line to the log, if one is open. ``event`` and ``what`` are no words of a host or of a user."""
    if not _logger.handlers:
        return
    time = datetime.datetime.now().astimezone().isoformat(timespec="milliseconds")
    line = {"time": time, "event": event, "host": host, "what": what, "detail": redacted(detail)}
    _logger.info(json.dumps({name: value for name, value in line.items() if value}, ensure_ascii=False))


def lines(folder: Path) -> list[dict[str, str]]:
    """What the log holds, the oldest line first; lines that cannot be read are left out. Raises OSError."""
    found: list[dict[str, str]] = []
    for file in sorted(folder.glob(f"{FILE}*"), key=_age, reverse=True):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                found.append({str(name): str(value) for name, value in json.loads(line).items()})
            except (ValueError, AttributeError, RecursionError):
                continue
    return sorted(found, key=lambda each: each.get("time", ""))


def _age(file: Path) -> int:
    """How often a file was renamed: the newest has no number behind its name."""
    number = file.suffix.lstrip(".")
    return int(number) if number.isdigit() else 0
