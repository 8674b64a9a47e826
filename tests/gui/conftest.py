"""The application, its loop, and the window; ``async def`` tests run in that loop."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from gui.application import make_application, make_runner, opened
from gui.console import Console
from gui.options import Options
from tests.gui.driving import is_all_shown, until
from tests.laboratory import RunningLab


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The program's own application, style and font; pytest-qt uses it too."""
    return make_application("en")


@pytest.fixture(scope="session")
def runner(qapp: QApplication) -> Iterator[asyncio.Runner]:
    with make_runner(qapp) as runner:
        yield runner


@pytest.fixture(autouse=True)
def tidy(runner: asyncio.Runner) -> Iterator[None]:
    """Fails a test that leaves a task behind, or in which an exception reached nobody."""
    loop = runner.get_loop()
    unhandled: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _loop, context: unhandled.append(context))
    yield
    loop.set_exception_handler(None)
    assert not unhandled
    assert not asyncio.all_tasks(loop)


@pytest.fixture
def console(runner: asyncio.Runner, tmp_path: Path) -> Iterator[Console]:
    """An open window without hosts."""
    stack = contextlib.AsyncExitStack()
    console = runner.run(stack.enter_async_context(opened(Options(data=tmp_path / "data", key_store=False))))
    yield console
    runner.run(stack.aclose())


@pytest.fixture
def practice(runner: asyncio.Runner, console: Console, lab: RunningLab) -> Console:
    """A window with the hosts of the lab, all read, and HV-01 selected."""

    async def add() -> None:
        for connection in lab.connections(practice=True):
            console.estate.add(connection)
        await until(lambda: is_all_shown(console))

    runner.run(add())
    return console


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run ``async def`` tests in the application's loop."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    runner: asyncio.Runner = pyfuncitem._request.getfixturevalue("runner")
    runner.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True
