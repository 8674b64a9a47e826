"""Text that is shown as it is: what comes from hosts may look like markup, and is none."""

from __future__ import annotations


def tip(text: str) -> str:
    """``text`` as a tool tip, which Qt would take for markup where it looks like it."""
    if "<" not in text:
        return text
    # The window is painted before the names of hosts are there.
    import html

    return f"<qt>{html.escape(text, quote=False)}</qt>".replace("\n", "<br>")
