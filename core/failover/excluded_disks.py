"""The disks of a machine that its replication leaves out."""

from __future__ import annotations

from core.failover.steps import Place
from core.hyperv.disks import Asker
from core.hyperv.query import Reading, RowQuestion, ask
from core.powershell.command import command
from core.replicas.side import Side


async def read_excluded(asker: Asker, sender: Side) -> tuple[str, ...]:
    """The paths of the virtual hard disks that are not replicated (ExcludedDisks of Get-VMReplication).

    A physical disk has no file, and is never replicated. Raises RemotingError and UnexpectedAnswer.
    """
    listed = Place.of(sender).relationship | command("Select-Object", ExpandProperty="ExcludedDisks")
    question = RowQuestion("excluded", listed, ("Path", "DiskNumber"))
    answer = await asker(ask((question,)))
    answer.raise_for_errors()
    rows = Reading.of(answer.output).rows(question)
    return tuple(str(path) for row in rows if (path := row.get("Path")) and row.get("DiskNumber") is None)
