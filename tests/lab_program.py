"""``python -m lab`` with all that a lab needs already in memory: see nursery."""

from __future__ import annotations

import sys

from lab.__main__ import main
from lab.laboratory import Laboratory
from lab.scenarios import scenario

# Cmdlets and their documentation are read when the first laboratory is made.
Laboratory(scenario.read("two-sites"), seed=1, speed=0.0, latency=0.0, transcript=None)

if __name__ == "__main__":
    sys.exit(main())
