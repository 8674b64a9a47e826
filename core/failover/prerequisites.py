"""What a failover needs, looked at one by one: each is met, or says what is wrong and how it is cured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.failover import steps
from core.failover.link import Link
from core.failover.steps import Place
from core.failover.truth import Truth
from core.hyperv.replication_states import ReplicationState as State
from core.hyperv.states import MachineState
from core.jobs.plan import Action, Plan
from core.language import _
from core.powershell.command import Pipeline, Statement, command
from core.remoting.errors import RemotingError
from core.replicas.attention import is_late
from core.replicas.relationship import Relationship
from core.replicas.side import Side
from core.replication.server import ReplicaServer
from core.replication.server_choices import ServerChoices
from core.replication.server_choices import problems as server_problems
from core.replication.server_plan import server_plan
from core.wizards.wizard import Problem

_TAKES_OVER = frozenset({State.REPLICATING, State.SUSPENDED, State.RESYNCHRONIZING})


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """One thing that a failover needs: ``what`` it is, and the ``problem`` where it is not met.

    A problem that is a warning keeps nobody from going on.
    """

    what: str
    problem: Problem | None = None

    @property
    def is_met(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.problem is None


@dataclass(frozen=True, slots=True)
class WayBackFacts:
    """What was asked about the direction after a failover: the Replica server, and whether it can be reached.

    ``refusal`` is what the host that is to send said when it tried the connection; None when that worked.
    """

    server: ReplicaServer | None
    refusal: str | None
    unread: str = ""


def obstacles(found: tuple[Prerequisite, ...]) -> tuple[Problem, ...]:
    """What keeps from going on."""
    return tuple(each.problem for each in found if each.problem is not None and not each.problem.is_warning)


def passed(found: tuple[Prerequisite, ...]) -> tuple[str, ...]:
    """What was found in order, for the plan."""
    return tuple(each.what for each in found if each.is_met)


async def connection_refusal(estate: Estate, sends: HostKey, link: Link) -> str | None:
    """What ``sends`` says when it tries to reach the Replica server of ``link``; None when it can."""
    test = Statement((command("Test-VMReplicationConnection", **link.parameters),))
    try:
        answer = await estate.ask(sends, Pipeline((test,)))
    except RemotingError as error:
        return f"{error.sentence} {error.cause}"
    return " ".join(answer.errors[0].lines) if answer.errors else None


def planned_prerequisites(
    truth: Truth, relationship: Relationship, back: WayBackFacts | None
) -> tuple[Prerequisite, ...]:
    """What a planned failover needs; ``back`` is None where the direction is not to be reversed."""
    sender, receiver = relationship.sender, relationship.receiver
    found = list(_both_known(truth, relationship))
    if sender is None or receiver is None or sender.host in truth.silent or receiver.host in truth.silent:
        return tuple(found)
    found += (_is_off(truth, sender), _replicates(sender), *_takes_over(receiver), _is_fresh(relationship))
    if back is not None:
        found += _way_back(back, sender.host, receiver.host)
    return tuple(found)


def unplanned_prerequisites(truth: Truth, relationship: Relationship) -> tuple[Prerequisite, ...]:
    """What an unplanned failover needs. Above all the primary must not run any more."""
    receiver = relationship.receiver
    if receiver is None or receiver.host in truth.silent:
        return tuple(_both_known(truth, relationship, needs_sender=False))
    primaries = [host for host in truth.hosts if host != receiver.host]
    found = [_does_not_run(truth, host) for host in primaries] or [_unknown_primary(relationship)]
    found += _takes_over(receiver)
    if receiver.state is State.RESYNCHRONIZING:
        what = _("Resynchronization of {machine}").format(machine=truth.machine_name)
        text = _("{machine} is being resynchronized: the failover cancels that, and the copy may not be consistent.")
        cure = _("Wait until it is complete, if the primary can still send.")
        found.append(Prerequisite(what, _warning("resynchronization", text.format(machine=truth.machine_name), cure)))
    return tuple(found)


def _both_known(truth: Truth, relationship: Relationship, *, needs_sender: bool = True) -> Iterator[Prerequisite]:
    sides = ((relationship.sender, relationship.primary_name), (relationship.receiver, relationship.replica_name))
    for side, name in sides[0 if needs_sender else 1 :]:
        what = _("{host} can be asked.").format(host=side.host.name if side is not None else name)
        reason = truth.silent.get(side.host, "") if side is not None else ""
        if side is None:
            absence = relationship.absence
            reason = absence.sentence if absence is not None else _("{host} is not known.").format(host=name)
        is_silent = side is None or side.host in truth.silent
        cure = _("Connect to the host; each half of the failover runs on its own host.")
        yield Prerequisite(what, Problem("hosts", reason, cure) if is_silent else None)


def _is_off(truth: Truth, sender: Side) -> Prerequisite:
    names = {"machine": truth.machine_name, "host": sender.host.name}
    what = _("{machine} is off on {host}.").format(**names)
    machine = truth.machine(sender.host)
    if machine is not None and machine.state is MachineState.OFF:
        return Prerequisite(what)
    told = _("{machine} is {state} on {host}: a planned failover begins with a machine that is off.")
    text = told.format(state=machine.state.word if machine is not None else "", **names)
    if machine is not None and machine.state is not MachineState.RUNNING:
        cure = _("Let it run and shut it down, or delete its saved state.")
        return Prerequisite(what, Problem("saved", text, cure))
    cure = _("Shut it down, or let the failover do so.")
    return Prerequisite(what, Problem("off", text, cure, fix=_power_fix(steps.shut_down(Place.of(sender)))))


def _replicates(sender: Side) -> Prerequisite:
    names = {"machine": sender.row.machine_name, "host": sender.host.name, "state": sender.state.word}
    what = _("{machine} replicates on {host}.").format(**names)
    if sender.state is State.REPLICATING:
        return Prerequisite(what)
    text = _("Replication of {machine} on {host} stands at: {state}. The last changes could not be sent.")
    return Prerequisite(what, Problem("primary", text.format(**names), _("Bring it back to replicating first.")))


def _takes_over(receiver: Side) -> tuple[Prerequisite, ...]:
    names = {"machine": receiver.row.machine_name, "host": receiver.host.name, "state": receiver.state.word}
    what = _("The replica of {machine} on {host} can take over.").format(**names)
    problem: Problem | None = None
    if receiver.state not in _TAKES_OVER:
        text = _("The replica of {machine} on {host} cannot take over as it stands: {state}.")
        problem = Problem("replica", text.format(**names), _("Look at its replication first."))
    test = _("No test failover of {machine} is under way.").format(**names)
    stop: Problem | None = None
    if receiver.has_test:
        action = steps.stop_test(Place.of(receiver))
        text = _("A test failover of {machine} is under way on {host}: stop it first.")
        fix = Plan(action.title, receiver.host, (action,), is_brief=True)
        stop = Problem("test", text.format(**names), _("Stop the test failover."), fix=fix)
    return Prerequisite(what, problem), Prerequisite(test, stop)


def _is_fresh(relationship: Relationship) -> Prerequisite:
    names = {"machine": relationship.machine_name}
    what = _("The replica of {machine} is up to date.").format(**names)
    if not is_late(relationship):
        return Prerequisite(what)
    text = _("The replica of {machine} is behind: sending what is left takes a while.")
    cure = _("Wait until it has caught up, or go on and wait in the failover.")
    return Prerequisite(what, _warning("age", text.format(**names), cure))


def _does_not_run(truth: Truth, host: HostKey) -> Prerequisite:
    """The check against a machine that runs twice: no cmdlet makes it, Hyper-V Manager does (Hyper-V team blog)."""
    names = {"machine": truth.machine_name, "host": host.name}
    what = _("{machine} does not run on {host}.").format(**names)
    if host in truth.silent:
        text = _("Whether {machine} still runs on {host} cannot be asked. {reason}")
        cure = _("Make sure that it does not: two machines with one identity damage data. Then go on.")
        return Prerequisite(what, _warning("split", text.format(reason=truth.silent[host], **names), cure))
    if not truth.runs_on(host):
        return Prerequisite(what)
    machine = truth.machine(host)
    text = _("{machine} still runs on {host}: {state}. Failed over, it would run twice.")
    word = machine.state.word if machine is not None else ""
    action = steps.shut_down(Place(host, truth.machine_id, truth.machine_name))
    cure = _("Make it a planned failover, which loses nothing; or shut the machine down first.")
    return Prerequisite(what, Problem("split", text.format(state=word, **names), cure, fix=_power_fix(action)))


def _unknown_primary(relationship: Relationship) -> Prerequisite:
    names = {"machine": relationship.machine_name, "host": relationship.primary_name}
    what = _("{machine} does not run on {host}.").format(**names)
    text = _("Whether {machine} still runs on {host} cannot be asked: that host is not among the servers here.")
    cure = _("Make sure that it does not: two machines with one identity damage data. Then go on.")
    return Prerequisite(what, _warning("split", text.format(**names), cure))


def _way_back(back: WayBackFacts, to: HostKey, sends: HostKey) -> tuple[Prerequisite, ...]:
    names = {"host": to.name, "other": sends.name}
    receives = _("{host} is configured as a Replica server.").format(**names)
    reaches = _("{other} can replicate to {host}.").format(**names)
    if back.server is None:
        cure = _("Look at the Replica server of the host, or do not reverse the direction.")
        first = Prerequisite(receives, Problem("reverse", back.unread, cure))
    elif back.server.settings.replication_enabled:
        first = Prerequisite(receives)
    else:
        text = _("{host} is not configured as a Replica server.").format(**names)
        cure = _("Enable it as a Replica server.")
        first = Prerequisite(receives, Problem("reverse", text, cure, fix=_enabling(back.server, to)))
    if back.refusal is None:
        return first, Prerequisite(reaches)
    cure = _("Configure the Replica server and its firewall rules, or do not reverse the direction.")
    return first, Prerequisite(reaches, Problem("reverse", back.refusal, cure))


def _enabling(server: ReplicaServer, host: HostKey) -> Plan | None:
    """Enable a Replica server with the settings that it has, where these would do."""
    enabled = replace(ServerChoices.of(server), is_enabled=True, opens_firewall=True)
    if any(not problem.is_warning for problem in server_problems(enabled, server)):
        return None
    return server_plan(enabled, server, host)


def _power_fix(action: Action) -> Plan:
    return Plan(action.title, action.host, (action,), is_brief=True)


def _warning(field: str, what: str, cure: str) -> Problem:
    return Problem(field, what, cure, is_warning=True)
