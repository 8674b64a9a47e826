"""Profiles that an administrator presets are taken in once, and never against the user."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.estate.preset_profiles import PresetProfiles, preset_file
from core.estate.profile_exchange import exported
from core.estate.profile_store import ProfileStore
from core.estate.profiles import Profile, Profiles
from core.remoting.workers import Workers
from tests.core.remoting.simulated_host import on_a_loop, running_workers

BERLIN = Profile(address="hv01.contoso.example", password_place="account", group="Berlin")
BONN = Profile(address="hv02.contoso.example", password_place="account")


async def started(file: Path | None, home: Path, workers: Workers) -> tuple[ProfileStore, tuple[str, ...]]:
    """The profiles of a user whose program has just started, and what it complained of."""
    store = ProfileStore(home, workers)
    assert await store.load() == ()
    return store, await PresetProfiles(file, home, workers).take_in(store)


@on_a_loop
async def test_presets_are_listed_at_the_first_start_and_left_to_the_user_then(tmp_path: Path) -> None:
    file, home = tmp_path / "presets.json", tmp_path / "home"
    file.write_bytes(exported(Profiles((BERLIN, BONN))))
    async with running_workers(2) as workers:
        store, notes = await started(file, home, workers)
        assert (store.current.profiles, store.current.groups, notes) == ((BERLIN, BONN), ("Berlin",), ())
        await store.update(lambda kept: kept.without(BONN.listed_name))
        store, notes = await started(file, home, workers)
        assert (store.current.profiles, notes) == ((BERLIN,), ())


@on_a_loop
async def test_a_file_that_has_changed_is_taken_in_again(tmp_path: Path) -> None:
    file, home = tmp_path / "presets.txt", tmp_path / "home"
    file.write_text("hv01.contoso.example  # Berlin\n")
    async with running_workers(2) as workers:
        store, _notes = await started(file, home, workers)
        [listed] = store.current.profiles
        assert (listed.address, listed.password_place, listed.needs_password) == (BERLIN.address, "account", False)
        mine = Profile(address=BERLIN.address, user_name="CONTOSO\\me", is_read_only=True)
        await store.update(lambda kept: kept.kept(mine))
        file.write_text("hv01.contoso.example hv02.contoso.example")
        store, notes = await started(file, home, workers)
    assert [each.address for each in store.current.profiles] == [BERLIN.address, BONN.address]
    assert (store.current.find(BERLIN.address), notes) == (mine, ())


@on_a_loop
async def test_a_file_that_is_no_list_is_told(tmp_path: Path) -> None:
    file = tmp_path / "presets.json"
    file.write_bytes(b'{"schema": 99, "content": {}}')
    async with running_workers(2) as workers:
        store, [note] = await started(file, tmp_path / "home", workers)
        assert note == f"{file} cannot be imported. It was written by a newer version of VM Ferry."
        file.unlink()
        assert await PresetProfiles(file, tmp_path, workers).take_in(store) == ()
        assert await PresetProfiles(None, tmp_path, workers).take_in(store) == ()
    assert store.current == Profiles()


@on_a_loop
async def test_a_file_out_of_reach_is_told_until_it_has_been_read_once(tmp_path: Path) -> None:
    file, home = tmp_path / "presets.txt", tmp_path / "home"
    file.mkdir()
    async with running_workers(2) as workers:
        _store, [note] = await started(file, home, workers)
        assert note == f"{file} cannot be read: {os.strerror(21)}."
        file.rmdir()
        file.write_text("hv01.contoso.example")
        await started(file, home, workers)
        file.unlink()
        file.mkdir()
        store, notes = await started(file, home, workers)
    assert (len(store.current.profiles), notes) == (1, ())


def test_the_file_lies_in_the_settings_of_all_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    assert preset_file() == tmp_path / "VM Ferry" / "profiles.json"
