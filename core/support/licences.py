"""What the program is made of, and under which licences: as the packages say that are installed."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import resources
from core.language import _

PROGRAM = "vmferry"
_QT = ("pyside6-essentials", "shiboken6")
_LICENCES = Path(resources.__path__[0]) / "licences"
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r"extra\s*==\s*[\"']([^\"']+)")
_LICENCE_FILE = re.compile(r"(?i)(licen[cs]e|copying|notice)")


@dataclass(frozen=True, slots=True)
class Package:
    """One package with the name of its licence, and the texts that come with it."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]


def version() -> str:
    """The version of the program; empty where it runs without being installed."""
    try:
        return importlib.metadata.version(PROGRAM)
    except importlib.metadata.PackageNotFoundError:
        return ""


def packages() -> tuple[Package, ...]:
    """The program and everything that it needs, in the order of the names; what is not installed is left out."""
    found: dict[str, Package] = {}
    wanted = [(PROGRAM, frozenset[str]())]
    seen = set()
    while wanted:
        name, extras = wanted.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if (key, extras) in seen:
            continue
        seen.add((key, extras))
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            # What another system needs, or an extra that nobody has asked for.
            continue
        found[key] = _package(key, distribution)
        wanted += _needed(distribution, extras)
    return tuple(found[key] for key in sorted(found))


def qt_notice() -> str:
    """What has to be said of Qt."""
    return _(
        "VM Ferry uses Qt and PySide6, which are under the GNU Lesser General Public License, version 3. They are"
        " installed as libraries of their own, which you may replace with changed ones; The Qt Company publishes"
        " their source."
    )


def _needed(
    distribution: importlib.metadata.Distribution, extras: frozenset[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    """The packages that a package requires, each with its extras."""
    for requirement in distribution.requires or ():
        what, _semicolon, marker = requirement.partition(";")
        extra = _EXTRA.search(marker)
        name = _NAME.match(what)
        if name is not None and (extra is None or extra[1] in extras):
            _before, bracket, rest = what.partition("[")
            yield name[0], frozenset(_NAME.findall(rest.partition("]")[0])) if bracket else frozenset()


def _package(key: str, distribution: importlib.metadata.Distribution) -> Package:
    metadata = distribution.metadata
    texts = list(_texts(distribution))
    if key in _QT:
        texts = [(_LICENCES / name).read_text(encoding="utf-8") for name in ("LGPL-3.0.txt", "GPL-3.0.txt")]
    return Package(metadata["Name"], distribution.version, licence(metadata), tuple(texts))


def _texts(distribution: importlib.metadata.Distribution) -> Iterator[str]:
    """The licences whole. What is installed may lack the list of its files: then only those it names are found."""
    named = [str(name) for name in distribution.metadata.get_all("License-File") or ()]
    listed = [str(file).partition(".dist-info/")[2] for file in distribution.files or ()]
    places = [place for name in named for place in (f"licenses/{name}", name)]
    for place in dict.fromkeys([*places, *filter(_LICENCE_FILE.search, listed)]):
        if text := distribution.read_text(place):
            yield text


def licence(metadata: importlib.metadata.PackageMetadata) -> str:
    """The short name of a licence, from the first place that has one."""
    if expression := metadata.get_all("License-Expression"):
        return str(expression[0])
    short = "".join(metadata.get_all("License") or ()).strip()
    if short and "\n" not in short and len(short) < 100:
        return short
    classifiers = metadata.get_all("Classifier") or ()
    return ", ".join(each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License"))
