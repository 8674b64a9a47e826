"""What the user may ask of a job as it stands."""

from __future__ import annotations

from core.jobs.plan import Plan, undoable
from core.jobs.status import JobState, JobStatus, Offer


def offers(plan: Plan, status: JobStatus) -> frozenset[Offer]:
    """What is offered of the job that carries ``plan`` out."""
    match status.state:
        case JobState.WAITING:
            return frozenset({Offer.CANCEL, Offer.HOLD, Offer.START_AT, Offer.MOVE_UP, Offer.MOVE_DOWN})
        case JobState.HELD:
            return frozenset({Offer.CANCEL, Offer.RELEASE, Offer.START_AT, Offer.MOVE_UP, Offer.MOVE_DOWN})
        case JobState.RUNNING:
            return frozenset({Offer.CANCEL, Offer.PAUSE} if _can_pause(plan, status) else {Offer.CANCEL})
        case JobState.PAUSED:
            return frozenset({Offer.CANCEL, Offer.GO_ON})
        case JobState.SCHEDULED:
            return frozenset({Offer.CANCEL})
        case JobState.FINDING_OUT:
            return frozenset({Offer.STOP_ASKING})
    return _of_ended(plan, status)


def _of_ended(plan: Plan, status: JobStatus) -> frozenset[Offer]:
    offered = {Offer.DISMISS}
    is_known = status.state is not JobState.UNKNOWN
    if not is_known:
        offered.add(Offer.ASK_AGAIN)
    if is_known and status.state is not JobState.COMPLETED:
        offered.add(Offer.RESUME)
    done = plan.actions[: status.step]
    if is_known and any(action.undo is not None for action in undoable(done)):
        offered.add(Offer.UNDO)
    if status.clean_up is not None:
        offered.add(Offer.CLEAN_UP)
    return frozenset(offered)


def _can_pause(plan: Plan, status: JobStatus) -> bool:
    """Whether what the host copies now can be paused: a host that has told nothing of it may not have begun."""
    copying = plan.actions[status.step].copying if status.step < len(plan.actions) else None
    return status.transfer is not None and copying is not None and copying.pause is not None
