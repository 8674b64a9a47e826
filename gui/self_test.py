"""``vmferry --self-test DIR``: whether the installed program works on this computer, for whoever installs it.

Everything is real: the window, the key store, the user's folder, the practice lab and the wire to it. Nothing of the
user's is touched; what is written for the test is removed again. The report is in English, as logs are.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from uuid import uuid4

import platformdirs
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtWidgets import QWidget

from core.estate.connection import HostKey
from core.estate.estate import Estate
from core.estate.practice import GROUP
from core.estate.profile_store import ProfileStore
from core.estate.profiles import Profile
from core.estate.secrets import Secrets
from core.hyperv.records import Machine
from core.jobs.plan import Plan
from core.jobs.status import JobState
from core.remoting.wire_check import NotWorking, check_libraries, check_single_sign_on, check_tls
from core.remoting.workers import Workers
from core.support.licences import packages, version
from core.wizards.move import MoveWizard
from core.wizards.wizard import obstacles
from gui.application import opened
from gui.console import Console
from gui.help.guide import FOLDER, GUIDE
from gui.icons import icon
from gui.options import Options
from gui.practice import DEFAULT_SCENARIO
from gui.preferences import Preferences

SPEED = 100.0
"""Simulated seconds per second."""
PATIENCE = 240.0
"""Seconds that one check may take: a first start on a slow computer reads everything from its disk."""
_LOOKS, _LOOK_EVERY = 1500, 0.02
"""How often, and after how many seconds each, the screen is looked at until it shows the window."""
_LEAST_COLOURS = 24
"""A window whose texts and icons are drawn shows many more; one that is not drawn shows one or two."""

_PARTS = {"vmferry", "pyside6-essentials", "shiboken6", "pypsrp", "pyspnego", "cryptography"}
"""Packages of which the program tells its users the licences, among others."""

MACHINE, SOURCE, DESTINATION = "WEB01", HostKey(GROUP, "HV-01"), HostKey(GROUP, "HV-02")


class SelfTest:
    """Checks in their order, and what became of each. The report and pictures of the window go to ``folder``."""

    def __init__(self, folder: Path, scenario: str | None) -> None:
        self._folder = folder
        self._scenario = scenario or DEFAULT_SCENARIO
        self._began = time.monotonic()
        self._results: list[dict[str, object]] = []

    async def run(self, *, without: Collection[str] = ()) -> int:
        """Carry the checks out, also after one has failed. Returns the exit code: 0 when everything works."""
        self._folder.mkdir(parents=True, exist_ok=True)
        home = platformdirs.user_data_path("VM Ferry", appauthor=False)
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="self-test-", dir=home, ignore_cleanup_errors=True) as data:
            async with opened(Options(self._scenario, SPEED, data=Path(data))) as console:
                checks: dict[str, Callable[[], Awaitable[str]]] = {
                    "window": lambda: self._window(console.window),
                    "svg": _svg,
                    "libraries": lambda: asyncio.to_thread(check_libraries),
                    "single sign-on": lambda: asyncio.to_thread(check_single_sign_on),
                    "guide and licences": _papers,
                    "tls": lambda: asyncio.to_thread(check_tls),
                    "key store": _key_store,
                    "settings": lambda: _settings(Path(data) / "settings"),
                    "move": lambda: self._move(console),
                }
                for name in [name for name in checks if name not in without]:
                    await self._check(name, checks[name])
        worked = all(result["works"] for result in self._results)
        report = {"works": worked, "program": sys.executable, "python": sys.version, "checks": self._results}
        (self._folder / "self-test.json").write_text(json.dumps(report, indent=2) + "\n", "utf-8")
        return 0 if worked else 1

    async def _check(self, name: str, check: Callable[[], Awaitable[str]]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                found, works = await check(), True
        except Exception as error:
            found, works = f"{type(error).__name__}: {error}", False
        seconds = round(time.monotonic() - self._began, 3)
        self._results.append({"name": name, "works": works, "found": found, "at_seconds": seconds})
        if sys.stdout is not None:
            print("ok  " if works else "FAILED", f"{name}: {found}", flush=True)

    async def _window(self, window: QWidget) -> str:
        image = await self._picture(window, "window")
        ratio = window.devicePixelRatio()
        return f"{image.width()} x {image.height()} pixels at {ratio:g}, {_colours(image)} colours"

    async def _move(self, console: Console) -> str:
        """Open the practice lab and move a machine from one of its hosts to another, by the wizard's own plan."""
        console.practice.open()
        estate = console.estate
        machine = await _machine_on(estate, SOURCE)
        console.window.select_host(SOURCE)
        wizard = MoveWizard(estate, SOURCE, machine, is_introduced=False)
        wizard.choices.destination = DESTINATION.name
        for step in [each for each in wizard.steps() if each.key in (MoveWizard.DESTINATION, MoveWizard.SUMMARY)]:
            if found := obstacles(await wizard.examine(step)):
                raise NotWorking(" ".join(problem.what for problem in found))
        await self._ended(console, await wizard.plan())
        await _machine_on(estate, DESTINATION)
        console.window.select_host(DESTINATION)
        # The window follows within moments; this is only for the picture.
        await asyncio.sleep(1)
        await self._picture(console.window, "moved")
        wire = estate.picture(SOURCE).connection.endpoint
        return f"{MACHINE} is on {DESTINATION}, over {wire.scheme}, signed in by {wire.authentication}"

    async def _ended(self, console: Console, plan: Plan) -> None:
        """Carry ``plan`` out to its end. Raises NotWorking."""
        news = console.jobs.watch()
        status = await console.jobs.start(plan)
        while not status.state.is_final:
            latest = await anext(news)
            status = latest if latest.number == status.number else status
        if status.state is not JobState.COMPLETED:
            raise NotWorking(f"{status.state.value}: {status.detail} {status.cure}")

    async def _picture(self, window: QWidget, name: str) -> QImage:
        """What the screen shows of the window, kept as a picture, once it is drawn. Raises NotWorking."""
        image = QImage()
        for _look in range(_LOOKS):
            image = window.screen().grabWindow(window.winId()).toImage()
            if _colours(image) >= _LEAST_COLOURS:
                break
            await asyncio.sleep(_LOOK_EVERY)
        image.save(str(self._folder / f"{name}.png"))
        if (colours := _colours(image)) < _LEAST_COLOURS:
            raise NotWorking(f"the screen shows {colours} colours")
        return image


