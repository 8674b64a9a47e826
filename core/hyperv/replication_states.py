"""The states of replication, with the numbers that the Hyper-V module's enumerations have."""

from __future__ import annotations

from core.hyperv.states import HostEnum
from core.language import _


class ReplicationState(HostEnum):
    """VMReplicationState: where a relationship stands now."""

    UNKNOWN = -1
    DISABLED = 0
    READY_FOR_INITIAL_COPY = 1
    INITIAL_COPY_UNDER_WAY = 2
    WAITING_FOR_INITIAL_COPY = 3
    REPLICATING = 4
    PREPARED_FOR_FAILOVER = 5
    FAILED_OVER_WAITING = 6
    FAILED_OVER = 7
    SUSPENDED = 8
    ERROR = 9
    RESYNCHRONIZATION_REQUIRED = 10
    RESYNCHRONIZING = 11
    RESYNCHRONIZATION_SUSPENDED = 12
    RECOVERY_IN_PROGRESS = 13
    FAILBACK_IN_PROGRESS = 14
    FAILBACK_COMPLETE = 15
    WAITING_FOR_UPDATE_COMPLETION = 16
    UPDATE_ERROR = 17
    WAITING_FOR_REPURPOSE_COMPLETION = 18
    PREPARED_FOR_SYNC_REPLICATION = 19
    PREPARED_FOR_GROUP_REVERSE_REPLICATION = 20
    FIREDRILL_IN_PROGRESS = 21

    @classmethod
    def of_wmi(cls, number: int) -> ReplicationState:
        """The state that WMI gives ``number`` (ReplicationState of Msvm_ComputerSystem, Microsoft's WMI reference).

        WMI has one number for both waits for the initial copy. How the two columns of numbers belong together is read
        from the names.
        """
        if number < cls.INITIAL_COPY_UNDER_WAY or number >= cls.WAITING_FOR_REPURPOSE_COMPLETION:
            return cls(number)
        if number == cls.INITIAL_COPY_UNDER_WAY:
            return cls.WAITING_FOR_INITIAL_COPY
        # 17 is WMI's own word for unknown.
        return cls(number + 1) if number < cls.UPDATE_ERROR else cls.UNKNOWN

    @property
    def word(self) -> str:
        """The state as Hyper-V Manager writes it where its words are published."""
        words = {
            ReplicationState.UNKNOWN: _("Unknown"),
            ReplicationState.DISABLED: _("Not enabled"),
            ReplicationState.READY_FOR_INITIAL_COPY: _("Pending Initial Replication"),
            ReplicationState.INITIAL_COPY_UNDER_WAY: _("Initial replication in progress"),
            ReplicationState.WAITING_FOR_INITIAL_COPY: _("Pending Initial Replication"),
            ReplicationState.REPLICATING: _("Replication Enabled"),
            ReplicationState.PREPARED_FOR_FAILOVER: _("Prepared for planned failover"),
            ReplicationState.FAILED_OVER_WAITING: _("Failover complete"),
            ReplicationState.FAILED_OVER: _("Failover complete"),
            ReplicationState.SUSPENDED: _("Replication Paused"),
            ReplicationState.ERROR: _("Replication Error"),
            ReplicationState.RESYNCHRONIZATION_REQUIRED: _("Resynchronization required"),
            ReplicationState.RESYNCHRONIZING: _("Resynchronizing"),
            ReplicationState.RESYNCHRONIZATION_SUSPENDED: _("Resynchronize Suspended"),
            ReplicationState.RECOVERY_IN_PROGRESS: _("Failover in progress"),
            ReplicationState.FAILBACK_IN_PROGRESS: _("Failback in progress"),
            ReplicationState.FAILBACK_COMPLETE: _("Failback complete"),
            ReplicationState.WAITING_FOR_UPDATE_COMPLETION: _("Update of the disks pending"),
            ReplicationState.UPDATE_ERROR: _("Update of the disks failed"),
            ReplicationState.WAITING_FOR_REPURPOSE_COMPLETION: _("Waiting for a new purpose"),
            ReplicationState.PREPARED_FOR_SYNC_REPLICATION: _("Prepared for synchronous replication"),
            ReplicationState.PREPARED_FOR_GROUP_REVERSE_REPLICATION: _("Prepared for reverse replication of its group"),
            ReplicationState.FIREDRILL_IN_PROGRESS: _("Test failover in progress"),
        }
        return words[self]


class ReplicationHealth(HostEnum):
    """VMReplicationHealthState: how a relationship did within the monitoring interval, the worst last."""

    UNKNOWN = -1
    NOT_APPLICABLE = 0
    NORMAL = 1
    WARNING = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        """The health as Hyper-V Manager writes it."""
        words = {
            ReplicationHealth.UNKNOWN: _("Unknown"),
            ReplicationHealth.NOT_APPLICABLE: _("Not applicable"),
            ReplicationHealth.NORMAL: _("Normal"),
            ReplicationHealth.WARNING: _("Warning"),
            ReplicationHealth.CRITICAL: _("Critical"),
        }
        return words[self]


class ReplicationMode(HostEnum):
    """VMReplicationMode: what a machine is in its replication."""

    UNKNOWN = -1
    NONE = 0
    PRIMARY = 1
    REPLICA = 2
    TEST_REPLICA = 3
    EXTENDED_REPLICA = 4

    @property
    def is_replica(self) -> bool:
        """Whether a machine in it is the copy of another, whose identity it has."""
        return self in (ReplicationMode.REPLICA, ReplicationMode.EXTENDED_REPLICA)

    @property
    def word(self) -> str:
        """The mode in words."""
        words = {
            ReplicationMode.UNKNOWN: _("Unknown"),
            ReplicationMode.NONE: _("Not replicated"),
            ReplicationMode.PRIMARY: _("Primary"),
            ReplicationMode.REPLICA: _("Replica"),
            ReplicationMode.TEST_REPLICA: _("Test replica"),
            ReplicationMode.EXTENDED_REPLICA: _("Extended replica"),
        }
        return words[self]
