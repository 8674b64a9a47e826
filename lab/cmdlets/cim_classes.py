"""The WMI classes that simulated hosts have, and their instances.

Names, types and numbers are those of Microsoft's WMI reference; what the numbers of this host are is simulated.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lab.cmdlets.cim_jobs import affected_elements, job_properties, replication_jobs
from lab.hyperv.host import Host
from lab.hyperv.machine import MachineState, VirtualMachine
from lab.hyperv.migration import Migration
from lab.powershell.values import Record, UnsignedInt, UnsignedLong, Value, display_text

HYPERV = "root/virtualization/v2"
CIMV2 = "root/cimv2"
UP_BEFORE = datetime.timedelta(days=12, hours=3)
"""How long before the lab's beginning every host was started (assumed)."""
SYSTEMS = {
    "2012": ("6.2.9200", "Microsoft Windows Server 2012 Datacenter"),
    "2012R2": ("6.3.9600", "Microsoft Windows Server 2012 R2 Datacenter"),
    "2016": ("10.0.14393", "Microsoft Windows Server 2016 Datacenter"),
    "2019": ("10.0.17763", "Microsoft Windows Server 2019 Datacenter"),
    "2022": ("10.0.20348", "Microsoft Windows Server 2022 Datacenter"),
    "2025": ("10.0.26100", "Microsoft Windows Server 2025 Datacenter"),
}
ENABLED_STATES = {
    MachineState.Running: 2,
    MachineState.Off: 3,
    MachineState.Paused: 32768,
    MachineState.Saved: 32769,
    MachineState.Starting: 32770,
    MachineState.Saving: 32773,
    MachineState.Stopping: 32774,
    MachineState.Pausing: 32776,
    MachineState.Resuming: 32777,
}
"""The EnabledState of Msvm_ComputerSystem, which counts otherwise than VMState (the reference, section 10.3)."""


@dataclass(frozen=True, slots=True)
class CimClass:
    """A class: its name, those it comes from, its key properties, and what instances a host has."""

    namespace: str
    name: str
    ancestors: tuple[str, ...]
    keys: tuple[str, ...]
    instances: Callable[[Host], Iterator[tuple[dict[str, Value], object]]]

    def records(self, host: Host) -> Iterator[Record]:
        """The instances of ``host``."""
        for properties, subject in self.instances(host):
            named = ", ".join(f'{key} = "{display_text(properties[key])}"' for key in self.keys)
            held: dict[str, Value] = {**properties, "PSComputerName": None}
            yield Record(self.type_names, held, f"{self.name} ({named})", subject)

    @property
    def type_names(self) -> tuple[str, ...]:
        """The .NET type with the class and its ancestors, as CimCmdlets decorates it."""
        instance = "Microsoft.Management.Infrastructure.CimInstance"
        decorated = (f"{instance}#{self.namespace}/{name}" for name in (self.name, *self.ancestors))
        return (*decorated, instance, "System.Object")


def _migration_jobs(host: Host) -> Iterator[tuple[dict[str, Value], object]]:
    for job in host.migrations:
        move_type, job_type = _kind(job)
        yield (
            {
                **job_properties(job, "Virtual machine migration", job_type, host),
                "DestinationHost": job.destination.name if job.is_live else None,
                "VirtualSystemName": str(job.machine.machine_id).upper(),
                "MigrationType": move_type,
            },
            job,
        )


def _kind(job: Migration) -> tuple[int, int]:
    """MigrationType and JobType."""
    if not job.is_live:
        return 32769, 307
    return (32771, 306) if job.moves_storage else (32768, 305)


def _computer_systems(host: Host) -> Iterator[tuple[dict[str, Value], object]]:
    yield _system(host.name, host.name, "Hosting Computer System", 2, UP_BEFORE, host), host
    for machine in host.machines.values():
        uptime = host.clock.now() - machine.started if machine.started else datetime.timedelta()
        machine_id = str(machine.machine_id).upper()
        state = ENABLED_STATES[machine.state]
        yield _system(machine.name, machine_id, "Virtual Machine", state, uptime, host, machine), machine


