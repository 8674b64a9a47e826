"""The Hyper-V settings of a host that matter for moves: as read, as chosen, and the plan that makes one the other.

Cmdlets and parameters are those that Microsoft documents. That a lower priority of a migration network is used first,
and that networks without one come last, is assumed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import msgspec
from msgspec import field

from core.estate.connection import HostKey
from core.hyperv.paths import folder_fault
from core.hyperv.query import Question, Reading, UnexpectedAnswer, ask
from core.hyperv.states import Authentication, MigrationPerformance
from core.jobs.goal import Fact, Facts
from core.jobs.plan import Action, Plan
from core.language import _
from core.moving.fixes import enable_migrations
from core.powershell.command import Command, ParameterValue, Pipeline, Statement, command
from core.remoting.session import Answer
from core.wizards.wizard import Problem


@dataclass(frozen=True, slots=True)
class HostSettings:
    """``networks`` are subnets or addresses, the one to use first before the others; they count unless ``any_network``.

    ``performance`` is None on hosts that have no such option (Windows Server 2012).
    """

    enabled: bool
    live: int
    storage: int
    authentication: Authentication
    performance: MigrationPerformance | None
    any_network: bool
    networks: tuple[str, ...]
    disk_folder: str
    machine_folder: str


class _Host(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMHost."""

    enabled: bool = field(name="VirtualMachineMigrationEnabled")
    live: int = field(name="MaximumVirtualMachineMigrations")
    storage: int = field(name="MaximumStorageMigrations")
    authentication: Authentication = field(name="VirtualMachineMigrationAuthenticationType")
    performance: MigrationPerformance | None = field(name="VirtualMachineMigrationPerformanceOption", default=None)
    any_network: bool = field(name="UseAnyNetworkForMigration", default=True)
    disk_folder: str = field(name="VirtualHardDiskPath", default="")
    machine_folder: str = field(name="VirtualMachinePath", default="")


class _Network(msgspec.Struct, frozen=True, rename="pascal"):
    """Get-VMMigrationNetwork."""

    subnet: str
    priority: int | None = None


_HOST = Question("host", command("Get-VMHost"), _Host)
_NETWORKS = Question("networks", command("Get-VMMigrationNetwork"), _Network)
_LAST = 1 << 32

AUTHENTICATIONS = {Authentication.CREDSSP: "CredSSP", Authentication.KERBEROS: "Kerberos"}
PERFORMANCES = {
    MigrationPerformance.TCPIP: "TCPIP",
    MigrationPerformance.COMPRESSION: "Compression",
    MigrationPerformance.SMB: "SMB",
}
"""The values of Set-VMHost by what they mean."""


async def read_settings(asker: Callable[[Pipeline], Awaitable[Answer]]) -> HostSettings:
    """The settings of the host that ``asker`` asks. Raises RemotingError and UnexpectedAnswer."""
    reading = Reading.of((await asker(ask((_HOST, _NETWORKS)))).output)
    hosts = reading.records(_HOST)
    if len(hosts) != 1:
        raise UnexpectedAnswer(_("It has no Hyper-V cmdlets."))
    host = hosts[0]
    networks = sorted(reading.records(_NETWORKS), key=lambda each: _LAST if each.priority is None else each.priority)
    return HostSettings(
        enabled=host.enabled,
        live=host.live,
        storage=host.storage,
        authentication=host.authentication,
        performance=host.performance,
        any_network=host.any_network,
        networks=tuple(network.subnet for network in networks),
        disk_folder=host.disk_folder,
        machine_folder=host.machine_folder,
    )


def network_fault(text: str) -> str:
    """What is wrong with ``text`` as a network or an address, in a sentence; empty when nothing is."""
    if not text.strip():
        return _("No network is named.")
    try:
        tidy_network(text)
    except ValueError:
        return _("{text} is neither a network, such as 10.0.0.0/24, nor an address.").format(text=text.strip())
    return ""


def tidy_network(text: str) -> str:
    """A network or an address in its usual spelling. Raises ValueError when it is none."""
    bare = text.strip()
    if "/" in bare:
        return str(ipaddress.ip_network(bare, strict=False))
    return str(ipaddress.ip_address(bare))


def problems(settings: HostSettings) -> tuple[Problem, ...]:
    """What is wrong with what was chosen; the field is that of HostSettings."""
    found: list[Problem] = []
    if settings.enabled and not settings.any_network and not settings.networks:
        cure = _("Add a network, or let any be used.")
        found.append(Problem("networks", _("No network is listed for live migrations."), cure))
    for name, folder in (("disk_folder", settings.disk_folder), ("machine_folder", settings.machine_folder)):
        if fault := folder_fault(folder):
            found.append(Problem(name, fault, _("Choose a folder from the list, or type a full path.")))
    return tuple(found)