async def _machine_on(estate: Estate, host: HostKey) -> Machine:
    """The machine of the test, once ``host`` says that it has it. Raises NotWorking when the host is not reached."""
    news = estate.watch()
    while True:
        for picture in estate.pictures:
            if picture.key != host:
                continue
            if picture.failure is not None:
                raise NotWorking(f"{host}: {picture.failure}")
            for machine in picture.inventory.machines if picture.inventory else ():
                if machine.name == MACHINE:
                    return machine
        await anext(news)


async def _svg() -> str:
    """Every icon of the program is drawn from SVG."""
    if b"svg" not in [bytes(name.data()) for name in QImageReader.supportedImageFormats()]:
        raise NotWorking("Qt has no SVG")
    colours = _colours(icon("vmferry").pixmap(64, 64).toImage())
    if colours < _LEAST_COLOURS:
        raise NotWorking(f"an icon has {colours} colours")
    return f"an icon has {colours} colours"


async def _papers() -> str:
    """What the Help menu shows is there: the guide, and a licence with its text for each part of the program."""
    found = await asyncio.to_thread(packages)
    if without := [package.name for package in found if not package.texts or not package.licence]:
        raise NotWorking(f"no licence of {', '.join(without)}")
    guide = (FOLDER / GUIDE).read_text("utf-8")
    missing = _PARTS - {re.sub(r"[-_.]+", "-", package.name).lower() for package in found}
    if missing or not version() or not guide.startswith("#"):
        raise NotWorking(f"version {version()!r}, without {', '.join(sorted(missing)) or 'a guide'}")
    return f"version {version()}, {len(found)} packages with their licences"


async def _key_store() -> str:
    """A password is kept, read by somebody else, and deleted."""
    host, user, password = f"self-test-{uuid4()}", "nobody", uuid4().hex
    workers = Workers()
    workers.start()
    try:
        keeper, reader, late = (Secrets(workers) for _ in range(3))
        if fault := await keeper.keep(host, user, password):
            raise NotWorking(fault)
        try:
            if await reader.read(host, user) != password:
                raise NotWorking("another password comes back")
        finally:
            fault = await keeper.forget(host, user)
        if fault or await late.read(host, user) is not None:
            raise NotWorking(fault or "a password is still there after it was deleted")
    finally:
        await workers.close()
    return "a password was kept, read and deleted"


async def _settings(folder: Path) -> str:
    """Profiles and preferences are written, and read by the next program."""
    profile = Profile(address="self-test.example", password_place="account")
    workers = Workers()
    workers.start()
    try:
        await ProfileStore(folder, workers).update(lambda kept: kept.kept(profile))
        Preferences(folder).introduces_moves = False
        store = ProfileStore(folder, workers)
        notes = await store.load()
    finally:
        await workers.close()
    if notes or store.current.profiles != (profile,) or Preferences(folder).introduces_moves:
        raise NotWorking(" ".join(notes) or "other settings come back")
    return str(folder.parent.parent)


def _colours(image: QImage) -> int:
    """How many colours a picture has, of a point in four."""
    points = ((x, y) for y in range(0, image.height(), 2) for x in range(0, image.width(), 2))
    return len({image.pixel(x, y) for x, y in points})
