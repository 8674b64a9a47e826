"""Whose turn it is to work on messages: one thread at a time, in the whole program."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class Turn:
    """Held while messages are built and read, by one thread at a time, which may take it several times over.

    Threads that are busy in Python share one interpreter with the user interface's, which waits its turn among all of
    them. So they wait among themselves, and for a host nobody holds the turn.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._own = threading.local()

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the turn."""
        depth: int = getattr(self._own, "depth", 0)
        if not depth:
            self._lock.acquire()
        self._own.depth = depth + 1
        try:
            yield
        finally:
            self._own.depth = depth
            if not depth:
                self._lock.release()

    @contextlib.contextmanager
    def ceded(self) -> Iterator[None]:
        """Let others have it, where this thread holds it, for as long as it waits for something."""
        depth: int = getattr(self._own, "depth", 0)
        if not depth:
            yield
            return
        self._own.depth = 0
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()
            self._own.depth = depth


TURN = Turn()
