"""dev.py: what its verbs run, what it refuses, and what it finds missing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import dev


def run_dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, dev.__file__, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_verbs_are_listed(arguments: tuple[str, ...]) -> None:
    shown = run_dev(*arguments)
    assert shown.returncode == 0
    for verb, what in dev.VERBS.items():
        assert f"  {verb:<10} {what}\n" in shown.stdout


def test_unknown_verb_is_refused() -> None:
    shown = run_dev("tset")
    assert shown.returncode == 2
    assert "dev.py knows no verb 'tset'." in shown.stderr
    assert shown.stdout == ""


def test_demo_shows_a_window_where_there_is_a_screen(tmp_path: Path) -> None:
    command, environment = dev.demo_command(["--transcript", str(tmp_path / "wire.txt")], screen=True)
    assert command == ["-m", "gui", "--practice", "two-sites", "--transcript", tmp_path / "wire.txt"]
    assert environment == {}


def test_demo_is_a_tour_where_there_is_none() -> None:
    command, environment = dev.demo_command([], screen=False)
    assert command == ["-m", "tests.end_to_end.tour", "--tour", "short", "--out", dev.ROOT / "build" / "tour"]
    assert environment == {"QT_QPA_PLATFORM": "offscreen"}


@pytest.mark.parametrize(
    ("arguments", "length"), [(["--tour"], "short"), (["--tour", "all"], "all"), (["--out", "x"], "short")]
)
def test_demo_is_a_tour_on_request(arguments: list[str], length: str) -> None:
    command, _ = dev.demo_command(arguments, screen=True)
    assert command[:4] == ["-m", "tests.end_to_end.tour", "--tour", length]


def test_demo_hands_on_everything_with_paths_from_where_the_user_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = ["--tour", "all", "--out", "pictures", "--scenario", "branch", "--transcript", "wire.txt"]
    command, _ = dev.demo_command(given, screen=False)
    expected = ["--tour", "all", "--out", tmp_path / "pictures", "--scenario", "branch"]
    assert command[2:] == [*expected, "--transcript", tmp_path / "wire.txt"]


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14), (4, 0)])
def test_unfit_python_is_refused_in_words(version: tuple[int, int]) -> None:
    refusal = dev.python_refusal(version)
    assert refusal.startswith(f"VM Ferry needs Python 3.11 to 3.13; this is Python {version[0]}.{version[1]} (")


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_fit_python_is_taken(version: tuple[int, int]) -> None:
    assert dev.python_refusal(version) == ""


def test_an_older_python_can_read_the_refusal() -> None:
    ast.parse(Path(dev.__file__).read_text("utf-8"), feature_version=(3, 6))


def test_packages_are_missing_unless_installed_or_provided() -> None:
    listing = (
        "installed xauth, \n"
        "installed libglib2.0-0t64, libglib2.0-0 (= 2.80.0-6ubuntu3), libgio-2.0-0\n"
        "config-files xvfb, xserver\n"
        "not-installed libgl1, \n"
    )
    wanted = ["xauth", "libglib2.0-0", "libgio-2.0-0", "xvfb", "libgl1", "libegl1"]
    assert dev.missing_packages(wanted, listing) == ["xvfb", "libgl1", "libegl1"]


def test_exit_codes_are_passed_on() -> None:
    assert dev.run([sys.executable, "-c", "raise SystemExit(7)"]) == 7
