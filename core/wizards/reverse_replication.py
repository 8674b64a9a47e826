"""The Reverse Replication Wizard: the pages of the Enable Replication Wizard, for a replica that has taken over.

It is filled with what the relationship has. The disks are those of the replica; a copy has to follow only where the
failover was not planned, and the old disks can be its basis (Windows Server documentation).
"""

from __future__ import annotations

from collections.abc import Iterator

from core.estate.estate import Estate
from core.failover.link import Link
from core.failover.reversal import needs_copy, reversal_plan
from core.hyperv.records import Machine
from core.hyperv.states import ReplicationAuthentication
from core.jobs.plan import Plan
from core.language import _
from core.replicas.relationship import Relationship
from core.replicas.side import Side
from core.replication.checks.examination import REVERSING
from core.replication.estimate import CopyEstimate
from core.replication.protection import CopyMethod
from core.wizards.replica_wizard import ReplicaWizard
from core.wizards.wizard import Step


class ReverseWizard(ReplicaWizard):
    """Lets ``machine``, the replica ``receiver`` of ``relationship``, be the primary; ``link`` leads back home."""

    CHECKS = REVERSING

    def __init__(
        self,
        estate: Estate,
        relationship: Relationship,
        receiver: Side,
        machine: Machine,
        link: Link,
        *,
        is_introduced: bool = True,
    ) -> None:
        super().__init__(estate, receiver, machine, is_introduced=is_introduced)
        self.relationship = relationship
        row, choices = receiver.row, self.choices
        home = estate.find(receiver.host.group, link.server)
        choices.server = home.key.name if home is not None else link.server
        choices.authentication = ReplicationAuthentication(link.authentication)
        choices.port = str(link.port)
        choices.thumbprint = link.thumbprint
        choices.frequency = row.frequency
        choices.is_consistent = bool(row.consistent_hours)
        choices.consistent_hours = row.consistent_hours or choices.consistent_hours
        choices.method = CopyMethod.EXISTING if relationship.sender is not None else CopyMethod.NETWORK

    @property
    def title(self) -> str:
        """The title of the window, as Hyper-V Manager writes it."""
        return _("Reverse Replication for {machine}").format(machine=self.machine.name)

    @property
    def commit(self) -> str:
        """The word on the last button."""
        return _("&Reverse Replication")

    @property
    def completing(self) -> str:
        """The heading of the last page."""
        return _("Completing the Reverse Replication Wizard")

    @property
    def is_copied(self) -> bool:
        """Whether a copy follows."""
        return needs_copy(self.relationship)

    def steps(self) -> Iterator[Step]:
        """The route, as the choices stand."""
        return (each for each in super().steps() if self.is_copied or each.page != self.COPY)

    def estimate(self) -> CopyEstimate | None:
        """How long the copy takes; None where none follows, or not everything is sent."""
        return super().estimate() if self.is_copied else None

    def _planned(self) -> Plan:
        return reversal_plan(self.relationship, self.protection(), summary=self.summary(), checks=self.checks)
