"""Replication as the program sees it: of hosts of the lab in this process, and of sides that a test makes up."""

from __future__ import annotations

import datetime
import functools
from uuid import UUID

from core.estate.connection import HostKey
from core.hyperv.records import Duration
from core.hyperv.replication_states import ReplicationHealth, ReplicationMode, ReplicationState
from core.replicas.offers import Surroundings
from core.replicas.records import Leg, ReplicationRow, StatisticsRow
from core.replicas.relationship import Relationship, paired
from core.replicas.role import Role
from core.replicas.side import SIDES_QUERY, Side, sides
from lab.powershell.values import display_text
from tests.core.moving.hosts import GROUP, run
from tests.lab.cmdlets.administration import Administrator

MACHINE = UUID("11111111-2222-3333-4444-555555555555")
NOON = datetime.datetime(2026, 5, 1, 12, 0, 0, tzinfo=datetime.UTC)
PRIMARY, REPLICA, THIRD = HostKey(GROUP, "PRI"), HostKey(GROUP, "REP"), HostKey(GROUP, "EXT")
MODES = {
    Role.PRIMARY: ReplicationMode.PRIMARY,
    Role.REPLICA: ReplicationMode.REPLICA,
    Role.EXTENDING: ReplicationMode.REPLICA,
    Role.EXTENDED_REPLICA: ReplicationMode.EXTENDED_REPLICA,
}


def overview_of(admin: Administrator) -> tuple[Relationship, ...]:
    """The relationships of all hosts as they are now."""
    found: list[Side] = []
    for host in admin.estate.hosts:
        answer = run(admin, host.name, SIDES_QUERY)
        assert not answer.errors, answer.errors
        found += sides(HostKey(GROUP, host.name), [display_text(value) for value in answer.outputs])
    return paired(found, functools.partial(find, admin), lambda _host: "")


def find(admin: Administrator, group: str, name: str) -> HostKey | None:
    hosts = admin.estate.hosts
    called = (host.name for host in hosts if name.lower() in (host.name.lower(), host.full_name.lower()))
    found = next(called, None)
    return HostKey(group, found) if found else None


def of(admin: Administrator, name: str, *, extension: bool = False) -> Relationship:
    return next(each for each in overview_of(admin) if each.machine_name == name and each.is_extension is extension)


def side(
    role: Role,
    state: ReplicationState = ReplicationState.REPLICATING,
    *,
    host: HostKey | None = None,
    health: ReplicationHealth = ReplicationHealth.NORMAL,
    has_test: bool = False,
    silent: float = 60,
    names: tuple[str, str] = ("PRI", "REP"),
    statistics: StatisticsRow | None = None,
) -> Side:
    """A side that was silent for so many seconds at noon."""
    last = (NOON - datetime.timedelta(seconds=silent)).isoformat()
    row = ReplicationRow(
        machine_id=MACHINE,
        machine_name="CRM",
        state=state,
        health=health,
        mode=MODES[role],
        leg_number=Leg.EXTENDED if role is Role.EXTENDING else Leg.SIMPLE,
        primary_server_name=names[0],
        replica_server_name=names[1],
        current_replica_server_name=names[1],
        replication_frequency_sec=300,
        last_replication_time=last,
        last_applied_log_time=None if role.sends else last,
    )
    places = {Role.PRIMARY: PRIMARY, Role.EXTENDED_REPLICA: THIRD}
    return Side(host or places.get(role, REPLICA), NOON, row, statistics or StatisticsRow(MACHINE), has_test)


def counted(successes: int = 10, missed: int = 0, latency: float = 3, details: tuple[str, ...] = ()) -> StatisticsRow:
    ticks = Duration(int(latency * 10_000_000))
    return StatisticsRow(
        MACHINE, successes=successes, missed=missed, average_replication_latency=ticks, details=details
    )


NOWHERE = Surroundings({})