def _system(
    element_name: str,
    name: str,
    caption: str,
    state: int,
    uptime: datetime.timedelta,
    host: Host,
    machine: VirtualMachine | None = None,
) -> dict[str, Value]:
    statuses: list[Value] = [status.value for status in machine.statuses] if machine else [2]
    return {
        "CreationClassName": "Msvm_ComputerSystem",
        "Name": name,
        "ElementName": element_name,
        "Caption": caption,
        "Description": f"Microsoft {caption}",
        "EnabledState": state,
        "OtherEnabledState": None,
        "RequestedState": 12,
        "EnabledDefault": 2,
        "HealthState": 5,
        "OperationalStatus": statuses,
        "OnTimeInMilliseconds": UnsignedLong(uptime // datetime.timedelta(milliseconds=1)),
        "ProcessID": UnsignedInt(0),
        "InstallDate": machine.created.astimezone(host.local_time().tzinfo) if machine else None,
    }


def _win32_computer_system(host: Host) -> Iterator[tuple[dict[str, Value], object]]:
    yield (
        {
            "Name": host.name.upper(),
            "DNSHostName": host.name,
            "Domain": host.domain or "WORKGROUP",
            "PartOfDomain": bool(host.domain),
            "Workgroup": None if host.domain else "WORKGROUP",
            "DomainRole": 3 if host.domain else 2,
            "Manufacturer": "Simulated hardware",
            "Model": "Laboratory host",
            "TotalPhysicalMemory": UnsignedLong(host.memory),
            "NumberOfProcessors": UnsignedInt(1),
            "NumberOfLogicalProcessors": UnsignedInt(host.processors),
            "HypervisorPresent": True,
            "SystemType": "x64-based PC",
        },
        host,
    )


def _operating_system(host: Host) -> Iterator[tuple[dict[str, Value], object]]:
    version, caption = SYSTEMS[host.version]
    booted = host.clock.now() - datetime.timedelta(seconds=host.clock.elapsed) - UP_BEFORE
    yield (
        {
            "Name": f"{caption}|C:\\Windows|\\Device\\Harddisk0\\Partition3",
            "Caption": caption,
            "Version": version,
            "BuildNumber": version.rsplit(".", 1)[1],
            "CSName": host.name.upper(),
            "OSArchitecture": "64-bit",
            "MUILanguages": ["de-DE" if host.language == "de" else "en-US"],
            "LastBootUpTime": booted.astimezone(host.local_time().tzinfo),
            "LocalDateTime": host.local_time(),
            "FreePhysicalMemory": UnsignedLong(max(0, host.memory_free) >> 10),
            "TotalVisibleMemorySize": UnsignedLong(host.memory >> 10),
            "SystemDrive": "C:",
            "Status": "OK",
        },
        host,
    )


def _processors(host: Host) -> Iterator[tuple[dict[str, Value], object]]:
    maker, level = host.processor.maker, host.processor.level
    known = {"Intel": ("GenuineIntel", "Intel(R) Xeon(R) Processor"), "AMD": ("AuthenticAMD", "AMD EPYC Processor")}
    manufacturer, name = known[maker]
    yield (
        {
            "DeviceID": "CPU0",
            "Name": f"{name}, generation {level}",
            "Caption": f"{name}, generation {level}",
            "Manufacturer": manufacturer,
            "NumberOfCores": UnsignedInt(max(1, host.processors // 2)),
            "NumberOfLogicalProcessors": UnsignedInt(host.processors),
            "MaxClockSpeed": UnsignedInt(2600),
            "VirtualizationFirmwareEnabled": False,
            "SocketDesignation": "CPU 1",
        },
        host,
    )


CLASSES = (
    CimClass(HYPERV, "Msvm_MigrationJob", ("CIM_ConcreteJob", "CIM_Job"), ("InstanceID",), _migration_jobs),
    CimClass(HYPERV, "Msvm_ConcreteJob", ("CIM_ConcreteJob", "CIM_Job"), ("InstanceID",), replication_jobs),
    CimClass(
        HYPERV,
        "Msvm_AffectedJobElement",
        ("CIM_AffectedJobElement",),
        ("AffectedElement", "AffectingElement"),
        affected_elements,
    ),
    CimClass(
        HYPERV,
        "Msvm_ComputerSystem",
        ("CIM_ComputerSystem", "CIM_System"),
        ("CreationClassName", "Name"),
        _computer_systems,
    ),
    CimClass(CIMV2, "Win32_ComputerSystem", ("CIM_UnitaryComputerSystem",), ("Name",), _win32_computer_system),
    CimClass(CIMV2, "Win32_OperatingSystem", ("CIM_OperatingSystem",), ("Name",), _operating_system),
    CimClass(CIMV2, "Win32_Processor", ("CIM_Processor",), ("DeviceID",), _processors),
)


def find_class(namespace: str, name: str) -> CimClass | None:
    """The class of that name, in any letter case, or None."""
    wanted = (namespace.lower(), name.lower())
    return next((each for each in CLASSES if (each.namespace, each.name.lower()) == wanted), None)


def class_of(record: Record) -> CimClass | None:
    """The class that an instance belongs to, or None when it is none of these."""
    return next((each for each in CLASSES if record.type_names[0] == each.type_names[0]), None)
