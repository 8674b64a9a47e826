"""What the status bar says of a host whose clock is another."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from core.estate.connection import Connection
from core.estate.estate import Picture
from core.remoting.endpoint import Credential, Endpoint
from gui.panels.host_banner import status_text
from tests.core.moving.hosts import GROUP, inventory
from tests.lab.cmdlets.administration import Administrator

NOON = datetime.datetime(2026, 5, 1, 12, 0, 0).astimezone()
ENDPOINT = Endpoint("HV-01", "hv-01.contoso.example", 5985, "http", "negotiate")


@pytest.mark.parametrize(
    ("ahead", "is_practice", "text"),
    [
        (299, False, "Read at 12:00:00"),
        (-86400, True, "Read at 12:00:00"),
        (3 * 3600, False, "Read at 12:00:00, when the host's clock showed 2026-05-01 15:00"),
        (-86400, False, "Read at 12:00:00, when the host's clock showed 2026-04-30 12:00"),
    ],
)
def test_a_clock_that_differs_is_said(ahead: int, is_practice: bool, text: str) -> None:
    read = inventory(Administrator(), "HV-01")
    read = replace(read, received_at=NOON, read_at=NOON + datetime.timedelta(seconds=ahead))
    assert status_text([Picture(Connection(GROUP, ENDPOINT, Credential("u", "p"), is_practice), read)]) == text


def test_the_oldest_of_several_is_told_by_this_computers_clock() -> None:
    read = inventory(Administrator(), "HV-01")
    connection = Connection(GROUP, ENDPOINT, Credential("u", "p"))
    early = Picture(connection, replace(read, received_at=NOON, read_at=NOON + datetime.timedelta(hours=5)))
    late = Picture(connection, replace(read, received_at=NOON + datetime.timedelta(minutes=1), read_at=NOON))
    assert status_text([late, early]) == "2 hosts, all read since 12:00:00"
