"""A thousand hosts with 25 machines each: how long a sweep takes, in how much memory, and with 200 of them dead."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

from tests.bench.estate import bench_lab
from tests.bench.program import Course, follow
from tests.bench.row import Row

MEGABYTE = 1 << 20


def measure(*, quick: bool) -> list[Row]:
    """Every sweep is taken twice: for the first the lab prepares its answers."""
    hosts = 60 if quick else 1000
    few, dead = hosts // 10, hosts // 5
    with bench_lab(f"scale:{hosts}x25") as lab:
        everyone = tuple(lab.ready["hosts"])
        follow(Course(everyone))
        before = lab.processor_seconds
        all_of_them = follow(Course(everyone))
        lab_share = (lab.processor_seconds - before) / all_of_them.seconds
        some = follow(Course(everyone[:few]))
        healthy = everyone[dead:]
        alone = follow(Course(healthy))
        with black_holes(everyone[:dead]) as silent:
            among_dead = follow(Course(healthy, silent))
    name = f"{hosts} hosts with 25 machines"
    return [
        Row(f"{name}: sweep", all_of_them.seconds, "s"),
        Row(
            f"{name}: time of each against {few} hosts",
            (all_of_them.seconds / hosts) / (some.seconds / few),
            "x",
            most=1.3,
        ),
        Row(f"{name}: memory of the program", all_of_them.memory / MEGABYTE, "MB", most=600),
        Row(f"{name}: worst freeze", all_of_them.worst * 1000, "ms"),
        Row(f"{name}: 99th percentile of the freezes", all_of_them.percentile * 1000, "ms", most=20),
        Row(f"{name}: processor of the lab meanwhile", lab_share, "cores"),
        Row(
            f"{dead} black holes among {hosts} hosts: time of the others against without",
            among_dead.seconds / alone.seconds,
            "x",
            most=1.1,
        ),
    ]


@contextlib.contextmanager
def black_holes(hosts: tuple[dict[str, Any], ...]) -> Iterator[tuple[dict[str, Any], ...]]:
    """The hosts at ports that complete no connection: the queue of those who wait there is full."""
    with contextlib.ExitStack() as sockets:
        hole = sockets.enter_context(socket.socket())
        hole.bind(("127.0.0.1", 0))
        hole.listen(0)
        for _place in range(2):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(hole.getsockname())
        yield tuple({**host, "port": hole.getsockname()[1]} for host in hosts)
