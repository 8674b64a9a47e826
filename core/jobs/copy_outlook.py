"""Looking at a host that copies for a replication in the background: how far it is, and whether it is at it at all."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from core.estate.estate import Estate
from core.hyperv.dates import windows_date
from core.hyperv.query import Reading, UnexpectedAnswer, ask
from core.hyperv.replication import AFFECTED, COPY_JOBS, DETAILS, RELATIONSHIPS, Relationship, percent_of
from core.hyperv.replication_states import ReplicationState
from core.jobs.goal import Copied, CopyWay
from core.language import _
from core.remoting.errors import CmdletFailed, ProtocolFault
from core.remoting.records import ErrorRecord

_NEVER_COPIED = frozenset(
    {
        ReplicationState.UNKNOWN,
        ReplicationState.DISABLED,
        ReplicationState.READY_FOR_INITIAL_COPY,
        ReplicationState.INITIAL_COPY_UNDER_WAY,
        ReplicationState.WAITING_FOR_INITIAL_COPY,
    }
)


class CopyStanding(enum.Enum):
    """What a host does for the initial copy of a machine now."""

    NOTHING = "nothing"
    SCHEDULED = "scheduled"
    COPYING = "copying"
    PAUSED = "paused"
    FAILING = "failing"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class CopySeen:
    """How a copy stands; ``percent`` is None where the host does not tell it, ``detail`` says what is worth knowing."""

    standing: CopyStanding
    percent: int | None = None
    detail: str = ""


async def look_at_copy(goal: Copied, estate: Estate) -> CopySeen:
    """What the host tells now. Raises RemotingError when it cannot be asked, or does not tell."""
    answer = await estate.ask(goal.host, ask((RELATIONSHIPS, DETAILS, COPY_JOBS, AFFECTED)))
    refused = next((error for error in answer.errors if _keeps_from_knowing(error)), None)
    if refused is not None:
        raise CmdletFailed(answer.host, refused)
    reading = Reading.of(answer.output)
    try:
        relationships = [each for each in reading.records(RELATIONSHIPS) if each.machine_id == goal.machine_id]
        percent = percent_of(goal.machine_id, reading.records(COPY_JOBS), reading.records(AFFECTED))
        told = [each.words for each in reading.records(DETAILS) if each.machine_id == goal.machine_id]
    except UnexpectedAnswer as error:
        raise ProtocolFault(goal.host.name, str(error), _("Look at the host itself.")) from error
    found = next((each for each in relationships if each.leg == goal.leg), None)
    if found is None:
        return CopySeen(CopyStanding.NOTHING)
    return _seen(goal, found, percent, told[0] if told else "")


def _keeps_from_knowing(error: ErrorRecord) -> bool:
    """Whether nothing can be said without what an error keeps back; the details are only words."""
    return error.cmdlet in ("Get-VMReplication", "Get-CimInstance")


def _seen(goal: Copied, relationship: Relationship, percent: int | None, told: str) -> CopySeen:
    match relationship.state:
        case ReplicationState.READY_FOR_INITIAL_COPY if relationship.initial_replication_start_time:
            begins = _local(relationship.initial_replication_start_time)
            return CopySeen(CopyStanding.SCHEDULED, 0, _("The initial copy begins at {time}.").format(time=begins))
        case ReplicationState.INITIAL_COPY_UNDER_WAY if goal.way is CopyWay.EXPORTED:
            return CopySeen(CopyStanding.DONE if percent is None else CopyStanding.COPYING, percent)
        case ReplicationState.INITIAL_COPY_UNDER_WAY:
            return CopySeen(CopyStanding.COPYING, percent)
        case ReplicationState.WAITING_FOR_INITIAL_COPY if percent is not None:
            return CopySeen(CopyStanding.COPYING, percent)
        case ReplicationState.SUSPENDED if relationship.last_replication_time is None:
            return CopySeen(CopyStanding.PAUSED, percent, _("The initial copy is paused."))
        case ReplicationState.ERROR if relationship.last_replication_time is None:
            words = _("The copy has failed, and is tried again by the host. {details}").format(details=told)
            return CopySeen(CopyStanding.FAILING, percent, words.strip())
        case state if state in _NEVER_COPIED:
            return CopySeen(CopyStanding.NOTHING)
    return CopySeen(CopyStanding.DONE)


def _local(text: str) -> str:
    """A date of a host in the time of this computer, or as it was told."""
    try:
        return f"{windows_date(text).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return text
