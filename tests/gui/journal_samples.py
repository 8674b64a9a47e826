"""A journal with two jobs, to look at how it is shown."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from core.jobs.journal_entry import Event, JournalEntry
from core.jobs.plan_record import plan_data
from core.jobs.status import JobState
from core.powershell.script import script
from core.remoting.records import ErrorRecord
from tests.gui.job_samples import NOON, action, plan

MOVE = plan(action("Move WEB01 to HV-02"))
FIX = plan(action("Connect the adapter to no switch"), action("Move APP01 to HV-02"), machine="APP01")
REFUSAL = ErrorRecord(
    "Virtual machine migration operation for 'APP01' failed at migration source 'HV-01'.",
    "OperationFailed,Microsoft.HyperV.PowerShell.Commands.MoveVM",
    "NotSpecified",
    "VirtualizationException",
    "APP01",
)


def entry(minutes: int, event: Event, job: int = 1, **what: Any) -> JournalEntry:
    """What was written so many minutes after noon about a job."""
    title, host = {1: (MOVE.title, "HV-01"), 2: (FIX.title, "HV-03")}[job]
    return JournalEntry(
        minutes,
        NOON + datetime.timedelta(minutes=minutes),
        event,
        UUID(int=job),
        UUID(int=99),
        "anna",
        title,
        "Lab",
        host,
        "CONTOSO\\hvadmin, negotiate, http://hv-01:5985/VMFerry",
        **what,
    )


ENTRIES = (
    entry(1, Event.PLANNED, plan=plan_data(MOVE), checks=("HV-02 has 1.7 TB free on D:.",)),
    entry(2, Event.SENDING, step=0, script=script(MOVE.actions[0].pipeline)),
    entry(3, Event.PLANNED, 2, plan=plan_data(FIX)),
    entry(4, Event.SENDING, 2, step=1, script=script(FIX.actions[1].pipeline)),
    entry(5, Event.ANSWERED, 2, step=1, records=(REFUSAL,)),
    entry(6, Event.ENDED, 2, state=JobState.FAILED.value, detail=REFUSAL.message, cure="Choose another host."),
    entry(9, Event.ANSWERED, step=0),
    entry(10, Event.ENDED, state=JobState.COMPLETED.value, detail="WEB01 is on HV-02.", findings=("WEB01 runs.",)),
)
