"""Initial replications: started now, later, to media or on the basis of what is there, and imported from media."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass

from core.failover.resynchronization import time_text
from core.failover.steps import Place, premise
from core.hyperv.replication_states import ReplicationState as State
from core.jobs.goal import Facts
from core.jobs.plan import Action, Plan
from core.language import _
from core.powershell.command import ParameterValue, Switch
from core.replicas.side import Side


class Method(enum.Enum):
    """How the first copy gets to the replica."""

    NETWORK = "network"
    MEDIA = "media"
    EXISTING = "existing"


@dataclass(frozen=True, slots=True)
class InitialCopy:
    """What is chosen: ``folder`` on the primary for media; ``begins`` in the time of the host's clock, None: now."""

    method: Method = Method.NETWORK
    folder: str = ""
    begins: datetime.datetime | None = None


def start_plan(sender: Side, chosen: InitialCopy) -> Plan:
    """Start the initial replication; the host goes on with it by itself."""
    place = Place.of(sender)
    parameters: dict[str, ParameterValue] = {}
    goal = place.out_of(State.READY_FOR_INITIAL_COPY)
    title = _("Start the initial replication of {machine} on {host}")
    if chosen.method is Method.MEDIA:
        parameters["DestinationPath"] = chosen.folder
        title = _("Write the initial replica of {machine} on {host} to {folder}")
    elif chosen.method is Method.EXISTING:
        parameters["UseBackup"] = Switch.PRESENT
    if chosen.begins is not None and chosen.method is not Method.MEDIA:
        parameters["InitialReplicationStartTime"] = time_text(chosen.begins)
        before = sender.row.initial_replication_start_time
        goal = Facts(place.host, (place.listed(("InitialReplicationStartTime", before), is_absent=True),))
    action = Action(
        title.format(folder=chosen.folder, **place.names),
        place.host,
        place.piped("Start-VMInitialReplication", **parameters),
        goal,
        _("Cancelling the initial replication undoes it."),
    )
    return Plan(action.title, place.host, (action,), premises=(premise(sender),))


def import_plan(receiver: Side, folder: str) -> Plan:
    """Read the initial replica from ``folder`` of the replica's host, and wait for its end."""
    place = Place.of(receiver)
    action = Action(
        _("Import the initial replica of {machine} on {host} from {folder}").format(folder=folder, **place.names),
        place.host,
        place.piped("Import-VMInitialReplication", Path=folder),
        place.out_of(State.WAITING_FOR_INITIAL_COPY),
        _("Nothing undoes it: the replica has its initial copy then."),
    )
    return Plan(action.title, place.host, (action,), premises=(premise(receiver),))
