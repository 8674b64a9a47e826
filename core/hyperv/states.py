"""The states of machines and hosts, with the numbers that the Hyper-V module's enumerations have.

Numbers and names are those of the PowerShell module, read through ConvertTo-Json; WMI numbers some of them otherwise.
"""

from __future__ import annotations

import enum

from core.language import _


class HostEnum(enum.IntEnum):
    """An enumeration whose later members an older program does not know: those become UNKNOWN."""

    @classmethod
    def _missing_(cls, value: object) -> HostEnum | None:
        return cls(-1) if value != -1 else None


class MachineState(HostEnum):
    """VMState."""

    UNKNOWN = -1
    OTHER = 1
    RUNNING = 2
    OFF = 3
    STOPPING = 4
    SAVED = 6
    PAUSED = 9
    STARTING = 10
    RESET = 11
    SAVING = 32773
    PAUSING = 32776
    RESUMING = 32777
    FAST_SAVED = 32779
    FAST_SAVING = 32780
    FORCE_SHUTDOWN = 32781
    FORCE_REBOOT = 32782
    HIBERNATED = 32783
    COMPONENT_SERVICING = 32784
    RUNNING_CRITICAL = 32785
    OFF_CRITICAL = 32786
    STOPPING_CRITICAL = 32787
    SAVED_CRITICAL = 32788
    PAUSED_CRITICAL = 32789
    STARTING_CRITICAL = 32790
    RESET_CRITICAL = 32791
    SAVING_CRITICAL = 32792
    PAUSING_CRITICAL = 32793
    RESUMING_CRITICAL = 32794
    FAST_SAVED_CRITICAL = 32795
    FAST_SAVING_CRITICAL = 32796

    @property
    def is_critical(self) -> bool:
        """Whether the machine has lost its storage or is otherwise in trouble."""
        return MachineState.RUNNING_CRITICAL <= self <= MachineState.FAST_SAVING_CRITICAL

    @property
    def word(self) -> str:
        """The state as Hyper-V Manager writes it."""
        words = {
            MachineState.UNKNOWN: _("Unknown"),
            MachineState.OTHER: _("Other"),
            MachineState.RUNNING: _("Running"),
            MachineState.OFF: _("Off"),
            MachineState.STOPPING: _("Stopping"),
            MachineState.SAVED: _("Saved"),
            MachineState.PAUSED: _("Paused"),
            MachineState.STARTING: _("Starting"),
            MachineState.RESET: _("Resetting"),
            MachineState.SAVING: _("Saving"),
            MachineState.PAUSING: _("Pausing"),
            MachineState.RESUMING: _("Resuming"),
            MachineState.FAST_SAVED: _("Saved"),
            MachineState.FAST_SAVING: _("Saving"),
            MachineState.FORCE_SHUTDOWN: _("Shutting down"),
            MachineState.FORCE_REBOOT: _("Restarting"),
            MachineState.HIBERNATED: _("Hibernated"),
            MachineState.COMPONENT_SERVICING: _("Servicing"),
            MachineState.RUNNING_CRITICAL: _("Running-Critical"),
            MachineState.OFF_CRITICAL: _("Off-Critical"),
            MachineState.STOPPING_CRITICAL: _("Stopping-Critical"),
            MachineState.SAVED_CRITICAL: _("Saved-Critical"),
            MachineState.PAUSED_CRITICAL: _("Paused-Critical"),
            MachineState.STARTING_CRITICAL: _("Starting-Critical"),
            MachineState.RESET_CRITICAL: _("Resetting-Critical"),
            MachineState.SAVING_CRITICAL: _("Saving-Critical"),
            MachineState.PAUSING_CRITICAL: _("Pausing-Critical"),
            MachineState.RESUMING_CRITICAL: _("Resuming-Critical"),
            MachineState.FAST_SAVED_CRITICAL: _("Saved-Critical"),
            MachineState.FAST_SAVING_CRITICAL: _("Saving-Critical"),
        }
        return words[self]


class OperationalStatus(HostEnum):
    """VMOperationalStatus: the first says whether an operation is under way, the second which."""

    UNKNOWN = -1
    OK = 2
    DEGRADED = 3
    PREDICTIVE_FAILURE = 5
    IN_SERVICE = 11
    DORMANT = 15
    SUPPORTING_ENTITY_IN_ERROR = 16
    APPLYING_CHECKPOINT = 23769
    CREATING_CHECKPOINT = 32768
    DELETING_CHECKPOINT = 32770
    WAITING_TO_START = 32771
    MERGING_DISKS = 32772
    EXPORTING = 32773
    MIGRATING = 32774
    BACKING_UP = 32776
    MODIFYING = 32777
    STORAGE_MIGRATION_PHASE_ONE = 32778
    STORAGE_MIGRATION_PHASE_TWO = 32779
    MIGRATING_PLANNED_MACHINE = 32780
    CHECKING_COMPATIBILITY = 32781
    APPLICATION_CRITICAL = 32782
    COMMUNICATION_TIMED_OUT = 32783
    COMMUNICATION_FAILED = 32784
    CRITICAL_IO_ERROR = 32795


