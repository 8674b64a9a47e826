"""Keeps passwords out of what is written for people: each that the program has learnt is known here, in memory only."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from functools import partial
from html import escape
from urllib.parse import quote, quote_plus

HIDDEN = "[hidden]"
_SHORTEST = 3
"""Characters; what is shorter would blacken every other word."""
_SPOKEN = re.compile(
    r"(?i)(-password\s+|\b(?:password|passwd|pwd|secret|token)\b[\"']?\s*[=:]\s*|\bauthorization:\s*\w+\s+)"
    r"(?:\"[^\"]*\"|'[^']*'|[^\s,;\"']+)"
)
"""A secret after the word for it, as in ``-Password 'x'``, ``password=x`` or a header that signs in."""

_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")

_known: set[str] = set()


def hide(secret: str | None) -> None:
    """Remember that this must never be shown."""
    if secret is not None and len(secret) >= _SHORTEST:
        _known.update(form for form in _forms(secret) if len(form) >= _SHORTEST)


def _forms(secret: str) -> Iterator[str]:
    """``secret`` as it may stand in a text: of a person, of Python, and of what speaks to a host."""
    yield secret
    yield from (json.dumps(secret, ensure_ascii=ascii)[1:-1] for ascii in (True, False))
    yield from (repr(secret)[1:-1], ascii(secret)[1:-1])
    # Within a text that holds both kinds of quotes, or as PowerShell writes any of its quotes.
    yield from (secret.replace("'", "''"), _QUOTES.sub(r"\1\1", secret))
    yield from (escape(secret, quote=False), escape(secret), escape(secret).replace("&#x27;", "&apos;"))
    yield from (encode(secret, errors="replace") for encode in (partial(quote, safe=""), quote, quote_plus))
    for encoding in ("utf-8", "utf-16-le"):
        encoded = secret.encode(encoding, "surrogatepass")
        yield from (base64.b64encode(encoded).decode(), encoded.hex())


def redacted(text: str) -> str:
    """``text`` without any secret that is known, and without what looks like one."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _SPOKEN.sub(lambda found: found[1] + HIDDEN, text)
