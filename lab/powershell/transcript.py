"""What a simulated host was asked to do: one line of JSON for each command it received."""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from lab.powershell.values import Record, SecureText, Value, display_text


class Transcript(Protocol):
    """Where entries go. Keys: time (ISO 8601 with offset, the host's clock), host, version, user, pipeline,
    statement and position (from 0), input (type piped in, or None), cmdlet, parameters, outcome
    (``completed``, ``failed``, ``stopped``, ``not run``) and error_id (or None).
    """

    def write(self, entry: dict[str, Any]) -> None: ...


class FileTranscript:
    """Appends entries to a file; several processes may append to the same file."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)

    def write(self, entry: dict[str, Any]) -> None:
        """Append one line. One write call per line keeps the lines of several processes whole."""
        os.write(self._descriptor, (json.dumps(entry, ensure_ascii=False) + "\n").encode())

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def __enter__(self) -> FileTranscript:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def transcript_value(value: Value) -> Any:
    """A value as JSON has it; a secret becomes ``***``."""
    match value:
        case SecureText():
            return "***"
        case Record():
            return value.text
        case None | bool() | int() | float() | str():
            return value
        case datetime.datetime():
            return value.isoformat()
        case list():
            return [transcript_value(item) for item in value]
        case Mapping():
            return {key: transcript_value(item) for key, item in value.items()}
        case _:
            return display_text(value)
