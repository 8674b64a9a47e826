"""All simulated hosts of one lab, on one clock."""

from __future__ import annotations

from dataclasses import dataclass, field

from lab.hyperv.clock import Clock
from lab.hyperv.host import Host


@dataclass(slots=True)
class Estate:
    """The hosts behind one lab. A host finds another by name, as DNS would tell it."""

    clock: Clock
    hosts: list[Host] = field(default_factory=list)

    def find(self, name: str) -> Host | None:
        """The host called ``name``, or None where no name server knows it."""
        return next((host for host in self.hosts if host.is_called(name)), None)
