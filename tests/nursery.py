"""Starts Python programs of the project fast: a process that has imported one already forks for each start.

A test that needs a lab, or a program that it may kill, would spend most of its time with imports otherwise. What runs
is the same ``main`` in a process of its own, with its own standard input and output. Where there is no fork, or no file
descriptor for a process, it is started as usual.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import IO, Protocol

_LONGEST_MESSAGE = 1 << 16


class Program(Protocol):
    """A running program; a subprocess.Popen is one."""

    pid: int

    @property
    def stdin(self) -> IO[str] | None: ...
    @property
    def stdout(self) -> IO[str] | None: ...
    def send_signal(self, sig: int) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def wait(self, timeout: float | None = None) -> int: ...


def start(module: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Program:
    """Run ``python -m module`` with these arguments, and with ``environment`` besides that of the test."""
    if hasattr(os, "fork") and hasattr(os, "pidfd_open") and environment is None:
        return _nursery(module).start(arguments)
    # What is loaded before a program begins can only be given to one that is started anew.
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )


class ForkedProgram:
    """A program that a nursery has forked."""

    def __init__(self, pid: int, stdin: IO[str], stdout: IO[str], code: Callable[[int], int]) -> None:
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self._code = code
        self._ended = os.pidfd_open(pid)
        self._returned: int | None = None

    def send_signal(self, sig: int) -> None:
        """Send it a signal, unless it has been waited for."""
        if self._returned is None:
            os.kill(self.pid, sig)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, the negative number of the signal that ended it; raises subprocess.TimeoutExpired."""
        if self._returned is None:
            if not select.select([self._ended], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            self._returned = self._code(self.pid)
            os.close(self._ended)
        return self._returned


class Nursery:
    """The process that has imported ``module``; it ends with the tests."""

    def __init__(self, module: str) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", __name__, module, str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        atexit.register(self._close)

    def start(self, arguments: Sequence[str]) -> ForkedProgram:
        """Fork, and run the module's ``main`` with these arguments."""
        read_in, write_in = os.pipe()
        read_out, write_out = os.pipe()
        wanted = {"arguments": list(arguments), "environment": dict(os.environ), "folder": os.getcwd()}
        socket.send_fds(self._socket, [json.dumps(wanted).encode()], [read_in, write_out])
        os.close(read_in)
        os.close(write_out)
        pid = int(self._socket.recv(_LONGEST_MESSAGE))
        return ForkedProgram(pid, os.fdopen(write_in, "w"), os.fdopen(read_out), self._code_of)

    def _close(self) -> None:
        self._socket.close()
        self._process.wait()

    def _code_of(self, pid: int) -> int:
        self._socket.send(json.dumps({"ended": pid}).encode())
        return int(self._socket.recv(_LONGEST_MESSAGE))


@cache
def _nursery(module: str) -> Nursery:
    return Nursery(module)


def serve(module: str, requests: socket.socket) -> None:
    """Fork whenever somebody asks, until nobody can any more; returns in the children after their ``main``."""
    main = importlib.import_module(module).main
    gc.collect()
    gc.freeze()
    while True:
        message, descriptors, *_flags = socket.recv_fds(requests, _LONGEST_MESSAGE, 2)
        if not message:
            return
        wanted = json.loads(message)
        if "ended" in wanted:
            status = os.waitpid(wanted["ended"], 0)[1]
            requests.send(str(os.waitstatus_to_exitcode(status)).encode())
            continue
        pid = os.fork()
        if pid == 0:
            requests.close()
            _become(wanted, descriptors)
            sys.exit(main(wanted["arguments"]))
        for descriptor in descriptors:
            os.close(descriptor)
        requests.send(str(pid).encode())


def _become(wanted: dict[str, object], descriptors: Sequence[int]) -> None:
    """Take the standard input and output, the environment and the folder that the program shall have."""
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        if descriptor > 1:
            os.close(descriptor)
    environment, folder = wanted["environment"], wanted["folder"]
    assert isinstance(environment, dict)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(str(folder))
    random.seed()


if __name__ == "__main__":
    serve(sys.argv[1], socket.socket(fileno=int(sys.argv[2])))
