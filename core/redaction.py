"""Keeps passwords out of what is written for people: each that the program has learnt is known here, in memory only."""

from __future__ import annotations

import json
import re
from html import escape

HIDDEN = "[hidden]"
_SHORTEST = 3
"""Characters; what is shorter would blacken every other word."""
_SPOKEN = re.compile(
    r"(?i)(-password\s+|\b(?:password|passwd|pwd|secret|token)\b[\"']?\s*[=:]\s*|\bauthorization:\s*\w+\s+)"
    r"(?:\"[^\"]*\"|'[^']*'|[^\s,;\"']+)"
)
"""A secret after the word for it, as in ``-Password 'x'``, ``password=x`` or a header that signs in."""

_known: set[str] = set()


def hide(secret: str | None) -> None:
    """Remember that this must never be shown."""
    if secret is not None and len(secret) >= _SHORTEST:
        quoted = (json.dumps(secret, ensure_ascii=ascii)[1:-1] for ascii in (True, False))
        _known.update((secret, escape(secret, quote=False), secret.replace("'", "''"), *quoted))


def redacted(text: str) -> str:
    """``text`` without any secret that is known, and without what looks like one."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _SPOKEN.sub(lambda found: found[1] + HIDDEN, text)
