"""What the program takes while nobody sees its window."""

from __future__ import annotations

from tests.bench.estate import bench_lab
from tests.bench.program import Course, follow
from tests.bench.row import Row


def measure(*, quick: bool) -> list[Row]:
    """With 50 hosts connected."""
    with bench_lab("scale:50x25", speed=1.0) as lab:
        account = follow(Course(tuple(lab.ready["hosts"]), idle=10.0 if quick else 60.0))
    return [Row("idle with 50 hosts and a hidden window: of one core", account.idle_share * 100, "%", most=1.0)]
