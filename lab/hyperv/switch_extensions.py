"""The switch extensions that come with Windows, and the features that they let be set."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from lab.hyperv.host import Host, VirtualSwitch


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension; ``is_on`` is how it comes in a new switch, ``first`` the first version of Windows that has it."""

    name: str
    identifier: uuid.UUID
    kind: str
    is_on: bool
    first: str = "2012"


@dataclass(frozen=True, slots=True)
class FeatureKind:
    """A feature of the switch itself that can be set for a port or for a switch."""

    name: str
    identifier: uuid.UUID


VERSIONS = ("2012", "2012R2", "2016", "2019", "2022", "2025")
EXTENSIONS = (
    Extension("Microsoft NDIS Capture", uuid.UUID("EA24CD6C-D17A-4348-9190-09F0D5BE83DD"), "Capture", False),
    Extension(
        "Microsoft Windows Filtering Platform", uuid.UUID("E7C3B2F0-F3C5-48DF-AF2B-10FED6D72E7A"), "Filter", True
    ),
    Extension(
        "Microsoft Azure VFP Switch Extension",
        uuid.UUID("E9B59CFA-2BE1-4B21-828F-B6FBDBDDC017"),
        "Forwarding",
        False,
        "2016",
    ),
)
"""Names and IDs as public outputs of Get-VMSwitchExtension have them."""
NATIVE_PORT = "Microsoft Virtual Ethernet Adapter Native Properties"
NATIVE_SWITCH = "Microsoft Virtual Ethernet Switch Native Properties"
NATIVE_ID = uuid.UUID("91E6D4FB-F2E4-4E0B-95B4-9A7A3EE0B6B4")
"""The name and (assumed) ID under which features of the switch itself go."""
PORT_FEATURES = (
    FeatureKind("Ethernet Switch Port VLAN Settings", uuid.UUID("952C5004-4465-451C-8CB8-FA9AB382B773")),
    FeatureKind("Ethernet Switch Port Security Settings", uuid.UUID("776E0BA7-94A1-41C8-8F28-951F524251B5")),
    FeatureKind("Ethernet Switch Port Bandwidth Settings", uuid.UUID("24AD3CE1-69BD-4978-B2AC-DAAD389D699C")),
    FeatureKind("Ethernet Switch Port ACL Settings", uuid.UUID("998BEF4A-5D55-492A-9C43-8B2F5EAE9F2B")),
    FeatureKind("Ethernet Switch Port Offload Settings", uuid.UUID("C885BFD1-ABB7-418F-8163-9F379C9F7166")),
    FeatureKind("Ethernet Switch Port Profile Settings", uuid.UUID("9940CD46-8B06-43BB-B9D5-93D50381FD56")),
)
SWITCH_FEATURES = (
    FeatureKind("Ethernet Switch Bandwidth Settings", uuid.UUID("3EB2B8E8-4ABF-4DBF-9071-16DD47481FBE")),
    FeatureKind("Ethernet Switch NIC Teaming Settings", uuid.UUID("6E8C2A4E-1C23-4D0B-9E56-0B8CB2B9F6B1")),
)
"""Names and IDs of features (assumed where public outputs do not show them)."""
PORT_DATA = (
    FeatureKind("Ethernet Switch Port Bandwidth Data", uuid.UUID("9F3A4B1D-3A8B-4D02-8A52-5C7C1B0B0E01")),
    FeatureKind("Ethernet Switch Port Offload Data", uuid.UUID("9F3A4B1D-3A8B-4D02-8A52-5C7C1B0B0E02")),
)
SWITCH_DATA = (
    FeatureKind("Ethernet Switch Bandwidth Data", uuid.UUID("9F3A4B1D-3A8B-4D02-8A52-5C7C1B0B0E03")),
    FeatureKind("Ethernet Switch Hardware Offload Data", uuid.UUID("9F3A4B1D-3A8B-4D02-8A52-5C7C1B0B0E04")),
)
"""What ports and switches report of themselves; names and IDs are assumed."""


def extensions(host: Host) -> list[Extension]:
    """The extensions that this version of Windows has."""
    return [e for e in EXTENSIONS if VERSIONS.index(e.first) <= VERSIONS.index(host.version)]


def is_enabled(extension: Extension, switch: VirtualSwitch) -> bool:
    """Whether an extension is on in a switch."""
    return extension.is_on != (extension.name in switch.toggled_extensions)


def set_enabled(extension: Extension, switch: VirtualSwitch, *, on: bool) -> None:
    """Switch an extension on or off in a switch."""
    if is_enabled(extension, switch) != on:
        switch.toggled_extensions ^= {extension.name}
