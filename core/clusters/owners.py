"""The role that a clustered machine is: its owner, which nodes it may be on, and which it had better be on."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import msgspec

from core.clusters.named import Named, name_of
from core.clusters.picture import Group, Role
from core.clusters.silence import ClusterSilent
from core.hyperv.disks import Asker
from core.hyperv.query import Question, Reading, ask
from core.powershell.command import command


class _Owners(msgspec.Struct, frozen=True, rename="pascal"):
    owner_nodes: tuple[Named | str, ...] | Named | str | None = None

    @property
    def names(self) -> frozenset[str]:
        """The short names of the nodes, in small letters."""
        told = self.owner_nodes
        each = told if isinstance(told, tuple) else (told,)
        return frozenset(name_of(node).lower() for node in each if node is not None)


@dataclass(frozen=True, slots=True)
class Owners:
    """Names of nodes in small letters; where none is ``possible``, nothing was told."""

    possible: frozenset[str]
    preferred: frozenset[str]

    def allows(self, node: str) -> bool:
        """Whether the machine may be on ``node``, as far as was told."""
        return not self.possible or node.lower() in self.possible


def _owners_questions(machine_id: UUID) -> tuple[Question[_Owners], Question[_Owners]]:
    """What tells the possible owners, and the preferred ones.

    A machine is two resources, and a node has to be a possible owner of both; the preferred owners are those of the
    group (Microsoft's documentation of failover clusters).
    """
    owners = command("Get-ClusterOwnerNode")
    return (
        Question("possible owners", command("Get-ClusterResource", VMId=machine_id) | owners, _Owners),
        Question("preferred owners", command("Get-ClusterGroup", VMId=machine_id) | owners, _Owners),
    )


async def read_role(asker: Asker, host: str, machine_id: UUID) -> tuple[Role | None, Owners]:
    """The role that a machine of ``host`` is, None where it is none, and its owners.

    Raises ClusterSilent where the cluster does not answer, RemotingError when the host does not, and UnexpectedAnswer.
    """
    role = Question("role", command("Get-ClusterGroup", VMId=machine_id), Group)
    possible, preferred = _owners_questions(machine_id)
    answer = await asker(ask((role, possible, preferred)))
    reading = Reading.of(answer.output)
    refusal = next((error for error in answer.errors if error.category != "ObjectNotFound"), None)
    if refusal is not None:
        raise ClusterSilent(host, refusal)
    told = [each.names for each in reading.records(possible) if each.names]
    liked = [each.names for each in reading.records(preferred)]
    owners = Owners(frozenset.intersection(*told) if told else frozenset(), frozenset().union(*liked))
    return next((each.role for each in reading.records(role)), None), owners
