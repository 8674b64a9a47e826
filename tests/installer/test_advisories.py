"""What a package index knows against locked versions is said, and an index that knows nothing keeps nobody."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from installer import advisories
from installer.advisories import Advisory, Index, NotAsked, audit, locked

KNOWN = {"id": "PYSEC-1", "aliases": ["CVE-1", "PYSEC-1"], "fixed_in": ["2.1", "3.0"], "withdrawn": None}
PACKAGES = {"one": {"1.0"}, "two": {"2.0", "2.1"}}


@contextlib.contextmanager
def index(answer: Callable[[str], Any], asked: list[tuple[str, str | None]]) -> Iterator[str]:
    """A package index on loopback; the address of its simple pages. ``answer`` gives None for what is not there."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Authorization"]))
            told = answer(self.path)
            self.send_response(404 if told is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *arguments: object) -> None:
            """Nothing of it is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://user:p%40ss@127.0.0.1:{server.server_port}/root/simple/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_what_is_known_is_said_with_its_cure() -> None:
    asked: list[tuple[str, str | None]] = []
    told = {"/root/pypi/two/2.0/json": [KNOWN, KNOWN | {"withdrawn": "2026-01-01"}]}
    with index(lambda path: {"vulnerabilities": told.get(path, [])}, asked) as address:
        found = audit(Index(address), PACKAGES)
    assert found == [Advisory("two", "2.0", "PYSEC-1 CVE-1", ("2.1", "3.0"))]
    assert str(found[0]) == "two 2.0: PYSEC-1 CVE-1, fixed in 2.1, 3.0"
    assert sorted(path for path, _user in asked) == [
        f"/root/pypi/{each}/json" for each in ("one/1.0", "two/2.0", "two/2.1")
    ]
    assert {user for _path, user in asked} == {"Basic dXNlcjpwQHNz"}


@pytest.mark.parametrize("told", [None, {}, {"vulnerabilities": None}, [1], "x"])
def test_an_index_without_advisories_is_asked_once_and_said(told: Any) -> None:
    asked: list[tuple[str, str | None]] = []
    with index(lambda _path: told, asked) as address, pytest.raises(NotAsked) as reason:
        audit(Index(address), PACKAGES)
    assert len(asked) == 1
    assert "p%40ss" not in str(reason.value)


@pytest.mark.parametrize("address", ["file:///srv/simple", "http://127.0.0.1:1/", "http://127.0.0.1:1/simple/x", ""])
def test_an_address_without_pages_of_releases_is_not_asked(address: str) -> None:
    with pytest.raises(NotAsked):
        Index(address)


def test_an_index_that_does_not_answer_is_said() -> None:
    with pytest.raises(NotAsked, match="refused"):
        audit(Index("http://127.0.0.1:1/simple"), PACKAGES)


@pytest.mark.parametrize(
    ("vulnerabilities", "code", "words"),
    [
        ([], 0, "Nothing is known against"),
        ([KNOWN], 1, "PYSEC-1 CVE-1, fixed in"),
        (None, 0, "was not asked. The package index lists no vulnerabilities."),
    ],
)
def test_the_index_that_pip_uses_is_asked(
    vulnerabilities: Any, code: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[str, str | None]] = []
    with index(lambda _path: {"vulnerabilities": vulnerabilities}, asked) as address:
        monkeypatch.setenv("PIP_INDEX_URL", address)
        assert advisories.main() == code
    assert words in capsys.readouterr().out


def test_every_locked_package_is_asked_about() -> None:
    assert {"pypsrp", "pytest", "gssapi", "pywin32-ctypes"} <= set(locked())
    assert all(len(versions) == 1 for versions in locked().values()), "the locks agree"
