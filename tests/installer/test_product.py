"""The tables of the installer: each reference leads somewhere, and the same files give the same rows."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from installer.database import Database, Value
from installer.product import KEPT, NAMESPACE, describe, product_code
from installer.windows_file import version_of

MOMENT = 1_700_000_000
VERSION_RESOURCE = struct.pack("<4I", 0xFEEF04BD, 0x10000, 3 << 16 | 13, 2150 << 16 | 1013)


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    stage = tmp_path / "stage"
    for name, content in {
        "vmferry.exe": b"MZ" + VERSION_RESOURCE,
        "program/gui/console.py": b"print()",
        "program/core/__init__.py": b"",
        "docs/lab.md": b"# The lab",
    }.items():
        (stage / name).parent.mkdir(parents=True, exist_ok=True)
        (stage / name).write_bytes(content)
    return stage


def described(stage: Path, version: str = "1.2.3") -> Database:
    return describe(stage, version, stage / "vmferry.exe", MOMENT)


def column(database: Database, table: str, place: int = 0) -> list[Value]:
    return [row[place] for row in database.rows[table]]


def test_every_reference_leads_somewhere(stage: Path) -> None:
    database = described(stage)
    folders, components = set(column(database, "Directory")), set(column(database, "Component"))
    assert set(column(database, "Directory", 1)) - {None} <= folders
    assert set(column(database, "Component", 2)) <= folders
    assert set(column(database, "FeatureComponents", 1)) == components
    for table, place in (("File", 1), ("Registry", 5), ("Shortcut", 3)):
        assert set(column(database, table, place)) <= components
    keys = set(column(database, "File")) | set(column(database, "Registry"))
    assert set(column(database, "Component", 5)) == keys
    assert {"CostFinalize", "InstallFiles", "RemoveExistingProducts"} <= set(column(database, "InstallExecuteSequence"))


@pytest.mark.parametrize(
    ("table", "place"), [("File", 0), ("File", 2), ("File", 7), ("Component", 0), ("Component", 1), ("Directory", 0)]
)
def test_nothing_is_named_twice(stage: Path, table: str, place: int) -> None:
    values = column(described(stage), table, place)
    assert len(set(values)) == len(values)


def test_files_come_in_the_order_of_their_sequence(stage: Path) -> None:
    database = described(stage)
    assert list(database.files) == column(database, "File")
    assert column(database, "File", 7) == [1, 2, 3, 4]
    assert database.rows["Media"] == [(1, 4, None, "#vmferry.cab", None, None)]


def test_files_with_a_version_need_no_hash(stage: Path) -> None:
    database = described(stage)
    versions = {file.name: row[4] for file, row in zip(database.files.values(), database.rows["File"], strict=True)}
    assert versions == {"vmferry.exe": "3.13.2150.1013", "console.py": "", "__init__.py": "", "lab.md": ""}
    assert len(database.rows["MsiFileHash"]) == 3


def test_components_stay_the_same_from_version_to_version_and_products_do_not(stage: Path) -> None:
    first, second = described(stage), described(stage, "1.2.4")
    assert first.rows["Component"] == second.rows["Component"]
    assert first.rows["Upgrade"][0][:2] == second.rows["Upgrade"][0][:2]
    assert product_code("1.2.3") != product_code("1.2.4")


def test_what_was_chosen_is_looked_up_again(stage: Path) -> None:
    database = described(stage)
    searched = dict(row for row in database.rows["AppSearch"] if row[1] in KEPT)
    assert searched == {f"{name}BEFORE": name for name in KEPT}
    for name, value in KEPT.items():
        assert (f"Keep{name}", 51, name, f"[{name}BEFORE]") in database.rows["CustomAction"]
        assert (f"r{value}", 2, r"Software\VM Ferry", value, f"[{name}]", f"c{value}") in database.rows["Registry"]


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="Media has 6 columns, not 2"):
        Database(NAMESPACE).add("Media", (1, 2))


def test_only_programs_have_a_version(tmp_path: Path) -> None:
    for name, content, version in (
        ("with.dll", b"MZ" + VERSION_RESOURCE, "3.13.2150.1013"),
        ("without.pyd", b"MZ", ""),
        ("by-chance.dll", b"MZ" + VERSION_RESOURCE[:4] + b"\xff" * 4 + VERSION_RESOURCE[8:], ""),
        ("other.txt", VERSION_RESOURCE, ""),
    ):
        (tmp_path / name).write_bytes(content)
        assert version_of(tmp_path / name) == version
