"""Get-VMIntegrationService, Enable-VMIntegrationService and Disable-VMIntegrationService."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from lab.cmdlets.checkpoints import asked_settings
from lab.cmdlets.enumerations import hyperv_enum, hyperv_types
from lab.cmdlets.targets import listed, reported
from lab.hyperv.changes import refusal, require_idle
from lab.hyperv.host import Host
from lab.hyperv.machine import USES_MEMORY, VirtualMachine
from lab.hyperv.settings import GUEST_SERVICE_INTERFACE, HEARTBEAT, SHUTDOWN
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches


@dataclass(frozen=True, slots=True)
class Service:
    """An integration service: its name in English and German, its type and its ID (field reports)."""

    name: str
    german: str
    type_name: str
    identifier: str

    def shown_name(self, host: Host) -> str:
        """The name in the host's language."""
        return self.german if host.language == "de" else self.name


SERVICES = (
    Service(
        GUEST_SERVICE_INTERFACE,
        "Gastdienstschnittstelle",
        "GuestServiceInterfaceComponent",
        "6C09BB55-D683-4DA0-8931-C9BF705F6480",
    ),
    Service(HEARTBEAT, "Takt", "VMHeartbeatComponent", "84EAAE65-2F2E-45F5-9BB5-0E857DC8EB47"),
    Service(
        "Key-Value Pair Exchange",
        "Austausch von Schlüsselwertepaaren",
        "DataExchangeComponent",
        "2A34B1C2-FD73-4043-8A5B-DD2159BC743F",
    ),
    Service(SHUTDOWN, "Herunterfahren", "ShutdownComponent", "9F8233AC-BE49-4C79-8EE3-E7E1985B2077"),
    Service(
        "Time Synchronization", "Zeitsynchronisierung", "VMIntegrationComponent", "2497F4DE-E9FA-4204-80E4-4B75C46419C0"
    ),
    Service("VSS", "VSS", "VMIntegrationComponent", "5CED1297-4598-4915-A5FC-AD21BB4D02A4"),
)


@dataclass(frozen=True, slots=True, eq=False)
class MachineService:
    """A service in a machine, which a record of it stands for."""

    machine: VirtualMachine
    service: Service


def service_record(service: Service, machine: VirtualMachine, host: Host) -> Record:
    """A service as Get-VMIntegrationService prints it."""
    enabled = service.name not in machine.integration_services_off
    ok = hyperv_enum("VMIntegrationComponentOperationalStatus", "Ok", 2)
    answers = enabled and machine.state in USES_MEMORY
    status: list[Value] = [ok] if answers else []
    descriptions: list[Value] = ["OK"] if answers else []
    name = service.shown_name(host)
    properties: dict[str, Value] = {
        "Enabled": enabled,
        "OperationalStatus": status,
        "PrimaryOperationalStatus": ok if answers else None,
        "PrimaryStatusDescription": "OK" if answers else "",
        "SecondaryOperationalStatus": None,
        "SecondaryStatusDescription": "",
        "StatusDescription": descriptions,
        "Name": name,
        "Id": f"Microsoft:{machine.machine_id}\\{service.identifier}".upper(),
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    own = () if service.type_name == "VMIntegrationComponent" else (service.type_name,)
    types = hyperv_types(*own, "VMIntegrationComponent", "VMComponentObject", "VirtualizationObject")
    return Record(types, properties, f"VMIntegrationComponent (Name = '{name}')", MachineService(machine, service))


@cmdlet("Get-VMIntegrationService")
async def get_vm_integration_service(call: Call) -> AsyncIterator[Value]:
    """The integration services of machines and of checkpoints."""
    for found in _asked(call):
        yield service_record(found.service, found.machine, call.host)


@cmdlet("Enable-VMIntegrationService")
async def enable_vm_integration_service(call: Call) -> AsyncIterator[Value]:
    """Offer services to guests."""
    async for value in _switch(call, on=True):
        yield value


@cmdlet("Disable-VMIntegrationService")
async def disable_vm_integration_service(call: Call) -> AsyncIterator[Value]:
    """Withdraw services from guests."""
    async for value in _switch(call, on=False):
        yield value


async def _switch(call: Call, *, on: bool) -> AsyncIterator[Value]:
    for found in _asked(call):
        with reported(call):
            machine, name = found.machine, found.service.name
            require_idle(machine, call.host)
            off = machine.integration_services_off - {name}
            machine.integration_services_off = off if on else off | {name}
            if call.switch("Passthru"):
                yield service_record(found.service, machine, call.host)


def _asked(call: Call) -> Iterator[MachineService]:
    """The services of the machines that the call names; a name that fits none is an error for each machine."""
    for value in listed(call.parameters.get("VMIntegrationService")):
        if isinstance(value, Record) and isinstance(value.subject, MachineService):
            yield value.subject
    names = list(map(display_text, listed(call.parameters.get("Name")))) or ["*"]
    for machine in asked_settings(call):
        for name in names:
            found = [s for s in _offered(call.host) if matches(name, s.shown_name(call.host))]
            if not found and not has_wildcards(name):
                with reported(call, name):
                    raise refusal("integration_service_unknown", machine, call.host, name=name)
            yield from (MachineService(machine, service) for service in found)


def _offered(host: Host) -> Iterator[Service]:
    """The guest service interface came with Windows Server 2012 R2."""
    yield from (s for s in SERVICES if s.name != GUEST_SERVICE_INTERFACE or host.version != "2012")
