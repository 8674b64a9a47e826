"""Get-Module."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import refuse_parameters
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.documented import POWERSHELL_MODULES
from lab.powershell.values import EnumValue, Record, Value, Version, display_text
from lab.powershell.wildcards import matches

TYPES = ("System.Management.Automation.PSModuleInfo", "System.Object")
FOLDER = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\Modules"
HYPERV = "Hyper-V"
SNAP_IN = "Microsoft.PowerShell.Core"
"""It is part of PowerShell itself and no module."""
VERSIONS = {
    "ActiveDirectory": "1.0.1.0",
    "CimCmdlets": "1.0.0.0",
    "NetAdapter": "2.0.0.0",
    "NetTCPIP": "1.0.0.0",
    "SmbShare": "2.0.0.0",
    "Storage": "2.0.0.0",
}
POWERSHELL_VERSION = "3.1.0.0"


@cmdlet("Get-Module", aliases=("gmo",))
async def get_module(call: Call) -> AsyncIterator[Value]:
    """The modules of the commands that this endpoint shows; every one counts as loaded, in its newest version."""
    refuse_parameters(call, "FullyQualifiedName", "PSSession", "CimSession", "PSEdition")
    patterns = [display_text(value) for value in listed(call.parameters.get("Name"))] or ["*"]
    for name, version in _modules(call, available=call.switch("ListAvailable")):
        if any(matches(pattern, name) for pattern in patterns):
            yield _record(name, version)


def _modules(call: Call, *, available: bool) -> Iterator[tuple[str, str]]:
    for name in sorted({syntax.module for syntax in call.runspace.shown_commands()} - {SNAP_IN}):
        if name != HYPERV:
            version = POWERSHELL_VERSION if name in POWERSHELL_MODULES else VERSIONS.get(name, "1.0.0.0")
            yield name, version
        elif call.host.is_old:
            yield name, "1.1"
        else:
            yield name, "2.0.0.0"
            if available:
                yield name, "1.1"


def _record(name: str, version: str) -> Record:
    folder = f"{FOLDER}\\{name}" + (f"\\{version}" if name == HYPERV else "")
    properties: dict[str, Value] = {
        "Name": name,
        "Version": Version(version),
        "ModuleType": EnumValue("System.Management.Automation.ModuleType", "Manifest", 2),
        "ModuleBase": folder,
        "Path": f"{folder}\\{name}.psd1",
    }
    return Record(TYPES, properties, name)
