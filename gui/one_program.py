"""One window for each data folder: a second start hands its wish to the first program and ends.

The lock of the operating system decides who is the first; it is gone with its process, however that ends. What is left
of the socket of a killed program is in nobody's way then. core/jobs/presence.py counts on none of this: where no
program answers, there are two, and they share the folder as such.
"""

from __future__ import annotations

import getpass
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
from PySide6.QtCore import QObject

from core.own_files import make_folder

if TYPE_CHECKING:
    # The window is painted before anybody listens.
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

_WITHIN = 10.0
"""Seconds in which a program that starts has to be able to answer."""
_EACH = 500
"""Milliseconds that a connection and an answer may take each."""
_LOOK_AGAIN = 0.1
_MOST = 4096
"""Bytes of a wish."""
_TAKEN = b"taken\n"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a start asks for beyond a window: the practice lab with a scenario, at a speed."""

    practice: str | None = None
    speed: float = 1.0


class OneProgram(QObject):
    """This start of the program with ``folder``."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._lock = filelock.FileLock(folder / "window.lock", mode=0o600, thread_local=False)
        told = f"{getpass.getuser()}\n{folder.resolve()}"
        self.name = f"vmferry-{hashlib.sha256(told.encode()).hexdigest()[:24]}"
        self._server: QLocalServer | None = None

    def begin(self, wish: Wish) -> bool:
        """Whether to go on: False when another program has the folder and has taken ``wish``.

        Where the folder cannot be used, or a program has it and does not answer, there is one more program.
        """
        until = time.monotonic() + _WITHIN
        while time.monotonic() < until:
            try:
                make_folder(self._folder)
                self._lock.acquire(timeout=0)
                return True
            except filelock.Timeout:
                if self._hand_over(wish):
                    return False
            except OSError:
                return True
            # It may be on its way up, or down.
            time.sleep(_LOOK_AGAIN)
        return True

    def listen(self, take: Callable[[Wish], None]) -> None:
        """Call ``take`` with the wish of each later start from now on, if this is the program that has the folder."""
        if not self._lock.is_locked:
            return
        from PySide6.QtNetwork import QLocalServer

        QLocalServer.removeServer(self.name)
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(lambda: self._meet(server, take))
        if server.listen(self.name):
            self._server = server

    def stop_listening(self) -> None:
        """Take no wish any more: a later start waits until this program has ended."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def end(self) -> None:
        """Let the next start be the first."""
        self.stop_listening()
        self._lock.release()

    def _hand_over(self, wish: Wish) -> bool:
        import msgspec
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self.name)
        if not socket.waitForConnected(_EACH):
            return False
        socket.write(msgspec.json.encode(wish) + b"\n")
        socket.flush()
        answer = b""
        while not answer.endswith(b"\n") and socket.waitForReadyRead(_EACH * 10):
            answer += socket.readAll().data()
        return answer == _TAKEN

    def _meet(self, server: QLocalServer, take: Callable[[Wish], None]) -> None:
        while (socket := server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: _hear(socket, take))
            socket.disconnected.connect(socket.deleteLater)
            _hear(socket, take)


def _hear(socket: QLocalSocket, take: Callable[[Wish], None]) -> None:
    if not socket.canReadLine():
        if socket.bytesAvailable() > _MOST:
            socket.abort()
        return
    import msgspec

    try:
        wish = msgspec.json.decode(socket.readLine(_MOST).data(), type=Wish)
    except (msgspec.MsgspecError, RecursionError):
        socket.abort()
        return
    socket.write(_TAKEN)
    socket.flush()
    socket.disconnectFromServer()
    take(wish)
