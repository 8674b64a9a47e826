"""PowerShell's wildcards."""

from __future__ import annotations

import pytest

from lab.powershell.wildcards import has_wildcards, matches


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("web*", "WEB-01", True),
        ("web*", "my-web", False),
        ("w?b", "wxb", True),
        ("w?b", "wb", False),
        ("[a-c]1", "B1", True),
        ("[a-c]1", "d1", False),
        ("[^a]", "^", True),
        ("a.b", "axb", False),
        ("a`*", "a*", True),
        ("a`*", "ab", False),
        ("[x", "[x", True),
        ("*", "", True),
        ("", "x", False),
    ],
)
def test_matches(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits


@pytest.mark.parametrize(("pattern", "has"), [("a*", True), ("a?", True), ("[a]", True), ("a", False), ("a`*", False)])
def test_has_wildcards(pattern: str, has: bool) -> None:
    assert has_wildcards(pattern) is has
