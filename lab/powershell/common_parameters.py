"""The parameters that every cmdlet takes besides its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.powershell.documented import Parameter
from lab.powershell.values import Value, display_text

COMMON_PARAMETERS: Mapping[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        Parameter("Verbose", "SwitchParameter", ("vb",)),
        Parameter("Debug", "SwitchParameter", ("db",)),
        Parameter("ErrorAction", "ActionPreference", ("ea",)),
        Parameter("WarningAction", "ActionPreference", ("wa",)),
        Parameter("InformationAction", "ActionPreference", ("infa",)),
        Parameter("ErrorVariable", "String", ("ev",)),
        Parameter("WarningVariable", "String", ("wv",)),
        Parameter("InformationVariable", "String", ("iv",)),
        Parameter("OutVariable", "String", ("ov",)),
        Parameter("OutBuffer", "Int32", ("ob",)),
        Parameter("PipelineVariable", "String", ("pv",)),
    )
}
"""The common parameters of Windows PowerShell 5.1; they belong to every set."""


@dataclass(frozen=True, slots=True)
class CommonParameters:
    """The common parameters that the engine honours; a preference is None when it was not given."""

    error_action: str | None = None
    warning_action: str | None = None
    error_variable: str | None = None
    warning_variable: str | None = None
    out_variable: str | None = None
    verbose: bool = False

    @classmethod
    def of(cls, bound: Mapping[str, Value]) -> CommonParameters:
        """Read them from what a binder bound."""

        def text(name: str) -> str | None:
            return display_text(bound[name]) if bound.get(name) is not None else None

        return cls(
            error_action=text("ErrorAction"),
            warning_action=text("WarningAction"),
            error_variable=text("ErrorVariable"),
            warning_variable=text("WarningVariable"),
            out_variable=text("OutVariable"),
            verbose=bound.get("Verbose") is True,
        )
