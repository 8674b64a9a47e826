"""What the installer does with the staged files: folders, shortcuts, registry, upgrade."""

from __future__ import annotations

import datetime
import hashlib
import struct
from pathlib import Path
from uuid import UUID, uuid5

from installer.database import CABINET, Database, Value, braced
from installer.windows_file import version_of

NAMESPACE = UUID("6c9a6bd1-2d0e-5b0e-9d55-5a3e3b6f7c10")
"""Every identifier of the product is derived from it: never change it, nor what is derived."""
UPGRADE_CODE = uuid5(NAMESPACE, "VM Ferry")
NAME, MAKER = "VM Ferry", "VM Ferry contributors"
REGISTRY_KEY = r"Software\VM Ferry"
PROGRAM = "vmferry.exe"

# What may be given on the command line, by property: the value in the registry that keeps it for upgrades and repairs.
KEPT = {
    "INSTALLFOLDER": "InstallFolder",
    "PRESETPROFILES": "PresetProfiles",
    "STARTMENU": "StartMenu",
    "DESKTOP": "Desktop",
}
_OLDEST_WINDOWS = 17763
"""The build of Windows 10 1809 and Server 2019, the oldest that Qt 6.11 supports."""

_LOCAL_MACHINE = 2
_RAW_64_BIT = 2 + 16
_COMPONENT_64_BIT, _REGISTRY_KEY_PATH = 256, 4
_VITAL = 512
_SET_PROPERTY = 51

# The numbers that the documentation of Windows Installer proposes for its actions.
_EXECUTE = {
    "FindRelatedProducts": 25,
    "AppSearch": 50,
    "LaunchConditions": 100,
    "ValidateProductID": 700,
    "CostInitialize": 800,
    "FileCost": 900,
    "CostFinalize": 1000,
    "MigrateFeatureStates": 1200,
    "InstallValidate": 1400,
    "InstallInitialize": 1500,
    "RemoveExistingProducts": 1550,
    "ProcessComponents": 1600,
    "UnpublishFeatures": 1800,
    "RemoveRegistryValues": 2600,
    "RemoveShortcuts": 3200,
    "RemoveFiles": 3500,
    "RemoveFolders": 3600,
    "CreateFolders": 3700,
    "InstallFiles": 4000,
    "CreateShortcuts": 4500,
    "WriteRegistryValues": 5000,
    "RegisterUser": 6000,
    "RegisterProduct": 6100,
    "PublishFeatures": 6300,
    "PublishProduct": 6400,
    "InstallFinalize": 6600,
}
_SEQUENCES = {
    "InstallExecuteSequence": _EXECUTE,
    "InstallUISequence": {
        **{name: number for name, number in _EXECUTE.items() if number <= 1200},
        "ExecuteAction": 1300,
    },
    "AdminExecuteSequence": {
        **{name: _EXECUTE[name] for name in ("CostInitialize", "FileCost", "CostFinalize", "InstallValidate")},
        **{name: _EXECUTE[name] for name in ("InstallInitialize", "InstallFiles", "InstallFinalize")},
        "InstallAdminPackage": 3900,
    },
    "AdvtExecuteSequence": {
        **{name: _EXECUTE[name] for name in ("CostInitialize", "CostFinalize", "InstallValidate", "InstallInitialize")},
        **{name: _EXECUTE[name] for name in ("CreateShortcuts", "PublishFeatures", "PublishProduct")},
        "InstallFinalize": _EXECUTE["InstallFinalize"],
    },
}


def describe(stage: Path, version: str, icon: Path, moment: int) -> Database:
    """The database that installs everything in ``stage``. ``moment`` is when it was made, in seconds."""
    database = Database(NAMESPACE)
    database.icons[f"{NAME.replace(' ', '')}.ico"] = icon
    _add_summary(database, moment)
    _add_properties(database, version)
    _add_upgrade(database, version)
    _add_sequences(database)
    database.add("Feature", ("Program", None, NAME, None, 1, 1, "INSTALLFOLDER", 0))
    _add_folders(database)
    _add_files(database, stage)
    _add_registry(database, version)
    _add_shortcuts(database)
    database.add("Media", (1, len(database.files), None, f"#{CABINET}", None, None))
    return database