class JobProgress(HostEnum):
    """JobState of Msvm_MigrationJob (CIM_ConcreteJob in Microsoft's WMI reference)."""

    UNKNOWN = -1
    NEW = 2
    STARTING = 3
    RUNNING = 4
    SUSPENDED = 5
    SHUTTING_DOWN = 6
    COMPLETED = 7
    TERMINATED = 8
    KILLED = 9
    EXCEPTION = 10
    SERVICE = 11
    COMPLETED_WITH_WARNINGS = 32768

    @property
    def has_ended(self) -> bool:
        """Whether the job is over, well or not."""
        return self in _ENDED

    @property
    def succeeded(self) -> bool:
        """Whether the job has ended well."""
        return self in (JobProgress.COMPLETED, JobProgress.COMPLETED_WITH_WARNINGS)


_ENDED = frozenset(
    {
        JobProgress.COMPLETED,
        JobProgress.COMPLETED_WITH_WARNINGS,
        JobProgress.TERMINATED,
        JobProgress.KILLED,
        JobProgress.EXCEPTION,
    }
)


class MigrationType(HostEnum):
    """MigrationType of Msvm_MigrationJob (Microsoft's WMI reference)."""

    UNKNOWN = -1
    MACHINE = 32768
    STORAGE = 32769
    STAGED = 32770
    MACHINE_AND_STORAGE = 32771
    STORAGE_CHECK = 32772


class Authentication(HostEnum):
    """MigrationAuthenticationType: how hosts prove themselves to each other for a live migration."""

    UNKNOWN = -1
    CREDSSP = 0
    KERBEROS = 1


class CheckpointType(HostEnum):
    """CheckpointType: which checkpoints a machine takes. Hosts before Windows Server 2016 have no such setting."""

    UNKNOWN = -1
    DISABLED = 2
    PRODUCTION = 3
    PRODUCTION_ONLY = 4
    STANDARD = 5


class SnapshotType(HostEnum):
    """SnapshotType: checkpoints that somebody took, and the recovery points of replicas (numbers assumed)."""

    UNKNOWN = -1
    STANDARD = 0
    REPLICA = 6
    APPLICATION_CONSISTENT_REPLICA = 7
    SYNCED_REPLICA = 8


class AllowedAuthentication(HostEnum):
    """RecoveryAuthenticationType: how primary servers may prove themselves to a Replica server."""

    UNKNOWN = -1
    KERBEROS = 1
    CERTIFICATE = 2
    CERTIFICATE_AND_KERBEROS = 3

    @property
    def accepts_kerberos(self) -> bool:
        """Whether the Replica server listens for Kerberos over HTTP."""
        return self in (AllowedAuthentication.KERBEROS, AllowedAuthentication.CERTIFICATE_AND_KERBEROS)

    @property
    def accepts_certificates(self) -> bool:
        """Whether the Replica server listens for certificates over HTTPS."""
        return self in (AllowedAuthentication.CERTIFICATE, AllowedAuthentication.CERTIFICATE_AND_KERBEROS)


class MigrationPerformance(HostEnum):
    """VMMigrationPerformance: how the memory of a machine travels in a live migration."""

    UNKNOWN = -1
    TCPIP = 0
    COMPRESSION = 1
    SMB = 2


class SwitchType(HostEnum):
    """VMSwitchType."""

    UNKNOWN = -1
    PRIVATE = 0
    INTERNAL = 1
    EXTERNAL = 2


class DiskType(HostEnum):
    """VhdType."""

    UNKNOWN = -1
    FIXED = 2
    DYNAMIC = 3
    DIFFERENCING = 4


class ReplicationAuthentication(enum.IntEnum):
    """ReplicationAuthenticationType; how a primary proves itself to a Replica server."""

    KERBEROS = 1
    CERTIFICATE = 2

    @property
    def parameter(self) -> str:
        """The name that cmdlets take."""
        return self.name.capitalize()

    @property
    def word(self) -> str:
        """The way as the summary says it."""
        if self is ReplicationAuthentication.KERBEROS:
            return _("Kerberos (HTTP)")
        return _("Certificate (HTTPS)")
