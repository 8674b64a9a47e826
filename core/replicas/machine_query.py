"""What one host says of the replication of one machine, for who looks at just that."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from core.hyperv.query import CLOCK, ask
from core.powershell.command import Pipeline, command
from core.replicas.records import REPLICATIONS, STATISTICS


def machine_query(machine_id: UUID) -> Pipeline:
    """The question whose answer ``sides`` reads: every leg of the machine on the host that is asked."""
    machine = command("Get-VM", Id=machine_id)
    return ask(
        (
            CLOCK,
            replace(REPLICATIONS, source=machine | command("Get-VMReplication")),
            replace(STATISTICS, source=machine | command("Measure-VMReplication")),
        )
    )
