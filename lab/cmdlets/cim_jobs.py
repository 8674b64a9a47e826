"""The jobs of the Hyper-V services as WMI has them, and which machine each is about.

Names and numbers are those of Microsoft's WMI reference; the texts of JobStatus are assumed.
"""

from __future__ import annotations

from collections.abc import Iterator

from lab.hyperv.host import Host
from lab.hyperv.operation import Operation
from lab.hyperv.replication.job import REMEMBERED
from lab.powershell.values import Record, Value

FAILED = 32768
"""ErrorCode of a failed job (published job records)."""


def job_state(job: Operation) -> tuple[int, str]:
    """JobState and JobStatus; that a cancelled job is Terminated, and the texts, are assumed."""
    if not job.ended:
        return 4, "Job is running"
    if job.failure is None:
        return 7, "Job completed successfully"
    return (8, "Job was terminated") if job.failure.key == "cancelled" else (10, "Job failed")


def job_properties(job: Operation, caption: str, job_type: int, host: Host) -> dict[str, Value]:
    """What all job classes have."""
    state, status = job_state(job)
    end = job.ended_at or host.clock.now()
    return {
        "InstanceID": str(job.job_id).upper(),
        "Caption": caption,
        "Description": caption,
        "ElementName": caption,
        "Name": caption,
        "JobState": state,
        "JobStatus": status,
        "JobType": job_type,
        "PercentComplete": job.percent,
        "Cancellable": job.can_be_cancelled,
        "ErrorCode": FAILED if job.failure else 0,
        "ErrorDescription": job.failure.message if job.failure else None,
        "ErrorSummaryDescription": job.failure.lines[0] if job.failure else None,
        "StartTime": job.began.astimezone(host.local_time().tzinfo),
        "ElapsedTime": end - job.began,
        "TimeBeforeRemoval": REMEMBERED,
        "DeleteOnCompletion": True,
    }


def replication_jobs(host: Host) -> Iterator[tuple[dict[str, Value], object]]:
    """The jobs of Msvm_ReplicationService: JobType 90 to 125."""
    for job in host.replication.jobs:
        yield job_properties(job, job.words, job.job_type.value, host), job


def affected_elements(host: Host) -> Iterator[tuple[dict[str, Value], object]]:
    """Which machine each of these jobs is about; the references are given by their keys."""
    for job in host.replication.jobs:
        machine_id, job_id = str(job.machine.machine_id).upper(), str(job.job_id).upper()
        element = {"CreationClassName": "Msvm_ComputerSystem", "Name": machine_id}
        yield (
            {
                "AffectedElement": _reference("Msvm_ComputerSystem", element),
                "AffectingElement": _reference("Msvm_ConcreteJob", {"InstanceID": job_id}),
                "ElementEffects": [0],
                "OtherElementEffectsDescriptions": [],
            },
            job,
        )


def _reference(class_name: str, keys: dict[str, str]) -> Record:
    """An instance of which only the keys are known."""
    named = ", ".join(f'{name} = "{value}"' for name, value in keys.items())
    instance = "Microsoft.Management.Infrastructure.CimInstance"
    types = (f"{instance}#root/virtualization/v2/{class_name}", instance, "System.Object")
    return Record(types, {**keys}, f"{class_name} ({named})")
