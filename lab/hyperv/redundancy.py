"""What a host has twice, so that it stands the loss of one: teams, channels to file servers, paths to disks."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class NicTeam:
    """A team of Windows itself; ``members`` are names of physical adapters."""

    name: str
    members: list[str]


@dataclass(slots=True)
class SmbChannels:
    """The channels to a file server: the addresses of the host that they use."""

    server: str
    addresses: list[str]


@dataclass(slots=True)
class Redundancy:
    """``multipath`` is the hardware that multipath I/O has claimed; None where that feature was not added."""

    teams: list[NicTeam] = field(default_factory=list)
    channels: list[SmbChannels] = field(default_factory=list)
    multipath: list[tuple[str, str]] | None = None
