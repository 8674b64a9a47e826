"""Jobs as core describes them, to look at how each of them is shown."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from core.estate.connection import HostKey
from core.hyperv.states import MachineState
from core.jobs.goal import Arrived
from core.jobs.plan import Action, Expectation, Migration, Plan
from core.jobs.status import Finding, JobState, JobStatus, Offer, Transfer
from tests.core.moves import move_to_one_folder

GROUP = "Lab"
SOURCE, DESTINATION = HostKey(GROUP, "HV-01"), HostKey(GROUP, "HV-02")
MACHINE = UUID(int=7)
GB = 1 << 30
NOON = datetime.datetime(2026, 3, 5, 12, 0, tzinfo=datetime.UTC)


def action(title: str, undo: Action | None = None, host: HostKey = SOURCE) -> Action:
    """One changing call."""
    return Action(
        title,
        host,
        move_to_one_folder(MACHINE, "HV-02", "D:\\VMs\\WEB01"),
        Arrived(MACHINE, SOURCE, DESTINATION),
        "Moving the virtual machine back undoes it.",
        undo,
        Migration(DESTINATION, 4 * GB, 28 * GB),
    )


def plan(*actions: Action, machine: str = "WEB01") -> Plan:
    """A plan of these actions, or of a single move."""
    return Plan(
        f"Move {machine} to HV-02",
        SOURCE,
        actions or (action(f"Move {machine} to HV-02"),),
        expectation=Expectation(SOURCE, MACHINE, machine, MachineState.RUNNING),
    )


def job(number: int = 1, state: JobState = JobState.RUNNING, **what: Any) -> JobStatus:
    """A job of that state."""
    what.setdefault("plan", plan())
    what.setdefault("title", what["plan"].title if what["plan"] else "Move SQL01")
    return JobStatus(number, host=SOURCE, state=state, **what)


MOVING = job(
    percent=43,
    detail="Moving virtual hard disk WEB01.vhdx",
    transfer=Transfer(int(11.8 * GB), int(27.5 * GB), 112 * (1 << 20), 147),
    offers=frozenset({Offer.CANCEL}),
)
STEPS = job(
    2,
    plan=plan(action("Connect the adapter to no switch"), action("Move APP01 to HV-02"), action("Connect it again")),
    title="Move APP01 to HV-02",
    percent=61,
    step=1,
    detail="Copying memory, pass 3",
    transfer=Transfer(
        int(61.2 * GB),
        66 * GB,
        remark="The time left cannot be told: the machine changes its memory faster than it is copied.",
    ),
    offers=frozenset({Offer.CANCEL}),
)
OTHERS = job(3, plan=None, title="Move SQL01", percent=12, detail="Another program began this on HV-01.")
ASKING = job(
    4,
    JobState.FINDING_OUT,
    percent=80,
    detail="HV-01 did not answer within 30 seconds.",
    offers=frozenset({Offer.STOP_ASKING}),
)
QUEUE_OFFERS = frozenset({Offer.CANCEL, Offer.HOLD, Offer.START_AT, Offer.MOVE_UP, Offer.MOVE_DOWN})
WAITING = job(5, JobState.WAITING, detail="HV-02 has two incoming moves.", offers=QUEUE_OFFERS)
HELD = job(
    6,
    JobState.HELD,
    detail="It starts when it is released.",
    offers=frozenset({Offer.CANCEL, Offer.RELEASE, Offer.START_AT, Offer.MOVE_UP}),
)
FINE = (
    Finding("WEB01 is on HV-02 only.", is_good=True),
    Finding("WEB01 runs as before.", is_good=True),
    Finding("Every disk is where it was planned.", is_good=True),
)
COMPLETED = job(
    7,
    JobState.COMPLETED,
    percent=100,
    step=1,
    detail="WEB01 is on HV-02.",
    findings=FINE,
    began_at=NOON,
    ended_at=NOON + datetime.timedelta(minutes=7, seconds=10),
    offers=frozenset({Offer.UNDO, Offer.DISMISS}),
)
LEFTOVERS = job(
    8,
    JobState.COMPLETED,
    percent=100,
    step=1,
    detail="WEB01 is on HV-02.",
    findings=(
        *FINE,
        Finding("D:\\VMs\\WEB01 on HV-01 was left behind, empty.", is_good=False, cure="Choose Clean Up to remove it."),
    ),
    clean_up=plan(action("Remove the folder D:\\VMs\\WEB01")),
    began_at=NOON,
    ended_at=NOON + datetime.timedelta(minutes=9),
    offers=frozenset({Offer.CLEAN_UP, Offer.UNDO, Offer.DISMISS}),
)
FAILED = job(
    9,
    JobState.FAILED,
    percent=43,
    detail="The virtual machine cannot be moved: the limit of simultaneous migrations was exceeded.",
    cure="Wait until another move has ended, then resume.",
    began_at=NOON,
    ended_at=NOON + datetime.timedelta(minutes=5),
    offers=frozenset({Offer.RESUME, Offer.DISMISS}),
)
INTERRUPTED = job(
    10,
    JobState.INTERRUPTED,
    plan=plan(action("Connect the adapter to no switch", action("Connect it again")), action("Move APP01 to HV-02")),
    title="Move APP01 to HV-02",
    percent=50,
    step=1,
    detail="VM Ferry was closed after the first step.",
    offers=frozenset({Offer.RESUME, Offer.UNDO, Offer.DISMISS}),
)
EVERY = (MOVING, STEPS, OTHERS, ASKING, WAITING, HELD, COMPLETED, LEFTOVERS, FAILED, INTERRUPTED)


def words_of_core() -> set[str]:
    """Everything that these jobs say in core's or a host's words."""
    words: set[str] = set()
    for status in EVERY:
        words |= {status.title, status.detail, status.cure}
        words |= {text for finding in status.findings for text in (finding.what, finding.cure)}
        words |= {status.transfer.remark} if status.transfer is not None else set()
        plans = [plan for plan in (status.plan, status.clean_up) if plan is not None]
        words |= {text for plan in plans for action in plan.actions for text in (action.title, action.undo_text)}
    return words - {""}
