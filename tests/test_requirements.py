"""The lock files: exact versions with hashes for every platform, and nothing that says where to download."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import dev
from core.support.licences import licence

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "installer" / "requirements"
LOCKS = ["runtime.txt", "development.txt", "kerberos.txt", "windows.txt"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

LICENCES: dict[str, str] = tomllib.loads((REQUIREMENTS / "licences.toml").read_text("utf-8"))
ALLOWED = {
    *("MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "PSF-2.0", "MPL-2.0"),
    # Of Qt, which stays a library of its own: see the licence of Qt in Help, About.
    "LGPL-3.0-only",
}
SPDX = {
    "MIT License": "MIT",
    "Apache 2.0": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "new BSD License": "BSD-2-Clause",
    "ISC License (ISCL)": "ISC",
}
"""What older packages call a licence."""

LOCKED_LINE = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9][0-9A-Za-z.+!-]*)"
    r"(?: ; [a-z_]+ [=!<>]{1,2} '[A-Za-z0-9.]+'(?: (?:and|or) [a-z_]+ [=!<>]{1,2} '[A-Za-z0-9.]+')*)?"
    r"(?: --hash=sha256:[0-9a-f]{64})+"
)


def logical_lines(lock: str) -> list[str]:
    """The requirements of a lock file, one line each, without comments."""
    lines = [line for line in lock.splitlines() if not line.lstrip().startswith("#")]
    return [re.sub(r"\s+", " ", line).strip() for line in "\n".join(lines).replace("\\\n", " ").splitlines()]


def locked_versions(lock: str) -> dict[str, str]:
    """Version by name; raises AssertionError on a line that is anything but a name, a version and hashes."""
    versions = {}
    for line in logical_lines(lock):
        match = LOCKED_LINE.fullmatch(line)
        assert match, f"not a version with hashes: {line[:110]}"
        versions[match["name"]] = match["version"]
    return versions


def read(name: str) -> str:
    return (REQUIREMENTS / name).read_text("utf-8")


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_has_version_and_hashes(name: str) -> None:
    assert locked_versions(read(name))


@pytest.mark.parametrize(
    "line",
    [
        "h11==0.16.0",
        "h11>=0.16.0 --hash=sha256:" + 64 * "a",
        "h11==0.16.0 --hash=md5:" + 32 * "a",
        "h11 @ file:///srv/h11.whl --hash=sha256:" + 64 * "a",
        "--index-url somewhere",
        "-e .",
    ],
)
def test_anything_else_is_refused(line: str) -> None:
    with pytest.raises(AssertionError, match="not a version with hashes"):
        locked_versions(line)


@pytest.mark.parametrize("name", LOCKS)
def test_no_address_and_no_foreign_path(name: str) -> None:
    text = re.sub(r"--hash=sha256:[0-9a-f]{64}", "", read(name))
    assert not re.findall(r"\S*://\S*|\S+\.(?:org|com|net|io|dev)\b|[A-Za-z]:\\\S*|(?<!\S)[/~]\S+", text)


@pytest.mark.parametrize("name", LOCKS)
def test_lock_says_how_it_is_made(name: str) -> None:
    header = read(name).splitlines()[1]
    assert "uv pip compile pyproject.toml" in header
    assert f"--output-file installer/requirements/{name}" in header


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("runtime.txt", PROJECT["project"]["dependencies"]),
        ("development.txt", PROJECT["project"]["dependencies"]),
        ("development.txt", PROJECT["dependency-groups"]["development"]),
        ("development.txt", PROJECT["build-system"]["requires"]),
        ("kerberos.txt", PROJECT["project"]["dependencies"]),
        ("windows.txt", PROJECT["project"]["dependencies"]),
    ],
)
def test_every_dependency_is_locked(lock: str, requirements: list[str]) -> None:
    versions = locked_versions(read(lock))
    for requirement in map(Requirement, requirements):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement


def test_development_is_runtime_and_more() -> None:
    runtime, development, kerberos, windows = (locked_versions(read(name)) for name in LOCKS)
    assert runtime.items() < development.items()
    assert kerberos.items() - runtime.items() == {
        (name, kerberos[name]) for name in (*dev.KERBEROS_MODULES.split(","), "decorator")
    }
    assert windows.items() < runtime.items()


def locked_names() -> set[str]:
    return {name for lock in LOCKS for name in locked_versions(read(lock))}


def test_every_locked_package_is_listed_with_its_licence() -> None:
    assert set(LICENCES) == locked_names()
    # Of a choice of licences, one has to do.
    assert not {name: told for name, told in LICENCES.items() if not ALLOWED & set(told.split(" OR "))}


@pytest.mark.parametrize("name", sorted(LICENCES))
def test_the_licence_of_a_package_is_that_which_it_tells(name: str) -> None:
    told = licence_of(name)
    if told is None:
        pytest.skip("another system, or the sign-in by Kerberos, needs it")
    assert SPDX.get(told, told) == LICENCES[name]


def licence_of(name: str) -> str | None:
    """As the installed package says; None where it is not installed."""
    found = list(importlib.metadata.distributions(name=name))
    return licence(found[0].metadata) if found else None
