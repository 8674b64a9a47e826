"""What the program writes is for its owner only, even where the system would let everybody read it."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.estate.profiles import Profile
from core.jobs.status import JobState
from core.operating.verbs import Verb
from gui.application import opened
from gui.export_dialog import ExportDialog
from gui.help.bundle_dialog import BundleDialog
from gui.options import Options
from tests.gui.driving import dialog, is_all_shown, select_machine, until
from tests.laboratory import RunningLab, running_lab

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the user's profile has an access list there")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(tmp_path, speed=100.0) as running:
        yield running


@pytest.fixture
def generous() -> Iterator[None]:
    """Whatever is made is for everybody, unless who makes it says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> set[str]:
    return {
        f"{path.relative_to(folder)} {stat.S_IMODE(path.stat().st_mode):o}"
        for path in (folder, *folder.rglob("*"))
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    }


def test_nothing_that_is_written_can_be_read_by_others(
    runner: asyncio.Runner, lab: RunningLab, tmp_path: Path, generous: None
) -> None:
    data, saved = tmp_path / "share" / "data", tmp_path / "saved"
    saved.mkdir(mode=0o700)
    runner.run(work(data, saved, lab))
    written = {str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()}
    assert {
        "window.ini",
        "profiles.json",
        "profiles.json.lock",
        "replication-history.sqlite3",
        "log/vmferry.log",
    } <= written
    assert {Path(name).parent.name for name in written} >= {"journal", "pictures", "programs"}
    assert {path.name for path in saved.iterdir()} == {"servers.json", "list.csv", "bundle.zip"}
    assert not open_to_others(data.parent)
    assert not open_to_others(saved)
    assert not stat.S_IMODE(lab.transcript.stat().st_mode) & 0o077

    # An earlier version has left them open.
    (data / "log" / "vmferry.log.1").write_text("")
    for path in (data, *data.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    runner.run(work(data, saved, lab))
    assert not open_to_others(data)


async def work(data: Path, saved: Path, lab: RunningLab) -> None:
    """Start the program, do what makes it write, and end it."""
    async with opened(Options(data=data, key_store=False)) as console:
        host = lab.host("HV-01")
        profile = Profile(address=host["address"], name="HV-01", port=host["port"], user_name=host["username"])
        assert (await console.profiles.connect(profile, host["password"])).failure is None
        await until(lambda: is_all_shown(console))
        select_machine(console.window, "TEST01")
        console.window.actions_offered.machines.verbs[Verb.CHECKPOINT].trigger()
        await until(lambda: any(status.state is JobState.COMPLETED for status in console.jobs.statuses))
        await console.profiles.export_to(saved / "servers.json")
        console.window.actions_offered.export_list.trigger()
        writing = dialog(ExportDialog)
        writing.fileSelected.emit(str(saved / "list.csv"))
        await until((saved / "list.csv").exists)
        writing.reject()
        console.window.actions_offered.save_bundle.trigger()
        bundle = dialog(BundleDialog)
        bundle.chosen.emit(str(saved / "bundle.zip"), True)
        await until(lambda: bundle.notice.kind == "info")
        bundle.reject()