def product_code(version: str) -> str:
    """The code of one version of the product."""
    return braced(uuid5(NAMESPACE, f"{NAME} {version}"))


def _add_summary(database: Database, moment: int) -> None:
    made = datetime.datetime.fromtimestamp(moment, datetime.UTC).strftime("%Y/%m/%d %H:%M:%S")
    database.add(
        "_SummaryInformation",
        *((1, 1252), (2, "Installation Database"), (3, NAME), (4, MAKER), (5, "Installer")),
        (6, f"Installs {NAME} for all users of this computer."),
        # For 64-bit Windows, in English; made for Windows Installer 5, compressed, with long names.
        *((7, "x64;1033"), (12, made), (13, made), (14, 500), (15, 2), (18, NAME), (19, 2)),
    )


def _add_properties(database: Database, version: str) -> None:
    database.add(
        "Property",
        ("ALLUSERS", "1"),
        ("ARPCOMMENTS", "Moves Hyper-V virtual machines between hosts"),
        ("ARPNOMODIFY", "1"),
        ("ARPPRODUCTICON", f"{NAME.replace(' ', '')}.ico"),
        ("Manufacturer", MAKER),
        ("ProductCode", product_code(version)),
        ("ProductLanguage", "1033"),
        ("ProductName", NAME),
        ("ProductVersion", version),
        ("SecureCustomProperties", ";".join([*KEPT, *map(_former, KEPT), "NEWERFOUND", "OLDERFOUND", "WINDOWSBUILD"])),
        ("UpgradeCode", braced(UPGRADE_CODE)),
    )
    for name, value in KEPT.items():
        database.add("RegLocator", (name, _LOCAL_MACHINE, REGISTRY_KEY, value, _RAW_64_BIT))
        database.add("AppSearch", (_former(name), name))
    windows = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
    database.add("RegLocator", ("WindowsBuild", _LOCAL_MACHINE, windows, "CurrentBuildNumber", _RAW_64_BIT))
    database.add("AppSearch", ("WINDOWSBUILD", "WindowsBuild"))
    database.add(
        "LaunchCondition",
        (
            f"Installed OR WINDOWSBUILD >= {_OLDEST_WINDOWS}",
            f"{NAME} needs Windows 10 version 1809, Windows Server 2019, or a later one.",
        ),
        ("Installed OR NOT NEWERFOUND", f"A newer version of {NAME} is installed already."),
    )


def _add_upgrade(database: Database, version: str) -> None:
    code = braced(UPGRADE_CODE)
    database.add(
        "Upgrade",
        (code, "0.0.0", version, None, 1 + 256, None, "OLDERFOUND"),
        (code, version, None, None, 2, None, "NEWERFOUND"),
    )


def _add_sequences(database: Database) -> None:
    for table, actions in _SEQUENCES.items():
        database.add(table, *((action, None, number) for action, number in sorted(actions.items())))
    database.add("CustomAction", ("TellFolder", _SET_PROPERTY, "ARPINSTALLLOCATION", "[INSTALLFOLDER]"))
    database.add("InstallExecuteSequence", ("TellFolder", None, 1050))
    for place, name in enumerate(KEPT):
        action = f"Keep{name}"
        database.add("CustomAction", (action, _SET_PROPERTY, name, f"[{_former(name)}]"))
        for table in ("InstallExecuteSequence", "InstallUISequence"):
            database.add(table, (action, f"{_former(name)} AND NOT {name}", 60 + place))


