"""What a host says of the replication of its machines: Get-VMReplication and Measure-VMReplication.

Members are those of module 2.0; a host that lacks one (2012 has no frequency and no legs) tells nothing in its place.
Dates are as ConvertTo-Json writes them, sizes are bytes. The members of ``CurrentTask`` are assumed.
"""

from __future__ import annotations

import datetime
import enum
from typing import Any
from uuid import UUID

import msgspec
from msgspec import field

from core.hyperv.dates import windows_date
from core.hyperv.query import Question, RowQuestion
from core.hyperv.records import Duration
from core.hyperv.replication_states import ReplicationHealth, ReplicationMode, ReplicationState
from core.powershell.command import Switch, command


class Leg(enum.IntEnum):
    """VMReplicationRelationshipType: from the primary to its replica, or from that to a third host."""

    SIMPLE = 0
    EXTENDED = 1


class ReplicationRow(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMReplication: one leg of one machine, as the host that was asked sees it.

    ``replica_server_name`` is what was configured, perhaps a broker; ``current_replica_server_name`` is the host that
    has the replica. The mode is that of the machine, on both legs of a replica that is extended (assumed).
    """

    machine_id: UUID = field(name="VMId")
    machine_name: str = field(name="VMName")
    state: ReplicationState = field(name="ReplicationState")
    health: ReplicationHealth = field(name="ReplicationHealth")
    mode: ReplicationMode = field(name="ReplicationMode")
    leg_number: Leg | None = field(name="ReplicationRelationshipType", default=None)
    primary_server_name: str | None = None
    replica_server_name: str | None = None
    current_replica_server_name: str | None = None
    replica_server_port: int | None = None
    authentication_type: int | None = None
    certificate_thumbprint: str | None = None
    compression_enabled: bool | None = None
    replication_frequency_sec: int | None = None
    recovery_history: int = 0
    consistent_hours: int | None = field(name="VSSSnapshotFrequencyHour", default=None)
    auto_resynchronize_enabled: bool = False
    auto_resynchronize_interval_start: Duration | None = None
    auto_resynchronize_interval_end: Duration | None = None
    initial_replication_start_time: str | None = None
    resynchronize_start_time: str | None = None
    last_applied_log_time: str | None = None
    last_replication_time: str | None = None

    @property
    def leg(self) -> Leg:
        """Which leg it is; a host that knows only one means the first."""
        return self.leg_number or Leg.SIMPLE

    @property
    def frequency(self) -> int:
        """Seconds between two cycles; 2012 has no choice: five minutes."""
        return self.replication_frequency_sec or 300


class StatisticsRow(msgspec.Struct, frozen=True, rename="pascal"):
    """Measure-VMReplication: how one leg did since the monitoring interval began."""

    machine_id: UUID = field(name="VMId")
    leg_number: Leg | None = field(name="ReplicationRelationshipType", default=None)
    monitoring_start_time: str | None = None
    monitoring_end_time: str | None = None
    initial_replication_size: int = 0
    pending_replication_size: int = 0
    average_replication_size: int = 0
    maximum_replication_size: int = 0
    average_replication_latency: Duration | None = None
    maximum_replication_latency: Duration | None = None
    errors: int = field(name="ReplicationErrors", default=0)
    successes: int = field(name="SuccessfulReplicationCount", default=0)
    missed: int = field(name="MissedReplicationCount", default=0)
    last_test: str | None = field(name="LastTestFailoverInitiatedTime", default=None)
    last_consistent: str | None = field(name="LastVSSSnapshotTime", default=None)
    details: tuple[str, ...] | str | None = field(name="ReplicationHealthDetails", default=None)
    current_task: Any = None

    @property
    def leg(self) -> Leg:
        """Which leg it is about."""
        return self.leg_number or Leg.SIMPLE

    @property
    def missed_share(self) -> float:
        """The share of cycles that were missed, from 0 to 1."""
        cycles = self.successes + self.missed
        return self.missed / cycles if cycles else 0.0

    @property
    def words(self) -> tuple[str, ...]:
        """What makes the health so, in the host's own words."""
        lines = (self.details,) if isinstance(self.details, str) else self.details or ()
        return tuple(" ".join(line.split()) for line in lines if line.strip())

    @property
    def percent(self) -> int | None:
        """How far the task has come that is under way; None when there is none."""
        tasks = self.current_task if isinstance(self.current_task, list) else [self.current_task]
        for task in tasks:
            if isinstance(task, dict) and isinstance(told := task.get("PercentComplete"), int):
                return told
        return None


REPLICATIONS = Question("replications", command("Get-VMReplication"), ReplicationRow)
STATISTICS = Question("statistics", command("Measure-VMReplication"), StatisticsRow)
TESTED = RowQuestion(
    "tested",
    command("Get-VMReplication")
    | command("Where-Object", Property="TestVirtualMachine", NE=Switch.PRESENT, Value=None),
    ("VMId",),
)
"""The replicas that have a test machine: the machine itself is large, and its presence is all that counts."""


def moment(text: str | None) -> datetime.datetime | None:
    """A date as a moment in UTC; None where there is none, or it cannot be read."""
    try:
        return windows_date(text) if text else None
    except ValueError:
        return None
