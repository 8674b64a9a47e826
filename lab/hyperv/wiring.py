"""Which switch uses which physical network adapter of a host, and which switches the host itself is on."""

from __future__ import annotations

from lab.hyperv.host import Host, NetworkInterface, SwitchType, VirtualSwitch
from lab.hyperv.machine import NetworkAdapter


def bindings(host: Host) -> dict[VirtualSwitch, list[NetworkInterface]]:
    """The physical adapters behind each external switch: of those with its descriptions, the first still free."""
    found: dict[VirtualSwitch, list[NetworkInterface]] = {}
    taken: list[NetworkInterface] = []
    for switch in host.switches:
        for description in descriptions(switch):
            free = (i for i in host.interfaces if i.description == description and i not in taken)
            interface = next(free, None)
            if interface is not None:
                found.setdefault(switch, []).append(interface)
                taken.append(interface)
    return found


def descriptions(switch: VirtualSwitch) -> list[str]:
    """The descriptions of the physical adapters behind a switch; none unless it is external."""
    if switch.kind is not SwitchType.External:
        return []
    if switch.team is not None:
        return list(switch.team.members)
    return [switch.interface] if switch.interface else []


def serves_host(switch: VirtualSwitch) -> bool:
    """Whether the host itself is on a switch: on internal ones, and on external ones shared with it."""
    return switch.kind is SwitchType.Internal or (switch.kind is SwitchType.External and switch.serves_host)


def own_adapters(host: Host) -> list[NetworkAdapter]:
    """The adapters of the host itself, by switch: one for each that serves it, called like the switch, and more that
    were added.
    """
    found: list[NetworkAdapter] = []
    for switch in filter(serves_host, host.switches):
        on_it = [adapter for adapter in host.own_adapters if adapter.switch == switch.name]
        found += on_it or [NetworkAdapter(switch.name, switch.switch_id, _mac_address(switch), switch.name)]
    for adapter in found:
        adapter.has_dynamic_address = False
    host.own_adapters = found
    return found


def remove_own_adapter(adapter: NetworkAdapter, host: Host) -> None:
    """Take an adapter from the host; a switch without any serves it no longer, and an internal one becomes private."""
    switch = host.find_switch(adapter.switch or "")
    host.own_adapters.remove(adapter)
    if switch is not None and all(other.switch != switch.name for other in host.own_adapters):
        switch.serves_host = False
        if switch.kind is SwitchType.Internal:
            switch.kind = SwitchType.Private


def add_own_adapter(adapter: NetworkAdapter, switch: VirtualSwitch, host: Host) -> None:
    """Put another adapter of the host on a switch, which serves it then; a private one becomes internal."""
    host.own_adapters = [*own_adapters(host), adapter]
    switch.serves_host = True
    if switch.kind is SwitchType.Private:
        switch.kind = SwitchType.Internal


def _mac_address(switch: VirtualSwitch) -> str:
    """The MAC address of the host's first adapter on a switch; it follows from the switch's ID."""
    return f"00155D{switch.switch_id.hex[-6:].upper()}"
