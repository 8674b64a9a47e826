"""The enumerations of the Hyper-V module as values of a pipeline."""

from __future__ import annotations

from enum import Enum

from lab.hyperv.files import DiskFormat, DiskType
from lab.hyperv.groups import GroupType
from lab.hyperv.host import MigrationAuthentication, MigrationPerformance, SwitchType
from lab.hyperv.machine import CheckpointType, MachineState, StartAction, StopAction
from lab.hyperv.operation import OperationalStatus
from lab.hyperv.replication.recovery_points import PointKind
from lab.hyperv.replication.states import (
    AllowedAuthentication,
    Authentication,
    Health,
    Mode,
    Relationship,
    ReplicationState,
    ReplicationType,
)
from lab.powershell.values import EnumValue

_NAMESPACE = "Microsoft.HyperV.PowerShell"
_TYPE_NAMES: dict[type[Enum], str] = {
    MachineState: f"{_NAMESPACE}.VMState",
    OperationalStatus: f"{_NAMESPACE}.VMOperationalStatus",
    StartAction: f"{_NAMESPACE}.StartAction",
    StopAction: f"{_NAMESPACE}.StopAction",
    CheckpointType: f"{_NAMESPACE}.CheckpointType",
    SwitchType: f"{_NAMESPACE}.VMSwitchType",
    MigrationAuthentication: f"{_NAMESPACE}.MigrationAuthenticationType",
    MigrationPerformance: f"{_NAMESPACE}.VMMigrationPerformance",
    GroupType: f"{_NAMESPACE}.GroupType",
    PointKind: f"{_NAMESPACE}.SnapshotType",
    AllowedAuthentication: f"{_NAMESPACE}.RecoveryAuthenticationType",
    Authentication: f"{_NAMESPACE}.ReplicationAuthenticationType",
    Health: f"{_NAMESPACE}.VMReplicationHealthState",
    Mode: f"{_NAMESPACE}.VMReplicationMode",
    Relationship: f"{_NAMESPACE}.VMReplicationRelationshipType",
    ReplicationState: f"{_NAMESPACE}.VMReplicationState",
    ReplicationType: f"{_NAMESPACE}.VMReplicationType",
    DiskFormat: "Microsoft.Vhd.PowerShell.VhdFormat",
    DiskType: "Microsoft.Vhd.PowerShell.VhdType",
}
_NOTHING = {Mode.NotReplicated: "None", ReplicationType.NoReplication: "None"}
"""Members that are called by a word which Python has for something else."""


def enumeration(member: Enum) -> EnumValue:
    """``member`` as a host's .NET enumeration has it."""
    return EnumValue(_TYPE_NAMES[type(member)], _NOTHING.get(member, member.name), member.value)


def hyperv_enum(type_name: str, name: str, number: int) -> EnumValue:
    """A member of an enumeration of the module that the lab keeps no type for."""
    return EnumValue(f"{_NAMESPACE}.{type_name}", name, number)


def hyperv_types(*names: str) -> tuple[str, ...]:
    """Full type names of the module, most derived first, ending in System.Object."""
    return (*(f"{_NAMESPACE}.{name}" for name in names), "System.Object")
