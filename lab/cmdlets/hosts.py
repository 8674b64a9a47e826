"""Get-VMHost, Set-VMHost, Enable-VMMigration, Disable-VMMigration, and what hosts support."""

from __future__ import annotations

import datetime
import re
from collections.abc import AsyncIterator

from lab.cmdlets.enumerations import enumeration, hyperv_types
from lab.cmdlets.failures import error_of
from lab.cmdlets.machine_settings import integer
from lab.cmdlets.targets import reported
from lab.hyperv.fibre_channel import world_wide_name
from lab.hyperv.files import NoSuchVolume, ShareDenied
from lab.hyperv.host import Host, MigrationAuthentication, MigrationPerformance
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Long, Record, UnsignedInt, Value, Version, display_text

TYPE_NAMES = hyperv_types("VMHost", "VirtualizationObject")
NODE_PROCESSORS = 32
"""Logical processors in a NUMA node (assumed)."""
VERSION_NAMES = {
    "4.0": "Microsoft Windows 8/Server 2012",
    "5.0": "Microsoft Windows 8.1/Server 2012 R2",
    "6.2": "Microsoft Windows 10 1507/Server 2016 Technical Preview 3",
    "7.0": "Microsoft Windows 10 1511/Server 2016 Technical Preview 4",
    "7.1": "Microsoft Windows Server 2016 Technical Preview 5",
    "8.0": "Microsoft Windows 10 1607/Server 2016",
    "8.1": "Microsoft Windows 10 1703",
    "8.2": "Microsoft Windows 10 1709/Server 1709",
    "8.3": "Microsoft Windows 10 1803/Server 1803",
    "9.0": "Microsoft Windows 10 1809/Server 2019",
    "9.1": "Microsoft Windows 10 1903/Server 1903",
    "9.2": "Microsoft Windows 10 2004",
    "9.3": "Microsoft Windows Server 2022 Preview",
    "10.0": "Microsoft Windows Server 2022",
    "10.1": "Microsoft Windows Server 2025 Preview",
    "11.0": "Microsoft Windows 11 22H2",
    "12.0": "Microsoft Windows Server 2025",
}
"""What Get-VMHostSupportedVersion calls the versions; the wording is assumed."""
_MAC_ADDRESS = re.compile(r"[0-9A-F]{12}", re.IGNORECASE)


