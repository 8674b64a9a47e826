"""Whether what the installer is made of has changed lately, so that it has to be tried again.

A submission is some commits, made within a few hours, and CI sees only the history that they ended up in. So what
counts is whether one of the commits within a day before the newest has touched something of the installer. That misses
nothing as long as no commit of a submission is older than a day; for a day after a change more is tried than needed.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

DAY = 86_400
"""Seconds."""
INPUTS = (
    "installer",
    "pyproject.toml",
    "dev.py",
    ".ci",
    "gui/__main__.py",
    "gui/application.py",
    "gui/self_test.py",
    "core/estate/practice.py",
    "core/estate/preset_profiles.py",
    "core/remoting/wire_check.py",
)
_NOT = "it is not tried, because "


def reason(root: Path) -> str:
    """Why the installer is tried, or why not, in a sentence."""
    if _git(root, "rev-parse", "--is-shallow-repository") != "false":
        return "it is tried, because there is no whole history to see changes in."
    if _git(root, "status", "--porcelain", "--", *INPUTS):
        return "it is tried, because what it is made of has changes that are not committed."
    newest = _git(root, "log", "-1", "--format=%ct")
    since = f"--since={int(newest or 0) - DAY}"
    touched = _git(root, "log", since, "--format=%h %s", "--", *INPUTS).splitlines()
    if touched:
        return f"it is tried, because of {len(touched)} commits within the last day, such as {touched[0]!r}."
    return _NOT + "no commit within the last day has touched " + ", ".join(INPUTS) + "."


def is_due(why: str) -> bool:
    """Whether ``why`` is a reason to try it."""
    return not why.startswith(_NOT)


def _git(root: Path, *arguments: str) -> str:
    """What git answers, empty where it cannot."""
    asked = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else ""
