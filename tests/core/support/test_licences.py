"""What the program is made of is told with its licences, as the installed packages say."""

from __future__ import annotations

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
