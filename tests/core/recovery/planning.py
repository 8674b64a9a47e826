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
NAMES = ("VM01", "VM02", "VM03")
SIZES = (1, 1, 1)


def scenario(folder: Path, names: tuple[str, ...] = NAMES) -> str:
    """A scenario with these machines; its path."""
    machines = "".join(MACHINE.format(name=name) for name in names)
    head, _second, tail = HOSTS.partition('\n[[hosts]]\nname = "R"')
    text = head + "\n" + machines + _second + tail + "".join(REPLICATION.format(name=name) for name in names)
    file = folder / "replicated.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def a_plan(overview: Overview, *, starts: int = 1, **changed: object) -> RecoveryPlan:
    """All machines of ``overview`` in groups of SIZES; the first ``starts`` of the first group are started."""
    found = sorted(overview.relationships, key=lambda each: each.machine_name)
    members = [Member(each.machine_id, each.machine_name, "P", "R") for each in found]
    groups = []
    for number, size in enumerate(SIZES):
        taken, members = members[:size], members[size:]
        chosen = tuple(
            Member(each.machine_id, each.name, each.primary, each.replica, not number and place < starts)
            for place, each in enumerate(taken)
        )
        if chosen:
            groups.append(Group(f"Group {number + 1}", chosen, running_within=60))
    plan = RecoveryPlan("Site P is lost", GROUP, tuple(groups))
    for name, value in changed.items():
        object.__setattr__(plan, name, value)
    return plan
