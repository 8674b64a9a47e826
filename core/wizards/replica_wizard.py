"""What the wizards about a replica that is there already have in common: its disks, and what its relationship has."""

from __future__ import annotations

from dataclasses import replace

from core.estate.estate import Estate
from core.failover.settings import Settings, clock_text
from core.hyperv.records import Machine
from core.replicas.side import Side
from core.replication.protection import Protection, Window
from core.wizards.enable_replication import EnableWizard


class ReplicaWizard(EnableWizard):
    """About ``machine``, the replica that ``receiver`` is; filled with what it has of its relationship."""

    IS_NEW = False

    def __init__(self, estate: Estate, receiver: Side, machine: Machine, *, is_introduced: bool) -> None:
        super().__init__(estate, receiver.host, machine, is_introduced=is_introduced)
        self.receiver = receiver
        row, choices = receiver.row, self.choices
        choices.compresses = row.compression_enabled is not False
        choices.keeps_points = row.recovery_history > 0
        choices.hours = row.recovery_history or choices.hours

    def protection(self) -> Protection:
        """What the choices come to."""
        settings = Settings.of(self.receiver)
        window = Window(clock_text(settings.begins), clock_text(settings.ends)) if settings.resynchronizes else None
        return replace(super().protection(), excluded=(), adapters=(), window=window)
