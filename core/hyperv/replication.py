"""What a host says of the replication of its machines: relationships, and the jobs that copy something for them.

The types of jobs are those of Microsoft's WMI reference (Msvm_ConcreteJob).
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec
from msgspec import field

from core.hyperv.query import Question
from core.hyperv.replication_states import ReplicationMode, ReplicationState
from core.hyperv.states import JobProgress
from core.powershell.command import command

_NAMESPACE = "root/virtualization/v2"
_COPYING_JOBS = frozenset({95, 116, 117, 118})
"""JobType of the import, of both ways to send, and of the export of an initial copy."""


class Relationship(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMReplication: one machine, as the host that was asked sees its replication.

    ``replica_server_name`` is what was configured, ``current_replica_server_name`` the host that has the replica. Dates
    are as ConvertTo-Json writes them.
    """

    machine_id: UUID = field(name="VMId")
    state: ReplicationState = field(name="ReplicationState")
    mode: ReplicationMode = field(name="ReplicationMode")
    leg: int = field(name="ReplicationRelationshipType")
    replica_server_name: str
    current_replica_server_name: str | None = None
    initial_replication_start_time: str | None = None
    last_replication_time: str | None = None


class ReplicationDetails(msgspec.Struct, frozen=True, rename="pascal"):
    """Measure-VMReplication, as far as it tells why something does not go on, in the host's own words."""

    machine_id: UUID = field(name="VMId")
    lines: tuple[str, ...] | str | None = field(name="ReplicationHealthDetails", default=None)

    @property
    def words(self) -> str:
        """What the host says; a single line comes without its list."""
        lines = (self.lines,) if isinstance(self.lines, str) else self.lines or ()
        return " ".join(" ".join(line.split()) for line in lines)


class CopyJob(msgspec.Struct, frozen=True, rename="pascal"):
    """Msvm_ConcreteJob, where it is one that copies for a replication."""

    instance_id: str = field(name="InstanceID")
    job_type: int | None
    job_state: JobProgress
    percent_complete: int

    @property
    def is_under_way(self) -> bool:
        """Whether it copies now."""
        return self.job_type in _COPYING_JOBS and not self.job_state.has_ended


class _Element(msgspec.Struct, frozen=True):
    """The key of a machine: its ID in capital letters."""

    name: str | None = field(name="Name", default=None)


class _Effecting(msgspec.Struct, frozen=True):
    """The key of a job."""

    instance_id: str | None = field(name="InstanceID", default=None)


class AffectedByJob(msgspec.Struct, frozen=True, rename="pascal"):
    """Msvm_AffectedJobElement: which machine a job is about."""

    affected_element: _Element | None
    affecting_element: _Effecting | None

    def ties(self, job: CopyJob, machine_id: UUID) -> bool:
        """Whether it says that ``job`` is about this machine."""
        element, effecting = self.affected_element, self.affecting_element
        if element is None or effecting is None:
            return False
        is_job = (effecting.instance_id or "").lower() == job.instance_id.lower()
        return is_job and (element.name or "").lower() == str(machine_id)


RELATIONSHIPS = Question("relationships", command("Get-VMReplication"), Relationship)
DETAILS = Question("details", command("Measure-VMReplication"), ReplicationDetails)
COPY_JOBS = Question(
    "copy jobs", command("Get-CimInstance", Namespace=_NAMESPACE, ClassName="Msvm_ConcreteJob"), CopyJob
)
AFFECTED = Question(
    "affected", command("Get-CimInstance", Namespace=_NAMESPACE, ClassName="Msvm_AffectedJobElement"), AffectedByJob
)


def percent_of(machine_id: UUID, jobs: Iterable[CopyJob], affected: Iterable[AffectedByJob]) -> int | None:
    """How far the host has come with what it copies for a machine now; None when nothing is under way."""
    known = tuple(affected)
    for job in jobs:
        if job.is_under_way and any(each.ties(job, machine_id) for each in known):
            return job.percent_complete
    return None
