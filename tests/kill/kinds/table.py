"""Every kind of plan that core makes."""

from __future__ import annotations

from tests.kill.kinds import failovers, moves, operations, replications

KINDS = (*moves.KINDS, *operations.KINDS, *replications.KINDS, *failovers.KINDS)
