"""Migrations that others began: Hyper-V Manager, a script, another program. They are shown, and can be cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Picture
from core.hyperv.records import MigrationJob
from core.hyperv.states import JobProgress
from core.jobs.journal import now
from core.jobs.status import JobState, JobStatus, Offer
from core.language import _


@dataclass(frozen=True, slots=True)
class ForeignJob:
    """A host's job that this program did not begin: its own ID, its machine, and what is shown of it."""

    instance_id: str
    machine_id: UUID
    status: JobStatus


class ForeignJobs:
    """Follows the jobs of others through the pictures of hosts. ``next_number`` numbers a new one."""

    def __init__(self, next_number: Callable[[], int], publish: Callable[[JobStatus], None]) -> None:
        self._next_number = next_number
        self._publish = publish
        self._jobs: dict[tuple[HostKey, str], ForeignJob] = {}
        self._dismissed: set[int] = set()

    @property
    def statuses(self) -> tuple[JobStatus, ...]:
        """What is shown of each."""
        return tuple(job.status for job in self._jobs.values() if job.status.number not in self._dismissed)

    def find(self, number: int) -> ForeignJob | None:
        """The job with this number, or None."""
        return next((job for job in self._jobs.values() if job.status.number == number), None)

    def dismiss(self, number: int) -> None:
        """Show an ended job no longer. It stays known: its host lists it for a while."""
        self._dismissed.add(number)

    def forget(self, host: HostKey) -> None:
        """Show none of a host's jobs any longer."""
        self._jobs = {key: job for key, job in self._jobs.items() if key[0] != host}

    def see(self, picture: Picture, own: frozenset[UUID]) -> None:
        """Take up what a host tells; ``own`` are the machines for which this program has jobs."""
        inventory = picture.inventory
        if inventory is None or picture.failure is not None:
            return
        told = {job.instance_id: job for job in inventory.migrations}
        for key, known in tuple(self._jobs.items()):
            if key[0] == picture.key and not known.status.state.is_final:
                self._show(key, known, told.get(known.instance_id))
        for job in told.values():
            key, machine_id = (picture.key, job.instance_id), job.machine_id
            if key in self._jobs or machine_id is None or machine_id in own or job.job_state.has_ended:
                continue
            machine = inventory.machine(machine_id)
            title = _title(job, machine.name if machine is not None else str(machine_id))
            status = JobStatus(self._next_number(), title, picture.key, None, began_at=now())
            self._show(key, ForeignJob(job.instance_id, machine_id, status), job)

    def _show(self, key: tuple[HostKey, str], known: ForeignJob, job: MigrationJob | None) -> None:
        status = known.status
        if job is None:
            # A host forgets an ended job after five minutes (Msvm_MigrationJob, TimeBeforeRemoval).
            detail = _("The host does not list it any more.")
            status = replace(status, state=JobState.UNKNOWN, detail=detail, ended_at=now())
        elif not job.job_state.has_ended:
            percent = max(status.percent, min(job.percent_complete, 99))
            status = replace(status, percent=percent, detail=_("It was not begun by this program."))
        else:
            state = _ENDS.get(job.job_state, JobState.FAILED)
            percent = 100 if state is JobState.COMPLETED else status.percent
            detail = job.error_description or ""
            status = replace(status, state=state, percent=percent, detail=detail, ended_at=now())
        offers = frozenset({Offer.DISMISS} if status.state.is_final else {Offer.CANCEL})
        status = replace(status, offers=offers)
        if key not in self._jobs or status != known.status:
            self._jobs[key] = replace(known, status=status)
            self._publish(status)


_ENDS = {
    JobProgress.COMPLETED: JobState.COMPLETED,
    JobProgress.COMPLETED_WITH_WARNINGS: JobState.COMPLETED,
    JobProgress.TERMINATED: JobState.CANCELLED,
    JobProgress.KILLED: JobState.CANCELLED,
}


def _title(job: MigrationJob, machine: str) -> str:
    if job.destination_host:
        return _("Move {machine} to {host}").format(machine=machine, host=job.destination_host)
    return _("Move the storage of {machine}").format(machine=machine)
