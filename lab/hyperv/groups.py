"""Groups of machines, and groups of such groups, of a host."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import failed


class GroupType(Enum):
    """GroupType with its numbers (assumed)."""

    VMCollectionType = 0
    ManagementCollectionType = 1


@dataclass(slots=True, eq=False)
class MachineGroup:
    """A group: of machines (VMCollectionType) or of groups (ManagementCollectionType)."""

    name: str
    group_id: uuid.UUID
    kind: GroupType
    members: list[VirtualMachine | MachineGroup] = field(default_factory=list)

    @property
    def takes(self) -> type[VirtualMachine | MachineGroup]:
        """What its members are."""
        return VirtualMachine if self.kind is GroupType.VMCollectionType else MachineGroup

    def below(self) -> Iterator[MachineGroup]:
        """It, and the groups in it at any depth."""
        yield self
        for member in self.members:
            if isinstance(member, MachineGroup):
                yield from member.below()


def new_group(name: str, kind: GroupType, group_id: uuid.UUID | None, host: Host) -> MachineGroup:
    """Make an empty group; several may have the same name.

    Raises OperationFailed when the ID is taken.
    """
    if any(group.group_id == group_id for group in host.groups):
        raise failed("group_exists", host.language, name=group_id)
    group = MachineGroup(name, group_id or host.estate.new_id(), kind)
    host.groups.append(group)
    return group


def remove_group(group: MachineGroup, host: Host) -> None:
    """Remove a group, also from those that it is in; its members stay as they are."""
    host.groups.remove(group)
    for other in host.groups:
        if group in other.members:
            other.members.remove(group)


def add_member(group: MachineGroup, member: VirtualMachine | MachineGroup, host: Host) -> None:
    """Raises OperationFailed for a member of the wrong kind, one that is in it, and a group that contains this one."""
    _require_kind(group, member, host)
    if member in group.members:
        raise failed("group_member_there", host.language, member=member.name, name=group.name)
    if isinstance(member, MachineGroup) and group in member.below():
        raise failed("group_in_itself", host.language, name=group.name)
    group.members.append(member)


def remove_member(group: MachineGroup, member: VirtualMachine | MachineGroup, host: Host) -> None:
    """Raises OperationFailed for what is not in the group."""
    _require_kind(group, member, host)
    if member not in group.members:
        raise failed("group_member_missing", host.language, member=member.name, name=group.name)
    group.members.remove(member)


def groups_of(machine: VirtualMachine, host: Host) -> list[MachineGroup]:
    """The groups that a machine is in."""
    return [group for group in host.groups if machine in group.members]


def _require_kind(group: MachineGroup, member: VirtualMachine | MachineGroup, host: Host) -> None:
    if not isinstance(member, group.takes):
        raise failed("group_of_other_kind", host.language, name=group.name, kind=group.kind.name)
