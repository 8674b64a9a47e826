"""Three hosts of one domain that all receive replicas, and machines on the first that can be replicated.

A monitoring interval of a week has just begun, so that no statistics end unless a test wants it.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec

from lab.hyperv import power
from lab.hyperv.clock import Clock
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.replication import enabling, failover, initial_copy, reversal
from lab.hyperv.replication.enabling import Wanted
from lab.hyperv.replication.settings import Settings
from lab.hyperv.replication.side import Receiver, Sender
from lab.hyperv.replication.states import Authentication
from lab.scenarios.building import START, build
from lab.scenarios.scenario import Scenario

GIGABYTE = 1 << 30
MACHINES = ("WEB", "SQL")


def machine(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "memory": "2 GB",
        "folder": f"D:\\VMs\\{name}",
        "write_rate": "1 MB/s",
        "disks": [{"name": f"{name}.vhdx", "size": "40 GB", "used": "10 GB"}],
        "adapters": [{"switch": "LAN", "addresses": ["10.0.0.5"]}],
        **changes,
    }


def host(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "memory": "64 GB",
        "link": "100 MB/s",
        "volumes": [{"letter": "D", "label": "Data", "size": "1 TB"}],
        "switches": [{"name": "LAN"}],
        "certificates": [{"name": "Good"}],
        "replica_server": {
            "storage_location": "D:\\Replicas",
            "authentication": "CertificateAndKerberos",
            "certificate": "Good",
            "monitoring_hours": 168,
        },
        "utc_offset_hours": 2,
        **changes,
    }


class Stage:
    """The estate; ``hosts`` and ``machines`` change what is in it, by name."""

    def __init__(self, hosts: dict[str, dict[str, Any]] | None = None, **changed: dict[str, Any]) -> None:
        entries = [host(name, **(hosts or {}).get(name, {})) for name in ("A", "B", "C")]
        entries[0]["machines"] = [machine(name, **changed.get(name, {})) for name in MACHINES]
        described = {"title": "", "domain": "x.example", "administrator": "X\\admin", "hosts": entries}
        self.estate = build(msgspec.convert(described, Scenario), Clock(START, speed=0), seed=1)
        self.a, self.b, self.c = self.estate.hosts

    def machine(self, name: str = "WEB") -> VirtualMachine:
        """The machine of host A."""
        return next(each for each in self.a.machines.values() if each.name == name)

    def on(self, host: Host, name: str = "WEB") -> VirtualMachine:
        return next(each for each in host.machines.values() if each.name == name)

    def settings(self, **changes: Any) -> Settings:
        return dataclasses.replace(Settings(80, Authentication.Kerberos), **changes)

    def enable(self, name: str = "WEB", server: str = "B", **settings: Any) -> tuple[Sender, Receiver]:
        """Enable replication from A, nothing is copied yet."""
        sender = enabling.enable(self.machine(name), self.a, Wanted(server, self.settings(**settings)))
        return sender, self.receiver(name)

    def replicate(self, name: str = "WEB", **settings: Any) -> tuple[Sender, Receiver]:
        """A machine that replicates from A to B since a moment ago."""
        sender, receiver = self.enable(name, **settings)
        initial_copy.begin(sender)
        while sender.job is not None:
            self.wait(1)
        assert sender.copied_since is not None
        return sender, receiver

    def extend(self, name: str = "WEB", **settings: Any) -> tuple[Sender, Receiver]:
        """The replica on B replicated on to C."""
        extended = enabling.enable(self.on(self.b, name), self.b, Wanted("C", self.settings(**settings)))
        initial_copy.begin(extended)
        while extended.job is not None:
            self.wait(1)
        return extended, self.receiver(name, self.c)

    def receiver(self, name: str = "WEB", host: Host | None = None) -> Receiver:
        replication = self.on(host or self.b, name).replication
        assert replication is not None
        assert replication.receiver is not None
        return replication.receiver

    def sender(self, host: Host, name: str = "WEB") -> Sender:
        replication = self.on(host, name).replication
        assert replication is not None
        assert isinstance(replication.simple, Sender)
        return replication.simple

    def turn_off(self, name: str = "WEB", host: Host | None = None) -> None:
        power.change("turn_off", self.on(host or self.a, name), host or self.a)
        self.wait(2)

    def planned_failover(self, name: str = "WEB") -> tuple[Sender, Receiver]:
        """Both halves: the machine is off on A, failed over on B."""
        sender, receiver = self.sender(self.a, name), self.receiver(name)
        self.turn_off(name)
        failover.prepare(sender)
        self.finish(sender)
        failover.fail_over(receiver, None)
        self.wait(5)
        return sender, receiver

    def reverse(self, receiver: Receiver, server: str = "A") -> reversal.Reversal:
        job = reversal.reverse(receiver, reversal.Direction(server, self.settings()))
        self.wait(5)
        return job

    def finish(self, side: Sender | Receiver) -> None:
        """Wait for the job of a side."""
        while side.job is not None:
            self.wait(1)

    def wait(self, seconds: float) -> None:
        self.estate.clock.advance(seconds)
