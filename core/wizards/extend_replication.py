"""The Extend Replication Wizard: the pages of the Enable Replication Wizard, for a replica that is replicated on.

It has the same disks as the replica, so that there is no page for them; its frequency is five or fifteen minutes and
not higher than that of the first leg, and it keeps no application-consistent recovery points (Windows Server
documentation, Hyper-V team blog).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from core.estate.estate import Estate, Picture
from core.failover.steps import premise
from core.hyperv.records import Machine
from core.hyperv.states import ReplicationAuthentication
from core.jobs.plan import Plan
from core.language import _
from core.replicas.records import Leg
from core.replicas.side import Side
from core.replication.checks.case import SERVER
from core.replication.checks.examination import EXTENDING
from core.replication.planning import enabling_plan
from core.replication.protection import USUAL_PORTS, Protection
from core.wizards.replica_wizard import ReplicaWizard
from core.wizards.wizard import Problem

FREQUENCIES = (300, 900)
"""Seconds between two cycles of an extension."""


class ExtendWizard(ReplicaWizard):
    """Replicates ``machine``, the replica that ``receiver`` is, on to a third host."""

    CHECKS = EXTENDING
    OFFERS_CONSISTENT = False

    def __init__(self, estate: Estate, receiver: Side, machine: Machine, *, is_introduced: bool = True) -> None:
        super().__init__(estate, receiver, machine, is_introduced=is_introduced)
        row, choices = receiver.row, self.choices
        if row.authentication_type == ReplicationAuthentication.CERTIFICATE:
            choices.authentication = ReplicationAuthentication.CERTIFICATE
        choices.port = str(USUAL_PORTS[choices.authentication])
        choices.thumbprint = row.certificate_thumbprint or ""
        choices.frequency = self.frequencies[0]
        choices.hours = min(choices.hours, self.most_points)

    @property
    def title(self) -> str:
        """The title of the window, as Hyper-V Manager writes it."""
        return _("Extend Replication for {machine}").format(machine=self.machine.name)

    @property
    def commit(self) -> str:
        """The word on the last button."""
        return _("&Extend Replication")

    @property
    def completing(self) -> str:
        """The heading of the last page."""
        return _("Completing the Extend Replication Wizard")

    @property
    def frequencies(self) -> tuple[int, ...]:
        """What can be chosen: nothing is sent on more often than it comes in."""
        comes_in = self.receiver.row.frequency
        return tuple(each for each in FREQUENCIES if each >= comes_in) or FREQUENCIES[-1:]

    def servers(self) -> tuple[Picture, ...]:
        """The saved hosts that can be chosen: neither that of the replica nor that of its primary."""
        return tuple(picture for picture in super().servers() if not self._is_first_primary(picture))

    def server_faults(self) -> Iterator[Problem]:
        """That the primary is named, or the replica itself: an extension goes to a third host."""
        yield from super().server_faults()
        wanted = self.choices.server.strip().lower()
        picture = self.replica_picture
        primary = (self.receiver.row.primary_server_name or "").lower()
        if wanted and (
            wanted in (primary, primary.partition(".")[0]) or (picture is not None and self._is_first_primary(picture))
        ):
            what = _("{server} has {machine} already: an extension goes to a third host.")
            names = {"server": self.choices.server.strip(), "machine": self.machine.name}
            yield Problem(SERVER, what.format(**names), _("Name another host."))

    def protection(self) -> Protection:
        """What the choices come to."""
        return replace(super().protection(), leg=Leg.EXTENDED)

    def _planned(self) -> Plan:
        return enabling_plan(
            self.protection(), summary=self.summary(), checks=self.checks, premises=(premise(self.receiver),)
        )

    def _is_first_primary(self, picture: Picture) -> bool:
        name = self.receiver.row.primary_server_name
        return bool(name) and (picture.is_called(str(name)) or picture.is_called(str(name).partition(".")[0]))
