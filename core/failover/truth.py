"""What is true of a machine's replication on both hosts, read just now."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.hyperv.records import Machine
from core.hyperv.states import MachineState
from core.language import _
from core.replicas.relationship import Relationship
from core.replicas.side import Side
from core.replicas.survey import Overview, Survey


@dataclass(frozen=True, slots=True)
class Truth:
    """The sides of a machine on one leg, and the machine itself, by host. A host may have no side of this leg.

    ``silent`` are the hosts that did not answer now, each with the reason in sentences.
    """

    machine_id: UUID
    machine_name: str
    sides: Mapping[HostKey, Side]
    machines: Mapping[HostKey, Machine]
    silent: Mapping[HostKey, str]
    hosts: tuple[HostKey, ...]

    def side(self, host: HostKey) -> Side | None:
        """The side of a host, if it has told it now."""
        return self.sides.get(host)

    def machine(self, host: HostKey) -> Machine | None:
        """The machine on a host, if the host has told now that it has it."""
        return self.machines.get(host)

    def runs_on(self, host: HostKey) -> bool:
        """Whether the machine is anything but off, saved or unknown on a host."""
        machine = self.machines.get(host)
        return machine is not None and machine.state not in (MachineState.OFF, MachineState.SAVED)

    @property
    def relationship(self) -> Relationship | None:
        """The relationship of this leg; None where no host tells of one."""
        known = list(self.sides.values())
        sender = next((side for side in known if side.role.sends), None)
        receiver = next((side for side in known if not side.role.sends), None)
        return Relationship(sender, receiver) if sender is not None or receiver is not None else None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is true now, one sentence for each host."""
        return tuple(self._sentence(host) for host in self.hosts)

    def _sentence(self, host: HostKey) -> str:
        names = {"machine": self.machine_name, "host": host.name}
        if host in self.silent:
            return _("{host} does not answer: what is true there is not known. {reason}").format(
                reason=self.silent[host], **names
            )
        machine, side = self.machine(host), self.side(host)
        if machine is None:
            return _("{host} does not have {machine}.").format(**names)
        if side is None:
            text = _("{host} has {machine}, {power}, which is not replicated there.")
            return text.format(power=machine.state.word, **names)
        text = _("{host} has {machine}, {power}, as {role}: {state}.")
        return text.format(power=machine.state.word, role=side.role.word, state=side.state.word, **names)


async def read_truth(
    estate: Estate,
    survey: Survey,
    machine_id: UUID,
    machine_name: str,
    hosts: tuple[HostKey, ...],
    *,
    extension: bool = False,
) -> Truth:
    """Ask ``hosts`` now; one that does not answer is silent, and what it told before does not count.

    ``extension``: the leg from the replica to a third host is meant, and not the first one.
    """
    managed = tuple(host for host in hosts if host in {picture.key for picture in estate.pictures})
    overview, pictures = await asyncio.gather(
        survey.read(managed), asyncio.gather(*(estate.reread(host) for host in managed))
    )
    return truth_of(overview, pictures, machine_id, machine_name, hosts, extension=extension)


def truth_of(
    overview: Overview,
    pictures: Sequence[Picture],
    machine_id: UUID,
    machine_name: str,
    hosts: tuple[HostKey, ...],
    *,
    extension: bool = False,
) -> Truth:
    """What an overview and pictures that were just read come to."""
    silent = {host: _("It is not among the servers here.") for host in hosts}
    sides: dict[HostKey, Side] = {}
    machines: dict[HostKey, Machine] = {}
    for picture in pictures:
        host, reading = picture.key, overview.reading(picture.key)
        failure = picture.failure or (reading.failure if reading is not None else None)
        if failure is not None or picture.inventory is None or reading is None:
            silent[host] = f"{failure.sentence} {failure.cause}" if failure is not None else ""
            continue
        silent.pop(host, None)
        if (machine := picture.inventory.machine(machine_id)) is not None:
            machines[host] = machine
        for side in reading.sides:
            if side.machine_id == machine_id and side.is_on_first_leg is not extension:
                sides[host] = side
    return Truth(machine_id, machine_name, sides, machines, silent, hosts)
