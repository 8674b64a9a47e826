"""What must be true when an action is done, so that the hosts can tell its outcome where its answer never came."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from core.estate.connection import HostKey
from core.powershell.command import ParameterValue, Statement


@dataclass(frozen=True, slots=True)
class Arrived:
    """The machine is on ``destination`` and no longer on ``source``."""

    machine_id: UUID
    source: HostKey
    destination: HostKey


@dataclass(frozen=True, slots=True)
class Fact:
    """What a host lists: an object of ``source`` with all these ``properties``, or, with ``is_absent``, no such object.

    ``source`` only reads. Texts are compared without regard to letter case, as Windows does; an enumeration counts as
    its number.
    """

    source: Statement
    properties: tuple[tuple[str, ParameterValue | None], ...]
    is_absent: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All of these are true on ``host``, and with ``at_rest`` nothing is under way on the plan's machine any more.

    While one of the ``traces`` is true, the host may still be at it; ``leaves_none`` means that nothing could be seen.
    """

    host: HostKey
    facts: tuple[Fact, ...]
    at_rest: bool = False
    traces: tuple[Fact, ...] = ()
    leaves_none: bool = False


@dataclass(frozen=True, slots=True)
class Restarted:
    """The machine runs on ``host``, and not since ``began`` any more: seconds since 1970, by the host's clock.

    Nothing else tells a machine that was reset from one that was not.
    """

    machine_id: UUID
    host: HostKey
    began: int


class CopyWay(enum.Enum):
    """How the initial copy of a replicated machine travels, as far as one host has to do with it."""

    SENT = "sent"
    EXPORTED = "exported"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Copied:
    """What ``host`` does for the initial copy of a replicated machine is done.

    The host copies in the background: the call that begins it returns long before. ``leg`` is 0 for the machine itself,
    1 for a replica that is replicated on (VMReplicationRelationshipType).
    """

    machine_id: UUID
    host: HostKey
    way: CopyWay
    leg: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """Only the host's own answer tells: what is done lies where nobody else can look, such as on a share.

    ``place`` is where people look when that answer is lost.
    """

    host: HostKey
    place: str


Goal: TypeAlias = Arrived | Facts | Restarted | Copied | Told
