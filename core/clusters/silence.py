"""A cluster that does not answer: its service does not run on the node that was asked."""

from __future__ import annotations

from core.language import _
from core.remoting.errors import CmdletFailed


class ClusterSilent(CmdletFailed):
    """The cluster service does not run: it was stopped, the cluster has lost its quorum, or the host is no node.

    The cmdlets say the same in all three cases (published records of Get-Cluster).
    """

    @property
    def sentence(self) -> str:
        return _(
            "The cluster service of {host} does not answer: it is stopped, or the cluster is without quorum."
        ).format(host=self.host)

    @property
    def usual_cure(self) -> str:
        """What to do where the host advises nothing."""
        return _(
            "Look in Failover Cluster Manager whether the cluster has lost its quorum, and start the cluster service on"
            " its nodes. The virtual machines themselves may run on."
        )
