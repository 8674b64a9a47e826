"""Which switch uses which physical network adapter of a host, and which switches the host itself is on."""

from __future__ import annotations

from collections.abc import Iterator

from lab.hyperv.host import Host, NetworkInterface, SwitchType, VirtualSwitch


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


def host_adapters(host: Host) -> Iterator[VirtualSwitch]:
    """The switches on which the host itself has an adapter: internal ones, and external ones shared with it."""
    for switch in host.switches:
        shared = switch.kind is SwitchType.External and switch.serves_host
        if switch.kind is SwitchType.Internal or shared:
            yield switch


def switch_mac_address(switch: VirtualSwitch) -> str:
    """The MAC address of the host's adapter on a switch; it follows from the switch's ID."""
    return f"00155D{switch.switch_id.hex[-6:].upper()}"
