"""Where the machines are that were taken off a host, by what the hosts told last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.estate.connection import HostKey
from core.estate.estate import Picture
from core.evacuation.record import Evacuated
from core.hyperv.records import Machine
from core.language import _


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The machines by where they are: at home, ``away`` on another host that answers, or moved by a job just now.

    ``lost`` are those that no answering host has; ``missing`` says of each what is known.
    """

    at_home: tuple[Evacuated, ...]
    away: tuple[tuple[HostKey, Machine], ...]
    under_way: tuple[Evacuated, ...]
    lost: tuple[Evacuated, ...]
    missing: tuple[str, ...]


def whereabouts(kept: Iterable[Evacuated], pictures: Sequence[Picture], busy: Collection[UUID]) -> Whereabouts:
    """Where the machines are; ``busy`` are those that a job is about."""
    at_home, away, under_way, lost, missing = [], [], [], [], []
    for each in kept:
        near = [picture for picture in pictures if picture.key.group == each.home.group]
        found = [place for picture in near if picture.failure is None for place in _there(each, picture)]
        if each.machine_id in busy:
            under_way.append(each)
        elif any(host == each.home for host, _machine in found):
            at_home.append(each)
        elif found:
            away.append(found[0])
        else:
            lost.append(each)
            missing.append(_words(each, [picture for picture in near if picture.failure is not None]))
    return Whereabouts(tuple(at_home), tuple(away), tuple(under_way), tuple(lost), tuple(missing))


def _there(kept: Evacuated, picture: Picture) -> Iterable[tuple[HostKey, Machine]]:
    machine = picture.inventory.machine(kept.machine_id) if picture.inventory is not None else None
    return ((picture.key, machine),) if machine is not None and not machine.replication_mode.is_replica else ()


def _words(kept: Evacuated, silent: Sequence[Picture]) -> str:
    """What is known of a machine that no answering host has."""
    seen = [host.name for picture in silent for host, _machine in _there(kept, picture)]
    names = {"machine": kept.machine_name, "hosts": ", ".join(picture.key.name for picture in silent)}
    if seen:
        return _("{machine} was seen last on {host}, which does not answer now.").format(host=seen[0], **names)
    if silent:
        return _("{machine} is on no host that answers; these do not: {hosts}.").format(**names)
    return _("{machine} is on no host of the list: it was deleted, or moved to another.").format(**names)
