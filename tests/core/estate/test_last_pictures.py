"""What hosts told last is there at the next start, and nothing comes of what is damaged."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from core.estate.estate import Estate
from core.estate.last_pictures import LastPictures
from tests.core.estates import key, managed, read_all
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab


async def kept(lab: RunningLab, folder: Path) -> None:
    async with managed(lab.connections()) as estate:
        await read_all(estate)
        await LastPictures(folder, estate.workers).keep(estate.pictures)


async def remembered(estate: Estate, folder: Path) -> dict[str, int]:
    found = await LastPictures(folder, estate.workers).load()
    return {each.name: len(inventory.machines) for each, inventory in found.items()}


@on_a_loop
async def test_everything_a_host_told_is_there_again(shared_lab: RunningLab, tmp_path: Path) -> None:
    await kept(shared_lab, tmp_path / "pictures")
    async with managed(shared_lab.connections()) as estate:
        await read_all(estate)
        found = await LastPictures(tmp_path / "pictures", estate.workers).load()
        now = estate.picture(key("HV-01")).inventory
        assert now is not None
        then = found[key("HV-01")]
        assert replace(then, read_at=now.read_at, errors=()) == replace(now, errors=())
        assert then.drives_of(then.machines[0].machine_id) == now.drives_of(now.machines[0].machine_id)
    for file in (tmp_path / "pictures").iterdir():
        assert os.name == "nt" or stat.S_IMODE(file.stat().st_mode) == 0o600


@on_a_loop
async def test_what_is_remembered_is_shown_until_the_host_answers(shared_lab: RunningLab, tmp_path: Path) -> None:
    await kept(shared_lab, tmp_path)
    async with managed([]) as estate:
        found = await LastPictures(tmp_path, estate.workers).load()
        estate.add(shared_lab.connection("HV-01"), found[key("HV-01")])
        picture = estate.picture(key("HV-01"))
        assert picture.is_remembered
        assert picture.inventory == found[key("HV-01")]
        fresh = await estate.glance(key("HV-01"))
        assert (fresh.is_remembered, fresh.failure) == (False, None)


@on_a_loop
async def test_neither_practice_hosts_nor_what_is_only_remembered_is_kept(
    shared_lab: RunningLab, tmp_path: Path
) -> None:
    await kept(shared_lab, tmp_path / "before")
    async with managed(shared_lab.connections(practice=True)) as estate:
        await read_all(estate)
        before = await LastPictures(tmp_path / "before", estate.workers).load()
        pictures = LastPictures(tmp_path / "after", estate.workers)
        await pictures.keep(estate.pictures)
        await pictures.keep([replace(each, inventory=before[each.key], is_remembered=True) for each in estate.pictures])
        assert await remembered(estate, tmp_path / "after") == {}


def spoil(folder: Path, damage: bytes) -> None:
    first = min(folder.iterdir())
    first.write_bytes(first.read_bytes()[:-20] if damage == b"half" else damage)


@pytest.mark.parametrize("damage", [b"", b"nothing of ours", b"half"])
@on_a_loop
async def test_what_is_damaged_is_left_out(shared_lab: RunningLab, tmp_path: Path, damage: bytes) -> None:
    await kept(shared_lab, tmp_path)
    spoil(tmp_path, damage)
    async with managed([]) as estate:
        assert len(await remembered(estate, tmp_path)) == 2


@on_a_loop
async def test_a_host_is_forgotten_and_a_folder_that_cannot_be_written_hurts_nobody(
    shared_lab: RunningLab, tmp_path: Path
) -> None:
    await kept(shared_lab, tmp_path / "pictures")
    (tmp_path / "file").write_text("no folder")
    async with managed(shared_lab.connections()) as estate:
        pictures = LastPictures(tmp_path / "pictures", estate.workers)
        await pictures.forget(key("HV-02"))
        await pictures.forget(key("HV-02"))
        assert sorted(await remembered(estate, tmp_path / "pictures")) == ["HV-01", "HV-DR"]
        await read_all(estate)
        await LastPictures(tmp_path / "file", estate.workers).keep(estate.pictures)
        assert await remembered(estate, tmp_path / "file") == {}


@on_a_loop
async def test_what_a_killed_program_left_half_written_goes(tmp_path: Path) -> None:
    dead, alive = tmp_path / "1.picture.17.new", tmp_path / "2.picture.18.new"
    for file in (dead, alive):
        file.write_bytes(b"half")
    os.utime(dead, (0, 0))
    async with managed([]) as estate:
        assert await LastPictures(tmp_path, estate.workers).load() == {}
    assert alive.exists()
    assert not dead.exists()
