"""Get-Service, for the services that this simulation stands for."""

from __future__ import annotations

from collections.abc import AsyncIterator

from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import refuse_parameters, windows_error
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import EnumValue, Record, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

TYPES = ("System.ServiceProcess.ServiceController", "System.ComponentModel.Component", "System.Object")
SERVICES = {
    "vmms": {"en": "Hyper-V Virtual Machine Management", "de": "Hyper-V-Verwaltung für virtuelle Computer"},
    "WinRM": {
        "en": "Windows Remote Management (WS-Management)",
        "de": "Windows-Remoteverwaltung (WS-Verwaltung)",
    },
}
EXCEPTION = "Microsoft.PowerShell.Commands.ServiceCommandException"


@cmdlet("Get-Service", aliases=("gsv",))
async def get_service(call: Call) -> AsyncIterator[Value]:
    """The services by name or display name, with wildcards; both always run."""
    refuse_parameters(call, "DependentServices", "RequiredServices", "InputObject")
    displays = [display_text(value) for value in listed(call.parameters.get("DisplayName"))]
    patterns = displays or [display_text(value) for value in listed(call.parameters.get("Name"))] or ["*"]
    included, excluded = (
        [display_text(value) for value in listed(call.parameters.get(key))] for key in ("Include", "Exclude")
    )
    for pattern in patterns:
        found = [
            (name, texts[call.host.language])
            for name, texts in SERVICES.items()
            if matches(pattern, texts[call.host.language] if displays else name)
        ]
        if not found and not has_wildcards(pattern):
            call.error(windows_error(call, "service_missing", "ObjectNotFound", EXCEPTION, pattern, name=pattern))
        for name, display in found:
            if included and not any(matches(wanted, name) for wanted in included):
                continue
            if not any(matches(unwanted, name) for unwanted in excluded):
                yield _record(name, display)


def _record(name: str, display: str) -> Record:
    properties: dict[str, Value] = {
        "Name": name,
        "ServiceName": name,
        "DisplayName": display,
        "Status": EnumValue("System.ServiceProcess.ServiceControllerStatus", "Running", 4),
        "StartType": EnumValue("System.ServiceProcess.ServiceStartMode", "Automatic", 2),
        "CanStop": True,
        "CanPauseAndContinue": False,
        "MachineName": ".",
    }
    return Record(TYPES, properties, name)
