"""Test failovers: a machine beside each replica, on a network of choice, and nothing of it left afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

import msgspec

from core.failover import steps
from core.failover.steps import Place, premise
from core.hyperv.disks import Asker
from core.hyperv.query import Question, Reading, ask
from core.jobs.plan import Action, Batch, Plan
from core.language import _, ngettext
from core.powershell.command import command
from core.replicas.side import Side
from core.replicas.survey import Overview


class RehearsalAdapter(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMNetworkAdapter of a replica: the switch that its test machine is connected to; empty: to none."""

    name: str
    test_replica_switch_name: str | None = None

    @property
    def switch(self) -> str:
        """The switch as it is set now."""
        return self.test_replica_switch_name or ""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A test of one replica. ``switches`` are by adapter name; an adapter that is not named stays as it is set."""

    receiver: Side
    adapters: tuple[RehearsalAdapter, ...] = ()
    switches: dict[str, str] = field(default_factory=dict)
    point_id: UUID | None = None
    starts: bool = False


async def read_test_adapters(asker: Asker, receiver: Side) -> tuple[RehearsalAdapter, ...]:
    """The replica's adapters. Raises RemotingError and UnexpectedAnswer."""
    source = command("Get-VM", Id=receiver.machine_id) | command("Get-VMNetworkAdapter")
    question = Question("adapters", source, RehearsalAdapter)
    answer = await asker(ask((question,)))
    answer.raise_for_errors()
    return Reading.of(answer.output).records(question)


def rehearsal_plan(chosen: Rehearsal) -> Plan:
    """Begin a test. Undo of its job, and ``clean_up_plan`` at any time, leave nothing of it."""
    receiver = chosen.receiver
    names = {"machine": receiver.row.machine_name, "host": receiver.host.name}
    networks = [switch for switch in chosen.switches.values() if switch]
    where = _("The test virtual machine is connected to no network.")
    if networks:
        where = _("The test virtual machine is connected to: {switches}").format(
            switches=", ".join(dict.fromkeys(networks))
        )
    return Plan(
        _("Test failover of {machine} on {host}").format(**names),
        receiver.host,
        tuple(_actions(chosen)),
        summary=(
            (_("What happens to the data:"), _("Nothing: replication goes on, and {machine} too.").format(**names)),
            (_("Network:"), where),
        ),
        premises=(premise(receiver),),
    )


def rehearsals(chosen: Iterable[Rehearsal]) -> Batch:
    """Tests of several machines that begin together."""
    plans = tuple(rehearsal_plan(each) for each in chosen)
    title = ngettext(
        "Test failover of {count} virtual machine", "Test failover of {count} virtual machines", len(plans)
    )
    return Batch(title.format(count=len(plans)), plans)


def clean_up_plan(receiver: Side) -> Plan:
    """Stop a test: its machine goes with all that it has written."""
    action = steps.stop_test(Place.of(receiver))
    return Plan(action.title, receiver.host, (action,), is_brief=True)


def begins_test(action: Action) -> bool:
    """Whether it is this action of a plan that makes the test machine."""
    calls = (call for statement in action.pipeline.statements for call in statement.commands)
    return any(name == "AsTest" for call in calls for name, _value in call.parameters)


def open_tests(overview: Overview) -> tuple[Side, ...]:
    """The replicas that have a test machine now, whoever began the test: each is to be stopped some time."""
    sides = (each.receiver for each in overview.relationships)
    return tuple(side for side in sides if side is not None and side.has_test)


def _actions(chosen: Rehearsal) -> Iterator[Action]:
    place = Place.of(chosen.receiver)
    for adapter in chosen.adapters:
        wanted = chosen.switches.get(adapter.name)
        if wanted is not None and wanted.lower() != adapter.switch.lower():
            yield steps.choose_test_switch(place, adapter.name, wanted, adapter.switch)
    yield steps.begin_test(place) if chosen.point_id is None else steps.begin_test_from(place, chosen.point_id)
    if chosen.starts:
        yield steps.start_test_machine(place)
