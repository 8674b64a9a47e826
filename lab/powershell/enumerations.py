"""The names and numbers of the enumerations that parameters take."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from lab.powershell.documented import documentation

_NEWEST = "2025"
_NUMBERS: Mapping[str, Mapping[int, str]] = {
    # Names and numbers as the Hyper-V module defines them; enumerations not listed here take names only.
    "ActionPreference": {
        0: "SilentlyContinue",
        1: "Stop",
        2: "Continue",
        3: "Inquire",
        4: "Ignore",
        5: "Suspend",
    },
    "CheckpointType": {2: "Disabled", 3: "Production", 4: "ProductionOnly", 5: "Standard"},
    "ControllerType": {0: "IDE", 1: "SCSI"},
    "DisplayHintType": {0: "Date", 1: "Time", 2: "DateTime"},
    "RecoveryAuthenticationType": {1: "Kerberos", 2: "Certificate", 3: "CertificateAndKerberos"},
    "ReplicationAuthenticationType": {1: "Kerberos", 2: "Certificate"},
    "StartAction": {2: "Nothing", 3: "StartIfRunning", 4: "Start"},
    "StopAction": {2: "TurnOff", 3: "Save", 4: "ShutDown"},
    "VMReplicationHealthState": {0: "NotApplicable", 1: "Normal", 2: "Warning", 3: "Critical"},
    "VMReplicationMode": {0: "None", 1: "Primary", 2: "Replica", 3: "TestReplica", 4: "ExtendedReplica"},
    "VMReplicationRelationshipType": {0: "Simple", 1: "Extended"},
    "VMSwitchType": {0: "Private", 1: "Internal", 2: "External"},
    "VhdType": {2: "Fixed", 3: "Dynamic", 4: "Differencing"},
}


def enumeration_names(type_name: str) -> tuple[str, ...]:
    """The names of the enumeration ``type_name`` (without namespace); empty for other types.

    The pages of some versions list no names (2012) or not all; the enumeration is taken to be the same in every
    version (assumed), with the most names that a cmdlet of the newest version documents.
    """
    return _documented_names().get(type_name) or tuple(_NUMBERS.get(type_name, {}).values())


def enumeration_name(type_name: str, number: int) -> str | None:
    """The name with this number in the enumeration ``type_name`` (without namespace), None where unknown."""
    return _NUMBERS.get(type_name, {}).get(number)


@functools.cache
def _documented_names() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for cmdlet in documentation().names():
        syntax = documentation().syntax(cmdlet, _NEWEST)
        for parameter in syntax.parameters.values() if syntax else ():
            type_name = parameter.type.removesuffix("[]").rsplit(".", 1)[-1]
            if len(parameter.accepted_values) > len(found.get(type_name, ())):
                found[type_name] = parameter.accepted_values
    return found
