"""What tests of every layer share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.laboratory import RunningLab, running_lab


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
