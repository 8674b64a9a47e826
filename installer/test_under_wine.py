"""Tries a built installer under Wine, from the first installation to its removal: ``dev.py installer --test``.

Wine is Windows only in part. What it cannot show stands in docs/limits.md.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from installer import package, product
from installer.installed import HOME, PROGRAM, Failed, Installed
from installer.package import Package
from installer.runtime import Runtime
from installer.stage import LAYERS, PACKAGES, ROOT, size
from installer.trial import carry_out
from installer.trial_signing import check_signing
from installer.wine import Wine

LARGEST_MSI, LARGEST_INSTALLED = 45e6, 120e6
SLOWEST_START = 1.5
"""How many times as long as the program run from source the installed one may take to show its window."""
STARTS = 2
EARLIER = "0.0.1"

_OTHER_HOME = r"C:\Apps\VM Ferry"
_RESIDUE = "of-an-earlier-version.txt"
_PRESETS = r"C:\presets\servers.json"
_PRESET = {"address": "hv01.contoso.example", "password_place": "account", "connect_timeout": 1}
"""A server that nobody has, reached by the account that is signed in, so that no password is asked for."""
_CHECKS = {
    *("window", "svg", "libraries", "single sign-on", "guide and licences", "tls", "key store", "settings", "move"),
}


class Trial:
    """Everything that is tried with one package, in ``work``. Pictures and reports stay there."""

    def __init__(self, built: Package, runtime: Runtime, work: Path) -> None:
        self._built = built
        self._runtime = runtime
        self._work = work
        self._version = package.project_version()
        self._earlier = work / f"VM-Ferry-{EARLIER}-x64.msi"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        self._wine = Wine(work / "wine", for_qt=True)
        files = frozenset(path.relative_to(built.stage) for path in built.stage.rglob("*"))
        self._installed = Installed(self._wine, files)
        [home] = [path for path in (self._wine.drive / "users").iterdir() if path.name != "Public"]
        self._data = home / "AppData" / "Local" / "VM Ferry"

    def run(self) -> int:
        """Try everything; returns the exit code."""
        try:
            return carry_out(self._checks())
        finally:
            self._wine.close()

    def _checks(self) -> Iterator[tuple[str, Callable[[], str | None]]]:
        """What is tried, in words, in an order in which each finds what it needs."""
        yield "sizes", self._sizes
        yield "a rebuild gives the same bytes", self._rebuild
        yield "what it holds is listed", self._bill_of_materials
        yield "signing", lambda: check_signing(self._built, self._work / "signing")
        yield f"{EARLIER} is installed silently, with a desktop shortcut and preset profiles", self._install_earlier
        yield "the first start takes the preset profiles in", self._first_start
        yield "an upgrade in place keeps choices, settings and profiles", self._upgrade
        yield "an earlier version is refused", self._downgrade
        yield "self-test of the installed program", self._self_test
        yield "start", self._start
        yield "running changes nothing in the program's folder", self._unchanged
        yield "a repair brings back what was damaged", self._repair
        yield "removal leaves the user's own data and nothing else", self._remove
        yield "another folder, without shortcut", self._elsewhere

    def _sizes(self) -> str:
        msi, installed = self._built.msi.stat().st_size, size(self._built.stage)
        if msi > LARGEST_MSI or installed > LARGEST_INSTALLED:
            raise Failed(f"the MSI has {msi / 1e6:.1f} MB, installed {installed / 1e6:.1f} MB")
        count = len(self._installed.files)
        return f"MSI {msi / 1e6:.1f} MB, installed {installed / 1e6:.1f} MB in {count} files and folders"

    def _rebuild(self) -> str:
        again = package.build(self._work / "again", self._runtime, self._version)
        digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (self._built.msi, again.msi)]
        if digests[0] != digests[1]:
            raise Failed(" is not ".join(digests))
        return digests[0]

    def _bill_of_materials(self) -> str:
        document = json.loads(self._built.msi.with_suffix(".cdx.json").read_text("utf-8"))
        listed = {component["name"] for component in document["components"]}
        missing = {"CPython", *(wheel.name for wheel in self._built.wheels)} - listed
        licensed = {path.name for path in (self._built.stage / "licences").iterdir()}
        missing |= {"CPython", "Qt", "THIRD-PARTY.txt", *(wheel.name for wheel in self._built.wheels)} - licensed
        if document["bomFormat"] != "CycloneDX" or missing:
            raise Failed(f"without {', '.join(sorted(missing))}")
        return f"{len(listed)} components, each with its licence"

    def _install_earlier(self) -> None:
        """What was there before: the same program under an earlier version, with a file that is none of it now."""
        residue = self._built.stage / _RESIDUE
        residue.write_text("This file belongs to an earlier version.")
        try:
            package.pack(self._built.stage, EARLIER, self._earlier)
        finally:
            residue.unlink()
        presets = self._wine.path(_PRESETS)
        presets.parent.mkdir()
        presets.write_text(json.dumps({"schema": 1, "content": {"profiles": [_PRESET]}}))
        self._installed.install(self._earlier, "DESKTOP=1", f"PRESETPROFILES={_PRESETS}")
        self._installed.expect(EARLIER, frozenset({_RESIDUE}))
        self._installed.expect_shortcuts(desktop=True, menu=True)

    def _first_start(self) -> str:
        """The program is started as a user does, and its window is closed as a user closes it."""
        kept = self._data / "profiles.json"
        with self._wine.started([PROGRAM]) as program:
            self._await(lambda: kept.exists() and (self._data / "preset-profiles.json").exists(), "the profiles")
            self._wine.run(["taskkill", "/im", product.PROGRAM])
            code = program.wait(60)
        if code:
            raise Failed(f"the program ended with {code}")
        if (listed := json.loads(kept.read_text("utf-8"))["content"]["profiles"]) != [_PRESET]:
            raise Failed(f"listed are {listed}")
        # What a user changes is not to come back with the next version.
        changed = {**_PRESET, "name": "Mine"}
        kept.write_text(json.dumps({"schema": 1, "content": {"profiles": [changed]}}))
        (self._data / "window.ini").write_text("[wizards]\nmove\\before_you_begin=false\n")
        return str(_PRESET["address"])

    def _upgrade(self) -> None:
        before = _contents(self._data)
        self._installed.install(self._built.msi)
        self._installed.expect(self._version)
        self._installed.expect_shortcuts(desktop=True, menu=True)
        if (after := _contents(self._data)) != before:
            raise Failed(f"the user's data have changed: {sorted(before.keys() ^ after.keys()) or 'other contents'}")
        if _PRESETS not in (kept := self._installed.kept()):
            raise Failed(f"the preset profiles are forgotten: {kept}")

    def _downgrade(self) -> None:
        outcome = self._wine.run(["msiexec", "/i", self._wine.seen(self._earlier), "/qn"])
        if outcome.code == 0:
            raise Failed("it was installed")
        self._installed.expect(self._version)

    def _self_test(self) -> str:
        """Every check of the program itself. Wine's SSPI takes no account that is named, so hosts offer Basic."""
        scenario = (ROOT / "lab" / "scenarios" / "two-sites.toml").read_text("utf-8")
        wire = 'wire = { scheme = "https", authentication = ["basic"] }'
        described = self._wine.path(r"C:\https.toml")
        described.write_text(re.sub(r"(?m)^(name = \"HV-\w+\")$", rf"\1\n{wire}", scenario), "utf-8")
        outcome = self._wine.run([PROGRAM, "--self-test", r"C:\self-test", "--practice", r"C:\https.toml"])
        shutil.copytree(self._wine.path(r"C:\self-test"), self._work / "self-test")
        report = json.loads((self._work / "self-test" / "self-test.json").read_text("utf-8"))
        worked = {check["name"] for check in report["checks"] if check["works"]}
        if outcome.code or worked != _CHECKS:
            raise Failed(f"exit code {outcome.code}: {outcome.text}")
        if left := list(self._data.glob("self-test-*")):
            raise Failed(f"left behind: {left}")
        for line in outcome.text.splitlines():
            print(f"            {line}")
        return f"pictures in {self._work / 'self-test'}"

    def _start(self) -> str:
        """How long until the window is drawn: the installed program, and the same run from source."""
        source = self._source()
        run = ["--self-test", r"C:\start"]
        both: dict[str, list[str | Path]] = {
            "installed": [PROGRAM, *run],
            "from source": [source / "python.exe", "-m", "gui", *run],
        }
        # The first start from source compiles.
        self._seconds_to_window(both["from source"])
        times: dict[str, list[float]] = {name: [] for name in both}
        for _start in range(STARTS):
            for name, command in both.items():
                times[name].append(self._seconds_to_window(command))
        # The quickest of each: what else the computer does only adds to it.
        installed, from_source = map(min, times.values())
        found = f"{installed:.2f} s installed, {from_source:.2f} s from source ({installed / from_source:.2f} times)"
        if installed > SLOWEST_START * from_source:
            raise Failed(found)
        return found

    def _source(self) -> Path:
        """Python with all packages, nothing left out, and the sources as they are in the repository."""
        folder = self._work / "source"
        folder.mkdir()
        for name, content in self._runtime.files.items():
            (folder / name).write_bytes(content)
        for wheel in self._built.wheels:
            for path, content in wheel.members():
                (folder / PACKAGES / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / PACKAGES / path).write_bytes(content)
        for layer in LAYERS:
            shutil.copytree(ROOT / layer, folder / layer, ignore=shutil.ignore_patterns("__pycache__"))
        places = (f"{self._runtime.stem}.zip", ".", PACKAGES)
        (folder / f"{self._runtime.stem}._pth").write_text("\n".join(places))
        return folder

    def _seconds_to_window(self, command: list[str | Path]) -> float:
        outcome = self._wine.run(command, until="ok   window")
        # It was ended where it stood.
        for left in self._data.glob("self-test-*"):
            shutil.rmtree(left)
        for seconds, line in outcome.lines:
            if line.startswith("ok   window"):
                return seconds
        raise Failed(f"no window: {outcome.text}")

    def _unchanged(self) -> None:
        self._installed.expect_files(HOME)

    def _repair(self) -> str:
        lost = [rf"{HOME}\program\gui\console.py", rf"{HOME}\runtime\site-packages\PySide6\Qt6Svg.dll"]
        contents = [self._wine.path(each).read_bytes() for each in lost]
        for each in lost:
            self._wine.path(each).unlink()
        spoilt = self._wine.path(rf"{HOME}\program\core\language.py")
        whole = spoilt.read_bytes()
        spoilt.write_bytes(whole[:-100])
        self._installed.repair(self._version)
        if [self._wine.path(each).read_bytes() for each in lost] != contents or spoilt.read_bytes() != whole:
            raise Failed("not all is as it was")
        self._installed.expect(self._version)
        self._installed.expect_shortcuts(desktop=True, menu=True)
        return f"{len(lost)} files that were missing, and one that was cut"

    def _remove(self) -> str:
        before = _contents(self._data)
        self._installed.remove(self._version)
        self._installed.expect_gone(HOME)
        if _contents(self._data) != before:
            raise Failed("the user's data have changed")
        return "left are " + ", ".join(sorted(str(name) for name in before))

    def _elsewhere(self) -> None:
        self._installed.install(self._built.msi, f"INSTALLFOLDER={_OTHER_HOME}", "STARTMENU=0")
        self._installed.expect_files(_OTHER_HOME)
        self._installed.expect_shortcuts(desktop=False, menu=False)
        self._installed.remove(self._version)
        self._installed.expect_gone(_OTHER_HOME)

    def _await(self, condition: Callable[[], bool], what: str) -> None:
        limit = time.monotonic() + 120
        while not condition():
            if time.monotonic() > limit:
                raise Failed(f"{what} did not come")
            time.sleep(0.1)


def _contents(folder: Path) -> dict[Path, bytes]:
    """The files in a folder, by their names; what programs leave for each other while they run does not count."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".lock" and "programs" not in path.parts
    }
