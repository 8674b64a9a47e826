"""The route of a Move Wizard by which a clustered machine goes to another node of its cluster."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from core.amounts import size_text
from core.clusters.moving import (
    FIELD,
    SAVE_RATE,
    NodeOffer,
    credentials_problem,
    down_time,
    node_plan,
    offers,
    summary,
)
from core.clusters.owners import Owners, read_role
from core.clusters.picture import Cluster, read_cluster
from core.clusters.steps import NodeWay, make_role
from core.clusters.whereabouts import shows_cluster
from core.estate.estate import Picture
from core.hyperv.query import UnexpectedAnswer
from core.hyperv.states import MachineState
from core.jobs.plan import Plan
from core.language import _
from core.moving.estimate import OVERHEAD, Estimate, estimate
from core.moving.move import Move, MoveKind, Place
from core.moving.placement import Placement
from core.moving.rating import failure_problem
from core.remoting.errors import RemotingError
from core.wizards.wizard import Problem, obstacles

if TYPE_CHECKING:
    from core.wizards.move import MoveWizard


class MoveNodes:
    """Looks for nodes for the machine of ``wizard``. ``cluster`` is None until the owner has told of it."""

    def __init__(self, wizard: MoveWizard) -> None:
        self._wizard = wizard
        self.cluster: Cluster | None = None
        self._owners = Owners(frozenset(), frozenset())

    @property
    def offers(self) -> tuple[NodeOffer, ...]:
        """The other nodes, the best first; none while the cluster is not known."""
        wizard = self._wizard
        if self.cluster is None:
            return ()
        group = tuple(picture for picture in wizard.estate.pictures if picture.key.group == wizard.source.group)
        return offers(wizard.machine, wizard.source_picture, self.cluster, self._owners, group)

    @property
    def chosen(self) -> NodeOffer | None:
        """The node that was chosen, or the best possible one; None where there is none."""
        wanted = self._wizard.choices.node
        return next((each for each in self.offers if each.name == wanted), None) if wanted else self.best

    @property
    def best(self) -> NodeOffer | None:
        """The first of the nodes that nothing speaks against: a preferred owner, then one with much memory; or None."""
        return next((each for each in self.offers if not obstacles(each.problems)), None)

    @property
    def destination(self) -> Picture | None:
        """The chosen node as its host was read last."""
        chosen = self.chosen
        return chosen.picture if chosen is not None else None

    async def read(self) -> None:
        """Read the cluster, and the nodes that were not read. Raises RemotingError and UnexpectedAnswer."""
        wizard = self._wizard
        asker = partial(wizard.estate.ask, wizard.source)
        self.cluster = await read_cluster(asker, wizard.source.name)
        self._owners = (await read_role(asker, wizard.source.name, wizard.machine.machine_id))[1]
        for offer in self.offers:
            if offer.picture is not None and offer.picture.inventory is None:
                await wizard.estate.refresh(offer.picture.key)

    def faults(self) -> tuple[Problem, ...]:
        """What speaks against the choice, as far as is known."""
        wizard = self._wizard
        if (refused := credentials_problem(wizard.source_picture.connection)) is not None:
            return (refused,)
        if self.cluster is None:
            return ()
        chosen = self.chosen
        if chosen is not None:
            return chosen.problems
        reasons = tuple(problem.what for each in self.offers for problem in obstacles(each.problems))
        what = _("No other node of {cluster} can take {machine}.").format(
            cluster=self.cluster.name, machine=wizard.machine.name
        )
        return (Problem(FIELD, " ".join((what, *reasons)), _("Cure one of these, then try again.")),)

    async def examine(self) -> tuple[Problem, ...]:
        """What speaks against the choice after asking the owner and the chosen node anew."""
        wizard = self._wizard
        try:
            await self.read()
        except RemotingError as error:
            return (failure_problem(FIELD, error),)
        except UnexpectedAnswer as error:
            return (Problem(FIELD, str(error), _("Try again; if it stays so, check the host.")),)
        if self.cluster is None:
            what = _("{host} tells of no failover cluster.").format(host=wizard.source.name)
            return (Problem(FIELD, what, _("Look whether its cluster service runs.")),)
        if (destination := self.destination) is not None:
            await wizard.estate.refresh(destination.key)
        if found := self.faults():
            return found
        if destination is not None:
            for key in (wizard.source, destination.key):
                await wizard.read_details(key)
        return ()

    @property
    def has_clusters(self) -> bool:
        """Whether another host of the group shows that it is a node."""
        return any(shows_cluster(picture) for picture in self._wizard.destinations())

    async def examine_joining(self) -> tuple[Problem, ...]:
        """What keeps the machine from becoming a role of the destination's cluster."""
        wizard, picture = self._wizard, self._wizard.destination_picture
        if picture is None:
            return ()
        try:
            cluster = await read_cluster(partial(wizard.estate.ask, picture.key), picture.key.name)
        except RemotingError as error:
            return (failure_problem(FIELD, error),)
        except UnexpectedAnswer as error:
            return (Problem(FIELD, str(error), _("Try again; if it stays so, check the host.")),)
        names = {"host": picture.key.name, "machine": wizard.machine.name}
        if cluster is None:
            what = _("{host} tells of no failover cluster.").format(**names)
            return (Problem("destination", what, _("Choose a node of a cluster.")),)
        for item in wizard.placement().after():
            if not cluster.shares(item.folder):
                what = _("{item} would be in {folder}, which only {host} reaches.")
                told = what.format(item=item.name, folder=item.folder, **names)
                cure = _("Choose a folder below C:\\ClusterStorage, or on a share that all nodes reach.")
                return (Problem("folder", told, cure),)
        return ()

    def joined(self, plan: Plan) -> Plan:
        """A plan that moves the machine to a node, and then makes it a role of the node's cluster."""
        wizard, picture = self._wizard, self._wizard.destination_picture
        if picture is None:
            return plan
        step = make_role(wizard.machine.machine_id, wizard.machine.name, picture.key)
        line = (_("After the move:"), step.title)
        return replace(plan, actions=(*plan.actions, step), summary=(*plan.summary, line))

    def checks(self) -> tuple[str, ...]:
        """What was found in order, in sentences."""
        chosen, cluster = self.chosen, self.cluster
        if chosen is None or cluster is None:
            return ()
        names = {"node": chosen.name, "cluster": cluster.name, "free": size_text(max(chosen.memory_free, 0))}
        return (
            _("{node} is a node of {cluster}, and up.").format(**names),
            _("{node} has about {free} of memory free.").format(**names),
            _("The kind of sign-in lets the cluster act on all nodes."),
        )

    def plan(self) -> Plan:
        """The plan. Raises ValueError when no node is known."""
        wizard, destination = self._wizard, self.destination
        if destination is None:
            raise ValueError(_("The destination is not known."))
        return node_plan(wizard.machine, wizard.source_picture, destination, wizard.choices.node_way, self.checks())

    def summary(self) -> tuple[tuple[str, str], ...]:
        """What the summary page lists."""
        wizard, destination = self._wizard, self.destination
        if destination is None:
            return ()
        return summary(wizard.machine, wizard.source_picture, destination, wizard.choices.node_way)

    def estimate(self) -> Estimate | None:
        """How long it takes, and how that was computed; None until a node is known."""
        wizard, destination = self._wizard, self.destination
        if destination is None:
            return None
        machine = wizard.machine
        if wizard.choices.node_way is NodeWay.LIVE:
            place = Place(wizard.source, wizard.source.name)
            there = Place(destination.key, destination.key.name)
            move = Move(machine, place, there, MoveKind.MACHINE_ONLY, Placement.staying(wizard.items))
            known = [wizard.details.get(key) for key in (wizard.source, destination.key)]
            links = [each.link for each in known if each is not None and each.link is not None]
            return estimate(move, min(links) if len(links) == len(known) else None, wizard.choices.assumptions)
        memory = machine.memory_assigned if machine.state is MachineState.RUNNING else 0
        return Estimate(
            2 * memory / SAVE_RATE + OVERHEAD,
            (_("Down time: {duration}").format(duration=down_time(machine, NodeWay.QUICK)),),
        )
