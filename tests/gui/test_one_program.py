"""There is one window for each data folder, and a second start hands over its wish."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket

from gui.application import run
from gui.main_window import MainWindow
from gui.one_program import OneProgram, Wish
from gui.options import Options
from tests.gui.driving import until, window_of

PRACTICE = Wish("two-sites", 20.0)


@pytest.fixture
def first(tmp_path: Path) -> Iterator[OneProgram]:
    program = OneProgram(tmp_path / "data")
    assert program.begin(Wish())
    yield program
    program.end()


BEGIN = """
import sys
from pathlib import Path
from gui import one_program
from gui.one_program import OneProgram, Wish
one_program._WITHIN = float(sys.argv[2])
sys.exit(7 if OneProgram(Path(sys.argv[1])).begin(Wish(sys.argv[3], 20.0)) else 0)
"""


async def start_again(folder: Path, *, within: float = 10.0) -> bool:
    """Whether one more start goes on."""
    arguments = (str(folder), str(within), "two-sites")
    ended = await (await asyncio.create_subprocess_exec(sys.executable, "-c", BEGIN, *arguments)).wait()
    assert ended in (0, 7)
    return ended == 7


async def test_a_second_start_hands_its_wish_to_the_first(first: OneProgram, tmp_path: Path) -> None:
    wishes: list[Wish] = []
    first.listen(wishes.append)
    assert not await start_again(tmp_path / "data")
    assert wishes == [PRACTICE]


async def test_two_folders_are_two_programs(first: OneProgram, tmp_path: Path) -> None:
    wishes: list[Wish] = []
    first.listen(wishes.append)
    assert await start_again(tmp_path / "other")
    assert not wishes


async def test_when_the_first_has_ended_the_next_is_the_first(first: OneProgram, tmp_path: Path) -> None:
    first.listen(lambda _wish: None)
    first.end()
    assert await start_again(tmp_path / "data")


async def test_a_first_that_does_not_answer_keeps_nobody_out(first: OneProgram, tmp_path: Path) -> None:
    assert await start_again(tmp_path / "data", within=0.3)


async def test_what_is_no_wish_is_not_heard(first: OneProgram, tmp_path: Path) -> None:
    wishes: list[Wish] = []
    first.listen(wishes.append)
    for nonsense in (b"{}\x00\n", b"[1]\n", b"x" * 5000):
        socket = QLocalSocket()
        socket.connectToServer(first.name)
        socket.write(nonsense)
        await until(lambda socket=socket: socket.state() is QLocalSocket.LocalSocketState.UnconnectedState)
    assert not wishes
    assert not await start_again(tmp_path / "data")
    assert wishes == [PRACTICE]


KILLED = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from gui.one_program import OneProgram, Wish
app = QCoreApplication([])
program = OneProgram(Path(sys.argv[1]))
assert program.begin(Wish())
program.listen(print)
os._exit(0)
"""


async def test_the_socket_of_a_killed_program_is_in_nobodys_way(tmp_path: Path) -> None:
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, str(tmp_path))
    assert await killed.wait() == 0
    wishes: list[Wish] = []
    program = OneProgram(tmp_path)
    assert program.begin(Wish())
    program.listen(wishes.append)
    assert not await start_again(tmp_path)
    assert wishes == [PRACTICE]
    program.end()


async def test_a_second_start_raises_the_window_of_the_first(first: OneProgram, tmp_path: Path) -> None:
    options = Options(data=tmp_path / "data", key_store=False)
    running = asyncio.create_task(run(options, first))
    await until(lambda: (window := window_of(MainWindow)) and window.actions_offered.connect_to_server.isEnabled())
    window = window_of(MainWindow)
    assert window is not None
    window.showMinimized()
    second = await asyncio.create_subprocess_exec(sys.executable, "-m", "gui", "--data", str(tmp_path / "data"))
    assert await second.wait() == 0
    await until(lambda: not window.isMinimized())
    window.close()
    await running
