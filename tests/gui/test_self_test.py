"""The self-test of an installed program finds what works, and what does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gui.self_test import SelfTest

# Whether there is a key store, tests must not depend on.
WITHOUT = ("key store",)


async def test_everything_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    out = tmp_path / "report"
    code = await SelfTest(out, None).run(without=WITHOUT)
    report = json.loads((out / "self-test.json").read_text("utf-8"))
    found = {check["name"]: check["found"] for check in report["checks"] if check["works"]}
    assert list(found) == [
        "window",
        "svg",
        "libraries",
        "single sign-on",
        "guide and licences",
        "tls",
        "settings",
        "move",
    ]
    assert found["move"] == "WEB01 is on HV-02, over http, signed in by negotiate"
    assert (code, report["works"]) == (0, True)
    assert sorted(path.name for path in out.glob("*.png")) == ["moved.png", "window.png"]
    assert list((tmp_path / "home" / "VM Ferry").iterdir()) == []


async def test_what_does_not_work_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("gui.self_test._LEAST_COLOURS", 2**31)
    monkeypatch.setattr("gui.self_test._LOOKS", 1)
    code = await SelfTest(tmp_path, None).run(without=(*WITHOUT, "guide and licences", "tls", "settings", "move"))
    report = json.loads((tmp_path / "self-test.json").read_text("utf-8"))
    failed = [check["name"] for check in report["checks"] if not check["works"]]
    assert (code, report["works"], failed) == (1, False, ["window", "svg"])
