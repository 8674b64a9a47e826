"""The documented parameter sets of the cmdlets that simulated hosts serve.

The files in ``documented/`` copy facts from Microsoft's cmdlet reference: for each cmdlet, and each group of Windows
versions with the same parameters, the parameter sets as documented. Versions are ``2012``, ``2012R2``,
``2016``, ``2019``, ``2022`` and ``2025``; cmdlets that come with PowerShell itself are those of Windows
PowerShell 5.1 on every version.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

ALL_PARAMETER_SETS = "__AllParameterSets"
"""The name PowerShell gives the only parameter set of a cmdlet that names none."""

POWERSHELL_MODULES = frozenset(
    f"Microsoft.PowerShell.{part}" for part in ("Core", "Diagnostics", "Management", "Security", "Utility")
)

CLASS_MODULES = frozenset({"Hyper-V", "FailoverClusters", "CimCmdlets", "PKI"})
"""Further modules whose cmdlets are classes."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a cmdlet; ``accepted_values`` is empty unless the documentation lists them."""

    name: str
    type: str
    aliases: tuple[str, ...] = ()
    accepted_values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetParameter:
    """How one parameter set takes a parameter; ``position`` is None when only its name can give it."""

    mandatory: bool = False
    position: int | None = None
    by_value: bool = False
    by_property_name: bool = False


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """One parameter set; ``is_default`` when the documentation says so."""

    name: str
    is_default: bool
    parameters: Mapping[str, SetParameter]


@dataclass(frozen=True, slots=True)
class CommandSyntax:
    """A cmdlet as one Windows version documents it."""

    name: str
    module: str
    parameters: Mapping[str, Parameter]
    sets: tuple[ParameterSet, ...]

    @property
    def is_function(self) -> bool:
        """Whether it is a generated function, as in Storage and other CIM modules, and not a class."""
        return not (self.module in POWERSHELL_MODULES or self.module in CLASS_MODULES)

    def error_source(self, version: str) -> str:
        """What follows the comma in the FullyQualifiedErrorId of an error of this cmdlet.

        Hyper-V: ``Microsoft.HyperV.PowerShell.Commands.MoveVM``, with ``Command`` appended in the modules of
        2012 and 2012 R2 (public error records). Virtual disk cmdlets:
        ``Microsoft.Vhd.PowerShell.Cmdlets.GetVHD`` and ``...NewVhd`` (public error records). FailoverClusters,
        PKI and CimCmdlets: assumed.
        """
        verb, _, noun = self.name.partition("-")
        if self.module == "Hyper-V":
            old = version in ("2012", "2012R2")
            if noun == "VHD":
                if old:
                    return f"Microsoft.Vhd.PowerShell.{verb}VhdCommand"
                return f"Microsoft.Vhd.PowerShell.Cmdlets.{verb}{'VHD' if verb == 'Get' else 'Vhd'}"
            return f"Microsoft.HyperV.PowerShell.Commands.{verb}{noun}{'Command' if old else ''}"
        if self.module == "FailoverClusters":
            return f"Microsoft.FailoverClusters.PowerShell.{verb}{noun}Command"
        if self.module == "PKI":
            return f"Microsoft.CertificateServices.Commands.{verb}{noun}"
        if self.module == "CimCmdlets":
            return f"Microsoft.Management.Infrastructure.CimCmdlets.{verb}{noun}Command"
        return self.name if self.is_function else f"Microsoft.PowerShell.Commands.{verb}{noun}Command"


class Documentation:
    """The documented cmdlets; ``content`` is that of the files in ``documented/``."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = {name.lower(): (name, entry) for name, entry in content.items()}
        self._read: dict[tuple[str, str], CommandSyntax | None] = {}

    def names(self) -> list[str]:
        """The documented names of all cmdlets, whatever the version."""
        return [name for name, _ in self._content.values()]

    def syntax(self, name: str, version: str) -> CommandSyntax | None:
        """The cmdlet ``name`` (any letter case) in this Windows version; None where it is not documented."""
        key = (name.lower(), version)
        if key not in self._read:
            self._read[key] = self._read_syntax(*key)
        return self._read[key]

    def _read_syntax(self, lowered: str, version: str) -> CommandSyntax | None:
        name, entry = self._content.get(lowered, ("", {"shapes": ()}))
        for shape in entry["shapes"]:
            if version in shape["versions"]:
                parameters = {
                    key: Parameter(key, p["type"], tuple(p.get("aliases", ())), tuple(p.get("values", ())))
                    for key, p in shape["parameters"].items()
                }
                return CommandSyntax(name, entry["module"], parameters, _parameter_sets(shape["sets"]))
        return None


@functools.cache
def documentation() -> Documentation:
    """The documentation that comes with the lab."""
    folder = resources.files(__package__).joinpath("documented")
    content: dict[str, Any] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        content |= json.loads(file.read_text(encoding="utf-8"))
    return Documentation(content)


def _parameter_sets(described: list[dict[str, Any]]) -> tuple[ParameterSet, ...]:
    # The 2012 pages name neither sets nor a default; there the first one printed counts as it (assumed).
    unnamed = all((entry["name"] or "UNNAMED").startswith("UNNAMED") for entry in described)
    first_is_default = unnamed and not any(entry["default"] for entry in described)
    return tuple(
        ParameterSet(
            entry["name"] or ALL_PARAMETER_SETS,
            entry["default"] or (first_is_default and index == 0),
            {name: _set_parameter(flags) for name, flags in entry["parameters"].items()},
        )
        for index, entry in enumerate(described)
    )


def _set_parameter(flags: str) -> SetParameter:
    words = flags.split()
    position = next((int(word.removeprefix("position=")) for word in words if word.startswith("position=")), None)
    return SetParameter("mandatory" in words, position, "by-value" in words, "by-name" in words)
