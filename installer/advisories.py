"""``python -m installer.advisories``: asks the configured package index what is known against the locked versions.

The index is the one that pip is told to use (``index-url``, by its configuration or its environment); none is known
here. An index that has the JSON of single releases beside its simple pages lists their ``vulnerabilities`` there
(documentation of its JSON API). Where there is no such index, or it has no such lists, one line says so, and
nothing fails.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REQUIREMENTS = Path(__file__).parent / "requirements"
_LOCKED = re.compile(r"(?m)^([a-z0-9-]+)==([0-9A-Za-z.+!-]+)")
_AT_ONCE = 4
_SECONDS = 15
_MOST_BYTES = 20_000_000


class NotAsked(Exception):
    """The index cannot be asked; the text is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Advisory:
    """Something that is known against a locked version, and the versions that are without it."""

    name: str
    version: str
    number: str
    fixed_in: tuple[str, ...]

    def __str__(self) -> str:
        cure = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else "no version without it is known"
        return f"{self.name} {self.version}: {self.number}, {cure}"


class Index:
    """The releases of a package index, by the address of its simple pages. Raises NotAsked for any other address."""

    def __init__(self, address: str) -> None:
        parts = urllib.parse.urlsplit(address)
        path, simple, rest = parts.path.rstrip("/").rpartition("/simple")
        if parts.scheme not in ("http", "https") or not simple or rest:
            raise NotAsked("The package index that is configured has no pages of single releases.")
        self._base = urllib.parse.urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, "", ""))
        self._headers = {"Accept": "application/json"}
        if parts.username is not None:
            user = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
            self._headers["Authorization"] = f"Basic {base64.b64encode(user.encode()).decode()}"

    def advisories(self, name: str, version: str) -> Iterator[Advisory]:
        """What is known against a release and was not withdrawn. Raises NotAsked."""
        request = urllib.request.Request(f"{self._base}/pypi/{name}/{version}/json", headers=self._headers)
        told: object = None
        reason = ""
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as response:
                told = json.loads(response.read(_MOST_BYTES))
        except (OSError, ValueError, RecursionError) as error:
            # Kept as an exception's cause, it would keep the connection.
            reason = _reason(error)
        if reason:
            raise NotAsked(f"The package index does not tell of single releases ({reason}).")
        listed = told.get("vulnerabilities") if isinstance(told, dict) else None
        if not isinstance(listed, list):
            raise NotAsked("The package index lists no vulnerabilities.")
        for each in listed:
            if isinstance(each, dict) and not each.get("withdrawn"):
                yield Advisory(name, version, _number(each), tuple(map(str, each.get("fixed_in") or ())))


def locked() -> dict[str, set[str]]:
    """The versions of every locked package, from all locks."""
    found: dict[str, set[str]] = {}
    for lock in sorted(REQUIREMENTS.glob("*.txt")):
        for name, version in _LOCKED.findall(lock.read_text(encoding="utf-8")):
            found.setdefault(name, set()).add(version)
    return found


def configured_index() -> str:
    """The address that pip is told to use. Raises NotAsked where it is told none."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found: list[tuple[str, str]] = re.findall(r"(?m)^(:env:|install|global)\.index-url='(.*)'$", listing)
    if not found:
        raise NotAsked("No package index is configured (index-url of pip).")
    # The environment wins, then what is set for the command.
    return min(found, key=lambda each: (":env:", "install", "global").index(each[0]))[1]


def audit(index: Index, packages: Mapping[str, set[str]]) -> list[Advisory]:
    """Everything that the index knows against ``packages``. Raises NotAsked."""
    releases = [(name, version) for name, versions in sorted(packages.items()) for version in sorted(versions)]
    # The first alone: an index without advisories is asked for one release and no more.
    found = list(index.advisories(*releases[0]))
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for told in threads.map(lambda release: list(index.advisories(*release)), releases[1:]):
            found += told
    return found


def main() -> int:
    """Print what is known; the exit code is 1 when there is anything."""
    try:
        found = audit(Index(configured_index()), packages := locked())
    except NotAsked as reason:
        print(f"Whether anything is known against the locked versions was not asked. {reason}")
        return 0
    print("\n".join(map(str, found)) or f"Nothing is known against {len(packages)} locked packages.")
    return 1 if found else 0


def _number(advisory: Mapping[str, Any]) -> str:
    names = [str(advisory.get("id") or "an advisory without a number"), *map(str, advisory.get("aliases") or ())]
    return " ".join(dict.fromkeys(names))


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    return str(getattr(error, "reason", "")) or type(error).__name__


if __name__ == "__main__":
    sys.exit(main())
