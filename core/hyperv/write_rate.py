"""How fast machines write to their disks, as a host's performance counters tell it.

Object and counter are those that Windows documents for Hyper-V. That an instance is called as the path of the disk,
with dashes in place of backslashes, is seen in published output; Windows in another language has other names, and
then nothing is told."""

from __future__ import annotations

from collections.abc import Iterable

from core.hyperv.query import Reading, RowQuestion
from core.powershell.command import command

_COUNTER = r"\Hyper-V Virtual Storage Device(*)\Write Bytes/sec"

WRITES = RowQuestion(
    "writes",
    command("Get-Counter", Counter=(_COUNTER,)) | command("Select-Object", ExpandProperty="CounterSamples"),
    ("InstanceName", "CookedValue"),
)
"""What every virtual disk of a host is written to now; the cmdlet takes a second for it."""


def write_rate(reading: Reading, paths: Iterable[str]) -> float | None:
    """Bytes a second that the disks at ``paths`` are written to together; None where none of them is told."""
    wanted = {path.replace("\\", "-").lower() for path in paths}
    found = [
        float(row["CookedValue"])
        for row in reading.rows(WRITES)
        if str(row.get("InstanceName")).lower() in wanted and isinstance(row.get("CookedValue"), int | float)
    ]
    return sum(found) if found else None
