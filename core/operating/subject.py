"""A machine that something is to be done with, as its host was read last."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from core.hyperv.replication_states import ReplicationState
from core.language import _

if TYPE_CHECKING:
    from core.estate.connection import HostKey
    from core.estate.estate import Picture
    from core.hyperv.records import Checkpoint, Machine


@dataclass(frozen=True, slots=True)
class Subject:
    """A machine of ``host``, with the checkpoints that somebody took of it.

    ``run_began`` is the moment at which it was started, in seconds since 1970 by the host's clock; ``disks`` are the
    files that its drives have now. ``obstacle`` says why nothing can be done with it at present; it is empty when
    something can. ``replication`` is where its replication stands.
    """

    host: HostKey
    machine: Machine
    checkpoints: tuple[Checkpoint, ...] = ()
    disks: tuple[str, ...] = ()
    run_began: int = 0
    obstacle: str = ""
    replication: ReplicationState = ReplicationState.DISABLED

    @property
    def is_standby(self) -> bool:
        """Whether it is a replica that has not failed over, or a primary prepared for a failover: it stays off."""
        if self.machine.replication_mode.is_replica:
            return self.replication not in (ReplicationState.FAILED_OVER_WAITING, ReplicationState.FAILED_OVER)
        return self.replication is ReplicationState.PREPARED_FOR_FAILOVER

    @property
    def current_checkpoint(self) -> Checkpoint | None:
        """The checkpoint that the machine goes on from, or None."""
        current = self.machine.current_checkpoint_id
        return next((each for each in self.checkpoints if each.checkpoint_id == current), None)

    def below(self, checkpoint: Checkpoint) -> tuple[Checkpoint, ...]:
        """The checkpoints that follow ``checkpoint``, directly or not."""
        found = {checkpoint.checkpoint_id: checkpoint}
        # Each pass finds another generation; one that a host counts among its own descendants is found once.
        while children := [
            each for each in self.checkpoints if each.parent_id in found and each.checkpoint_id not in found
        ]:
            found |= {child.checkpoint_id: child for child in children}
        return tuple(found.values())[1:]


def subjects(picture: Picture, machines: Collection[Machine], with_jobs: Collection[UUID]) -> tuple[Subject, ...]:
    """``machines`` of a host, as its latest picture has them; ``with_jobs`` are those that a job is about."""
    inventory = picture.inventory
    if inventory is None:
        return ()
    # Looked for once for all: thousands may be selected.
    checkpoints: dict[UUID, list[Checkpoint]] = {machine.machine_id: [] for machine in machines}
    disks: dict[UUID, list[str]] = {machine.machine_id: [] for machine in machines}
    for checkpoint in inventory.checkpoints:
        if checkpoint.machine_id in checkpoints and not checkpoint.is_recovery_point:
            checkpoints[checkpoint.machine_id].append(checkpoint)
    for drive in inventory.drives:
        if drive.machine_id in disks and drive.path:
            disks[drive.machine_id].append(drive.path)
    general = obstacle(picture)
    return tuple(
        Subject(
            picture.key,
            machine,
            tuple(checkpoints[machine.machine_id]),
            tuple(disks[machine.machine_id]),
            int(inventory.run_began(machine)),
            general or _busy(machine, with_job=machine.machine_id in with_jobs),
            inventory.replication_state(machine),
        )
        for machine in machines
    )


def obstacle(picture: Picture) -> str:
    """Why nothing can be changed on a host at present, in a sentence; empty when something can."""
    host = picture.key.name
    if picture.connection.is_read_only:
        return _("{host} is read-only here.").format(host=host)
    if picture.failure is not None:
        return _("{host} does not answer.").format(host=host)
    if picture.inventory is None or picture.is_remembered:
        return _("{host} has not answered so far.").format(host=host)
    return ""


def _busy(machine: Machine, *, with_job: bool) -> str:
    if with_job:
        return _("A job for {machine} is under way.").format(machine=machine.name)
    if machine.is_busy:
        return _("Something is under way on {machine}: {status}").format(machine=machine.name, status=machine.status)
    return ""