def host_record(host: Host) -> Record:
    """``host`` as Get-VMHost prints it; what a version has no setting for is not shown."""
    settings, preferences = host.migration, host.preferences
    versions: list[Value] = list(host.supported_versions)
    properties: dict[str, Value] = {
        "Name": host.name,
        "FullyQualifiedDomainName": host.full_name,
        "LogicalProcessorCount": host.processors,
        "MemoryCapacity": Long(host.memory),
        "VirtualHardDiskPath": host.default_disk_path,
        "VirtualMachinePath": host.default_machine_path,
        "SupportedVmVersions": versions,
        "VirtualMachineMigrationEnabled": settings.enabled,
        "MaximumVirtualMachineMigrations": UnsignedInt(settings.maximum_live),
        "MaximumStorageMigrations": UnsignedInt(settings.maximum_storage),
        "VirtualMachineMigrationAuthenticationType": enumeration(settings.authentication),
        "VirtualMachineMigrationPerformanceOption": enumeration(settings.performance),
        "UseAnyNetworkForMigration": settings.any_network,
        "NumaSpanningEnabled": preferences.numa_spanning,
        "EnableEnhancedSessionMode": preferences.enhanced_session,
        "MacAddressMinimum": preferences.least_mac_address,
        "MacAddressMaximum": preferences.most_mac_address,
        "FibreChannelWwnn": preferences.node_name,
        "FibreChannelWwpnMinimum": preferences.least_port_name,
        "FibreChannelWwpnMaximum": preferences.most_port_name,
        "ResourceMeteringSaveInterval": preferences.metering_interval,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    if host.version == "2012":
        del properties["VirtualMachineMigrationPerformanceOption"]
    if host.is_old:
        del properties["SupportedVmVersions"]
    return Record(TYPE_NAMES, properties, f"VMHost (Name = '{host.name}')", host)


@cmdlet("Get-VMHost")
async def get_vm_host(call: Call) -> AsyncIterator[Value]:
    """This host and its settings."""
    yield host_record(call.host)


@cmdlet("Set-VMHost")
async def set_vm_host(call: Call) -> AsyncIterator[Value]:
    """Change settings of the host; a refused change leaves it as it was."""
    host = call.host
    with reported(call):
        _check(call)
        _set_migration(call)
        _set_preferences(call)
        host.default_disk_path = display_text(call.parameters.get("VirtualHardDiskPath", host.default_disk_path))
        host.default_machine_path = display_text(call.parameters.get("VirtualMachinePath", host.default_machine_path))
        if call.switch("Passthru"):
            yield host_record(host)


@cmdlet("Enable-VMMigration")
async def enable_vm_migration(call: Call) -> AsyncIterator[Value]:
    """Switch live migration on."""
    call.host.migration.enabled = True
    if call.switch("Passthru"):
        yield host_record(call.host)


@cmdlet("Disable-VMMigration")
async def disable_vm_migration(call: Call) -> AsyncIterator[Value]:
    """Switch live migration off."""
    call.host.migration.enabled = False
    if call.switch("Passthru"):
        yield host_record(call.host)


@cmdlet("Get-VMHostSupportedVersion")
async def get_vm_host_supported_version(call: Call) -> AsyncIterator[Value]:
    """The configuration versions of machines that the host runs, or the one of new machines."""
    versions = call.host.supported_versions
    for version in versions:
        is_default = version == versions[-1]
        if is_default or not call.switch("Default"):
            properties: dict[str, Value] = {
                "Name": VERSION_NAMES[version],
                "Version": Version(version),
                "IsDefault": is_default,
                "ComputerName": call.host.name,
                "IsDeleted": False,
            }
            types = hyperv_types("VMHostSupportedVersion", "VirtualizationObject")
            yield Record(types, properties, VERSION_NAMES[version])


@cmdlet("Get-VMHostNumaNode")
async def get_vm_host_numa_node(call: Call) -> AsyncIterator[Value]:
    """The NUMA nodes: as many as the processors need, with equal shares of the memory, in megabytes (assumed)."""
    host, wanted = call.host, integer(call, "Id")
    nodes = -(-host.processors // NODE_PROCESSORS)
    if wanted is not None and not 0 <= wanted < nodes:
        call.error(error_of(call, failed("numa_node_unknown", host.language, name=wanted), wanted))
        return
    busy = min(100, sum(machine.processor_usage for machine in host.machines.values() if machine.memory_assigned))
    for node in range(nodes) if wanted is None else (wanted,):
        shares: list[Value] = [100 - busy] * (host.processors // nodes)
        properties: dict[str, Value] = {
            "NodeId": node,
            "ProcessorsAvailability": shares,
            "MemoryAvailable": (max(0, host.memory_free) >> 20) // nodes,
            "MemoryTotal": (host.memory >> 20) // nodes,
            "ComputerName": host.name,
            "IsDeleted": False,
        }
        yield Record(hyperv_types("VMHostNumaNode", "VirtualizationObject"), properties, f"VMHostNumaNode ({node})")


@cmdlet("Get-VMHostNumaNodeStatus")
async def get_vm_host_numa_node_status(call: Call) -> AsyncIterator[Value]:
    """How much memory of which NUMA node each running machine uses, in megabytes; nodes in turn (assumed)."""
    host, wanted = call.host, integer(call, "Id")
    nodes = -(-host.processors // NODE_PROCESSORS)
    if wanted is not None and not 0 <= wanted < nodes:
        call.error(error_of(call, failed("numa_node_unknown", host.language, name=wanted), wanted))
        return
    running = [machine for machine in host.machines.values() if machine.memory_assigned]
    for index, machine in enumerate(running):
        node = index % nodes
        if wanted in (None, node):
            properties: dict[str, Value] = {
                "NodeId": node,
                "VMId": machine.machine_id,
                "VMName": machine.name,
                "MemoryUsed": machine.memory_assigned >> 20,
                "ComputerName": host.name,
                "IsDeleted": False,
            }
            types = hyperv_types("VMNumaNodeStatus", "VirtualizationObject")
            yield Record(types, properties, f"VMNumaNodeStatus ({node}) [VMName = '{machine.name}']")


def _check(call: Call) -> None:
    """Raises OperationFailed for a path without a volume and a MAC address that is none."""
    for name in ("VirtualHardDiskPath", "VirtualMachinePath"):
        path = display_text(call.parameters.get(name, call.host.default_disk_path))
        try:
            call.host.files.volume_of(path)
        except (NoSuchVolume, ShareDenied) as error:
            raise failed("host_path_missing", call.host.language, path=path) from error
    for name in ("MacAddressMinimum", "MacAddressMaximum"):
        address = call.parameters.get(name)
        if address is not None and not _MAC_ADDRESS.fullmatch(display_text(address)):
            raise failed("mac_address_invalid", call.host.language, address=display_text(address))
    for name in FIBRE_NAMES:
        if name in call.parameters:
            world_wide_name(display_text(call.parameters[name]), call.host)


FIBRE_NAMES = {
    "FibreChannelWwnn": "node_name",
    "FibreChannelWwpnMinimum": "least_port_name",
    "FibreChannelWwpnMaximum": "most_port_name",
}
"""Parameters for World Wide Names, and the preferences that they set."""


def _set_migration(call: Call) -> None:
    settings, parameters = call.host.migration, call.parameters
    live, storage = integer(call, "MaximumVirtualMachineMigrations"), integer(call, "MaximumStorageMigrations")
    settings.maximum_live = settings.maximum_live if live is None else int(live)
    settings.maximum_storage = settings.maximum_storage if storage is None else int(storage)
    authentication = parameters.get("VirtualMachineMigrationAuthenticationType")
    if authentication is not None:
        settings.authentication = MigrationAuthentication[display_text(authentication)]
    performance = parameters.get("VirtualMachineMigrationPerformanceOption")
    if performance is not None:
        settings.performance = MigrationPerformance[display_text(performance)]
    if "UseAnyNetworkForMigration" in parameters:
        settings.any_network = call.switch("UseAnyNetworkForMigration")


def _set_preferences(call: Call) -> None:
    preferences, parameters = call.host.preferences, call.parameters
    if "NumaSpanningEnabled" in parameters:
        preferences.numa_spanning = call.switch("NumaSpanningEnabled")
    if "EnableEnhancedSessionMode" in parameters:
        preferences.enhanced_session = call.switch("EnableEnhancedSessionMode")
    least, most = preferences.least_mac_address, preferences.most_mac_address
    preferences.least_mac_address = display_text(parameters.get("MacAddressMinimum", least)).upper()
    preferences.most_mac_address = display_text(parameters.get("MacAddressMaximum", most)).upper()
    for name, field in FIBRE_NAMES.items():
        if name in parameters:
            setattr(preferences, field, display_text(parameters[name]).upper())
    interval = parameters.get("ResourceMeteringSaveInterval")
    if isinstance(interval, datetime.timedelta):
        preferences.metering_interval = interval
