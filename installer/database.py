"""A Windows Installer database: tables as text, files as a cabinet, put together by Debian's msitools.

The tables are those of the documentation of Windows Installer. Written by themselves, they may hold what the describing
languages of the usual tools on Linux lack: conditions of components, and properties that survive an upgrade.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid5

# Columns in the notation of the IDT format: s text, l text that may be translated, i a number of so many bytes, v a
# stream; a capital may be empty. Keys come first; their number is in front.
_TABLES: dict[str, tuple[int, str]] = {
    "_SummaryInformation": (1, "PropertyId:i2 Value:l255"),
    "AdminExecuteSequence": (1, "Action:s72 Condition:S255 Sequence:I2"),
    "AdvtExecuteSequence": (1, "Action:s72 Condition:S255 Sequence:I2"),
    "AppSearch": (2, "Property:s72 Signature_:s72"),
    "Component": (1, "Component:s72 ComponentId:S38 Directory_:s72 Attributes:i2 Condition:S255 KeyPath:S72"),
    "CustomAction": (1, "Action:s72 Type:i2 Source:S72 Target:S255"),
    "Directory": (1, "Directory:s72 Directory_Parent:S72 DefaultDir:l255"),
    "Feature": (
        1,
        "Feature:s38 Feature_Parent:S38 Title:L64 Description:L255 Display:I2 Level:i2 Directory_:S72 Attributes:i2",
    ),
    "FeatureComponents": (2, "Feature_:s38 Component_:s72"),
    "File": (
        1,
        "File:s72 Component_:s72 FileName:l255 FileSize:i4 Version:S72 Language:S20 Attributes:I2 Sequence:i4",
    ),
    "Icon": (1, "Name:s72 Data:v0"),
    "InstallExecuteSequence": (1, "Action:s72 Condition:S255 Sequence:I2"),
    "InstallUISequence": (1, "Action:s72 Condition:S255 Sequence:I2"),
    "LaunchCondition": (1, "Condition:s255 Description:l255"),
    "Media": (1, "DiskId:i2 LastSequence:i4 DiskPrompt:L64 Cabinet:S255 VolumeLabel:S32 Source:S72"),
    "MsiFileHash": (1, "File_:s72 Options:i2 HashPart1:i4 HashPart2:i4 HashPart3:i4 HashPart4:i4"),
    "Property": (1, "Property:s72 Value:l0"),
    "RegLocator": (1, "Signature_:s72 Root:i2 Key:s255 Name:S255 Type:I2"),
    "Registry": (1, "Registry:s72 Root:i2 Key:l255 Name:L255 Value:L0 Component_:s72"),
    "Shortcut": (
        1,
        "Shortcut:s72 Directory_:s72 Name:l128 Component_:s72 Target:s72 Arguments:S255 Description:L255"
        " Hotkey:I2 Icon_:S72 IconIndex:I2 ShowCmd:I2 WkDir:S72",
    ),
    "Upgrade": (
        5,
        "UpgradeCode:s38 VersionMin:S20 VersionMax:S20 Language:S255 Attributes:i4 Remove:S255 ActionProperty:s72",
    ),
}
CABINET = "vmferry.cab"
_CODE_PAGE = 1252

Value = str | int | None


@dataclass(slots=True)
class Database:
    """Rows by table, files by their key in the File table (in the order of their sequence), icons by name."""

    namespace: UUID
    rows: dict[str, list[tuple[Value, ...]]] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    icons: dict[str, Path] = field(default_factory=dict)

    def add(self, table: str, *rows: Sequence[Value]) -> None:
        """Add rows to a table, each with a value for every column."""
        columns = _TABLES[table][1].split()
        for row in rows:
            if len(row) != len(columns):
                raise ValueError(f"{table} has {len(columns)} columns, not {len(row)}: {row}")
            self.rows.setdefault(table, []).append(tuple(row))

    def write(self, target: Path, work: Path, moment: int) -> None:
        """Make ``target``; ``work`` is for what is made on the way. ``moment`` is the time of all files, in seconds.

        The same rows and files give the same bytes.
        """
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        cabinet = self._cabinet(work, moment)
        icons = work / "Icon"
        icons.mkdir()
        for name, file in self.icons.items():
            shutil.copy(file, icons / f"{name}.ibd")
            self.add("Icon", (name, f"{name}.ibd"))
        tables = [_table(work, name, rows) for name, rows in sorted(self.rows.items())]
        # A package has a code of its own, which tells it from every other one.
        digest = hashlib.sha256(cabinet.read_bytes())
        for table in tables:
            digest.update((work / table).read_bytes())
        self.add("_SummaryInformation", (9, braced(uuid5(self.namespace, digest.hexdigest()))))
        _table(work, "_SummaryInformation", sorted(self.rows["_SummaryInformation"], key=lambda row: int(row[0] or 0)))
        target.unlink(missing_ok=True)
        made = work / target.name
        _run(work, ["msibuild", made.name, "-i", *dict.fromkeys(["_SummaryInformation.idt", *tables])])
        _run(work, ["msibuild", made.name, "-a", CABINET, cabinet.name])
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, target)

    def _cabinet(self, work: Path, moment: int) -> Path:
        """All files under their keys, compressed."""
        folder = work / "files"
        folder.mkdir()
        for key, file in self.files.items():
            shutil.copy(file, folder / key)
            os.utime(folder / key, (moment, moment))
        # The cabinet keeps local times, so the zone is part of its bytes.
        _run(folder, ["gcab", "-c", "-z", "-n", f"../{CABINET}", *self.files])
        return work / CABINET


def braced(value: UUID) -> str:
    """An identifier as Windows Installer writes it."""
    return f"{{{value}}}".upper()


def _table(work: Path, name: str, rows: Iterable[Sequence[Value]]) -> str:
    """Write a table as text; returns the file's name."""
    keys, described = _TABLES[name]
    columns = [column.split(":") for column in described.split()]
    lines = [
        [column for column, _form in columns],
        [form for _column, form in columns],
        [name, *(column for column, _form in columns[:keys])],
        *(["" if value is None else str(value) for value in row] for row in rows),
    ]
    content = "".join("\t".join(line) + "\r\n" for line in lines)
    (work / f"{name}.idt").write_bytes(content.encode(f"cp{_CODE_PAGE}"))
    return f"{name}.idt"


def _run(folder: Path, command: list[str]) -> None:
    subprocess.run(command, cwd=folder, check=True, env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"})
