"""Whether every adapter of the machine finds its switch at the destination."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.hyperv.computers import Objection
from core.hyperv.records import NetworkAdapter
from core.language import _
from core.moving.checks.case import Case
from core.moving.move import NetworkWay
from core.moving.networks import has_address, without_switch
from core.wizards.wizard import Problem

FIELD = "networks"


def switches(case: Case) -> Iterator[Finding]:
    """A switch is found by its name. What was chosen on Connect Network takes the place of a missing one."""
    known = [switch.name for switch in case.destination_inventory.switches]
    chosen = {choice.adapter: choice.switch_name for choice in case.move.networks}
    missing = [adapter for adapter in without_switch(case.move.adapters, known) if adapter not in chosen]
    objected = [
        adapter
        for adapter in case.move.adapters
        if adapter not in missing and adapter not in chosen and _is_objected(case, adapter)
    ]
    for adapter in (*missing, *objected):
        names = case.names | {"adapter": adapter.name, "switch": adapter.switch_name or ""}
        yield Problem(
            FIELD,
            _("{destination} has no switch “{switch}”, which the adapter “{adapter}” of {machine} needs.").format(
                **names
            ),
            _("Choose another switch, or Not Connected, on the page Connect Network.")
            if known
            else _("{destination} has no switch at all. Create one, or choose Not Connected.").format(**names),
        )
    unknown = [name for name in chosen.values() if name and name.lower() not in {each.lower() for each in known}]
    for name in dict.fromkeys(unknown):
        what = _("{destination} has no switch “{switch}” any more.").format(switch=name, **case.names)
        yield Problem(FIELD, what, _("Choose another switch on the page Connect Network."))
    if not (missing or objected or unknown):
        yield from _in_order(case)


def report_is_ignored(case: Case) -> bool:
    """Whether the host still objects to adapters whose switch was chosen in its compatibility report.

    A field report says that hosts may: the adapters are then disconnected before the move and connected after it.
    """
    chosen = [choice.adapter for choice in case.move.networks]
    return case.move.goes_through_report and any(_is_objected(case, adapter) for adapter in chosen)


def is_about(objection: Objection, adapter: NetworkAdapter) -> bool:
    """Whether an objection of Compare-VM is about this adapter."""
    if has_address(adapter):
        return (objection.mac_address or "").lower() == adapter.mac_address.lower()
    return objection.mac_address is not None and (objection.name or "").lower() == adapter.name.lower()


def _is_objected(case: Case, adapter: NetworkAdapter) -> bool:
    comparison = case.source_facts.comparison
    return comparison is not None and any(is_about(source, adapter) for source in comparison.sources)


def _in_order(case: Case) -> Iterator[Passed]:
    for choice in case.move.networks:
        names = case.names | {"adapter": choice.adapter.name, "switch": choice.switch_name}
        if case.move.network_way is NetworkWay.RECONNECT or report_is_ignored(case):
            what = _("“{adapter}” is disconnected before the move and connected to “{switch}” after it.")
            if not choice.switch_name:
                what = _("“{adapter}” is disconnected before the move and stays so.")
        else:
            what = _("“{adapter}” is connected to “{switch}” on {destination}.")
            if not choice.switch_name:
                what = _("“{adapter}” is not connected on {destination}.")
        yield Passed(what.format(**names))
    if not case.move.networks:
        yield Passed(_("Every switch that {machine} is connected to exists on {destination}.").format(**case.names))
