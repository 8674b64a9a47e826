"""``python3 dev.py installer``: builds the Windows installer, and tries it under Wine."""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import dev
from installer import changes, package
from installer.runtime import Runtime, UnfitRuntime, from_file, from_package
from installer.signing import Signer
from installer.stage import ROOT, size

# Debian's: Wine for the compiler of CPython and for the trial, the makers of the launcher, the MSI and signatures.
PACKAGES = (
    "binutils-mingw-w64-x86-64",
    "gcab",
    "gcc-mingw-w64-x86-64-win32",
    "msitools",
    "osslsigncode",
    # Wine's SSPI asks its ntlm_auth.
    "winbind",
    "wine",
    "wine64",
    "xauth",
    "xvfb",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, or build and try; returns the exit code."""
    given = _parser().parse_args(arguments)
    if given.if_changed:
        reason = changes.reason(ROOT)
        print(f"The Windows installer: {reason}", flush=True)
        if not changes.is_due(reason):
            return 0
    refusal = _prepare()
    if refusal:
        print(refusal, file=sys.stderr)
        return 1
    try:
        runtime = _runtime(given)
    except (UnfitRuntime, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    began = time.monotonic()
    signer = Signer(given.sign_with, given.sign_password, given.timestamp) if given.sign_with else None
    built = package.build(given.out.absolute(), runtime, package.project_version(), signer)
    _report(built, time.monotonic() - began)
    if not given.test:
        return 0
    from installer.test_under_wine import Trial

    return Trial(built, runtime, package.WORK / "trial").run()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py installer", description=__doc__)
    parser.add_argument("--test", action="store_true", help="install, run, upgrade, repair and remove it under Wine")
    parser.add_argument("--if-changed", action="store_true", help="do nothing unless what it is made of has changed")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR", help="where the MSI goes (dist)")
    parser.add_argument("--runtime", type=Path, metavar="FILE", help="the embeddable archive of CPython for a release")
    parser.add_argument("--sha256", metavar="HASH", help="of that archive")
    parser.add_argument("--sign-with", type=Path, metavar="FILE", help="a certificate with its key (PKCS #12)")
    parser.add_argument("--sign-password", type=Path, metavar="FILE", help="whose first line is its password")
    parser.add_argument("--timestamp", metavar="ADDRESS", help="of a timestamping service, for signatures")
    return parser


def _prepare() -> str:
    """See to the system packages; returns why nothing can be built, in a sentence, else an empty text."""
    if not (shutil.which("dpkg-query") and shutil.which("apt-get")):
        return "The installer is built on Debian."
    missing = dev.missing_packages(list(PACKAGES), dev.installed_packages())
    if not missing:
        return ""
    _update, install = dev.apt_commands(missing)
    if os.geteuid() != 0 or dev.install_packages(missing):
        return f"The installer needs: {dev.printable(install)}"
    return ""


def _runtime(given: argparse.Namespace) -> Runtime:
    if given.runtime is None:
        return from_package(package.WORK / "runtime")
    if given.sha256 is None:
        raise UnfitRuntime("--runtime needs --sha256, so that it is the archive that you mean.")
    return from_file(given.runtime, given.sha256)


def _report(built: package.Package, seconds: float) -> None:
    msi, installed = built.msi.stat().st_size / 1e6, size(built.stage) / 1e6
    print(f"{built.msi}: {msi:.1f} MB, installed {installed:.1f} MB, built in {seconds:.0f} s")
    print(f"SHA-256 {hashlib.sha256(built.msi.read_bytes()).hexdigest()}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
