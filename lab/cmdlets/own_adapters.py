"""What Add-, Set-, Remove- and Rename-VMNetworkAdapter do with the adapters of the host itself (-ManagementOS)."""

from __future__ import annotations

from collections.abc import Iterator

from lab.cmdlets.failures import not_found
from lab.cmdlets.networks import OPTIONS, asked_own_adapters, internal_record, mac_text
from lab.hyperv.host import VirtualSwitch
from lab.hyperv.machine import NetworkAdapter
from lab.hyperv.messages import failed
from lab.hyperv.wiring import add_own_adapter, remove_own_adapter
from lab.powershell.cmdlet import Call
from lab.powershell.values import Record, display_text
from lab.powershell.wildcards import has_wildcards


def add_own(call: Call) -> Record:
    """Another adapter of the host, on the named switch or the only one; raises OperationFailed."""
    host = call.host
    switch = _switch(call)
    adapter = NetworkAdapter(
        display_text(call.parameters.get("Name", switch.name)),
        host.estate.new_id(),
        f"00155D{host.estate.chance.randrange(1 << 24):06X}",
        switch.name,
    )
    _set_address(call, adapter)
    add_own_adapter(adapter, switch, host)
    return internal_record(adapter, host)


def change_own(call: Call, adapter: NetworkAdapter) -> Record:
    """Change the MAC address or the advanced features of an adapter of the host; raises OperationFailed."""
    _set_address(call, adapter)
    for name in OPTIONS:
        value = call.parameters.get(name)
        if isinstance(value, str | int):
            adapter.options[name] = value
    return internal_record(adapter, call.host)


def remove_own(call: Call, adapter: NetworkAdapter) -> Record:
    """Take an adapter from the host."""
    remove_own_adapter(adapter, call.host)
    return internal_record(adapter, call.host)


def rename_own(call: Call, adapter: NetworkAdapter) -> Record:
    """Give an adapter of the host another name."""
    adapter.name = display_text(call.parameters["NewName"])
    return internal_record(adapter, call.host)


def named_own(call: Call) -> Iterator[NetworkAdapter]:
    """The adapters of the host that the call means; a name that none has is an error."""
    found = asked_own_adapters(call)
    name = display_text(call.parameters.get("Name"))
    if name and not found and call.switch("ManagementOS") and not has_wildcards(name):
        call.error(not_found(call, "own_adapter_unknown", name))
    yield from found


def is_about_host(call: Call) -> bool:
    """Whether the call is about the host itself and not about machines."""
    return call.switch("ManagementOS") or bool(asked_own_adapters(call))


def _switch(call: Call) -> VirtualSwitch:
    name, switches = display_text(call.parameters.get("SwitchName")), call.host.switches
    if not name and len(switches) != 1:
        raise failed("own_adapter_no_switch", call.host.language)
    switch = call.host.find_switch(name) if name else switches[0]
    if switch is None:
        raise failed("switch_unknown_by_name", call.host.language, name=name)
    return switch


def _set_address(call: Call, adapter: NetworkAdapter) -> None:
    static = call.parameters.get("StaticMacAddress")
    if static is not None:
        address = mac_text(static)
        if address is None:
            raise failed("mac_address_invalid", call.host.language, address=display_text(static))
        adapter.mac_address = address
