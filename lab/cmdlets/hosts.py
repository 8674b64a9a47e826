"""Get-VMHost, Enable-VMMigration and Disable-VMMigration."""

from __future__ import annotations

from collections.abc import AsyncIterator

from lab.cmdlets.enumerations import enumeration, hyperv_types
from lab.hyperv.host import Host
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Long, Record, UnsignedInt, Value

TYPE_NAMES = hyperv_types("VMHost", "VirtualizationObject")


def host_record(host: Host) -> Record:
    """``host`` as Get-VMHost prints it."""
    settings = host.migration
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
        "NumaSpanningEnabled": True,
        "EnableEnhancedSessionMode": False,
        "MacAddressMinimum": "00155D000000",
        "MacAddressMaximum": "00155DFFFFFF",
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    return Record(TYPE_NAMES, properties, f"VMHost (Name = '{host.name}')", host)


@cmdlet("Get-VMHost")
async def get_vm_host(call: Call) -> AsyncIterator[Value]:
    """This host and its settings."""
    yield host_record(call.host)


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
