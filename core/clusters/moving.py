"""A clustered machine's move to another node: which nodes fit, what speaks against one, and the plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.amounts import duration_text, size_text
from core.clusters.owners import Owners
from core.clusters.picture import Cluster, NodeState
from core.clusters.steps import NodeWay, to_node
from core.clusters.whereabouts import owner_now
from core.estate.connection import Connection, HostKey
from core.estate.estate import Estate, Picture
from core.hyperv.records import Machine
from core.hyperv.states import MachineState
from core.jobs.plan import Expectation, Plan, PlannedEnd
from core.language import _
from core.moving.estimate import LAST_PASS
from core.wizards.wizard import Problem, obstacles

REACHES_FURTHER = frozenset({"credssp", "basic"})
"""Ways of signing in after which a host can show the user's credentials to another."""
SAVE_RATE = 200 << 20
"""Bytes of memory a second that a host saves, and restores, in a quick migration (assumed)."""
FIELD = "node"


@dataclass(frozen=True, slots=True)
class NodeOffer:
    """A node that a machine could go to, what the list knows of it, and what speaks against it."""

    name: str
    state: NodeState
    picture: Picture | None
    problems: tuple[Problem, ...]
    is_preferred: bool = False

    @property
    def memory_free(self) -> int:
        """Bytes that its machines leave, as it was read last."""
        inventory = self.picture.inventory if self.picture is not None else None
        return _free(inventory.host.memory_capacity, inventory.machines) if inventory is not None else 0

    @property
    def words(self) -> str:
        """What is said of it beside its name."""
        if found := obstacles(self.problems):
            return found[0].what
        text = _("{state}, about {size} of memory free")
        if self.is_preferred:
            text = _("{state}, preferred owner, about {size} of memory free")
        return text.format(state=self.state.word, size=size_text(max(self.memory_free, 0)))


def credentials_problem(connection: Connection) -> Problem | None:
    """Why nothing can be changed in a cluster over this connection; None when something can.

    The cmdlets of clusters cannot be run remotely without CredSSP (cmdlet reference).
    """
    if connection.endpoint.authentication in REACHES_FURTHER:
        return None
    return Problem(
        FIELD,
        _(
            "{host} is signed in to without CredSSP: a cluster changes nothing for a session that reaches one node."
        ).format(host=connection.endpoint.name),
        _(
            "Choose CredSSP as the kind of sign-in on the page Advanced of this server's settings, or use Failover"
            " Cluster Manager."
        ),
    )


def offers(
    machine: Machine, owner: Picture, cluster: Cluster, owners: Owners, pictures: tuple[Picture, ...]
) -> tuple[NodeOffer, ...]:
    """The other nodes of the cluster, the best first: preferred owners before others, then by the memory that is free.

    Those that something speaks against come last.
    """
    found = []
    for node in cluster.nodes:
        picture = next((each for each in pictures if each.is_called(node.name)), None)
        if owner.is_called(node.name):
            continue
        problems = [*_problems(machine, node.name, node.state, picture)]
        if not owners.allows(node.name):
            problems.insert(0, _not_possible(machine, node.name))
        is_preferred = node.name.lower() in owners.preferred
        found.append(NodeOffer(node.name, node.state, picture, tuple(problems), is_preferred))
    return tuple(
        sorted(found, key=lambda each: (bool(obstacles(each.problems)), not each.is_preferred, -each.memory_free))
    )


def down_time(machine: Machine, way: NodeWay) -> str:
    """For how long the machine does not answer, in words that stand for themselves."""
    if machine.state not in (MachineState.RUNNING, MachineState.PAUSED):
        return _("None: the machine does not run.")
    if way is NodeWay.LIVE:
        return _("About {duration}, for the last pass over its memory.").format(duration=duration_text(LAST_PASS))
    seconds = 2 * machine.memory_assigned / SAVE_RATE
    return _(
        "About {duration}: {size} of memory are saved, and restored on the other node ({rate} a second assumed)."
    ).format(duration=duration_text(seconds), size=size_text(machine.memory_assigned), rate=size_text(SAVE_RATE))


