"""Reverse Replication: the replica that has taken over becomes the primary, and replicates to where it came from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from core.failover.link import CERTIFICATE, Link, back_link
from core.failover.planned import reverse_plan
from core.failover.prerequisites import connection_refusal
from core.jobs.plan import Plan
from core.language import _
from core.replicas.relationship import Relationship
from core.wizards.wizard import Problem
from gui.panels.notice import text_label
from gui.replicas.action_dialog import ActionDialog
from gui.replicas.link_form import LinkForm
from gui.replicas.workbench import Workbench


class ReverseDialog(ActionDialog):
    """Filled with what is known of the host that sent so far; the connection to it is tried before anything is sent."""

    def __init__(self, relationship: Relationship, bench: Workbench, parent: QWidget) -> None:
        names = {"machine": relationship.machine_name, "host": relationship.replica_name}
        super().__init__(
            "reverse_replication",
            _("Reverse Replication"),
            _("Replicate {machine} from {host} from now on?").format(**names),
            _("Re&verse"),
            bench,
            parent,
        )
        self.mark_practice(is_practice=bench.is_practice(relationship.side.host))
        self.resize(560, 380)
        self._relationship = relationship
        self._refused: tuple[Link, str] | None = None
        self.link = LinkForm()
        self.link.changed.connect(self.changed)
        self.body.addWidget(self.link)
        for line in (
            _("The former primary server has to be enabled as a Replica server, and its virtual machine to be off."),
            _("After an unplanned failover the copy has to be sent anew; the way back leads through all of it."),
        ):
            self.body.addWidget(text_label(line))
        self.body.addStretch()
        self.load()

    async def read(self) -> None:
        """Read how the former primary server receives, and try the connection."""
        receiver = self._relationship.receiver
        journey = await self.bench.desk.journey(self._relationship)
        if receiver is None:
            return
        if not self.is_read:
            self.link.show_link(journey.link_home if journey is not None else back_link(receiver))
        link = self.link.link
        refusal = await connection_refusal(self.bench.estate, receiver.host, link)
        self._refused = (link, refusal) if refusal is not None else None

    def problems(self) -> Sequence[Problem]:
        """What is wrong with the link; that a host has refused it is said as long as it stays the same."""
        link = self.link.link
        if not link.server:
            return (Problem("server", _("No Replica server is named."), _("Name the host that is to receive.")),)
        if link.authentication == CERTIFICATE and not link.thumbprint:
            what = _("No certificate is chosen.")
            return (Problem("thumbprint", what, _("Type the thumbprint of a certificate of the host that sends.")),)
        if self._refused is not None and self._refused[0] == link:
            cure = _("Configure the Replica server and its firewall rules, or choose another one.")
            return (Problem("server", self._refused[1], cure, is_warning=True),)
        return ()

    def plans(self) -> Sequence[Plan]:
        """One call, on the host of the replica that has taken over."""
        receiver = self._relationship.receiver
        return (reverse_plan(receiver, self.link.link),) if receiver is not None else ()
