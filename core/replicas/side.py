"""One side of a relationship: what one host says of one leg of a machine's replication."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from core.hyperv.query import CLOCK, Reading, ask
from core.hyperv.replication_states import ReplicationHealth, ReplicationMode, ReplicationState
from core.replicas.records import (
    REPLICATIONS,
    STATISTICS,
    TESTED,
    Leg,
    ReplicationRow,
    StatisticsRow,
    moment,
)
from core.replicas.role import Role

if TYPE_CHECKING:
    from core.estate.connection import HostKey
    from core.powershell.command import Pipeline


@dataclass(frozen=True, slots=True)
class Side:
    """A leg as ``host`` saw it at ``read_at``, by that host's clock. ``has_test``: a test machine is there."""

    host: HostKey
    read_at: datetime.datetime
    row: ReplicationRow
    statistics: StatisticsRow | None
    has_test: bool = False

    @property
    def machine_id(self) -> UUID:
        """The machine's ID, which is the same on all hosts."""
        return self.row.machine_id

    @property
    def role(self) -> Role:
        """What the machine is here."""
        if self.row.leg is Leg.EXTENDED:
            return Role.EXTENDING
        if self.row.mode is ReplicationMode.PRIMARY:
            return Role.PRIMARY
        return Role.EXTENDED_REPLICA if self.row.mode is ReplicationMode.EXTENDED_REPLICA else Role.REPLICA

    @property
    def is_on_first_leg(self) -> bool:
        """Whether it is of the leg between primary and replica."""
        return self.role in (Role.PRIMARY, Role.REPLICA)

    @property
    def state(self) -> ReplicationState:
        """How it stands this moment."""
        return self.row.state

    @property
    def health(self) -> ReplicationHealth:
        """How the host says it did within the monitoring interval."""
        return self.row.health

    @property
    def last_synchronised(self) -> datetime.datetime | None:
        """When a log was last sent, or on a replica applied; None when none has been so far."""
        applied = None if self.role.sends else moment(self.row.last_applied_log_time)
        return applied or moment(self.row.last_replication_time)

    @property
    def latency(self) -> float | None:
        """Seconds that a change took on average."""
        told = self.statistics.average_replication_latency if self.statistics is not None else None
        return told.seconds if told is not None else None

    @property
    def pending(self) -> int:
        """Bytes that are not yet replicated, as the side that sends says."""
        return self.statistics.pending_replication_size if self.statistics is not None else 0


QUESTIONS = (CLOCK, REPLICATIONS, STATISTICS, TESTED)
SIDES_QUERY: Pipeline = ask(QUESTIONS)
"""All sides of a host, in one pipeline."""


def sides(host: HostKey, output: Sequence[object]) -> tuple[Side, ...]:
    """The sides that an answer to SIDES_QUERY tells of. Raises UnexpectedAnswer."""
    reading = Reading.of(output)
    read_at = reading.clock()
    statistics = {(each.machine_id, each.leg): each for each in reading.records(STATISTICS)}
    tested = {str(row.get("VMId")).lower() for row in reading.rows(TESTED)}
    return tuple(
        Side(
            host,
            read_at,
            row,
            statistics.get((row.machine_id, row.leg)),
            str(row.machine_id) in tested and row.leg is Leg.SIMPLE,
        )
        for row in reading.records(REPLICATIONS)
    )
