"""Virtual SANs of a host, and the Fibre Channel adapters of its machines."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lab.hyperv.changes import refusal, require_off
from lab.hyperv.hardware import FibreChannelHba, FibrePort, San
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.hyperv.messages import failed

MOST_ADAPTERS = 4
"""Fibre Channel adapters that a machine can have (Windows Server documentation)."""
_NAME = re.compile(r"[0-9A-F]{16}")


def world_wide_name(text: str, host: Host) -> str:
    """A World Wide Name in upper case, without separators; raises OperationFailed for what is none."""
    name = re.sub("[-:]", "", text).upper()
    if not _NAME.fullmatch(name):
        raise failed("wwn_invalid", host.language, name=text)
    return name


def host_ports(names: Iterable[tuple[str, str]], host: Host) -> list[FibrePort]:
    """The ports of the host with these node and port names; raises OperationFailed for one that it has not."""
    found: list[FibrePort] = []
    for node, port in names:
        wanted = FibrePort(world_wide_name(node, host), world_wide_name(port, host))
        if wanted not in host.hardware.ports:
            names_of = {"what": "Fibre Channel port", "name": wanted.port, "host": host.name}
            raise failed("hardware_unknown", host.language, **names_of)
        found.append(wanted)
    return found


def find_san(name: str, host: Host) -> San:
    """The virtual SAN of that name; raises OperationFailed when there is none."""
    san = host.hardware.find_san(name)
    if san is None:
        raise failed("san_unknown", host.language, name=name)
    return san


def new_san(name: str, note: str, ports: list[FibrePort], host: Host) -> San:
    """Make a virtual SAN; raises OperationFailed when the name is taken."""
    if host.hardware.find_san(name) is not None:
        raise failed("san_exists", host.language, name=name)
    san = San(name, note, ports)
    host.hardware.sans.append(san)
    return san


def remove_san(san: San, host: Host) -> None:
    """Raises OperationFailed while machines have adapters on it."""
    if any(hba.san == san.name for machine in host.machines.values() for hba in machine.hbas):
        raise failed("san_in_use", host.language, name=san.name)
    host.hardware.sans.remove(san)


def add_adapter(machine: VirtualMachine, host: Host, san: San, names: tuple[str, str, str, str]) -> FibreChannelHba:
    """Give a machine that is off an adapter; raises OperationFailed."""
    require_off(machine, host)
    if len(machine.hbas) >= MOST_ADAPTERS:
        raise refusal("too_many_hbas", machine, host, most=MOST_ADAPTERS)
    hba = FibreChannelHba(host.estate.new_id(), san.name, names)
    machine.hbas = (*machine.hbas, hba)
    return hba


def replace_adapter(machine: VirtualMachine, host: Host, old: FibreChannelHba, *new: FibreChannelHba) -> None:
    """Put another adapter, or none, in the place of one, while the machine is off; raises OperationFailed."""
    require_off(machine, host)
    if old not in machine.hbas:
        raise refusal("hba_missing", machine, host)
    place = machine.hbas.index(old)
    machine.hbas = (*machine.hbas[:place], *new, *machine.hbas[place + 1 :])


def generated_names(host: Host) -> tuple[str, str, str, str]:
    """Two sets of names: the host's node name, and port names of its range."""
    least, most = int(host.preferences.least_port_name, 16), int(host.preferences.most_port_name, 16)
    first, second = (f"{host.estate.chance.randint(least, max(least, most)):016X}" for _ in range(2))
    return (host.preferences.node_name, first, host.preferences.node_name, second)
