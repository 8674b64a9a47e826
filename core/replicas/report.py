"""Reports on replication for other programs and for people: CSV and HTML as text, with nothing in them that runs."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from core.amounts import duration_text, size_text
from core.language import _
from core.replicas.attention import Standing
from core.replicas.availability import Availability
from core.replicas.relationship import Relationship
from core.tables import csv_text, html_text

AvailabilityOf = Mapping[tuple[str, bool], Availability]
"""By machine ID and whether it is an extension."""


def csv_report(standings: Sequence[Standing], availabilities: AvailabilityOf | None = None) -> str:
    """One line for each relationship; sizes in bytes, times as ISO 8601 with their zone, spans in seconds."""
    return csv_text(_headings(), (_exact(each, availabilities or {}) for each in standings))


def html_report(
    standings: Sequence[Standing], made: datetime.datetime, availabilities: AvailabilityOf | None = None
) -> str:
    """The same for people: one page without scripts and without anything from elsewhere."""
    title = _("Replication of {count} virtual machines, {time}").format(
        count=len({each.relationship.machine_id for each in standings}), time=f"{made:%Y-%m-%d %H:%M}"
    )
    return html_text(title, _headings(), (_readable(each, availabilities or {}) for each in standings))


def health_csv(relationship: Relationship) -> str:
    """What the dialog of a relationship's health shows, as its Save As writes it: one line for each side."""
    headings = (
        *(_("Virtual machine"), _("Host"), _("Role"), _("State"), _("Health"), _("From"), _("To")),
        *(_("Average size"), _("Maximum size"), _("Average latency"), _("Errors"), _("Successful cycles")),
        *(_("Missed cycles"), _("Last synchronized"), _("Not yet replicated"), _("Details")),
    )
    return csv_text(headings, (_health_row(relationship, index) for index in range(len(relationship.known))))


def _health_row(relationship: Relationship, index: int) -> tuple[str, ...]:
    side = relationship.known[index]
    told = side.statistics
    numbers: tuple[object, ...] = ("",) * 8
    words: tuple[str, ...] = ()
    if told is not None:
        words = told.words
        numbers = (
            *(told.monitoring_start_time or "", told.monitoring_end_time or ""),
            *(told.average_replication_size, told.maximum_replication_size),
            "" if side.latency is None else round(side.latency, 3),
            *(told.errors, told.successes, told.missed),
        )
    last = side.last_synchronised
    return (
        *(side.row.machine_name, side.host.name, side.role.word, side.state.word, side.health.word),
        *(str(number) for number in numbers),
        *(_iso(last), str(side.pending), " ".join(words)),
    )


def _headings() -> tuple[str, ...]:
    return (
        *(_("Virtual machine"), _("Primary server"), _("Replica server"), _("Extension"), _("State"), _("Health")),
        *(_("Last synchronized"), _("Age of the copy"), _("Asked for"), _("Latency"), _("Average size")),
        *(_("Not yet replicated"), _("Needs attention"), _("Reasons"), _("Availability")),
    )


def _exact(standing: Standing, availabilities: AvailabilityOf) -> tuple[str, ...]:
    relationship, side = standing.relationship, standing.relationship.side
    size = side.statistics.average_replication_size if side.statistics is not None else 0
    age, latency = relationship.age, side.latency
    return (
        *_names(standing),
        *(_iso(standing.last_synchronised), "" if age is None else str(round(age)), str(relationship.asked)),
        *("" if latency is None else str(round(latency, 3)), str(size), str(side.pending)),
        *_judgement(standing, availabilities),
    )


def _readable(standing: Standing, availabilities: AvailabilityOf) -> tuple[str, ...]:
    relationship, side = standing.relationship, standing.relationship.side
    size = side.statistics.average_replication_size if side.statistics is not None else 0
    last, age, latency = standing.last_synchronised, relationship.age, side.latency
    return (
        *_names(standing),
        *("" if last is None else f"{last.astimezone():%Y-%m-%d %H:%M:%S}", "" if age is None else duration_text(age)),
        *(duration_text(relationship.asked), "" if latency is None else duration_text(latency)),
        *(size_text(size), size_text(side.pending)),
        *_judgement(standing, availabilities),
    )


def _names(standing: Standing) -> tuple[str, ...]:
    relationship = standing.relationship
    return (
        *(relationship.machine_name, relationship.primary_name, relationship.replica_name),
        *(_("Yes") if relationship.is_extension else _("No"), standing.state, standing.health.word),
    )


def _judgement(standing: Standing, availabilities: AvailabilityOf) -> tuple[str, ...]:
    relationship = standing.relationship
    found = availabilities.get((str(relationship.machine_id), relationship.is_extension))
    return (
        _("Yes") if standing.needs_attention else _("No"),
        " ".join(standing.reasons),
        found.sentence if found is not None else "",
    )


def _iso(moment: datetime.datetime | None) -> str:
    return "" if moment is None else moment.astimezone().isoformat(timespec="seconds")
