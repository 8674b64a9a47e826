from __future__ import annotations

from collections.abc import Iterator

import pytest
from pypsrp.powershell import RunspacePool

from tests.lab.wire.host import Host


@pytest.fixture
def host() -> Iterator[Host]:
    running = Host()
    yield running
    running.close()


@pytest.fixture
def pool(host: Host) -> Iterator[RunspacePool]:
    with host.pool() as opened:
        yield opened
