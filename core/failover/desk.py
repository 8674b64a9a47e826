"""What the pages of a failover show: everything about one relationship, read from both hosts just now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from core.clusters.whereabouts import owner_of
from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.failover.excluded_disks import read_excluded
from core.failover.link import CERTIFICATE, KERBEROS, PORTS, Link, back_link
from core.failover.prerequisites import (
    Prerequisite,
    WayBackFacts,
    connection_refusal,
    planned_prerequisites,
    unplanned_prerequisites,
)
from core.failover.recovery_points import Loss, RecoveryPoint, loss, read_points
from core.failover.rehearsal import RehearsalAdapter, read_test_adapters
from core.failover.resynchronization import Cost, cost
from core.failover.truth import Truth, read_truth
from core.failover.way_back import Journey, Waypoint, waypoint
from core.hyperv.disks import read_disks
from core.hyperv.query import UnexpectedAnswer
from core.hyperv.records import Machine
from core.language import _
from core.remoting.errors import ProtocolFault, RemotingError
from core.replicas.relationship import Relationship
from core.replicas.side import Side
from core.replicas.survey import Survey, find_host
from core.replication.server import ReplicaServer, read_server


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A planned failover as it could be carried out now; ``machine`` and ``back`` are None where they are not known.

    ``back`` is the link for the reverse direction.
    """

    truth: Truth
    relationship: Relationship
    machine: Machine | None
    back: Link | None
    prerequisites: tuple[Prerequisite, ...]


@dataclass(frozen=True, slots=True)
class UnplannedPage:
    """An unplanned failover as it could be carried out now: each recovery point with what it loses."""

    truth: Truth
    relationship: Relationship
    points: tuple[tuple[RecoveryPoint, Loss], ...]
    prerequisites: tuple[Prerequisite, ...]


@dataclass(frozen=True, slots=True)
class RehearsalPage:
    """A test failover as it could be carried out now: adapters, the switches of the host, and recovery points."""

    receiver: Side
    adapters: tuple[RehearsalAdapter, ...]
    switches: tuple[str, ...]
    points: tuple[RecoveryPoint, ...]


