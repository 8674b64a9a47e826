"""The words in which hosts speak of replication, with the numbers of PowerShell and of WMI."""

from __future__ import annotations

from enum import Enum


class ReplicationState(Enum):
    """VMReplicationState with the numbers of the PowerShell module."""

    Disabled = 0
    ReadyForInitialReplication = 1
    InitialReplicationInProgress = 2
    WaitingForInitialReplication = 3
    Replicating = 4
    PreparedForFailover = 5
    FailedOverWaitingCompletion = 6
    FailedOver = 7
    Suspended = 8
    Error = 9
    WaitingForStartResynchronize = 10
    Resynchronizing = 11
    ResynchronizeSuspended = 12
    RecoveryInProgress = 13
    FailbackInProgress = 14
    FailbackComplete = 15
    WaitingForUpdateCompletion = 16
    UpdateError = 17
    WaitingForRepurposeCompletion = 18
    PreparedForSyncReplication = 19
    PreparedForGroupReverseReplication = 20
    FiredrillInProgress = 21

    @property
    def wmi_number(self) -> int:
        """The number that WMI gives the state; how the two columns belong together is read from the names."""
        return _WMI_NUMBERS.get(self, self.value)


_WMI_NUMBERS = {
    ReplicationState.InitialReplicationInProgress: 2,
    ReplicationState.WaitingForInitialReplication: 2,
    ReplicationState.Replicating: 3,
    ReplicationState.PreparedForFailover: 4,
    ReplicationState.FailedOverWaitingCompletion: 5,
    ReplicationState.FailedOver: 6,
    ReplicationState.Suspended: 7,
    ReplicationState.Error: 8,
    ReplicationState.WaitingForStartResynchronize: 9,
    ReplicationState.Resynchronizing: 10,
    ReplicationState.ResynchronizeSuspended: 11,
    ReplicationState.RecoveryInProgress: 12,
    ReplicationState.FailbackInProgress: 13,
    ReplicationState.FailbackComplete: 14,
    ReplicationState.WaitingForUpdateCompletion: 15,
    ReplicationState.UpdateError: 16,
}


class Health(Enum):
    """VMReplicationHealthState with its numbers, the worst last."""

    NotApplicable = 0
    Normal = 1
    Warning = 2
    Critical = 3


class Mode(Enum):
    """VMReplicationMode with its numbers: what a machine is in its replication."""

    NotReplicated = 0
    Primary = 1
    Replica = 2
    TestReplica = 3
    ExtendedReplica = 4


class Relationship(Enum):
    """VMReplicationRelationshipType with its numbers: the first leg, and the one that a replica extends."""

    Simple = 0
    Extended = 1


class ReplicationType(Enum):
    """VMReplicationType with its numbers: what was last sent, or failed over to."""

    NoReplication = 0
    Regular = 1
    ApplicationConsistent = 2
    Planned = 3


class Authentication(Enum):
    """ReplicationAuthenticationType with its numbers."""

    Kerberos = 1
    Certificate = 2


class AllowedAuthentication(Enum):
    """RecoveryAuthenticationType with its numbers: what a replica server accepts."""

    Kerberos = 1
    Certificate = 2
    CertificateAndKerberos = 3

    def accepts(self, authentication: Authentication) -> bool:
        """Whether primaries may sign in this way."""
        return bool(self.value & authentication.value)
