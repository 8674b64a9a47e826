"""What a machine is on one leg of a replication."""

from __future__ import annotations

import enum

from core.language import _


class Role(enum.Enum):
    """What a machine is on one leg, on one host."""

    PRIMARY = "primary"
    REPLICA = "replica"
    EXTENDING = "extending"
    EXTENDED_REPLICA = "extended replica"

    @property
    def sends(self) -> bool:
        """Whether this side sends; the other one receives."""
        return self in (Role.PRIMARY, Role.EXTENDING)

    @property
    def word(self) -> str:
        """What the machine is called in this role."""
        return {
            Role.PRIMARY: _("Primary"),
            Role.REPLICA: _("Replica"),
            Role.EXTENDING: _("Replica that is extended"),
            Role.EXTENDED_REPLICA: _("Extended replica"),
        }[self]
