"""An estate of any size, made up."""

from __future__ import annotations

from typing import Any


def scale(hosts: int, machines: int) -> dict[str, Any]:
    """The content of a scenario with that many hosts, each with that many machines."""
    return {
        "title": f"{hosts} hosts with {machines} virtual machines each",
        "domain": "scale.example",
        "administrator": "SCALE\\hvadmin",
        "prepares_answers": True,
        "hosts": [_host(number, machines) for number in range(1, hosts + 1)],
    }


def _host(number: int, machines: int) -> dict[str, Any]:
    name = f"HV-{number:04d}"
    return {
        "name": name,
        "memory": "512 GB",
        "processors": 64,
        "volumes": [
            {"letter": "C", "label": "System", "size": "237 GB", "used": "60 GB"},
            {"letter": "D", "label": "Machines", "size": "20 TB"},
        ],
        "switches": [{"name": "Production"}],
        "machines": [_machine(f"{name}-VM{index:03d}", index) for index in range(1, machines + 1)],
    }


def _machine(name: str, index: int) -> dict[str, Any]:
    return {
        "name": name,
        "memory": "4 GB",
        "folder": f"D:\\VMs\\{name}",
        "state": "Off" if index % 10 == 0 else "Running",
        "usage": index % 7,
        "disks": [{"name": f"{name}.vhdx", "size": "60 GB", "used": "20 GB"}],
        "adapters": [{"switch": "Production"}],
    }
