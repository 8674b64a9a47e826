"""PowerShell's wildcards: ``*``, ``?`` and ``[a-z]``, in any letter case, with a backtick before a literal
one.
"""

from __future__ import annotations

import re


def has_wildcards(pattern: str) -> bool:
    """Whether the text holds a wildcard that is not escaped."""
    return re.search(r"(?<!`)[*?\[]", pattern) is not None


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text fits the pattern."""
    return re.fullmatch(_expression(pattern), text, re.IGNORECASE | re.DOTALL) is not None


def _expression(pattern: str) -> str:
    parts: list[str] = []
    for token in re.findall(r"`.|\[[^\]]+\]|.", pattern, re.DOTALL):
        if token == "*":
            parts.append(".*")
        elif token == "?":
            parts.append(".")
        elif token.startswith("[") and len(token) > 1:
            inside = re.sub(r"([\\^\[])", r"\\\1", token[1:-1])
            parts.append(f"[{inside}]")
        else:
            parts.append(re.escape(token.removeprefix("`") if len(token) > 1 else token))
    return "".join(parts)
