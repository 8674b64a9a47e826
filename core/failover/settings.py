"""The settings of a relationship, as the wizard that made it has them, and what changes them afterwards.

They are set on the side that sends and reach the replica with the next cycle (assumed).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from core.failover.steps import Place, premise
from core.hyperv.records import Duration
from core.jobs.goal import Fact, Facts
from core.jobs.plan import Action, Plan
from core.language import _
from core.powershell.command import ParameterValue, Pipeline, Switch, command
from core.replicas.side import Side
from core.wizards.wizard import Problem

FREQUENCIES = (30, 300, 900)
EXTENDED_FREQUENCIES = (300, 900)
MOST_POINTS = 24
MOST_CONSISTENT_HOURS = 12
_TIMES = ("AutoResynchronizeIntervalStart", "AutoResynchronizeIntervalEnd")
_DAY_BEGINS, _DAY_ENDS = datetime.timedelta(hours=18, minutes=30), datetime.timedelta(hours=6)
"""The window that hosts propose (WMI reference)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be changed; ``consistent_hours`` 0: no application-consistent recovery points.

    ``begins`` and ``ends`` bound the time of day in which a resynchronisation begins by itself.
    """

    frequency: int
    history: int
    consistent_hours: int
    compresses: bool
    resynchronizes: bool
    begins: datetime.timedelta = _DAY_BEGINS
    ends: datetime.timedelta = _DAY_ENDS

    @classmethod
    def of(cls, side: Side) -> Settings:
        """The settings that a side has."""
        row = side.row
        return cls(
            row.frequency,
            row.recovery_history,
            row.consistent_hours or 0,
            row.compression_enabled is not False,
            row.auto_resynchronize_enabled,
            _span(row.auto_resynchronize_interval_start, _DAY_BEGINS),
            _span(row.auto_resynchronize_interval_end, _DAY_ENDS),
        )


def problems(wanted: Settings, sender: Side) -> Iterator[Problem]:
    """What is wrong with settings for the leg of ``sender`` (cmdlet and WMI reference)."""
    offered = FREQUENCIES if sender.is_on_first_leg else EXTENDED_FREQUENCIES
    if wanted.frequency not in offered:
        what = _("Replication cannot run every {seconds} seconds.").format(seconds=wanted.frequency)
        yield Problem("frequency", what, _("Choose one of the frequencies that are offered."))
    if not 0 <= wanted.history <= MOST_POINTS:
        what = _("A replica keeps from 0 to {most} additional recovery points.").format(most=MOST_POINTS)
        yield Problem("history", what, _("Choose another number."))
    if wanted.consistent_hours and not sender.is_on_first_leg:
        what = _("An extension has no application-consistent recovery points.")
        yield Problem("consistent", what, _("Turn them off."))
    elif wanted.consistent_hours and not wanted.history:
        what = _("Application-consistent recovery points need additional recovery points.")
        yield Problem("consistent", what, _("Keep at least one additional recovery point, or turn them off."))
    elif not 0 <= wanted.consistent_hours <= MOST_CONSISTENT_HOURS:
        what = _("Application-consistent recovery points are made every 1 to {most} hours.")
        yield Problem("consistent", what.format(most=MOST_CONSISTENT_HOURS), _("Choose another number of hours."))


def settings_plan(sender: Side, wanted: Settings) -> Plan | None:
    """What changes the settings of a leg, or None where nothing changes. ``wanted`` has no problems."""
    before, place = Settings.of(sender), Place.of(sender)
    changed = {name: value for name, value in _values(wanted).items() if _values(before)[name] != value}
    if not changed:
        return None
    former = {name: _values(before)[name] for name in changed}
    undo = Action(
        _("Give the replication of {machine} on {host} its former settings").format(**place.names),
        place.host,
        _call(place, former),
        Facts(place.host, tuple(_facts(place, former))),
        _("Changing them again undoes that."),
    )
    action = Action(
        _("Change the replication settings of {machine} on {host}").format(**place.names),
        place.host,
        _call(place, changed),
        Facts(place.host, tuple(_facts(place, changed))),
        _("Giving it its former settings undoes it; recovery points that are gone stay gone."),
        undo,
    )
    return Plan(action.title, place.host, (action,), premises=(premise(sender),))


def _values(settings: Settings) -> dict[str, ParameterValue]:
    return {
        "CompressionEnabled": settings.compresses,
        "ReplicationFrequencySec": settings.frequency,
        "RecoveryHistory": settings.history,
        "VSSSnapshotFrequencyHour": settings.consistent_hours,
        "AutoResynchronizeEnabled": settings.resynchronizes,
        "AutoResynchronizeIntervalStart": clock_text(settings.begins),
        "AutoResynchronizeIntervalEnd": clock_text(settings.ends),
    }


def _call(place: Place, values: dict[str, ParameterValue]) -> Pipeline:
    parameters: dict[str, ParameterValue] = {}
    for name, value in values.items():
        if name == "VSSSnapshotFrequencyHour" and value == 0:
            parameters["DisableVSSSnapshotReplication"] = Switch.PRESENT
        else:
            parameters[name] = value
    return place.piped("Set-VMReplication", **parameters)


def _facts(place: Place, values: dict[str, ParameterValue]) -> Iterator[Fact]:
    """What the host lists then: a TimeSpan as its ticks."""
    plain = tuple((name, value) for name, value in values.items() if name not in _TIMES)
    yield place.listed(*plain)
    for name in _TIMES:
        if name in values:
            expanded = place.relationship | command("Select-Object", ExpandProperty=name)
            yield Fact(expanded, (("Ticks", _ticks(values[name])),))


def _span(told: Duration | None, otherwise: datetime.timedelta) -> datetime.timedelta:
    return told.span if told is not None else otherwise


def clock_text(time: datetime.timedelta) -> str:
    """A time of day as PowerShell reads a TimeSpan."""
    return f"{time.seconds // 3600:02}:{time.seconds // 60 % 60:02}:{time.seconds % 60:02}"


def _ticks(clock: ParameterValue) -> int:
    hours, minutes, seconds = (int(part) for part in str(clock).split(":"))
    return (hours * 3600 + minutes * 60 + seconds) * 10_000_000
