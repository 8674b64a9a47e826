"""What the pages of the Move Wizard fill in."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from core.clusters.steps import NodeWay
from core.moving.estimate import Assumptions
from core.moving.ways import Way
from core.remoting.endpoint import Credential


class MoveType(enum.Enum):
    """What is moved."""

    MACHINE = "machine"
    STORAGE = "storage"
    NODE = "node"
    INTO_CLUSTER = "into cluster"


class MoveOption(enum.Enum):
    """Where the data of a machine goes that moves to another host."""

    SINGLE_LOCATION = "single location"
    EACH_ITEM = "each item"
    MACHINE_ONLY = "machine only"


class ItemOption(enum.Enum):
    """How the places of the items are chosen."""

    SAME_PATHS = "same paths"
    DISKS = "disks"
    ITEMS = "items"


class StorageOption(enum.Enum):
    """Which data moves within its host, and where to."""

    SINGLE_LOCATION = "all to one location"
    ITEMS = "each to its location"
    DISKS = "only the disks"


@dataclass(slots=True)
class MoveChoices:
    """``destination`` is a name as typed.

    ``folders`` holds what was typed for an item, by the host that it goes to and the item's key; the key is empty for
    the single location. ``ways`` are chosen by the host's name, ``export_folder`` is empty for the one that is
    proposed. ``switches`` holds the chosen switches as ``folders`` does, by the adapter's place in the machine.
    ``left_out`` are the keys of items that stay. ``credentials`` are kept in memory, by the host's name. ``node`` is
    the node that a clustered machine goes to, empty for the best one.
    """

    move_type: MoveType = MoveType.MACHINE
    destination: str = ""
    option: MoveOption = MoveOption.SINGLE_LOCATION
    item_option: ItemOption = ItemOption.SAME_PATHS
    storage_option: StorageOption = StorageOption.SINGLE_LOCATION
    node: str = ""
    node_way: NodeWay = NodeWay.LIVE
    left_out: set[str] = field(default_factory=set)
    folders: dict[tuple[str, str], str] = field(default_factory=dict)
    ways: dict[str, Way] = field(default_factory=dict)
    export_folder: str = ""
    switches: dict[tuple[str, int], str] = field(default_factory=dict)
    credentials: dict[str, Credential] = field(default_factory=dict)
    assumptions: Assumptions = field(default_factory=Assumptions)
