"""``python -m tests.bench``: measures, and prints a table with a verdict for each target."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.row import Row, table

NAMES = ("first_paint", "refresh", "sweep", "window", "machine_list", "thousand", "moves", "idle", "grid")
"""The measurements, each a module with ``measure``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for; the exit code tells nothing of the targets: a busy machine may miss them."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure (all): {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="smaller estates and fewer rounds, below three minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows as a list of objects")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.names if name not in NAMES]:
        parser.error(f"there is no measurement {unknown[0]!r}; there are {', '.join(NAMES)}")
    rows: list[Row] = []
    for name in given.names or NAMES:
        measure: Callable[..., list[Row]] = importlib.import_module(f"tests.bench.{name}").measure
        found = measure(quick=given.quick)
        print(table(found), flush=True)
        rows += found
    if given.json is not None:
        given.json.write_text(json.dumps([row.plain() for row in rows], indent=2) + "\n", encoding="utf-8")
    missed = sum(row.met is False for row in rows)
    print(f"{len(rows)} figures, {missed} of the targets missed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
