"""What the program is made of is told with its licences, as the installed packages say."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.support.licences import packages, qt_notice, version


def test_everything_that_the_program_needs_is_told() -> None:
    known = {package.name.lower().replace("_", "-"): package for package in packages()}
    assert known["vmferry"].version == version()
    wanted = {
        "pyside6-essentials",
        "shiboken6",
        "qasync",
        "pypsrp",
        "requests-credssp",
        "keyring",
        "cryptography",
        "h11",
    }
    assert wanted <= known.keys()
    assert not {"pytest", "babel", "black", "ruff"} & known.keys()
    assert not [name for name, package in known.items() if not (package.licence and package.version)]
    assert not [name for name, package in known.items() if not package.texts]


def test_the_licence_of_qt_is_told_whole() -> None:
    known = {package.name: package for package in packages()}
    lesser, general = known["PySide6_Essentials"].texts
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in lesser
    assert "GNU GENERAL PUBLIC LICENSE" in general
    assert "Lesser General Public License" in qt_notice()


def test_an_installed_program_without_lists_of_files_tells_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = tmp_path / "vmferry-9.dist-info"
    (described / "licenses").mkdir(parents=True)
    (described / "licenses" / "LICENSE").write_text("May be used.")
    head = "Metadata-Version: 2.4\nName: vmferry\nVersion: 9\n"
    (described / "METADATA").write_text(head + "License-File: LICENSE\nRequires-Dist: h11>=0.16\n")
    monkeypatch.syspath_prepend(tmp_path)
    h11, program = packages()
    assert (h11.name, program.name, program.version, program.texts) == ("h11", "vmferry", "9", ("May be used.",))
