"""Whether the cluster service of a host answers: every cmdlet of the module asks it first."""

from __future__ import annotations

from lab.hyperv.clustering import Cluster, cluster_of
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call
from lab.powershell.streams import StatementError

TYPES = ("Microsoft.FailoverClusters.PowerShell.ClusterCmdletException", "System.Exception", "System.Object")


def serving(call: Call) -> Cluster:
    """The cluster of the host; raises StatementError where the service does not run.

    It does not on hosts outside clusters, nor without quorum (published error record).
    """
    cluster = cluster_of(call.host)
    if cluster is None or not cluster.has_quorum:
        failure = failed("cluster_service_stopped", call.host.language)
        raise StatementError(call.error_record(failure.message, call.syntax.name, "NotSpecified", TYPES))
    return cluster
