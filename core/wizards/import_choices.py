"""What the pages of the Import Wizard fill in."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.importing.imported import ImportType


@dataclass(slots=True)
class ImportChoices:
    """``folder`` is where the machine is looked for, ``path`` the configuration that is chosen.

    The four folders are for copies. ``memory`` is in MB, as text; ``switches`` are by the adapter's place, empty for
    not connected; ``disk_folder`` is where missing disks lie.
    """

    folder: str = ""
    path: str = ""
    kind: ImportType = ImportType.REGISTER
    machine_folder: str = ""
    checkpoint_folder: str = ""
    paging_folder: str = ""
    disks_folder: str = ""
    switches: dict[int, str] = field(default_factory=dict)
    memory: str = ""
    processors: str = ""
    disk_folder: str = ""