class Desk:
    """Reads what pages about failovers need, each host for itself and never one through the other."""

    def __init__(self, estate: Estate, survey: Survey) -> None:
        self._estate = estate
        self._survey = survey

    async def truth(self, relationship: Relationship) -> Truth:
        """What is true now on both hosts; one that does not answer is silent."""
        return await read_truth(
            self._estate,
            self._survey,
            relationship.machine_id,
            relationship.machine_name,
            await self._owners(self._hosts(relationship), relationship.machine_id),
            extension=relationship.is_extension,
        )

    async def planned(
        self, relationship: Relationship, *, reverses: bool = True, truth: Truth | None = None
    ) -> PlannedPage:
        """What a planned failover needs, and whether it is there; ``truth`` is one that was read just now."""
        truth = truth or await self.truth(relationship)
        fresh = _fresh(truth, relationship)
        machine = truth.machine(fresh.sender.host) if fresh.sender is not None else None
        back: Link | None = None
        facts: WayBackFacts | None = None
        if reverses and fresh.sender is not None and fresh.receiver is not None and not truth.silent:
            server, unread = await self._server(fresh.sender.host)
            back = await self._link_back(fresh.sender, fresh.receiver.host, server)
            refusal = await connection_refusal(self._estate, fresh.receiver.host, back)
            facts = WayBackFacts(server, refusal, unread)
        return PlannedPage(truth, fresh, machine, back, planned_prerequisites(truth, fresh, facts))

    async def unplanned(self, relationship: Relationship) -> UnplannedPage:
        """What an unplanned failover needs and loses. Raises RemotingError when the replica's host tells no points."""
        truth = await self.truth(relationship)
        fresh = _fresh(truth, relationship)
        points: tuple[RecoveryPoint, ...] = ()
        receiver = fresh.receiver
        if receiver is not None and receiver.host not in truth.silent:
            points = await self.points(receiver)
            found = tuple((point, loss(point, receiver, fresh.sender)) for point in points)
            return UnplannedPage(truth, fresh, found, unplanned_prerequisites(truth, fresh))
        return UnplannedPage(truth, fresh, (), unplanned_prerequisites(truth, fresh))

    async def rehearsal(self, receiver: Side) -> RehearsalPage:
        """What a test failover can choose from. Raises RemotingError."""
        host = receiver.host
        try:
            adapters = await read_test_adapters(partial(self._estate.ask, host), receiver)
        except UnexpectedAnswer as error:
            raise _unreadable(host, error) from error
        points = await self.points(receiver)
        inventory = self._estate.picture(host).inventory
        switches = tuple(switch.name for switch in inventory.switches) if inventory is not None else ()
        return RehearsalPage(receiver, adapters, switches, points)

    async def points(self, receiver: Side) -> tuple[RecoveryPoint, ...]:
        """The recovery points of a replica, the newest first. Raises RemotingError."""
        try:
            return await read_points(partial(self._estate.ask, receiver.host), receiver)
        except UnexpectedAnswer as error:
            raise _unreadable(receiver.host, error) from error

    async def resynchronization(self, sender: Side, rate: float | None = None) -> Cost:
        """What a resynchronisation costs; ``rate`` as ``cost`` takes it. Raises RemotingError."""
        try:
            disks, _errors = await read_disks(partial(self._estate.ask, sender.host), sender.machine_id)
        except UnexpectedAnswer as error:
            raise _unreadable(sender.host, error) from error
        return cost(sum(disk.size for disk in disks if not disk.parent_path), rate)

    async def excluded(self, sender: Side) -> tuple[str, ...]:
        """The paths of the disks that the replication leaves out. Raises RemotingError."""
        try:
            return await read_excluded(partial(self._estate.ask, sender.host), sender)
        except UnexpectedAnswer as error:
            raise _unreadable(sender.host, error) from error

    async def link_back(self, sender: Side, sends: HostKey) -> Link:
        """The link from ``sends`` to the host of ``sender``, as far as the two tell what it needs."""
        server, _unread = await self._server(sender.host)
        return await self._link_back(sender, sends, server)

    async def journey(self, relationship: Relationship) -> Journey | None:
        """The journey of a machine whose home is the host that sends now, before it fails over.

        The home may not answer any more: what the replica knows of it has to do then. None where it is not managed, or
        the replica is not known.
        """
        receiver, sender = relationship.receiver, relationship.sender
        home = sender.host if sender is not None else relationship.absence.key if relationship.absence else None
        if receiver is None or home is None:
            return None
        row = receiver.row
        authentication = row.authentication_type or KERBEROS
        link_home = Link(row.primary_server_name or home.name, PORTS.get(authentication, 80), authentication)
        if sender is not None:
            link_home = await self.link_back(sender, receiver.host)
        port = (sender or receiver).row.replica_server_port or PORTS.get(authentication, 80)
        thumbprint = (sender.row.certificate_thumbprint or "") if sender is not None else ""
        away = Link(row.replica_server_name or receiver.host.name, port, authentication, thumbprint)
        return Journey(receiver.machine_id, row.machine_name, home, receiver.host, link_home, away)

    async def way_back(self, journey: Journey) -> Waypoint:
        """Where a journey stands by what both hosts tell now."""
        home, away = await self._owners((journey.home, journey.away), journey.machine_id)
        journey, hosts = replace(journey, home=home, away=away), (home, away)
        truth = await read_truth(self._estate, self._survey, journey.machine_id, journey.machine_name, hosts)
        return waypoint(journey, truth)

    async def _owners(self, hosts: tuple[HostKey, ...], machine_id: UUID) -> tuple[HostKey, ...]:
        """The same hosts; where a role has moved, the node that owns it now: the calls go there."""
        return tuple([await owner_of(self._estate, host, machine_id) for host in hosts])

    def _hosts(self, relationship: Relationship) -> tuple[HostKey, ...]:
        """The hosts of both sides, the one that sends first, as far as they are managed.

        Of an extension the primary's host is one of them: there the machine may run.
        """
        known = relationship.side
        names = (known.row.primary_server_name, known.row.current_replica_server_name, known.row.replica_server_name)
        named = (find_host(self._estate, known.host.group, name) for name in names if name)
        found = (*(side.host for side in relationship.known), *(key for key in named if key is not None))
        hosts = tuple(dict.fromkeys(found))
        if relationship.sender is None and len(hosts) > 1:
            hosts = (*hosts[1:], hosts[0])
        if relationship.is_extension:
            legs = self._survey.overview.of_machine(relationship.machine_id, known.host.group)
            first = (side.host for leg in legs if not leg.is_extension for side in leg.known if side.role.sends)
            hosts = tuple(dict.fromkeys((*hosts, *first)))
        return hosts

    async def _link_back(self, sender: Side, sends: HostKey, server: ReplicaServer | None) -> Link:
        link = back_link(sender)
        settings = server.settings if server is not None else None
        if link.authentication != CERTIFICATE:
            return replace(link, port=settings.kerberos_authentication_port if settings is not None else link.port)
        # The certificate with which a host receives is the one with which it can send.
        own, _unread = await self._server(sends)
        thumbprint = (own.settings.certificate_thumbprint or "") if own is not None else ""
        port = settings.certificate_authentication_port if settings is not None else link.port
        return replace(link, port=port, thumbprint=thumbprint)

    async def _server(self, host: HostKey) -> tuple[ReplicaServer | None, str]:
        """The Replica server of a host, or None and why it does not tell."""
        try:
            return await read_server(partial(self._estate.ask, host), host.name), ""
        except RemotingError as error:
            return None, f"{error.sentence} {error.cause}"
        except UnexpectedAnswer as error:
            return None, str(error)


def _fresh(truth: Truth, relationship: Relationship) -> Relationship:
    """The relationship with the sides that were read just now; one that was not told keeps what was known."""
    told = truth.relationship
    sender = told.sender if told is not None and told.sender is not None else relationship.sender
    receiver = told.receiver if told is not None and told.receiver is not None else relationship.receiver
    absence = relationship.absence if sender is None or receiver is None else None
    return Relationship(sender, receiver, absence)


def _unreadable(host: HostKey, error: UnexpectedAnswer) -> ProtocolFault:
    return ProtocolFault(host.name, str(error), _("Look at the host itself."))