def plan_of(host: HostKey, before: HostSettings, after: HostSettings) -> Plan | None:
    """What makes ``before`` into ``after``: only what differs; None when nothing does."""
    actions: list[Action] = []
    if after.enabled and not before.enabled:
        actions += enable_migrations(host).actions
    if changed := _changed(before, after):
        actions.append(replace(_set(host, changed, after), undo=_set(host, changed, before)))
    if after.networks != before.networks:
        back = _use(host, before.networks, after.networks)
        actions.append(replace(_use(host, after.networks, before.networks), undo=back))
    if before.enabled and not after.enabled:
        [enabling] = enable_migrations(host).actions
        if enabling.undo is not None:
            actions.append(replace(enabling.undo, undo=replace(enabling, undo=None)))
    if not actions:
        return None
    title = _("Change the Hyper-V settings of {host}").format(host=host.name)
    return Plan(title, host, tuple(actions))


_PARAMETERS = {
    "live": "MaximumVirtualMachineMigrations",
    "storage": "MaximumStorageMigrations",
    "authentication": "VirtualMachineMigrationAuthenticationType",
    "performance": "VirtualMachineMigrationPerformanceOption",
    "any_network": "UseAnyNetworkForMigration",
    "disk_folder": "VirtualHardDiskPath",
    "machine_folder": "VirtualMachinePath",
}
"""The parameters of Set-VMHost, which are called as the properties of Get-VMHost are, by field of HostSettings."""


def _changed(before: HostSettings, after: HostSettings) -> tuple[str, ...]:
    return tuple(name for name in _PARAMETERS if getattr(before, name) != getattr(after, name))


def _set(host: HostKey, names: tuple[str, ...], settings: HostSettings) -> Action:
    values = {_PARAMETERS[name]: _value(getattr(settings, name)) for name in names}
    wanted = tuple((_PARAMETERS[name], _number(getattr(settings, name))) for name in names)
    return Action(
        _("Change settings of {host}: {names}").format(host=host.name, names=", ".join(map(_word, names))),
        host,
        Pipeline((Statement((command("Set-VMHost", **values),)),)),
        Facts(host, (Fact(Statement((command("Get-VMHost"),)), wanted),)),
        _("Setting what was there before undoes it."),
    )


def _value(value: object) -> ParameterValue:
    match value:
        case Authentication():
            return AUTHENTICATIONS.get(value, "CredSSP")
        case MigrationPerformance():
            return PERFORMANCES.get(value, "TCPIP")
        case bool() | int() | str():
            return value
    return None


def _number(value: object) -> ParameterValue:
    """A setting as the host lists it: an enumeration is its number then."""
    if isinstance(value, bool | str):
        return value
    return int(value) if isinstance(value, int) else None


def _word(name: str) -> str:
    return {
        "live": _("live migrations at once"),
        "storage": _("storage migrations at once"),
        "authentication": _("authentication"),
        "performance": _("performance option"),
        "any_network": _("which networks are used"),
        "disk_folder": _("folder for virtual hard disks"),
        "machine_folder": _("folder for virtual machines"),
    }[name]


def _use(host: HostKey, networks: tuple[str, ...], before: tuple[str, ...]) -> Action:
    """Let a host have these migration networks in this order, instead of those ``before``."""
    calls: list[Command] = [
        command("Remove-VMMigrationNetwork", Subnet=subnet) for subnet in before if subnet not in networks
    ]
    for number, subnet in enumerate(networks, 1):
        if subnet in before:
            calls.append(command("Set-VMMigrationNetwork", Subnet=subnet, NewPriority=number))
        else:
            calls.append(command("Add-VMMigrationNetwork", Subnet=subnet, Priority=number))
    listed = Statement((command("Get-VMMigrationNetwork"),))
    there = [Fact(listed, (("Subnet", subnet), ("Priority", number))) for number, subnet in enumerate(networks, 1)]
    gone = [Fact(listed, (("Subnet", subnet),), is_absent=True) for subnet in before if subnet not in networks]
    names = ", ".join(networks) or _("none")
    return Action(
        _("Use these networks for live migrations on {host}: {networks}").format(host=host.name, networks=names),
        host,
        Pipeline(tuple(Statement((call,)) for call in calls)),
        Facts(host, (*there, *gone)),
        _("Listing the former networks again undoes it."),
    )
