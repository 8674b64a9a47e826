"""Qt and asyncio as one loop.

qasync starts one Qt timer for every callback, which lets a burst of callbacks freeze the window and coarse timers fire
early. Here ready callbacks wait in a queue that each Qt turn drains for a limited time, and one precise timer serves
all delays.
"""

from __future__ import annotations

import asyncio
import heapq
import math
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

import qasync  # type: ignore[import-untyped]
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

SLICE = 0.008
"""Seconds that one Qt turn gives to callbacks; input and painting get their turn then."""


class _Waker(QObject):
    """Carries a wake-up from another thread to the thread of the loop."""

    woken = Signal()


class EventLoop(qasync.QEventLoop):  # type: ignore[misc]
    """An asyncio event loop that runs inside Qt's."""

    def __init__(self, app: QApplication) -> None:
        self._queue: deque[asyncio.Handle] = deque()
        self._delayed: list[asyncio.TimerHandle] = []
        self._waker = _Waker()
        self._wake_sent = False
        self._in_turn = False
        self._turns = QTimer(singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        super().__init__(app)
        self._waker.woken.connect(self._turn, Qt.ConnectionType.QueuedConnection)
        self._turns.timeout.connect(self._turn)

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        """Run ``callback`` in one of the next turns."""
        handle = asyncio.Handle(callback, args, self, context)
        self._queue.append(handle)
        if len(self._queue) == 1:
            self._turns.start(0)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run ``callback`` in one of the next turns; any thread may ask for it."""
        handle = asyncio.Handle(callback, args, self, context)
        self._queue.append(handle)
        if not self._wake_sent:
            self._wake_sent = True
            self._waker.woken.emit()
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run ``callback`` after ``delay`` seconds, never earlier."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run ``callback`` when the loop's clock shows ``when``, never earlier."""
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._delayed, handle)
        if self._delayed[0] is handle and not self._queue:
            self._arm()
        return handle

    def run_forever(self) -> int:
        """Run until ``stop``."""
        self._arm()
        code: int = super().run_forever()
        return code

    def close(self) -> None:
        """Release the loop; what was still to be called is not called."""
        self._turns.stop()
        self._queue.clear()
        self._delayed.clear()
        super().close()

    def _turn(self) -> None:
        self._wake_sent = False
        if self._in_turn or asyncio._get_running_loop() is not self:
            # Within a callback, or without asyncio, somebody handles Qt's events alone. A callback run now could step
            # a task while another is being stepped, and the step would be lost; the turn to come runs it.
            return
        self._in_turn = True
        begin = self.time()
        while self._delayed and (self._delayed[0].cancelled() or self._delayed[0].when() <= begin):
            self._queue.append(heapq.heappop(self._delayed))
        try:
            while self._queue:
                handle = self._queue.popleft()
                if not handle.cancelled():
                    handle._run()
                if self.time() - begin > SLICE:
                    break
        finally:
            # Ctrl+C and the like leave a callback as an exception; the loop must go on to unwind.
            self._in_turn = False
            self._arm()

    def _arm(self) -> None:
        """Ask Qt for the next turn."""
        if self._queue:
            self._turns.start(0)
        elif self._delayed:
            delay = max(0.0, self._delayed[0].when() - self.time())
            self._turns.start(math.ceil(min(delay, 86_400) * 1000))