def node_plan(machine: Machine, owner: Picture, destination: Picture, way: NodeWay, checks: tuple[str, ...]) -> Plan:
    """The plan that moves a clustered machine to another node."""
    action = to_node(machine, owner.key, destination.key, way)
    return Plan(
        action.title,
        owner.key,
        (action,),
        summary=summary(machine, owner, destination, way),
        expectation=Expectation(owner.key, machine.machine_id, machine.name, machine.state),
        end=PlannedEnd(destination.key, (), ()),
        checks=checks,
    )


def summary(machine: Machine, owner: Picture, destination: Picture, way: NodeWay) -> tuple[tuple[str, str], ...]:
    """What the summary says of it, line by line."""
    named = _("{machine} ({state})").format(machine=machine.name, state=machine.state.word)
    return (
        (_("Virtual machine:"), named),
        (_("Move type:"), way.word),
        (_("From:"), owner.key.name),
        (_("Destination node:"), destination.key.name),
        (_("Storage:"), _("Stays on the storage that the nodes share.")),
        (_("Down time:"), down_time(machine, way)),
        (
            _("If it fails:"),
            _("The cluster keeps {machine} on {host}, or brings it back there.").format(
                machine=machine.name, host=owner.key.name
            ),
        ),
    )


def _problems(machine: Machine, name: str, state: NodeState, picture: Picture | None) -> Iterator[Problem]:
    names = {"node": name, "machine": machine.name, "state": state.word}
    if state is NodeState.DOWN:
        cure = _("Start the node, or choose another one.")
        yield Problem(FIELD, _("The node {node} is down.").format(**names), cure)
    elif state is NodeState.PAUSED:
        cure = _("Resume the node in Failover Cluster Manager, or choose another one.")
        yield Problem(FIELD, _("The node {node} is paused: it takes no machines.").format(**names), cure)
    elif state is NodeState.JOINING:
        yield Problem(FIELD, _("The node {node} is just joining the cluster.").format(**names), _("Wait for it."))
    elif state is NodeState.UNKNOWN:
        cure = _("Look at the node in Failover Cluster Manager, or choose another one.")
        yield Problem(FIELD, _("The cluster does not know how the node {node} is.").format(**names), cure)
    if picture is None:
        what = _("{node} is not in the list of servers, so nobody could be asked what became of {machine}.")
        yield Problem(FIELD, what.format(**names), _("Connect to {node} first.").format(**names))
    elif picture.failure is not None and state is NodeState.UP:
        yield Problem(FIELD, picture.failure.sentence, picture.failure.cure)
    elif picture.inventory is not None and machine.state is not MachineState.OFF:
        needed = machine.memory_assigned or machine.memory_startup
        free = _free(picture.inventory.host.memory_capacity, picture.inventory.machines)
        if needed > free:
            what = _("{node} has about {free} of memory free, but {machine} needs {needed}.")
            told = what.format(free=size_text(max(free, 0)), needed=size_text(needed), **names)
            yield Problem(FIELD, told, _("Choose another node, or make room on this one."))


async def gone_problem(estate: Estate, machine: Machine, former: HostKey) -> Problem:
    """That a machine is no longer where a wizard found it, and where it is if its role has moved."""
    owner = await owner_now(estate, former, machine.machine_id) if machine.is_clustered else None
    names = {"machine": machine.name, "host": former.name, "owner": owner.name if owner is not None else ""}
    what = _("{machine} is no longer on {host}.")
    cure = _("Close the wizard and look where the machine is now.")
    if owner is not None:
        what = _("{machine} has moved to the node {owner} meanwhile; {host} has it no longer.")
        cure = _("Close the wizard, and open it for {machine} on {owner}.")
    return Problem("machine", what.format(**names), cure.format(**names))


def _not_possible(machine: Machine, node: str) -> Problem:
    what = _("{node} is no possible owner of {machine}: the cluster refuses to move it there.")
    cure = _("Add the node to the possible owners of its resources in Failover Cluster Manager, or choose another one.")
    return Problem(FIELD, what.format(node=node, machine=machine.name), cure)


def _free(capacity: int, machines: tuple[Machine, ...]) -> int:
    return capacity - sum(machine.memory_assigned for machine in machines)
