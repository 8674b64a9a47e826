"""A kept file survives what befalls it: kills, full disks, damage, newer versions, and other programs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from core.kept_file import KeptFile, Newer, NotKept, Schema, Unreadable


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    names: tuple[str, ...] = ()


def add(name: str, kept: Names | None) -> Names:
    return Names((*(kept.names if kept else ()), name))


def kept_in(folder: Path, *names: str) -> KeptFile[Names]:
    kept = KeptFile(folder / "names.json", Schema(Names))
    for name in names:
        kept.update(lambda before, name=name: add(name, before))
    return kept


PROGRAM = """
import sys
from pathlib import Path
from tests.core.test_kept_file import add, kept_in

folder, tag = Path(sys.argv[1]), sys.argv[2]
kept = kept_in(folder)
for number in range(20):
    kept.update(lambda before: add(f"{tag}{number}", before))
"""

VICTIM = """
import os, signal, sys
from pathlib import Path
from tests.core.test_kept_file import Names, kept_in

left = int(sys.argv[2])

def deadly(call):
    def instead(*arguments):
        global left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments)
    return instead

os.fsync, os.replace = deadly(os.fsync), deadly(os.replace)
kept_in(Path(sys.argv[1])).update(lambda before: Names(("new",) * 1000))
print("saved")
"""


def run(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True)


def test_what_is_kept_is_read_again_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert kept_in(folder).read().content is None
    kept_in(folder, "a", "b")
    reading = kept_in(folder).read()
    assert reading.content == Names(("a", "b"))
    assert reading.notes == ()
    if sys.platform != "win32":
        assert kept_in(folder).file.stat().st_mode & 0o077 == 0
        assert kept_in(folder).backup.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL")
def test_a_kill_at_any_moment_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    found: list[Names | None] = []
    for moment in range(1, 20):
        folder = tmp_path / str(moment)
        kept = kept_in(folder, "old", "older")
        victim = run(VICTIM, str(folder), str(moment))
        said, _ = victim.communicate(timeout=60)
        reading = kept.read()
        assert reading.notes == ()
        found.append(reading.content)
        kept.update(lambda before: add("after", before))
        after = kept.read().content
        assert after is not None
        assert after.names[-1] == "after"
        if said:
            break
    old, new = Names(("old", "older")), Names(("new",) * 1000)
    assert set(found) == {old, new}
    # Each of the two writes syncs its content, takes its name, and syncs the folder.
    assert found == [old] * 5 + [new] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of this kind")
def test_a_disk_that_is_full_costs_nothing_that_was_kept(tmp_path: Path) -> None:
    import resource
    import signal

    kept = kept_in(tmp_path, "old", "older")
    before = kept.file.read_bytes(), kept.backup.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
    try:
        with pytest.raises(NotKept, match=r"names\.json cannot be written: File too large\."):
            kept.update(lambda _before: Names(("x" * 1000,)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, former)
    assert kept.file.read_bytes() == before[0]
    assert kept.read().content == Names(("old", "older"))
    assert not list(tmp_path.glob("*.new"))


def test_a_file_of_a_newer_version_is_left_as_it_is_and_said(tmp_path: Path) -> None:
    kept = kept_in(tmp_path, "old")
    newer = b'{"schema": 2, "content": {"names": {"of": "another form"}}}'
    kept.file.write_bytes(newer)
    reading = kept.read()
    assert reading.content is None
    assert "was written by a newer version" in reading.notes[0]
    with pytest.raises(NotKept, match="is left as it is"):
        kept.update(lambda before: add("mine", before))
    assert kept.file.read_bytes() == newer
    assert [file.name for file in tmp_path.glob("*.json")] == ["names.json"]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe\x00",
        b'{"schema": 1}',
        b'{"schema": 0, "content": {}}',
        b'{"schema": 1, "content": {"names": "a"}}',
        b'{"schema": 1, "content": {"unknown": 1}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_set_aside_and_the_backup_takes_its_place(tmp_path: Path, damage: bytes) -> None:
    kept = kept_in(tmp_path, "first", "second", "third")
    kept.file.write_bytes(damage)
    reading = kept.read()
    assert reading.content == Names(("first", "second"))
    cannot, renamed, instead = reading.notes
    assert "names.json cannot be read." in cannot
    assert instead == "What was saved before that is used instead."
    [aside] = tmp_path.glob("names-damaged-*.json")
    assert aside.name in renamed
    assert aside.read_bytes() == damage
    kept.update(lambda before: add("fourth", before))
    assert kept.read() == type(reading)(Names(("first", "second", "fourth")))


def test_where_the_backup_is_damaged_too_both_are_set_aside(tmp_path: Path) -> None:
    kept = kept_in(tmp_path, "first", "second")
    kept.file.write_bytes(b"{")
    kept.backup.write_bytes(b"}")
    kept.update(lambda before: add("fresh", before))
    assert kept.read().content == Names(("fresh",))
    assert sorted(file.read_bytes() for file in tmp_path.glob("*-damaged-*")) == [b"{", b"}"]


def test_two_programs_that_save_at_once_lose_nothing(tmp_path: Path) -> None:
    programs = [run(PROGRAM, str(tmp_path), tag) for tag in ("a", "b")]
    for program in programs:
        program.communicate(timeout=120)
        assert program.returncode == 0
    content = kept_in(tmp_path).read().content
    assert content is not None
    assert sorted(content.names) == sorted(f"{tag}{number}" for tag in "ab" for number in range(20))
    for tag in "ab":
        assert [name for name in content.names if name[0] == tag] == [f"{tag}{number}" for number in range(20)]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file where a folder should be")
    with pytest.raises(NotKept, match="cannot be written"):
        kept_in(tmp_path / "folder", "a")
    assert "cannot be read" in kept_in(tmp_path / "folder").read().notes[0]


def test_earlier_forms_are_brought_up_to_the_latest() -> None:
    def to_second(content: object) -> object:
        assert isinstance(content, list)
        return {"servers": content}

    def to_third(content: object) -> object:
        assert isinstance(content, dict)
        return {"names": content["servers"]}

    schema = Schema(Names, (to_second, to_third))
    assert schema.number == 3
    expected = Names(("a", "b"))
    assert schema.decoded(b'{"schema": 1, "content": ["a", "b"]}') == expected
    assert schema.decoded(b'{"schema": 2, "content": {"servers": ["a", "b"]}}') == expected
    assert schema.decoded(schema.encoded(expected)) == expected
    with pytest.raises(Unreadable, match="damaged"):
        schema.decoded(b'{"schema": 2, "content": {"names": []}}')
    with pytest.raises(Newer):
        schema.decoded(b'{"schema": 4, "content": []}')
