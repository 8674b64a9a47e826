"""The installer as a whole: from the locks and the sources to an MSI with its list of what it holds."""

from __future__ import annotations

import os
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

from installer import bill_of_materials, launcher, product
from installer.runtime import Runtime
from installer.signing import Signer
from installer.stage import ROOT, Stage
from installer.wheels import Wheel, fetch

WORK = ROOT / "build" / "installer"
_BEFORE_ANY = 1_577_836_800
"""2020-01-01, the time of the files where neither the environment nor a repository tells one."""


@dataclass(frozen=True, slots=True)
class Package:
    """An installer that was built: its file, and the folder that it installs."""

    msi: Path
    stage: Path
    wheels: tuple[Wheel, ...]


def project_version() -> str:
    """The version of the program."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def build(target: Path, runtime: Runtime, version: str, signer: Signer | None = None) -> Package:
    """Build the installer of ``version`` in the folder ``target``; the same sources give the same bytes."""
    moment = _moment()
    wheels = fetch(WORK / "wheels", f"3.{runtime.stem.removeprefix('python3')}")
    stage = Stage(WORK / "stage", runtime, wheels, version)
    stage.make(WORK, moment)
    if signer is not None:
        signer.sign(stage.folder / product.PROGRAM)
    msi = target / f"VM-Ferry-{version}-x64.msi"
    pack(stage.folder, version, msi)
    if signer is not None:
        signer.sign(msi)
    bom = msi.with_suffix(".cdx.json")
    bill_of_materials.write(bom, msi, version, runtime, stage.python, wheels, moment)
    return Package(msi, stage.folder, wheels)


def pack(stage: Path, version: str, msi: Path) -> None:
    """Make an MSI of what is staged."""
    icon = WORK / "launcher" / "vmferry.ico"
    if not icon.exists():
        launcher.draw_icon(icon.parent)
    product.describe(stage, version, icon, _moment()).write(msi, WORK / "database", _moment())


def _moment() -> int:
    """When the sources were last changed, in seconds: what is built from them gets this time."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    asked = subprocess.run(
        ["git", "-C", ROOT, "log", "-1", "--format=%ct"], capture_output=True, text=True, check=False
    )
    return int(asked.stdout) if asked.returncode == 0 else _BEFORE_ANY
