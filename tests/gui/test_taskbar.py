"""What the taskbar shows of the jobs."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from core.estate.connection import HostKey
from core.jobs.status import JobState, JobStatus
from gui.taskbar import Taskbar, progress


def jobs(*states: tuple[JobState, int]) -> list[JobStatus]:
    host = HostKey("Servers", "HV-01")
    return [JobStatus(number, "Move", host, None, state, percent) for number, (state, percent) in enumerate(states)]


@pytest.mark.parametrize(
    ("statuses", "percent"),
    [
        (jobs(), None),
        (jobs((JobState.COMPLETED, 100), (JobState.WAITING, 0), (JobState.FAILED, 30)), None),
        (jobs((JobState.RUNNING, 0)), 0),
        (jobs((JobState.RUNNING, 20), (JobState.FINDING_OUT, 100), (JobState.COMPLETED, 100)), 60),
    ],
)
def test_jobs_that_run_count_alike(statuses: list[JobStatus], percent: int | None) -> None:
    assert progress(statuses) == percent


def test_where_there_is_no_such_taskbar_nothing_is_shown(qapp: object) -> None:
    Taskbar(QWidget()).show(jobs((JobState.RUNNING, 20)))
