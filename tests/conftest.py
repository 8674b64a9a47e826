"""What tests of every layer share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.laboratory import RunningLab, running_lab

# No test asks the Kerberos domain that this computer may belong to; those of Kerberos bring one of their own.
os.environ["KRB5_CONFIG"] = os.devnull


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--host", metavar="NAME", help="run only the tests of tests/host, against a real Hyper-V host")
    parser.addoption("--host-changes", metavar="MACHINE", help="with --host: also those that change this machine")
    parser.addoption("--long", action="store_true", help="run only the tests that take minutes each")
    parser.addoption("--rewrite-golden", action="store_true", help="write the golden files anew instead of comparing")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests are run by themselves, and the others without them."""
    wanted = bool(config.getoption("--long"))
    left_out = [item for item in items if (item.get_closest_marker("long") is not None) is not wanted]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with a file of that name in the folder ``golden`` beside the test."""
    folder = request.path.parent / "golden"

    def compare(name: str, text: str) -> None:
        file = folder / name
        if request.config.getoption("--rewrite-golden"):
            file.write_text(text + "\n", encoding="utf-8", newline="\n")
        assert text + "\n" == file.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="module")
def shared_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    """The same hosts for all tests of a module that change nothing."""
    with running_lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    """The hosts of two sites, with a clock that stands still until the test lets time pass."""
    with running_lab(tmp_path) as running:
        yield running
