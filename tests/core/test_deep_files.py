"""Files whose content is nested beyond what can be read: each reader says so, or leaves it out, and none fails."""

from __future__ import annotations

import asyncio
import zlib
from pathlib import Path

import pytest

from core.estate.last_pictures import LastPictures
from core.estate.profile_exchange import read_file
from core.estate.profiles import Profiles
from core.jobs.journal import Journal
from core.kept_file import Unreadable
from core.recovery.document import from_file
from core.remoting.workers import Workers
from core.support.log import FILE, lines

LIST, OBJECT = b"[" * 200_000, b'{"a":' * 200_000
DEEP = [LIST, OBJECT, b'{"schema": 1, "content": ' + LIST + b"]" * 200_000 + b"}"]


@pytest.mark.parametrize("content", DEEP)
def test_imported_files_are_refused_in_words(content: bytes) -> None:
    with pytest.raises(Unreadable):
        from_file(content)
    if content is not LIST:
        # A list of names is also taken, and that may be anything.
        with pytest.raises(Unreadable):
            read_file(content, Profiles())


@pytest.mark.parametrize("content", DEEP)
def test_lines_and_files_of_this_program_are_left_out(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "2026-01.jsonl").write_bytes(content + b"\n")
    (tmp_path / FILE).write_bytes(content + b"\n")
    (tmp_path / "one.picture").write_bytes(zlib.compress(content))

    async def read() -> None:
        workers = Workers(1)
        workers.start()
        assert await Journal(tmp_path, workers).entries() == ()
        assert await LastPictures(tmp_path, workers).load() == {}
        await workers.close()

    asyncio.run(read())
    assert lines(tmp_path) == []
