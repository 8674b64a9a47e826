"""The ways of a Move Wizard: which there are to its destination, which is gone, and the route by replica.

What a replica needs is asked by an Enable Replication Wizard that goes the usual way without its pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.hyperv.query import UnexpectedAnswer
from core.hyperv.states import ReplicationAuthentication
from core.jobs.plan import Plan
from core.language import _
from core.moving.by_replica import ReplicaMove, replica_move_plan, summary_of
from core.moving.estimate import Estimate
from core.moving.rating import failure_problem
from core.moving.ways import Way, WayOffer, best_way, replica_down_time, ways
from core.remoting.errors import RemotingError
from core.wizards.enable_replication import EnableWizard
from core.wizards.move_export import MoveByExport
from core.wizards.wizard import Problem, Step, obstacles

if TYPE_CHECKING:
    from core.wizards.move import MoveWizard


class MoveWays:
    """Looks for ways to the destination that ``wizard`` has chosen."""

    def __init__(self, wizard: MoveWizard) -> None:
        self._wizard = wizard
        self._enable = EnableWizard(wizard.estate, wizard.source, wizard.machine, is_introduced=False)
        self.by_export = MoveByExport(wizard)
        self._asked: set[str] = set()

    @property
    def offers(self) -> tuple[WayOffer, ...]:
        """Every way, as far as is known; none while the destination is not."""
        wizard, picture = self._wizard, self._wizard.destination_picture
        if not wizard.is_live or picture is None or picture.inventory is None:
            return ()
        details = wizard.details.get(wizard.source), wizard.details.get(picture.key)
        return ways(
            wizard.machine,
            wizard.source_picture,
            picture,
            *details,
            writes=self._enable.rates.writes,
            frequency=self._enable.choices.frequency,
            storage=wizard.size or None,
        )

    @property
    def chosen(self) -> Way:
        """The way that is gone: the one that was chosen for this destination, else the best."""
        offers = self.offers
        wanted = self._wizard.choices.ways.get(self._wizard.target_name)
        if wanted is not None and any(offer.way is wanted and offer.is_possible for offer in offers):
            return wanted
        return best_way(offers)

    @property
    def are_asked(self) -> bool:
        """Whether a page asks for the way: where the usual one could not be gone when the destination was looked at."""
        return self._wizard.is_live and self._wizard.target_name.lower() in self._asked

    @property
    def is_by_replica(self) -> bool:
        """Whether the route is the one by replica."""
        return self.are_asked and self.chosen is Way.REPLICA

    @property
    def is_by_export(self) -> bool:
        """Whether the route is the one by export and import."""
        return self.are_asked and self.chosen is Way.EXPORT

    @property
    def is_other(self) -> bool:
        """Whether the route is another than that of a migration."""
        return self.is_by_replica or self.is_by_export

    def look(self) -> None:
        """Find out whether there is anything to choose, now that the destination has told of itself."""
        if self._wizard.has_ways and any(offer.way is Way.LIVE and not offer.is_open for offer in self.offers):
            self._asked.add(self._wizard.target_name.lower())

    def choose(self, way: Way) -> None:
        """Keep which way was chosen."""
        self._wizard.choices.ways[self._wizard.target_name] = way

    def faults(self) -> tuple[Problem, ...]:
        """What speaks against the way that is chosen, as far as is known."""
        return next((offer.problems for offer in self.offers if offer.way is self.chosen), ())

    async def examine(self) -> tuple[Problem, ...]:
        """What the hosts have against the way that is chosen; it is settled from here on."""
        self.choose(self.chosen)
        return await (self.by_export.examine() if self.is_by_export else self._examine_replica())

    async def _examine_replica(self) -> tuple[Problem, ...]:
        enable = self._enable
        enable.machine = self._wizard.machine
        enable.choices.server = self._wizard.choices.destination
        enable.choices.credentials = self._wizard.choices.credentials
        if found := obstacles(await enable.examine(Step(enable.SERVER, "", ""))):
            return found
        if enable.replica_picture is None or enable.protection().replica is None:
            what = _("{host} does not answer this program, which has to start the machine there.")
            cure = _("Connect to it, then try again.")
            return (Problem("way", what.format(host=self._wizard.target_name), cure),)
        if found := obstacles(await enable.examine(Step(enable.DISKS, "", ""))):
            return found
        if left_out := enable.protection().excluded:
            what = _("{machine} has disks that cannot be replicated: {disks}.")
            cure = _("Detach them first, or go another way: a move must not leave a disk behind.")
            names = {"machine": enable.machine.name, "disks": ", ".join(filter(None, left_out))}
            return (Problem("way", what.format(**names), cure),)
        lacks_certificate = (
            enable.choices.authentication is ReplicationAuthentication.CERTIFICATE and not enable.choices.thumbprint
        )
        if lacks_certificate and (problem := await self._take_certificate()):
            return (problem,)
        return await enable.examine(Step(enable.SUMMARY, "", ""))

    def plan(self) -> Plan:
        """The plan of the way that is gone. Raises ValueError when a host is not known."""
        if self.is_by_export:
            return self.by_export.plan()
        return replica_move_plan(self._move(), summary=self.summary(), checks=self._enable.checks)

    def summary(self) -> tuple[tuple[str, str], ...]:
        """What the summary page lists."""
        if self.is_by_export:
            return self.by_export.summary()
        enable = self._enable
        live = next(offer for offer in self.offers if offer.way is Way.LIVE)
        reasons = tuple(problem.what for problem in live.problems)
        server = enable.server
        folder = server.settings.default_storage_location if server is not None else None
        protection = enable.protection()
        down = replica_down_time(protection.machine, enable.rates, enable.choices.frequency)
        return summary_of(self._move(), folder, reasons, enable.estimate(), down)

    def estimate(self) -> Estimate | None:
        """How long the whole takes, and how that was computed; None until the hosts have told."""
        if self.is_by_export:
            return self.by_export.estimate()
        copying = self._enable.estimate()
        if copying is None:
            return None
        down = replica_down_time(self._wizard.machine, self._enable.rates, self._enable.choices.frequency)
        return Estimate(copying.seconds + down.seconds, (*copying.lines, *down.lines))

    def _move(self) -> ReplicaMove:
        wizard = self._wizard
        missing = dict(wizard.unconnected())
        adapters = tuple(
            (adapter, wizard.switch(place) if place in missing else adapter.switch_name or "")
            for place, adapter in enumerate(wizard.adapters)
        )
        return ReplicaMove(self._enable.protection(), adapters)

    async def _take_certificate(self) -> Problem | None:
        """Choose the first certificate of the source that fits; a problem where none does."""
        wizard = self._wizard
        try:
            own = await self._enable.read_replica_server(wizard.source)
        except RemotingError as error:
            return failure_problem("way", error)
        except UnexpectedAnswer as error:
            return Problem("way", str(error), _("Try again; if it stays so, check the host."))
        fitting = next((verdict for verdict in own.verdicts if verdict.qualifies), None)
        if fitting is not None:
            self._enable.choices.thumbprint = fitting.certificate.thumbprint
            return None
        what = _("{host} has no certificate with which it could replicate to {server}.")
        names = {"host": wizard.source.name, "server": wizard.target_name}
        return Problem("way", what.format(**names), _("Issue one, or let the Replica server accept Kerberos."))
