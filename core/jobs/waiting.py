"""The jobs that wait: in which order they begin, and what each waits for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.jobs.admission import waits_for_operation
from core.jobs.job import Job
from core.jobs.journal import now
from core.jobs.slots import Load, loads, obstacle
from core.jobs.status import JobState
from core.language import _
from core.remoting.errors import ConnectionRefused, Unreachable

BRIEF_AT_ONCE = 5
"""Brief jobs that a host is given at once: each has a shell of its own, and WinRM allows a user 30."""
_ABSENT = (Unreachable, ConnectionRefused)
"""What befalls a host that restarts or has lost its network."""


class Waiting:
    """An order of jobs; each begins as soon as its own hosts have room, so that no host holds up another's jobs."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._jobs: list[Job] = []

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs in the order in which they are to begin."""
        return tuple(self._jobs)

    @property
    def hosts(self) -> frozenset[HostKey]:
        """The hosts that are waited for."""
        managed = {picture.key for picture in self._estate.pictures}
        return frozenset(key for job in self._jobs for key in job.plan.hosts if key in managed)

    def add(self, job: Job) -> None:
        """Let a job wait, behind all others."""
        self._jobs.append(job)

    def remove(self, job: Job) -> bool:
        """Let a job wait no longer; False when it did not."""
        if job not in self._jobs:
            return False
        self._jobs.remove(job)
        return True

    def shift(self, job: Job, places: int) -> tuple[Job, ...]:
        """Put a job ``places`` further back, or forward; the jobs whose place has changed."""
        if job not in self._jobs:
            return ()
        before = self._jobs.index(job)
        after = max(0, min(before + places, len(self._jobs) - 1))
        self._jobs.insert(after, self._jobs.pop(before))
        return tuple(self._jobs[min(before, after) : max(before, after) + 1])

    def take_ready(self, running: Sequence[Load], brief: Sequence[HostKey] = ()) -> tuple[Job, ...]:
        """The jobs that can begin now; they do not wait any more. The others say what they wait for.

        ``brief`` are the hosts of the brief jobs that run, each as often as it has one.
        """
        begun: list[Job] = []
        under_way = list(running)
        brief_on = Counter(brief)
        for job in self.jobs:
            if job.status.state is JobState.HELD:
                continue
            host = job.plan.host
            reason = self.reason(job, under_way) or self._absence(job)
            if not reason and job.plan.is_brief and brief_on[host] >= BRIEF_AT_ONCE:
                reason = _("{host} has {count} others to do first.").format(host=host.name, count=brief_on[host])
            if reason:
                if job.status.detail != reason:
                    job.show(detail=reason)
                continue
            self._jobs.remove(job)
            begun.append(job)
            brief_on[host] += job.plan.is_brief
            if (load := job.load) is not None:
                under_way.append(load)
        return tuple(begun)

    def reason(self, job: Job, running: Sequence[Load]) -> str:
        """What a job has to wait for, in a sentence; empty when it can begin."""
        start_at = job.status.start_at
        if start_at is not None and start_at > now():
            return _("It begins at {time:%Y-%m-%d %H:%M %Z}.").format(time=start_at)
        pictures = self._estate.pictures
        expected = job.plan.expectation
        if expected is not None:
            picture = next((each for each in pictures if each.key == expected.host), None)
            machine = picture.inventory.machine(expected.machine_id) if picture and picture.inventory else None
            if machine is not None and (operation := waits_for_operation(machine)):
                return operation
        load = job.load
        return obstacle(load, (*running, *loads(pictures)), pictures) if load is not None else ""

    def _absence(self, job: Job) -> str:
        """That a host of a migration does not answer, as far as is known; what is sent then would fail."""
        ends = (job.load.source, job.load.destination) if job.load is not None else ()
        silent = (each for each in self._estate.pictures if each.key in ends and isinstance(each.failure, _ABSENT))
        absent = next(silent, None)
        if absent is None:
            return ""
        return _("{host} does not answer; it begins when the host is back.").format(host=absent.key.name)
