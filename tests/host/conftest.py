"""Asks a real host with ``--host NAME``, else the lab; tells which lines of docs/assumptions.md were confirmed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.remoting.session import Session
from core.remoting.workers import Workers
from tests.host.assumptions import keyed
from tests.host.connecting import AskedHost, known_connection
from tests.laboratory import running_lab

_VERDICTS = {"passed": "confirmed", "failed": "REFUTED", "skipped": "not tried"}
_LAB_MACHINE = "WEB01"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With a host nothing else is run; what changes a machine needs one that is named for it."""
    if config.getoption("--host") is None:
        return
    folder = Path(__file__).parent
    chosen = [item for item in items if item.path.is_relative_to(folder)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen
    if config.getoption("--host-changes") is None:
        for item in chosen:
            if item.get_closest_marker("changes_host"):
                item.add_marker(pytest.mark.skip(reason="--host-changes names no machine"))


@pytest.fixture(scope="session")
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AskedHost]:
    """One session for all tests; it is read-only where no machine may be changed."""
    name, machine = (request.config.getoption(option) for option in ("--host", "--host-changes"))
    with contextlib.ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner())
        workers = Workers(2)
        workers.start()
        stack.callback(lambda: runner.run(workers.close()))
        if name is None:
            # Fast, so that a start or a checkpoint takes no time.
            lab = stack.enter_context(running_lab(tmp_path_factory.mktemp("host"), speed=200))
            connection, machine = lab.connection("HV-01"), _LAB_MACHINE
        else:
            connection = runner.run(known_connection(name, workers))
        session = Session(connection.endpoint, connection.credential, workers, is_read_only=machine is None)
        stack.callback(lambda: runner.run(session.close()))
        yield AskedHost(runner, session, machine)


@pytest.fixture(autouse=True)
def _told(request: pytest.FixtureRequest) -> None:
    for marker in request.node.iter_markers("assumes"):
        request.node.user_properties.append(("assumes", ",".join(marker.args)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What became of each line."""
    name = config.getoption("--host")
    if name is None:
        return
    verdicts: dict[str, str] = {}
    for outcome, verdict in _VERDICTS.items():
        for report in terminalreporter.getreports(outcome):
            for told, keys in report.user_properties:
                # Refuted by one test is refuted.
                for key in keys.split(",") if told == "assumes" else ():
                    if verdicts.get(key) != "REFUTED":
                        verdicts[key] = verdict
    terminalreporter.section(f"docs/assumptions.md on {name}")
    for key, words in keyed().items():
        terminalreporter.write_line(f"{verdicts.get(key, 'not tried'):<10} {key}: {words}")
