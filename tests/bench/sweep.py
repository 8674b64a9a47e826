"""A sweep over 50 hosts with 100 machines each, against the floor and against what an administrator would script."""

from __future__ import annotations

import asyncio
import statistics
import time

from core.estate.connection import Connection
from core.estate.inventory import INVENTORY_QUERY
from tests.bench import floor
from tests.bench.estate import THREADS, bench_lab, estate_of
from tests.bench.row import Row
from tests.core.estates import read_all


def measure(*, quick: bool) -> list[Row]:
    """Rounds of each are taken in turn, so that a change of the machine's load meets all of them."""
    hosts, rounds, scripted = (20, 2, 2) if quick else (50, 3, 10)
    ours: list[float] = []
    bare: list[float] = []
    by_script: list[float] = []
    with bench_lab(f"scale:{hosts}x100", "--latency-ms", "20") as lab:
        # The lab prepares its answers while it gives them for the first time.
        floor.fetch(lab.connections, INVENTORY_QUERY, THREADS)
        floor.script(lab.connections[:scripted])
        for _round in range(rounds):
            began = time.perf_counter()
            floor.fetch(lab.connections, INVENTORY_QUERY, THREADS)
            bare.append(time.perf_counter() - began)
            lab_before = lab.processor_seconds
            ours.append(asyncio.run(_sweep(lab.connections)))
            lab_share = (lab.processor_seconds - lab_before) / ours[-1]
        began = time.perf_counter()
        floor.script(lab.connections[:scripted])
        by_script.append((time.perf_counter() - began) * hosts / scripted)
    name = f"sweep of {hosts} hosts with 100 machines, 20 ms away"
    ratio = statistics.median(one / other for one, other in zip(ours, bare, strict=True))
    return [
        Row(name, statistics.median(ours), "s"),
        Row(f"{name}: against bare pypsrp with as many threads", ratio, "x", most=2.0),
        Row(
            f"{name}: faster than typed objects, host after host (from {scripted} hosts)",
            statistics.median(by_script) / statistics.median(ours),
            "x",
            least=10.0,
        ),
        Row(f"{name}: processor of the lab meanwhile", lab_share, "cores"),
    ]


async def _sweep(connections: list[Connection]) -> float:
    async with estate_of(connections) as estate:
        began = time.perf_counter()
        await read_all(estate)
        took = time.perf_counter() - began
        assert all(picture.inventory is not None for picture in estate.pictures)
    return took