def _add_folders(database: Database) -> None:
    database.add(
        "Directory",
        ("TARGETDIR", None, "SourceDir"),
        ("ProgramFiles64Folder", "TARGETDIR", "."),
        ("INSTALLFOLDER", "ProgramFiles64Folder", f"VMFERRY|{NAME}"),
        ("ProgramMenuFolder", "TARGETDIR", "."),
        ("DesktopFolder", "TARGETDIR", "."),
    )


def _add_files(database: Database, stage: Path) -> None:
    """One component for each file, as Windows Installer wants it, so that a repair finds each that is missing."""
    folders = {stage: "INSTALLFOLDER"}
    for place, folder in enumerate(sorted(path for path in stage.rglob("*") if path.is_dir())):
        key = f"d{_digest(folder, stage)}"
        database.add("Directory", (key, folders[folder.parent], _both_names(folder, f"D{place}")))
        folders[folder] = key
    files = sorted(path for path in stage.rglob("*") if path.is_file())
    for sequence, file in enumerate(files, 1):
        digest = _digest(file, stage)
        key, component = f"f{digest}", f"c{digest}"
        guid = braced(uuid5(NAMESPACE, str(file.relative_to(stage))))
        _add_component(database, component, guid, folders[file.parent], _COMPONENT_64_BIT, None, key)
        version = version_of(file)
        language = "0" if version else None
        name = _both_names(file, f"F{sequence}")
        database.add("File", (key, component, name, file.stat().st_size, version, language, _VITAL, sequence))
        if not version:
            database.add("MsiFileHash", (key, 0, *struct.unpack("<4i", hashlib.md5(file.read_bytes()).digest())))
        database.files[key] = file


def _add_registry(database: Database, version: str) -> None:
    """What was chosen is kept for an upgrade and a repair; an own component each, as each may be missing."""
    for name, value in KEPT.items():
        condition = None if name == "INSTALLFOLDER" else name
        _add_registry_component(database, value, f"[{name}]", condition)
    _add_registry_component(database, "Version", version, None)


def _add_registry_component(database: Database, name: str, value: str, condition: str | None) -> None:
    key, component = f"r{name}", f"c{name}"
    guid = braced(uuid5(NAMESPACE, f"registry {name}"))
    attributes = _COMPONENT_64_BIT + _REGISTRY_KEY_PATH
    _add_component(database, component, guid, "INSTALLFOLDER", attributes, condition, key)
    database.add("Registry", (key, _LOCAL_MACHINE, REGISTRY_KEY, name, value, component))


def _add_shortcuts(database: Database) -> None:
    for folder, condition in (("ProgramMenuFolder", 'NOT STARTMENU = "0"'), ("DesktopFolder", 'DESKTOP = "1"')):
        name = f"{folder}Shortcut"
        _add_registry_component(database, name, "1", condition)
        target = f"[INSTALLFOLDER]{PROGRAM}"
        words = "Moves Hyper-V virtual machines between hosts"
        row: tuple[Value, ...] = (name, folder, f"VMFERRY|{NAME}", f"c{name}", target, None, words)
        database.add("Shortcut", (*row, None, None, None, None, "INSTALLFOLDER"))


def _add_component(
    database: Database, name: str, guid: str, folder: str, attributes: int, condition: str | None, key_path: str
) -> None:
    database.add("Component", (name, guid, folder, attributes, condition, key_path))
    database.add("FeatureComponents", ("Program", name))


def _former(name: str) -> str:
    """The property that holds what was chosen when the program was installed last."""
    return f"{name}BEFORE"


def _digest(path: Path, stage: Path) -> str:
    return hashlib.sha256(str(path.relative_to(stage)).encode()).hexdigest()[:24]


def _both_names(path: Path, stem: str) -> str:
    """A short name that is unique, and the name."""
    ending = "".join(each for each in path.suffix[1:4].upper() if each.isalnum())
    return f"{stem}.{ending}|{path.name}" if path.is_file() and ending else f"{stem}|{path.name}"
