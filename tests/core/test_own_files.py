"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from core.own_files import write_file


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_what_the_user_has_asked_for_keeps_its_rights_and_its_place(tmp_path: Path) -> None:
    file, link = tmp_path / "plans" / "plan.json", tmp_path / "plan.json"
    file.parent.mkdir()
    link.symlink_to(file)
    write_file(link, b"first")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o640)
    write_file(link, b"second")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"second", 0o640)
    assert link.is_symlink()
    assert list(file.parent.iterdir()) == [file]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    write_file(file, b"first")
    (tmp_path / "plan.json.new").mkdir()
    with pytest.raises(OSError, match=r"plan\.json"):
        write_file(file, b"second")
    assert file.read_bytes() == b"first"
    with pytest.raises(OSError, match=r"plan\.json"):
        write_file(Path(os.devnull) / "plan.json", b"")
