"""The developer's entry points of VM Ferry; ``python3 dev.py`` lists them.

Needs nothing but Python: the first run makes ``.venv`` with the locked requirements and, on Debian or Ubuntu,
sees to the system packages that Qt needs, and those that single tests need. Later runs find the stamp of a finished
set-up and start at once.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 13)

VERBS = {
    "demo": "move a virtual machine in the built-in lab: a window, or a scripted tour without a screen",
    "test": "run every test; --long: the long ones instead; further arguments go to pytest",
    "check": "formatting, lint, types, the layer rule, and what is known against the locked versions",
    "texts": "bring the catalogues of translations up to date, and list what they lack",
    "bench": "speed, measured against the lab, as a table; --quick takes less than three minutes",
    "shots": "pictures of every window in build/shots, light, dark, German and large, and what is wrong with them",
    "installer": "the Windows installer, on Debian; with --test it is tried under Wine",
}

# How "shots" draws every window; the light ones of the user guide are made anew, too.
SHOTS = {
    "light": ("--keep", "docs/images"),
    "dark": ("--dark",),
    "german": ("--language", "de"),
    "large": ("--scale", "1.5"),
}

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
STAMP = VENV / "set-up.sha256"
REQUIREMENTS = ROOT / "installer" / "requirements"
DEVELOPMENT_LOCK = REQUIREMENTS / "development.txt"
KERBEROS_LOCK = REQUIREMENTS / "kerberos.txt"
KERBEROS_STAMP = VENV / "kerberos.sha256"
KERBEROS_MODULES = "gssapi,krb5"
STAMPED_FILES = (ROOT / "pyproject.toml", DEVELOPMENT_LOCK, REQUIREMENTS / "runtime.txt")

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
# What Qt's wheels load from the system: always, for a window under X11, and for tests that open one.
QT_PACKAGES = (
    "libglib2.0-0",
    "libgl1",
    "libegl1",
    "libfontconfig1",
    "libxkbcommon0",
    "libdbus-1-3",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
    "fonts-open-sans",
    "xvfb",
    "xauth",
)

# What single tests need: where one is missing, its tests are left out and say so.
TEST_PACKAGES = (
    "dbus",
    "gnome-keyring",
    # A Kerberos realm, and what its Python modules are built from.
    "krb5-kdc",
    "krb5-admin-server",
    "libkrb5-dev",
    "gcc",
    "libc6-dev",
    "python3-dev",
)

CHECKS = (
    "ruff format --check .",
    "ruff check .",
    "mypy core lab installer",
    "pytest --quiet tests/test_layers.py",
    "installer.advisories",
)

# Further arguments follow and win: "-n 0" runs the tests in one process.
ON_EVERY_CORE = ("-n", "auto", "--dist", "worksteal")

# Seconds in which a program that was interrupted by Ctrl+C may close its sessions.
GRACE = 10


def main(arguments: "list[str]") -> int:
    """Run the verb named by the first of ``arguments``; returns the exit code."""
    unfit = python_refusal(sys.version_info[:2])
    if unfit:
        sys.exit(unfit)
    if not arguments or arguments[0] in ("-h", "--help"):
        print(usage())
        return 0
    verb, further = arguments[0], arguments[1:]
    if verb not in VERBS:
        print(f"dev.py knows no verb {verb!r}.\n\n{usage()}", file=sys.stderr)
        return 2
    if verb in ("check", "texts", "shots") and further:
        print(f"'{verb}' takes no further arguments.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        if verb == "demo":
            command, environment = demo_command(further, has_screen())
            set_up()
            return run([VENV_PYTHON, *command], environment)
        set_up()
        if verb == "installer":
            return run([VENV_PYTHON, "-m", "installer", *further])
        if verb == "test":
            install_test_packages()
            build_kerberos()
            return run([VENV_PYTHON, "-m", "pytest", *ON_EVERY_CORE, *further], test_environment())
        if verb == "texts":
            return run([VENV_PYTHON, "-m", "tests.texts"])
        if verb == "shots":
            return shots()
        if verb == "bench":
            return run([VENV_PYTHON, "-m", "tests.bench", *further])
        return check()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def python_refusal(version: "tuple[int, int]") -> str:
    """Why this Python cannot run VM Ferry; empty when it can."""
    if OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        return ""
    oldest, newest, found = (".".join(map(str, v)) for v in (OLDEST_PYTHON, NEWEST_PYTHON, version))
    return f"VM Ferry needs Python {oldest} to {newest}; this is Python {found} ({sys.executable})."


def usage() -> str:
    """The verbs with one line each."""
    verbs = "\n".join(f"  {verb:<10} {what}" for verb, what in VERBS.items())
    more = "'python3 dev.py demo --help' lists its arguments."
    return f"usage: python3 dev.py VERB [ARGUMENT ...]\n\n{verbs}\n\n{more}"


def demo_command(arguments: "list[str]", screen: bool) -> "tuple[list[str | Path], dict[str, str]]":
    """What ``demo`` runs, as arguments for Python and additional environment variables."""
    parser = argparse.ArgumentParser(prog="dev.py demo", description=VERBS["demo"])
    parser.add_argument(
        "--tour",
        nargs="?",
        const="short",
        choices=("short", "all"),
        help="the tour even where there is a screen",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the tour leaves its pictures (build/tour)")
    parser.add_argument("--transcript", type=Path, metavar="FILE", help="write what travels over the wire to FILE")
    parser.add_argument("--scenario", metavar="NAME", help="the estate to start from (two-sites)")
    options = parser.parse_args(arguments)

    # Paths count from where the user stands; the program starts in the project's folder.
    transcript = ["--transcript", options.transcript.absolute()] if options.transcript else []
    if screen and not options.tour and not options.out:
        return ["-m", "gui", "--practice", options.scenario or "two-sites", *transcript], {}
    out = options.out.absolute() if options.out else ROOT / "build" / "tour"
    scenario = ["--scenario", options.scenario] if options.scenario else []
    tour = ["--tour", options.tour or "short", "--out", out, *scenario, *transcript]
    return ["-m", "tests.end_to_end.tour", *tour], OFFSCREEN


def has_screen() -> bool:
    """Whether a window can be shown."""
    return sys.platform in ("win32", "darwin") or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))


def test_environment() -> "dict[str, str]":
    """Environment variables for tests: on Linux they run offscreen unless the caller chose a platform."""
    return OFFSCREEN if sys.platform == "linux" and "QT_QPA_PLATFORM" not in os.environ else {}


def check() -> int:
    """Run all checks, also after one has failed; returns the first exit code that is not 0."""
    codes = []
    for line in CHECKS:
        print(f"== {line}", flush=True)
        codes.append(run([VENV_PYTHON, "-m", *line.split()], test_environment()))
    return next(filter(None, codes), 0)


def shots() -> int:
    """Take the pictures in every way; returns the first exit code that is not 0."""
    codes = []
    # The offscreen platform complains of every window that it cannot tell its size limits.
    environment = {**OFFSCREEN, "QT_LOGGING_RULES": "default.warning=false"}
    for folder, arguments in SHOTS.items():
        out = ROOT / "build" / "shots" / folder
        print(f"== {out}", flush=True)
        codes.append(run([VENV_PYTHON, "-m", "tests.gui.shots", "--out", out, *arguments], environment))
    return next(filter(None, codes), 0)


def set_up() -> None:
    """See to the system packages and the virtual environment unless they are in order; exits on failure."""
    install_system_packages()
    stamp = fingerprint()
    if VENV_PYTHON.exists() and STAMP.exists() and STAMP.read_text() == stamp:
        return
    print("Setting up .venv with the locked requirements. This is done once.", flush=True)
    # The stamp goes first and comes last, so an interrupted set-up is never taken for a finished one.
    STAMP.unlink(missing_ok=True)
    pip: list[str | Path] = [VENV_PYTHON, "-m", "pip", "-qq", "--disable-pip-version-check", "install"]
    commands: list[list[str | Path]] = [
        # Not sys.executable, which may lie in the very .venv that is made anew.
        [getattr(sys, "_base_executable", sys.executable), "-m", "venv", "--clear", VENV],
        [*pip, "--only-binary", ":all:", "--require-hashes", "--requirement", DEVELOPMENT_LOCK],
        [*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT],
    ]
    for command in commands:
        code = run(command)
        if code:
            sys.exit(
                f"The set-up failed (exit code {code}): {printable(command)}\n"
                "See the message above; the next run of dev.py starts the set-up again."
            )
    STAMP.write_text(stamp)


def fingerprint() -> str:
    """What the virtual environment is made from, as a hash: locks, project metadata, Python, place."""
    digest = hashlib.sha256(f"{sys.version}\n{ROOT}\n".encode())
    for path in STAMPED_FILES:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def install_system_packages() -> None:
    """Install what Debian or Ubuntu lacks; whoever is not root is told the command (exit code 1)."""
    if not (shutil.which("dpkg-query") and shutil.which("apt-get")):
        return
    wanted = list(QT_PACKAGES)
    if importlib.util.find_spec("ensurepip") is None:
        # Debian's Python comes without the modules that make a virtual environment.
        wanted.append("python{}.{}-venv".format(*sys.version_info))
    missing = missing_packages(wanted, installed_packages())
    if not missing:
        return
    update, install = apt_commands(missing)
    if os.geteuid() != 0:
        sudo = "sudo " if shutil.which("sudo") else ""
        sys.exit(
            f"VM Ferry needs system packages that are missing here: {', '.join(missing)}.\n"
            f"Install them {'with' if sudo else 'as root with'}:\n\n"
            f"    {sudo}{printable(update)} && {sudo}{printable(install)}\n"
        )
    code = install_packages(missing)
    if code:
        sys.exit(f"The system packages could not be installed (exit code {code}): {printable(install)}")


def install_test_packages() -> None:
    """Install what single tests need on Debian or Ubuntu, as far as it can be done; what is missing is said."""
    if not (shutil.which("dpkg-query") and shutil.which("apt-get")):
        return
    missing = missing_packages(list(TEST_PACKAGES), installed_packages())
    if missing and (os.geteuid() != 0 or install_packages(missing)):
        _update, install = apt_commands(missing)
        print(f"Some tests are left out. They need: {printable(install)}", flush=True)


def build_kerberos() -> None:
    """Build the modules of Kerberos into .venv where its library and a compiler are there, and say what goes wrong.

    Without them single tests are left out, and nothing else is missing.
    """
    if not (sys.platform == "linux" and shutil.which("krb5-config") and shutil.which("gcc")):
        return
    stamp = fingerprint() + hashlib.sha256(KERBEROS_LOCK.read_bytes()).hexdigest()
    if KERBEROS_STAMP.exists() and KERBEROS_STAMP.read_text() == stamp:
        return
    print("Building the Python modules of Kerberos. This is done once, and takes a few minutes.", flush=True)
    pip = [VENV_PYTHON, "-m", "pip", "-qq", "--disable-pip-version-check", "install", "--no-build-isolation"]
    wheels = ["--only-binary", ":all:", "--no-binary", KERBEROS_MODULES]
    # Nothing that tests do with them is worth the time that the compiler takes to make them fast.
    code = run([*pip, *wheels, "--require-hashes", "--requirement", KERBEROS_LOCK], {"CFLAGS": "-O0 -g0"})
    if code:
        print(f"They could not be built (exit code {code}). The tests of Kerberos are left out.", flush=True)
    else:
        KERBEROS_STAMP.write_text(stamp)


def install_packages(missing: "list[str]") -> int:
    """Install packages, as root; the exit code."""
    update, install = apt_commands(missing)
    print(f"Installing system packages: {' '.join(missing)}", flush=True)
    noninteractive = {"DEBIAN_FRONTEND": "noninteractive"}
    # One unreachable source among many fails the update, yet the packages may be there: installing decides.
    run(update, noninteractive)
    return run(install, noninteractive)


def apt_commands(missing: "list[str]") -> "tuple[list[str], list[str]]":
    """What brings the list of packages up to date, and what installs those that are ``missing``."""
    return ["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *missing]


def installed_packages() -> str:
    """What dpkg knows, in lines as ``missing_packages`` reads them."""
    return subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${db:Status-Status} ${Package}, ${Provides}\n"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def missing_packages(wanted: "list[str]", listing: str) -> "list[str]":
    """Those of ``wanted`` that no installed package is or provides.

    ``listing`` has a line "status package, provided, provided (= version)" for each package that dpkg knows.
    What is provided counts because Ubuntu renamed libraries (libglib2.0-0t64 provides libglib2.0-0).
    """
    present = set()
    for line in listing.splitlines():
        status, _, names = line.partition(" ")
        if status == "installed":
            present.update(re.findall(r"(?:^|, )([^ ,]+)", names))
    return [name for name in wanted if name not in present]


def run(command: "Sequence[str | Path]", environment: "dict[str, str] | None" = None) -> int:
    """Run ``command`` in the project's folder; returns its exit code (128 + number after a signal)."""
    child = subprocess.Popen(list(map(str, command)), cwd=ROOT, env={**os.environ, **(environment or {})})
    try:
        code = child.wait()
    except KeyboardInterrupt:
        # The terminal has sent Ctrl+C to the child as well.
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE)
        raise
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()
    return code if code >= 0 else 128 - code


def printable(command: "Sequence[str | Path]") -> str:
    """``command`` as one line for a shell."""
    return " ".join(shlex.quote(str(word)) for word in command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
