"""An estate whose machines are all replicated, and a recovery plan of them in groups."""

from __future__ import annotations

from pathlib import Path

from core.recovery.document import Group, Member, RecoveryPlan
from core.replicas.survey import Overview
from tests.laboratory import GROUP

HOSTS = """
title = "Machines that are all replicated"
domain = "contoso.example"
administrator = "CONTOSO\\\\admin"

[[hosts]]
name = "P"
memory = "64 GB"
volumes = [{ letter = "D", label = "Machines", size = "1 TB" }]
switches = [{ name = "LAN" }]
replica_server = { storage_location = "D:\\\\Replicas" }

[[hosts]]
name = "R"
memory = "64 GB"
volumes = [{ letter = "D", label = "Machines", size = "1 TB" }]
switches = [{ name = "LAN" }, { name = "Tests", kind = "Private" }]
replica_server = { storage_location = "D:\\\\Replicas" }
"""
MACHINE = """
[[hosts.machines]]
name = "{name}"
memory = "1 GB"
folder = "D:\\\\VMs\\\\{name}"
disks = [{{ name = "{name}.vhdx", size = "4 GB", used = "1 GB" }}]
adapters = [{{ switch = "LAN" }}]
"""
REPLICATION = """
[[replications]]
machine = "{name}"
primary = "P"
replica = "R"
"""
NAMES = tuple(f"VM{number:02}" for number in range(1, 11))
SIZES = (2, 3, 5)


def scenario(folder: Path, names: tuple[str, ...] = NAMES) -> str:
    """A scenario with these machines; its path."""
    machines = "".join(MACHINE.format(name=name) for name in names)
    head, _second, tail = HOSTS.partition('\n[[hosts]]\nname = "R"')
    text = head + "\n" + machines + _second + tail + "".join(REPLICATION.format(name=name) for name in names)
    file = folder / "replicated.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def a_plan(overview: Overview, sizes: tuple[int, ...] = SIZES) -> RecoveryPlan:
    """The machines of ``overview`` in groups of ``sizes``; the first of each group is started.

    The second group says something, and the third has to wait for it.
    """
    found = sorted(overview.relationships, key=lambda each: each.machine_name)
    groups = []
    for number, size in enumerate(sizes):
        taken, found = found[:size], found[size:]
        members = tuple(
            Member(each.machine_id, each.machine_name, "P", "R", not place, "Tests") for place, each in enumerate(taken)
        )
        said, delay = ("The databases come next.", 1) if number == 1 else ("", 0)
        groups.append(Group(f"Group {number + 1}", members, said, running_within=60, delay=delay))
    return RecoveryPlan("Site P is lost", GROUP, tuple(groups))
