"""What the installer is made of: the runtime and the packages, what is left out of them, and what makes it be tried."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from installer import changes, trimming
from installer.__main__ import main
from installer.runtime import UnfitRuntime, from_file
from installer.stage import ROOT
from installer.wheels import _read


def zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def test_its_arguments_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for option in ("--test", "--if-changed", "--out", "--runtime", "--sha256", "--sign-with", "--timestamp"):
        assert option in shown


def runtime_of(folder: Path, content: bytes, sha256: str | None = None) -> str:
    file = folder / "runtime.zip"
    file.write_bytes(content)
    return from_file(file, sha256 or hashlib.sha256(content).hexdigest()).stem


@pytest.mark.parametrize("folder", ["", "cp313/"])
def test_a_runtime_is_known_by_its_layout(tmp_path: Path, folder: str) -> None:
    content = zipped({f"{folder}{name}": b"" for name in ("python3.dll", "python313.dll", "python313.zip")})
    assert runtime_of(tmp_path, content) == "python313"
    assert runtime_of(tmp_path, content, hashlib.sha256(content).hexdigest().upper()) == "python313"


@pytest.mark.parametrize(
    ("content", "sha256", "why"),
    [
        (zipped({"python313.dll": b"", "python313.zip": b""}), "0" * 64, "has the SHA-256"),
        (zipped({"python3.dll": b"", "readme.txt": b""}), None, "not hold the embeddable layout"),
        (zipped({"python313.dll": b""}), None, "not hold the embeddable layout"),
        (b"no archive", None, "no zip archive"),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, content: bytes, sha256: str | None, why: str) -> None:
    with pytest.raises(UnfitRuntime, match=why):
        runtime_of(tmp_path, content, sha256)


@pytest.mark.parametrize(
    ("path", "is_needed"),
    [
        ("PySide6/QtWidgets.pyd", True),
        ("PySide6/Qt6Svg.dll", True),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/plugins/imageformats/qsvg.dll", True),
        ("PySide6/translations/qtbase_de.qm", True),
        ("PySide6/QtQuick.pyd", False),
        ("PySide6/opengl32sw.dll", False),
        ("PySide6/qml/QtQuick/plugins.qmltypes", False),
        ("PySide6/QtCore.pyi", False),
        ("PySide6/translations/designer_de.qm", False),
        ("PySide6/translations/qtbase_fr.qm", False),
        ("pypsrp/wsman.py", True),
        ("pypsrp/py.typed", False),
        ("sspilib/raw/_ntstatus.pyi", False),
        ("keyring/testing/backend.py", False),
        ("keyring-25.7.0.dist-info/entry_points.txt", True),
        ("keyring-25.7.0.dist-info/licenses/LICENSE", True),
        ("keyring-25.7.0.dist-info/RECORD", False),
    ],
)
def test_what_is_never_loaded_is_left_out(path: str, is_needed: bool) -> None:
    assert trimming.is_needed(PurePosixPath(path)) is is_needed


def test_every_part_of_qt_that_is_imported_is_there() -> None:
    sources = [path.read_text("utf-8") for path in (ROOT / "gui").rglob("*.py")]
    imported = {name for source in sources for name in re.findall(r"(?:from|import) PySide6\.(\w+)", source)}
    assert {"QtCore", "QtGui", "QtWidgets"} <= imported
    for name in imported:
        assert trimming.is_needed(PurePosixPath(f"PySide6/{name}.pyd"))
        assert trimming.is_needed(PurePosixPath(f"PySide6/{name.replace('Qt', 'Qt6')}.dll"))


def test_a_package_says_its_licence(tmp_path: Path) -> None:
    folder = "thing-1.0.dist-info"
    wheel = tmp_path / "thing-1.0-py3-none-any.whl"
    description = b"Name: thing\nVersion: 1.0\nClassifier: License :: OSI Approved :: MIT License\n\n"
    wheel.write_bytes(
        zipped({f"{folder}/METADATA": description, f"{folder}/LICENSE": b"May be used.", "thing-1.0.data/x": b""})
    )
    read = _read(wheel)
    assert (read.name, read.version, read.licence) == ("thing", "1.0", "MIT License")
    assert list(read.licence_texts()) == [("LICENSE", b"May be used.")]
    assert PurePosixPath("thing-1.0.data/x") not in dict(read.members())


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name in ("installer/product.py", "gui/theme.py"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("")
    git(tmp_path, "init", "-q")
    commit(tmp_path, "Begin", day=1)
    return tmp_path


def git(folder: Path, *arguments: str, day: int = 1) -> None:
    person = ["-c", "user.name=Somebody", "-c", "user.email=somebody@contoso.example"]
    date = f"2026-01-{day:02}T12:00:00Z"
    environment = {"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date, "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    subprocess.run(["git", "-C", folder, *person, *arguments], check=True, env=environment)


def commit(folder: Path, words: str, day: int) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", words, day=day)


def test_the_installer_is_tried_for_a_day_after_a_change(repository: Path) -> None:
    (repository / "installer" / "product.py").write_text("# Changed")
    assert "not committed" in changes.reason(repository)
    commit(repository, "Change the product", day=3)
    assert "Change the product" in changes.reason(repository)
    (repository / "gui" / "theme.py").write_text("# Changed")
    commit(repository, "Paint it", day=4)
    assert "Change the product" in changes.reason(repository)
    (repository / "gui" / "theme.py").write_text("# Changed again")
    commit(repository, "Paint it again", day=6)
    assert not changes.is_due(changes.reason(repository))


def test_without_a_history_the_installer_is_tried(tmp_path: Path) -> None:
    assert changes.is_due(changes.reason(tmp_path))
