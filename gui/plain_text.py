"""Text that is shown as it is: what comes from hosts may look like markup, and is none."""

from __future__ import annotations

import html


def tip(text: str) -> str:
    """``text`` as a tool tip, which Qt would take for markup where it looks like it."""
    if "<" not in text:
        return text
    return f"<qt>{html.escape(text, quote=False)}</qt>".replace("\n", "<br>")
