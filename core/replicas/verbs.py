"""Actions on a relationship by name, and the states in which each side offers them.

The table is that of Hyper-V Manager's menu (entries from Windows Server documentation and the Hyper-V team blog, their
states assumed). What it does not list follows from it: what can be paused can be resumed, on either side; the health is
shown of everything; settings are changed where a primary has a relationship that works or waits.
"""

from __future__ import annotations

import enum

from core.hyperv.replication_states import ReplicationState as State
from core.language import _
from core.replicas.role import Role


class Verb(enum.Enum):
    """What is done with a relationship."""

    VIEW_HEALTH = "view health"
    RESET_STATISTICS = "reset statistics"
    PAUSE = "pause"
    RESUME = "resume"
    START_INITIAL = "start initial replication"
    CANCEL_INITIAL = "cancel initial replication"
    IMPORT_INITIAL = "import initial replica"
    PLANNED_FAILOVER = "planned failover"
    CANCEL_PLANNED = "cancel planned failover"
    FAILOVER = "failover"
    TEST_FAILOVER = "test failover"
    STOP_TEST = "stop test failover"
    CANCEL_FAILOVER = "cancel failover"
    REMOVE_POINTS = "remove recovery points"
    REVERSE = "reverse"
    EXTEND = "extend"
    RESYNCHRONIZE = "resynchronize"
    CANCEL_RESYNCHRONIZATION = "cancel resynchronization"
    CHANGE_SETTINGS = "change settings"
    REMOVE = "remove"

    @property
    def word(self) -> str:
        """The entry of a menu, without dots."""
        return {
            Verb.VIEW_HEALTH: _("View Replication Health"),
            Verb.RESET_STATISTICS: _("Reset Statistics"),
            Verb.PAUSE: _("Pause Replication"),
            Verb.RESUME: _("Resume Replication"),
            Verb.START_INITIAL: _("Start Initial Replication"),
            Verb.CANCEL_INITIAL: _("Cancel Initial Replication"),
            Verb.IMPORT_INITIAL: _("Import Initial Replica"),
            Verb.PLANNED_FAILOVER: _("Planned Failover"),
            Verb.CANCEL_PLANNED: _("Cancel Planned Failover"),
            Verb.FAILOVER: _("Failover"),
            Verb.TEST_FAILOVER: _("Test Failover"),
            Verb.STOP_TEST: _("Stop Test Failover"),
            Verb.CANCEL_FAILOVER: _("Cancel Failover"),
            Verb.REMOVE_POINTS: _("Remove Recovery Points"),
            Verb.REVERSE: _("Reverse Replication"),
            Verb.EXTEND: _("Extend Replication"),
            Verb.RESYNCHRONIZE: _("Resynchronize"),
            Verb.CANCEL_RESYNCHRONIZATION: _("Cancel Resynchronization"),
            Verb.CHANGE_SETTINGS: _("Replication Settings"),
            Verb.REMOVE: _("Remove Replication"),
        }[self]


_SENDING: dict[State, frozenset[Verb]] = {
    State.READY_FOR_INITIAL_COPY: frozenset({Verb.START_INITIAL, Verb.CHANGE_SETTINGS, Verb.REMOVE}),
    State.INITIAL_COPY_UNDER_WAY: frozenset({Verb.CANCEL_INITIAL, Verb.PAUSE, Verb.REMOVE}),
    State.REPLICATING: frozenset({Verb.PLANNED_FAILOVER, Verb.PAUSE, Verb.CHANGE_SETTINGS, Verb.REMOVE}),
    State.SUSPENDED: frozenset({Verb.RESUME, Verb.RESYNCHRONIZE, Verb.CHANGE_SETTINGS, Verb.REMOVE}),
    State.ERROR: frozenset({Verb.RESUME, Verb.RESYNCHRONIZE, Verb.CHANGE_SETTINGS, Verb.REMOVE}),
    State.RESYNCHRONIZATION_REQUIRED: frozenset({Verb.RESYNCHRONIZE}),
    State.RESYNCHRONIZING: frozenset({Verb.PAUSE, Verb.CANCEL_RESYNCHRONIZATION}),
    State.RESYNCHRONIZATION_SUSPENDED: frozenset({Verb.RESUME, Verb.CANCEL_RESYNCHRONIZATION}),
    State.PREPARED_FOR_FAILOVER: frozenset({Verb.CANCEL_PLANNED, Verb.REMOVE}),
    State.WAITING_FOR_UPDATE_COMPLETION: frozenset({Verb.PAUSE, Verb.REMOVE}),
    State.UPDATE_ERROR: frozenset({Verb.RESUME, Verb.REMOVE}),
}
_RECEIVING: dict[State, frozenset[Verb]] = {
    State.WAITING_FOR_INITIAL_COPY: frozenset({Verb.IMPORT_INITIAL, Verb.REMOVE}),
    State.REPLICATING: frozenset({Verb.FAILOVER, Verb.TEST_FAILOVER, Verb.PAUSE, Verb.EXTEND, Verb.REMOVE}),
    State.SUSPENDED: frozenset({Verb.RESUME, Verb.FAILOVER, Verb.TEST_FAILOVER, Verb.REMOVE}),
    State.RESYNCHRONIZING: frozenset({Verb.FAILOVER}),
    State.FAILED_OVER_WAITING: frozenset({Verb.REVERSE, Verb.REMOVE_POINTS, Verb.CANCEL_FAILOVER, Verb.REMOVE}),
    State.FAILED_OVER: frozenset({Verb.REVERSE, Verb.REMOVE}),
}
_ALWAYS = frozenset({Verb.VIEW_HEALTH, Verb.RESET_STATISTICS})
_NOT_ON_EXTENSIONS = frozenset({Verb.PLANNED_FAILOVER})
"""A replica is off and takes what it gets: there is nothing to prepare where it sends on."""

SENDER_VERBS = frozenset().union(*_SENDING.values())
RECEIVER_VERBS = frozenset({Verb.STOP_TEST}).union(*_RECEIVING.values())


def verbs_of(role: Role, state: State, *, has_test: bool = False) -> frozenset[Verb]:
    """What the menu has for a side in this state; a test machine keeps its replica from everything else."""
    if state in (State.DISABLED, State.UNKNOWN):
        return frozenset()
    if role.sends:
        found = _SENDING.get(state, frozenset())
        return (found - _NOT_ON_EXTENSIONS if role is Role.EXTENDING else found) | _ALWAYS
    found = _RECEIVING.get(state, frozenset())
    if role is Role.EXTENDED_REPLICA:
        found -= {Verb.EXTEND}
    if has_test:
        found = found & {Verb.PAUSE, Verb.RESUME} | {Verb.STOP_TEST}
    return found | _ALWAYS
