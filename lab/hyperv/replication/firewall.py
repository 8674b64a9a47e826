"""The rules of a host's firewall that replication and migrations need.

Names are published; display names are localised, so that rules are to be found by name.
"""

from __future__ import annotations

from dataclasses import dataclass

HTTP_LISTENER = "VIRT-HVRHTTPL-In-TCP-NoScope"
HTTPS_LISTENER = "VIRT-HVRHTTPSL-In-TCP-NoScope"
MIGRATION = "VIRT-MIGL-In-TCP-NoScope"
GROUPS = {
    "en": {HTTP_LISTENER: "Hyper-V Replica HTTP", HTTPS_LISTENER: "Hyper-V Replica HTTPS", MIGRATION: "Hyper-V"},
    "de": {
        HTTP_LISTENER: "Hyper-V-Replikat HTTP",
        HTTPS_LISTENER: "Hyper-V-Replikat HTTPS",
        MIGRATION: "Hyper-V",
    },
}
DISPLAY_NAMES = {
    "en": {
        HTTP_LISTENER: "Hyper-V Replica HTTP Listener (TCP-In)",
        HTTPS_LISTENER: "Hyper-V Replica HTTPS Listener (TCP-In)",
        MIGRATION: "Hyper-V (MIG-TCP-In)",
    },
    "de": {
        HTTP_LISTENER: "Hyper-V-Replikat-HTTP-Listener (TCP eingehend)",
        HTTPS_LISTENER: "Hyper-V-Replikat-HTTPS-Listener (TCP eingehend)",
        MIGRATION: "Hyper-V (MIG-TCP eingehend)",
    },
}
PORTS = {HTTP_LISTENER: 80, HTTPS_LISTENER: 443, MIGRATION: 6600}
"""The ports that the rules open; another port needs a rule of its own."""


@dataclass(slots=True, eq=False)
class FirewallRule:
    """An inbound rule that allows TCP to ``port``."""

    name: str
    port: int
    is_enabled: bool

    def display_name(self, language: str) -> str:
        """What the host's console calls it."""
        return DISPLAY_NAMES[language].get(self.name, self.name)

    def group(self, language: str) -> str:
        """The group it is shown in."""
        return GROUPS[language].get(self.name, "")


def default_rules(*, listens: bool) -> list[FirewallRule]:
    """The rules of a host with the Hyper-V role: those of the replica listeners are disabled at first."""
    return [FirewallRule(name, port, listens or name == MIGRATION) for name, port in PORTS.items()]


def lets_in(rules: list[FirewallRule], port: int) -> bool:
    """Whether TCP to ``port`` gets through."""
    return any(rule.is_enabled and rule.port == port for rule in rules)
