"""Protections of machines of a lab, examined and enabled over the wire."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from core.estate.estate import Estate
from core.hyperv.disks import read_disks
from core.hyperv.states import ReplicationAuthentication
from core.replication.checks.examination import Examination, examine
from core.replication.protection import InitialCopy, Link, Points, Protection
from core.wizards.wizard import Problem
from tests.core.estates import key

DOMAINS = {"HV": "contoso.example", "TR": "troubled.example"}
KERBEROS, CERTIFICATE = ReplicationAuthentication.KERBEROS, ReplicationAuthentication.CERTIFICATE


async def protection_of(
    estate: Estate, name: str, primary: str, replica: str, *, port: int = 80, is_managed: bool = True, **more: Any
) -> Protection:
    """The protection of a machine with all its disks, as the wizard proposes it."""
    for host in (primary, replica) if is_managed else (primary,):
        if estate.picture(key(host)).inventory is None:
            await estate.refresh(key(host))
    inventory = estate.picture(key(primary)).inventory
    assert inventory is not None
    machine = next(each for each in inventory.machines if each.name == name)
    files, _errors = await read_disks(functools.partial(estate.ask, key(primary)), machine.machine_id)
    domain = DOMAINS[primary[:2]]
    return replace(
        Protection(
            machine=machine,
            primary=key(primary),
            primary_name=f"{primary}.{domain}",
            replica=key(replica) if is_managed else None,
            link=Link(f"{replica}.{domain}" if is_managed else replica, port, KERBEROS),
            disks=inventory.drives_of(machine.machine_id),
            excluded=(),
            files=files,
            frequency=300,
            points=Points(),
            copy=InitialCopy(),
        ),
        **more,
    )


async def examination(estate: Estate, protection: Protection, others: Iterable[Protection] = ()) -> Examination:
    """Examine a protection that was made of pictures just read."""
    replica = protection.replica
    return await examine(
        protection,
        estate.picture(protection.primary),
        estate.picture(replica) if replica is not None else None,
        functools.partial(estate.ask, protection.primary),
        functools.partial(estate.ask, replica) if replica is not None else None,
        others,
    )


def kept_by(found: Examination) -> Problem:
    """The one problem that keeps the replication."""
    (problem,) = found.obstacles
    return problem
