"""Why a running pipeline is cancelled: its client stopped it, or the shell it runs in is gone."""

from __future__ import annotations

import asyncio
from typing import Final

SHELL_CLOSED: Final = "the shell was closed"
"""The message of the cancellation when a shell was deleted, timed out or lost."""


def shell_was_closed(cancelled: asyncio.CancelledError) -> bool:
    """Whether a pipeline ends because its shell is gone, and not because its client stopped it."""
    return SHELL_CLOSED in cancelled.args
