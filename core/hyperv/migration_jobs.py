"""The jobs of a host that migrate machines and storage: how they are listed, and how one is asked to end.

They run in the host's management service, so they are there whoever began them, and go on when their client is gone.
"""

from __future__ import annotations

from core.hyperv.query import Question
from core.hyperv.records import MigrationJob
from core.powershell.command import Hashtable, Pipeline, Statement, Switch, command

_NAMESPACE = "root/virtualization/v2"
_CLASS = "Msvm_MigrationJob"
_TERMINATE = 4
"""The requested state with which a job is asked to end (RequestStateChange in Microsoft's WMI reference)."""
ACCEPTED = frozenset({0, 4096})
"""What RequestStateChange returns when the job ends: done, or begun (same reference)."""

MIGRATION_JOBS = Question(
    "migrations", command("Get-CimInstance", Namespace=_NAMESPACE, ClassName=_CLASS), MigrationJob
)
"""The migrations under way, and those that ended in the last minutes."""


def end_migration(instance_id: str) -> Pipeline:
    """Ask one job to end; what is printed is the number that the host returns."""
    return Pipeline(
        (
            Statement(
                (
                    command("Get-CimInstance", Namespace=_NAMESPACE, ClassName=_CLASS),
                    command("Where-Object", Property="InstanceID", Value=instance_id, EQ=Switch.PRESENT),
                    command(
                        "Invoke-CimMethod",
                        MethodName="RequestStateChange",
                        Arguments=Hashtable((("RequestedState", _TERMINATE),)),
                    ),
                    command("Select-Object", ExpandProperty="ReturnValue"),
                )
            ),
        )
    )
