"""Tries a built installer on this computer, which runs Windows: ``python -m installer.test_on_windows DIST OUT``.

It is meant for a computer that is made for the purpose, as CI has: VM Ferry is installed and removed again. DIST holds
the MSI, OUT gets the report and the pictures of the program's own test.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from installer.computer import Computer
from installer.installed import HOME, PROGRAM, Failed, Installed
from installer.trial import carry_out


class TrialOnWindows:
    """Everything that needs nothing but the MSI."""

    def __init__(self, msi: Path, out: Path) -> None:
        self._msi = msi
        self._out = out
        self._version = msi.name.split("-")[2]
        self._computer = Computer()
        self._installed = Installed(self._computer, frozenset())

    def checks(self) -> Iterator[tuple[str, Callable[[], str | None]]]:
        """What is tried, in words, in an order in which each finds what it needs."""
        yield "it is installed silently, with a desktop shortcut", self._install
        yield "self-test of the installed program", self._self_test
        yield "running changes nothing in the program's folder", lambda: self._installed.expect(self._version)
        yield "a repair brings back what was damaged", self._repair
        yield "removal leaves nothing", self._remove

    def _install(self) -> str:
        self._installed.install(self._msi, "DESKTOP=1")
        self._installed.files = self._installed.found(HOME)
        self._installed.expect(self._version)
        self._installed.expect_shortcuts(desktop=True, menu=True)
        return f"{len(self._installed.files)} files and folders"

    def _self_test(self) -> str:
        """Here hosts of the practice lab are signed in to by Negotiate, through SSPI."""
        outcome = self._computer.run([PROGRAM, "--self-test", self._out])
        report = json.loads((self._out / "self-test.json").read_text("utf-8"))
        if outcome.code or not report["works"]:
            raise Failed(f"exit code {outcome.code}: {report}")
        return f"{len(report['checks'])} checks"

    def _repair(self) -> None:
        lost = self._computer.path(rf"{HOME}\program\gui\console.py")
        content = lost.read_bytes()
        lost.unlink()
        self._installed.repair(self._version)
        if lost.read_bytes() != content:
            raise Failed("not all is as it was")

    def _remove(self) -> None:
        self._installed.remove(self._version)
        self._installed.expect_gone(HOME)


def main(arguments: list[str]) -> int:
    """Try it; returns the exit code."""
    if sys.platform != "win32" or len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    dist, out = (Path(argument).absolute() for argument in arguments)
    out.mkdir(parents=True, exist_ok=True)
    return carry_out(TrialOnWindows(next(dist.glob("VM-Ferry-*-x64.msi")), out).checks())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
