"""What the hosts tell about a replication before it is enabled, beyond their inventories."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.checks.known import Known, Unread, all_told, cmdlet_of, told
from core.hyperv.computers import AttachedDisk, ComputerSystem
from core.hyperv.disks import Asker, read_disks
from core.hyperv.host_details import LINKS, fastest_link
from core.hyperv.query import Question, Reading, TextQuestion, UnexpectedAnswer, ask
from core.hyperv.records import VirtualDisk
from core.hyperv.states import ReplicationAuthentication
from core.hyperv.write_rate import WRITES, write_rate
from core.language import _
from core.powershell.command import command
from core.remoting.errors import RemotingError
from core.remoting.records import ErrorRecord
from core.replication.calls import connection_test
from core.replication.protection import Protection
from core.replication.server import ReplicaServer, read_server


@dataclass(frozen=True, slots=True)
class PrimaryFacts:
    """What the primary tells. ``refusal`` is its error in the test of the connection, None when that succeeded.

    ``server`` is its own Replica server, with its certificates and its broker; it is read only where they matter.
    ``writes`` and ``link`` are in bytes a second, None where they are not told.
    """

    disks: Known[tuple[AttachedDisk, ...]]
    computer: Known[ComputerSystem]
    server: Known[ReplicaServer]
    refusal: ErrorRecord | None
    writes: float | None
    link: int | None


@dataclass(frozen=True, slots=True)
class ReplicaFacts:
    """What the Replica server tells; ``basis`` are the disks of the machine of this ID that is there already."""

    computer: Known[ComputerSystem]
    server: Known[ReplicaServer]
    link: int | None
    basis: tuple[VirtualDisk, ...] = ()


_COMPUTER = Question("computer", command("Get-CimInstance", ClassName="Win32_ComputerSystem"), ComputerSystem)
_TEST = "Test-VMReplicationConnection"


async def read_primary(protection: Protection, asker: Asker, paths: Iterable[str]) -> PrimaryFacts:
    """Ask the primary; ``paths`` are those of the chosen disks. Raises RemotingError and UnexpectedAnswer."""
    machine = command("Get-VM", Id=protection.machine.machine_id)
    disks = Question("disks", machine | command("Get-VMHardDiskDrive"), AttachedDisk)
    tested = TextQuestion("connection", connection_test(protection.link))
    answer = await asker(ask((disks, _COMPUTER, tested, WRITES, LINKS)))
    reading = Reading.of(answer.output)
    return PrimaryFacts(
        disks=all_told(answer, reading, disks, "Get-VM", "Get-VMHardDiskDrive"),
        computer=told(answer, reading, _COMPUTER, "Get-CimInstance"),
        server=await _own_server(protection, asker),
        refusal=next((error for error in answer.errors if cmdlet_of(error) == _TEST), None),
        writes=write_rate(reading, paths),
        link=fastest_link(reading),
    )


async def read_replica(protection: Protection, asker: Asker, *, has_basis: bool) -> ReplicaFacts:
    """Ask the Replica server. Raises RemotingError and UnexpectedAnswer."""
    answer = await asker(ask((_COMPUTER, LINKS)))
    reading = Reading.of(answer.output)
    basis: tuple[VirtualDisk, ...] = ()
    if has_basis:
        basis, _errors = await read_disks(asker, protection.machine.machine_id)
    return ReplicaFacts(
        computer=told(answer, reading, _COMPUTER, "Get-CimInstance"),
        server=await _server(asker, protection.replica.name if protection.replica else protection.link.server),
        link=fastest_link(reading),
        basis=basis,
    )


async def _own_server(protection: Protection, asker: Asker) -> Known[ReplicaServer]:
    uses_certificate = protection.link.authentication is ReplicationAuthentication.CERTIFICATE
    if not (uses_certificate or protection.machine.is_clustered):
        return Unread(_("It was not asked."))
    return await _server(asker, protection.primary.name)


async def _server(asker: Asker, host: str) -> Known[ReplicaServer]:
    try:
        return await read_server(asker, host)
    except UnexpectedAnswer as error:
        return Unread(str(error))
    except RemotingError as error:
        return Unread(f"{error.sentence} {error.cause}")
