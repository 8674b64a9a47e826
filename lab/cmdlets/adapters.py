"""Add-, Set-, Remove-, Rename-, Connect- and Disconnect-VMNetworkAdapter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

from lab.cmdlets.checkpoints import asked_settings
from lab.cmdlets.failures import error_of
from lab.cmdlets.networks import OPTIONS, adapter_record, mac_text
from lab.cmdlets.own_adapters import add_own, change_own, is_about_host, named_own, remove_own, rename_own
from lab.cmdlets.targets import asked_machines, listed, refuse_unsupported, reported
from lab.hyperv.changes import refusal, require_idle, require_off
from lab.hyperv.host import Host, VirtualSwitch
from lab.hyperv.machine import NetworkAdapter, VirtualMachine
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import matches

MOST_ADAPTERS = {"synthetic": 8, "legacy": 4}
"""Adapters that a machine can have (Windows Server documentation, before 2025)."""


def asked_adapters(
    call: Call, name_parameter: str = "Name", *machine_names: str
) -> Iterator[tuple[NetworkAdapter, VirtualMachine]]:
    """The adapters that -VMNetworkAdapter, or machines and ``name_parameter`` stand for; a missing one is an error.

    Those of a checkpoint (-VMSnapshot) too. An adapter from a compatibility report is that of a machine of another
    host.
    """
    for value in listed(call.parameters.get("VMNetworkAdapter")):
        adapter = value.subject if isinstance(value, Record) else None
        machine = _owner(adapter, call.host) if isinstance(adapter, NetworkAdapter) else None
        if machine is None or not isinstance(adapter, NetworkAdapter):
            call.error(error_of(call, failed("object_gone", call.host.language, host=call.host.name), value))
        else:
            yield adapter, machine
    names = [display_text(value) for value in listed(call.parameters.get(name_parameter))]
    for machine in asked_settings(call, *machine_names):
        for name in names or ["*"]:
            found = [adapter for adapter in machine.adapters if matches(name, adapter.name)]
            if not found and names:
                call.error(error_of(call, refusal("adapter_unknown", machine, call.host, name=name), name))
            yield from ((adapter, machine) for adapter in found)


def is_planned(machine: VirtualMachine, host: Host) -> bool:
    """Whether the machine is only planned on ``host``, for the move or import that a compatibility report is about."""
    return host.machines.get(machine.machine_id) is not machine


@cmdlet("Add-VMNetworkAdapter")
async def add_vm_network_adapter(call: Call) -> AsyncIterator[Value]:
    """Add adapters to machines that are off, or run with generation 2 on 2016 or later."""
    refuse_unsupported(call, "ResourcePoolName")
    if call.switch("ManagementOS"):
        with reported(call):
            added = add_own(call)
            if call.switch("Passthru"):
                yield added
        return
    host, is_legacy = call.host, call.parameters.get("IsLegacy") is True
    for machine in asked_machines(call):
        with reported(call):
            _require_changeable(machine, host, is_legacy=is_legacy)
            most = MOST_ADAPTERS["legacy" if is_legacy else "synthetic"]
            if len([adapter for adapter in machine.adapters if adapter.is_legacy == is_legacy]) >= most:
                raise refusal("too_many_adapters", machine, host, most=most)
            static = call.parameters.get("StaticMacAddress")
            switch = _switch(host, call.parameters.get("SwitchName"))
            default = {"en": "Network Adapter", "de": "Netzwerkkarte"}[host.language]
            adapter = NetworkAdapter(
                display_text(call.parameters.get("Name", default)),
                host.estate.new_id(),
                f"00155D{host.estate.chance.randrange(1 << 24):06X}" if static is None else _mac(static, machine, host),
                switch.name if switch else None,
                has_dynamic_address=static is None,
                is_legacy=is_legacy,
            )
            if "DeviceNaming" in call.parameters:
                adapter.options["DeviceNaming"] = display_text(call.parameters["DeviceNaming"])
            machine.adapters.append(adapter)
            if call.switch("Passthru"):
                yield adapter_record(adapter, machine, host)


@cmdlet("Set-VMNetworkAdapter")
async def set_vm_network_adapter(call: Call) -> AsyncIterator[Value]:
    """Change the MAC address, the advanced features or the switch for test failovers of adapters."""
    refuse_unsupported(call, "ResourcePoolName", "TestReplicaPoolName")
    if is_about_host(call):
        for record in _for_each_own(call, change_own):
            yield record
        return
    for adapter, machine in asked_adapters(call):
        with reported(call):
            require_idle(machine, call.host)
            _set_address(call, adapter, machine)
            test_switch = call.parameters.get("TestReplicaSwitchName")
            if test_switch is not None:
                found = _switch(call.host, test_switch)
                adapter.test_switch = found.name if found else ""
            for name in OPTIONS:
                value = call.parameters.get(name)
                if isinstance(value, str | int):
                    adapter.options[name] = value
            if "NotMonitoredInCluster" in call.parameters:
                adapter.options["ClusterMonitored"] = not call.switch("NotMonitoredInCluster")
            if call.switch("Passthru"):
                yield adapter_record(adapter, machine, call.host)


@cmdlet("Remove-VMNetworkAdapter")
async def remove_vm_network_adapter(call: Call) -> AsyncIterator[Value]:
    """Take adapters away, under the same conditions as Add-VMNetworkAdapter."""
    refuse_unsupported(call)
    if is_about_host(call):
        for record in _for_each_own(call, remove_own):
            yield record
        return
    for adapter, machine in list(asked_adapters(call)):
        with reported(call):
            _require_changeable(machine, call.host, is_legacy=adapter.is_legacy)
            machine.adapters.remove(adapter)
            if call.switch("Passthru"):
                record = adapter_record(adapter, machine, call.host)
                record.properties["IsDeleted"] = True
                yield record


@cmdlet("Rename-VMNetworkAdapter")
async def rename_vm_network_adapter(call: Call) -> AsyncIterator[Value]:
    """Give adapters another name; several may have the same."""
    refuse_unsupported(call)
    if is_about_host(call):
        for record in _for_each_own(call, rename_own):
            yield record
        return
    for adapter, machine in list(asked_adapters(call)):
        with reported(call):
            require_idle(machine, call.host)
            adapter.name = display_text(call.parameters["NewName"])
            if call.switch("Passthru"):
                yield adapter_record(adapter, machine, call.host)


@cmdlet("Connect-VMNetworkAdapter")
async def connect_vm_network_adapter(call: Call) -> AsyncIterator[Value]:
    """Connect adapters to a switch, also those of a compatibility report to a switch of the destination."""
    refuse_unsupported(call, "UseAutomaticConnection")
    given = call.parameters.get("VMSwitch")
    for adapter, machine in asked_adapters(call):
        with reported(call):
            if isinstance(given, Record) and isinstance(given.subject, VirtualSwitch):
                switch: VirtualSwitch | None = given.subject
            else:
                switch = _switch(call.host, call.parameters.get("SwitchName"))
            _connect(adapter, machine, call.host, switch.name if switch else None)
            if call.switch("Passthru"):
                yield adapter_record(adapter, machine, call.host)


@cmdlet("Disconnect-VMNetworkAdapter")
async def disconnect_vm_network_adapter(call: Call) -> AsyncIterator[Value]:
    """Disconnect adapters, also those of a compatibility report."""
    refuse_unsupported(call)
    for adapter, machine in asked_adapters(call):
        with reported(call):
            _connect(adapter, machine, call.host, None)
            if call.switch("Passthru"):
                yield adapter_record(adapter, machine, call.host)


def _for_each_own(call: Call, deed: Callable[[Call, NetworkAdapter], Record]) -> Iterator[Record]:
    """Do something with each adapter of the host that the call means; the records are for -Passthru."""
    for adapter in list(named_own(call)):
        with reported(call):
            record = deed(call, adapter)
            if call.switch("Passthru"):
                yield record


def _connect(adapter: NetworkAdapter, machine: VirtualMachine, host: Host, switch: str | None) -> None:
    if is_planned(machine, host):
        adapter.planned[host.name] = switch
    else:
        require_idle(machine, host)
        adapter.switch = switch


def _owner(adapter: NetworkAdapter, host: Host) -> VirtualMachine | None:
    machines = [*host.machines.values(), *host.planned.values()]
    machines += [m for other in host.estate.hosts if other is not host for m in other.machines.values()]
    return next((machine for machine in machines if adapter in machine.adapters), None)


def _switch(host: Host, name: Value) -> VirtualSwitch | None:
    """The switch of that name; None when none is named. Raises OperationFailed when there is none."""
    if not name:
        return None
    switch = host.find_switch(display_text(name))
    if switch is None:
        raise failed("switch_unknown_by_name", host.language, name=display_text(name))
    return switch


def _require_changeable(machine: VirtualMachine, host: Host, *, is_legacy: bool) -> None:
    """Raises OperationFailed unless adapters can come and go (Windows Server documentation)."""
    if is_legacy and machine.generation != 1:
        raise refusal("legacy_adapter", machine, host)
    if is_legacy or machine.generation == 1 or host.is_old:
        require_off(machine, host)
    else:
        require_idle(machine, host)


def _set_address(call: Call, adapter: NetworkAdapter, machine: VirtualMachine) -> None:
    static = call.parameters.get("StaticMacAddress")
    if static is not None:
        address = _mac(static, machine, call.host)
        require_off(machine, call.host)
        adapter.mac_address, adapter.has_dynamic_address = address, False
    elif call.switch("DynamicMacAddress"):
        require_off(machine, call.host)
        adapter.has_dynamic_address = True


def _mac(given: Value, machine: VirtualMachine, host: Host) -> str:
    address = mac_text(given)
    if address is None:
        raise refusal("mac_address_invalid", machine, host, address=display_text(given))
    return address
