"""Which switch uses which physical network adapter of a host, and which switches the host itself is on."""

from __future__ import annotations

from collections.abc import Iterator

from lab.hyperv.host import Host, NetworkInterface, SwitchType, VirtualSwitch


def bindings(host: Host) -> dict[VirtualSwitch, NetworkInterface]:
    """The physical adapter behind each external switch: the first that fits its description and is still free."""
    found: dict[VirtualSwitch, NetworkInterface] = {}
    for switch in host.switches:
        for interface in host.interfaces:
            fits = switch.kind is SwitchType.External and interface.description == switch.interface
            if fits and interface not in found.values():
                found[switch] = interface
                break
    return found


def host_adapters(host: Host) -> Iterator[VirtualSwitch]:
    """The switches on which the host itself has an adapter: internal ones, and external ones shared with it."""
    for switch in host.switches:
        shared = switch.kind is SwitchType.External and switch.serves_host
        if switch.kind is SwitchType.Internal or shared:
            yield switch


def switch_mac_address(switch: VirtualSwitch) -> str:
    """The MAC address of the host's adapter on a switch; it follows from the switch's ID."""
    return f"00155D{switch.switch_id.hex[-6:].upper()}"
