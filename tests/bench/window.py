"""How long the window freezes while 50 hosts with 100 machines each are read."""

from __future__ import annotations

from tests.bench.estate import bench_lab
from tests.bench.program import Course, follow
from tests.bench.row import Row


def measure(*, quick: bool) -> list[Row]:
    """A first sweep lets the lab prepare its answers."""
    hosts = 20 if quick else 50
    with bench_lab(f"scale:{hosts}x100", "--latency-ms", "20") as lab:
        course = Course(tuple(lab.ready["hosts"]))
        follow(course)
        account = follow(course)
    name = f"window while {hosts} hosts with 100 machines are read"
    return [
        Row(f"{name}: worst freeze", account.worst * 1000, "ms", most=50),
        Row(f"{name}: 99th percentile", account.percentile * 1000, "ms", most=20),
        Row(f"{name}: first machines shown after", account.first / account.seconds, "of the sweep", most=0.5),
    ]
