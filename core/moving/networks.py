"""The adapters whose switch the destination does not have, and what becomes of them in a move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from core.hyperv.records import NetworkAdapter
from core.powershell.command import Command, Statement, Switch, command

Step: TypeAlias = "Command | Statement"


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """The switch of the destination that an adapter is connected to; empty leaves it not connected."""

    adapter: NetworkAdapter
    switch_name: str


def without_switch(adapters: Iterable[NetworkAdapter], switches: Iterable[str]) -> tuple[NetworkAdapter, ...]:
    """The adapters that are connected to a switch that is not among ``switches``.

    A switch is found by its name, in any letter case.
    """
    known = {name.lower() for name in switches}
    return tuple(adapter for adapter in adapters if (name := adapter.switch_name) and name.lower() not in known)


def has_address(adapter: NetworkAdapter) -> bool:
    """Whether the adapter can be told from others by its MAC address.

    One that gets its address when its machine is first started has zeros until then (a field report).
    """
    return bool(adapter.mac_address.strip("0"))


def picked(adapters: Step, adapter: NetworkAdapter) -> Statement:
    """Of what ``adapters`` lists, the one that is ``adapter``: by its MAC address, or by its name without one."""
    by, value = ("MacAddress", adapter.mac_address) if has_address(adapter) else ("Name", adapter.name)
    return adapters | command("Where-Object", Property=by, EQ=Switch.PRESENT, Value=value)


def connected(adapters: Step, choice: NetworkChoice) -> Statement:
    """The call that carries a choice out on what ``adapters`` lists."""
    one = picked(adapters, choice.adapter)
    if choice.switch_name:
        return one | command("Connect-VMNetworkAdapter", SwitchName=choice.switch_name)
    return one | command("Disconnect-VMNetworkAdapter")
