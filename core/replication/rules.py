"""What can be wrong with the choices of a replication as they are typed, without asking anyone."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from core.estate.addresses import address_fault
from core.hyperv.paths import folder_fault
from core.hyperv.states import ReplicationAuthentication
from core.language import _
from core.replication.certificates import clean_thumbprint, thumbprint_fault
from core.replication.checks.case import COPY, DISKS, SERVER
from core.replication.protection import (
    FREQUENCIES,
    MOST_CONSISTENT_HOURS,
    MOST_POINTS,
    SCHEDULE,
    CopyMethod,
    InitialCopy,
    Points,
)
from core.replication.server_choices import HIGHEST_PORT, port_of
from core.wizards.wizard import Problem


def server_problems(name: str) -> Iterator[Problem]:
    """What is wrong with the name of a Replica server."""
    cure = _("Type the name of the Replica server, or that of the Replica Broker of a cluster.")
    if not name.strip():
        yield Problem(SERVER, _("No Replica server is named."), cure)
    elif fault := address_fault(name.strip()):
        yield Problem(SERVER, fault, cure)


def connection_problems(port: str, authentication: ReplicationAuthentication, thumbprint: str) -> Iterator[Problem]:
    """What is wrong with the parameters of the connection."""
    if port_of(port) is None:
        what = _("{text} is not a port.").format(text=f"“{port.strip()}”")
        yield Problem("port", what, _("Type a number from 1 to {highest}.").format(highest=HIGHEST_PORT))
    if authentication is ReplicationAuthentication.CERTIFICATE:
        fault = thumbprint_fault(clean_thumbprint(thumbprint))
        if fault:
            yield Problem("certificate", fault, _("Choose Select Certificate, and one that can be used."))


def frequency_problems(frequency: int, offered: Sequence[int] = FREQUENCIES) -> Iterator[Problem]:
    """That a frequency is none of those that exist, or none of those that are ``offered``."""
    if frequency in FREQUENCIES and frequency not in offered:
        what = _("An extension replicates every 5 or 15 minutes, and not more often than the replica itself.")
        yield Problem("frequency", what, _("Choose another frequency."))
    elif frequency not in FREQUENCIES:
        what = _("Hyper-V does not replicate every {seconds} seconds.").format(seconds=frequency)
        yield Problem("frequency", what, _("Choose 30 seconds, 5 minutes or 15 minutes."))


def points_problems(points: Points, most: int = MOST_POINTS) -> Iterator[Problem]:
    """What is wrong with recovery points; ``most`` is what the primary's version allows."""
    if not 0 <= points.history <= most:
        what = _("{count} additional recovery points cannot be kept.").format(count=points.history)
        yield Problem("hours", what, _("Choose from 1 to {most} hours.").format(most=most))
    if points.consistent_hours and not points.history:
        yield Problem(
            "consistent_hours",
            _("Application-consistent recovery points need additional recovery points."),
            _("Create additional hourly recovery points, or do without application-consistent ones."),
        )
    elif points.consistent_hours and not 1 <= points.consistent_hours <= MOST_CONSISTENT_HOURS:
        what = _("An application-consistent recovery point every {hours} hours cannot be made.")
        cure = _("Choose from 1 to {most} hours.").format(most=MOST_CONSISTENT_HOURS)
        yield Problem("consistent_hours", what.format(hours=points.consistent_hours), cure)


def copy_problems(copy: InitialCopy, host: str, now: datetime.datetime, drives: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with the initial copy; ``now`` is the clock of ``host``, the primary, in its own zone.

    ``drives`` are the letters that it has; none where they are not known.
    """
    if copy.method is CopyMethod.MEDIA:
        cure = _("Type a full path on {host}, such as E:\\Replicas.").format(host=host)
        if fault := folder_fault(copy.folder):
            yield Problem("folder", fault, cure)
        elif drives and copy.folder[1:2] == ":" and copy.folder[:1].upper() not in drives:
            what = _("{host} has no drive {drive}.").format(host=host, drive=copy.folder[:2].upper())
            letters = ", ".join(f"{letter}:" for letter in drives)
            yield Problem("folder", what, _("Choose one of its drives: {drives}.").format(drives=letters))
    elif copy.begins is not None:
        yield from _schedule_problems(copy.begins, host, now)


def _schedule_problems(begins: datetime.datetime, host: str, now: datetime.datetime) -> Iterator[Problem]:
    local, present = begins.replace(tzinfo=None), now.replace(tzinfo=None)
    names = {"time": f"{local:%Y-%m-%d %H:%M}", "host": host, "now": f"{present:%Y-%m-%d %H:%M}"}
    if local < present:
        what = _("{time} is past: by the clock of {host} it is {now}.").format(**names)
        yield Problem(COPY, what, _("Choose a later time, or start replication immediately."))
    elif local > present + SCHEDULE:
        what = _("{time} is more than seven days ahead: by the clock of {host} it is {now}.").format(**names)
        yield Problem(COPY, what, _("Choose a time within seven days."))


def disks_problems(chosen: int, machine: str) -> Iterator[Problem]:
    """That no disk at all is chosen."""
    if not chosen:
        what = _("No disk of {machine} is chosen.").format(machine=machine)
        yield Problem(DISKS, what, _("Choose at least one virtual hard disk."))
