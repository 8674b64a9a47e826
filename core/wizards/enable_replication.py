"""The Enable Replication Wizard: the pages of Hyper-V Manager's, and the addresses after a failover, for one machine.

The route and its words are those of Hyper-V Manager. What the choices come to is a ``Protection``; what speaks against
it is asked of both hosts, of the Replica server as far as the program reaches it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace

from core.estate.connection import HostKey
from core.estate.estate import Estate, Picture
from core.estate.inventory import Inventory
from core.hyperv.computers import AttachedDisk
from core.hyperv.disks import read_disks
from core.hyperv.paths import same_path, tidy
from core.hyperv.query import Question, Reading, ask
from core.hyperv.records import HardDiskDrive, Machine, NetworkAdapter, VirtualDisk
from core.hyperv.states import ReplicationAuthentication
from core.jobs.plan import Plan
from core.language import _
from core.powershell.command import Pipeline, command
from core.remoting.errors import HostReadOnly
from core.remoting.session import Answer
from core.replication.addresses import FailoverAddresses
from core.replication.checks.case import SERVER
from core.replication.checks.configured import listener_of
from core.replication.checks.disks import disk_fault
from core.replication.checks.examination import ENABLING
from core.replication.estimate import CopyEstimate, Rates, copy_estimate
from core.replication.planning import enabling_plan
from core.replication.protection import (
    FREQUENCIES,
    MOST_POINTS,
    MOST_POINTS_2012,
    USUAL_PORTS,
    AdapterPlan,
    CopyMethod,
    Link,
    Protection,
)
from core.replication.server import ReplicaServer, read_server
from core.replication.server_choices import port_of
from core.replication.summary import summary_of
from core.wizards.enable_broker import EnableBroker
from core.wizards.enable_choices import EnableChoices, Side
from core.wizards.enable_examination import EnableExamination
from core.wizards.reaching import reach
from core.wizards.wizard import Problem, Step, obstacles


class EnableWizard:
    """Enables the replication of one machine. ``is_introduced``: a page says beforehand what has to be in place."""

    BEFORE = "before_you_begin"
    SERVER = "server"
    CONNECTION = "connection"
    DISKS = "disks"
    FREQUENCY = "frequency"
    POINTS = "points"
    COPY = "copy"
    ADDRESSES = "addresses"
    SUMMARY = "summary"
    CHECKS = ENABLING
    IS_NEW = True
    """Whether the replica is made: only then disks can be left out, and addresses are given."""
    OFFERS_CONSISTENT = True
    """Whether recovery points can be application-consistent."""

    def __init__(self, estate: Estate, primary: HostKey, machine: Machine, *, is_introduced: bool = True) -> None:
        self.estate = estate
        self.is_introduced = is_introduced
        self.primary = primary
        self.machine = machine
        self.choices = EnableChoices()
        self.files: tuple[VirtualDisk, ...] = ()
        self.attached: tuple[AttachedDisk, ...] = ()
        self.own_server: ReplicaServer | None = None
        self.server: ReplicaServer | None = None
        self.rates = Rates()
        self.checks: tuple[str, ...] = ()
        self.others: tuple[Protection, ...] = ()
        self.broker = EnableBroker(self)
        self._examination = EnableExamination(self)

    @property
    def title(self) -> str:
        """The title of the window, as Hyper-V Manager writes it."""
        return _("Enable Replication for {machine}").format(machine=self.machine.name)

    @property
    def commit(self) -> str:
        """The word on the last button."""
        return _("&Enable Replication")

    @property
    def completing(self) -> str:
        """The heading of the last page."""
        return _("Completing the Enable Replication Wizard")

    @property
    def primary_picture(self) -> Picture:
        """The host that the machine is on."""
        return self.estate.picture(self.primary)

    @property
    def primary_inventory(self) -> Inventory | None:
        """Its inventory, as far as it was read."""
        return self.primary_picture.inventory

    @property
    def replica_picture(self) -> Picture | None:
        """The Replica server, where the program manages it."""
        return self.estate.find(self.primary.group, self.choices.server)

    @property
    def server_name(self) -> str:
        """The name that the primary gets to know: the full one where it is known."""
        picture = self.replica_picture
        if picture is not None and picture.inventory is not None:
            return picture.inventory.host.fully_qualified_domain_name
        return self.choices.server.strip()

    @property
    def now(self) -> datetime.datetime:
        """The primary's clock when it was last read."""
        inventory = self.primary_inventory
        return inventory.read_at if inventory is not None else datetime.datetime.now(datetime.UTC)

    @property
    def is_2012(self) -> bool:
        """Whether the primary is too old to choose a frequency; it lists no versions, as 2012 R2 does not either."""
        return self.machine.version == "4.0"

    @property
    def most_points(self) -> int:
        """How many additional recovery points the primary allows."""
        return MOST_POINTS_2012 if self.is_2012 else MOST_POINTS

    @property
    def frequencies(self) -> tuple[int, ...]:
        """What can be chosen, in seconds."""
        return FREQUENCIES

    @property
    def drives(self) -> tuple[HardDiskDrive, ...]:
        """The machine's disks."""
        inventory = self.primary_inventory
        return inventory.drives_of(self.machine.machine_id) if inventory is not None else ()

    @property
    def adapters(self) -> tuple[NetworkAdapter, ...]:
        """The machine's network adapters."""
        inventory = self.primary_inventory
        return inventory.adapters_of(self.machine.machine_id) if inventory is not None else ()

    def servers(self) -> tuple[Picture, ...]:
        """The saved hosts that can be chosen: those of the same group, without the primary."""
        return tuple(
            picture
            for picture in self.estate.pictures
            if picture.key.group == self.primary.group and picture.key != self.primary
        )

    def fault_of(self, drive: HardDiskDrive) -> str | None:
        """Why a disk cannot be replicated; None when it can, as far as is known."""
        for disk in self.attached:
            if disk.disk_number == drive.disk_number and same_path(disk.path or "", drive.path or ""):
                return disk_fault(disk)
        return disk_fault(AttachedDisk(drive.path, drive.disk_number))

    def is_chosen(self, drive: HardDiskDrive) -> bool:
        """Whether a disk is replicated."""
        return (drive.path or "") not in self.choices.left_out and self.fault_of(drive) is None

    def size_of(self, drive: HardDiskDrive) -> int | None:
        """What a disk's files occupy, its parents included; None until they were read."""
        sizes = [file.file_size for file in self._chain(drive)]
        return sum(sizes) if sizes else None

    def addresses(self, place: int, side: Side) -> FailoverAddresses:
        """The addresses that an adapter gets after a failover."""
        return self.choices.addresses.get((place, side), FailoverAddresses())

    def adapter(self, step: Step) -> tuple[int, NetworkAdapter] | None:
        """The adapter that a step is about, with its place."""
        pairs = enumerate(self.adapters)
        return next((pair for pair in pairs if step.key == f"{self.ADDRESSES} {pair[0]}"), None)

    def test_switches(self) -> tuple[str, ...]:
        """The switches of the Replica server, as far as they are known."""
        picture = self.replica_picture
        inventory = picture.inventory if picture is not None else None
        return tuple(switch.name for switch in inventory.switches) if inventory is not None else ()

    def steps(self) -> Iterator[Step]:
        """The route, as the choices stand."""
        if self.is_introduced:
            yield Step(self.BEFORE, _("Before You Begin"), _("Before You Begin"))
        yield Step(self.SERVER, _("Specify Replica Server"), _("Specify Replica Server"))
        yield Step(self.CONNECTION, _("Connection Parameters"), _("Specify Connection Parameters"))
        if self.IS_NEW:
            yield Step(self.DISKS, _("Replication VHDs"), _("Choose Replication VHDs"))
        if not self.is_2012:
            yield Step(self.FREQUENCY, _("Replication Frequency"), _("Configure Replication Frequency"))
        yield Step(self.POINTS, _("Recovery Points"), _("Configure Additional Recovery Points"))
        yield Step(self.COPY, _("Initial Replication"), _("Choose Initial Replication Method"))
        several = len(self.adapters) > 1
        for place, adapter in enumerate(self.adapters if self.IS_NEW else ()):
            name = _("Failover TCP/IP: {adapter}").format(adapter=adapter.name) if several else _("Failover TCP/IP")
            yield Step(f"{self.ADDRESSES} {place}", name, _("Failover TCP/IP"), self.ADDRESSES)
        yield Step(self.SUMMARY, _("Summary"), self.completing)

    def server_faults(self) -> Iterator[Problem]:
        """What is wrong with the Replica server that is named, beyond its name."""
        name = self.choices.server.strip()
        if self.primary_picture.is_called(name):
            what = _("{machine} is on {host} itself.").format(machine=self.machine.name, host=self.primary.name)
            yield Problem(SERVER, what, _("Choose another computer."))
        elif (picture := self.replica_picture) is not None and picture.connection.is_read_only:
            refusal = HostReadOnly(picture.key.name)
            yield Problem(SERVER, refusal.sentence, refusal.cure)

    def problems(self, step: Step) -> tuple[Problem, ...]:
        """What can be told at once from the choices on ``step``."""
        return self._examination.at_once(step)

    async def examine(self, step: Step) -> tuple[Problem, ...]:
        """What is wrong with the choices on ``step``, after asking the hosts; for the summary every step again."""
        return await self._examination.asked(step)

    async def test_connection(self) -> tuple[Problem, ...]:
        """What keeps the primary from the Replica server, as the choices stand; empty when nothing does."""
        return await self._examination.tested()

    async def plan(self) -> Plan:
        """The plan that the choices come to.

        Raises ValueError when a step still has problems.
        """
        for step in self.steps():
            if found := obstacles(self.problems(step)):
                raise ValueError(found[0].what)
        return self._planned()

    def _planned(self) -> Plan:
        return enabling_plan(self.protection(), summary=self.summary(), checks=self.checks)

    def protection(self) -> Protection:
        """What the choices come to."""
        choices, picture = self.choices, self.replica_picture
        inventory = self.primary_inventory
        chosen = tuple(drive for drive in self.drives if self.is_chosen(drive))
        return Protection(
            machine=self.machine,
            primary=self.primary,
            primary_name=inventory.host.fully_qualified_domain_name if inventory is not None else self.primary.name,
            replica=picture.key if picture is not None and picture.failure is None else self.broker.basis,
            link=Link(
                self.server_name,
                port_of(choices.port) or USUAL_PORTS[choices.authentication],
                choices.authentication,
                choices.clean_thumbprint,
                choices.compresses,
            ),
            disks=chosen,
            excluded=tuple(drive.path or "" for drive in self.drives if drive not in chosen),
            files=tuple(dict.fromkeys(file for drive in chosen for file in self._chain(drive))),
            frequency=None if self.is_2012 else choices.frequency,
            points=choices.points,
            copy=replace(choices.copy, folder=tidy(choices.copy.folder)),
            adapters=tuple(self._adapter_plans()),
        )

    def estimate(self) -> CopyEstimate | None:
        """How long the initial copy takes; None where nothing is sent, or not everything."""
        protection = self.protection()
        is_sent = protection.copy.method is CopyMethod.NETWORK
        return copy_estimate(protection.size, self.rates) if is_sent and self.files else None

    def summary(self) -> tuple[tuple[str, str], ...]:
        """What the summary page lists."""
        return summary_of(self.protection(), self.rates, self.estimate())

    def take_server(self, server: ReplicaServer | None, own: ReplicaServer | None = None) -> None:
        """Go on with the settings of the Replica server: its port and its way to sign in, which it tells itself."""
        is_new = server is not None and (self.server is None or self.server.host != server.host)
        self.server = server
        self.own_server = own or self.own_server
        if server is None or not is_new:
            return
        accepted = server.settings.allowed_authentication_type
        if self.choices.authentication is ReplicationAuthentication.KERBEROS and not accepted.accepts_kerberos:
            self.choices.authentication = ReplicationAuthentication.CERTIFICATE
        self.propose_port()

    def propose_port(self) -> None:
        """The port at which the Replica server listens for the chosen way, or the usual one."""
        port = listener_of(self.server, self.choices.authentication) if self.server is not None else None
        self.choices.port = str(port or USUAL_PORTS[self.choices.authentication])

    def take_machine(self, inventory: Inventory) -> bool:
        """Go on with the machine as the primary has just told of it; False when it does not have it any more."""
        found = inventory.machine(self.machine.machine_id)
        self.machine = found or self.machine
        return found is not None

    async def reach_server(self) -> Picture | None:
        """A fresh picture of the Replica server, or of a node behind it; None where the program cannot manage it.

        A practice host is never looked for outside the practice lab.
        """
        if self.replica_picture is None and (node := await self.broker.find()) is not None:
            return node
        choices = self.choices
        return await reach(self.estate, self.primary_picture, self.replica_picture, choices.server, choices.credentials)

    async def read_replica_server(self, key: HostKey) -> ReplicaServer:
        """The Replica server settings of a managed host. Raises RemotingError and UnexpectedAnswer."""
        return await read_server(lambda question: self.estate.ask(key, question), key.name)

    async def read_disks(self) -> None:
        """Read the machine's disk files and how its disks are attached. Raises RemotingError and UnexpectedAnswer."""
        machine = command("Get-VM", Id=self.machine.machine_id)
        question = Question("disks", machine | command("Get-VMHardDiskDrive"), AttachedDisk)
        self.attached = Reading.of((await self.ask_primary(ask((question,)))).output).records(question)
        self.files, _errors = await read_disks(self.ask_primary, self.machine.machine_id)

    async def ask_primary(self, question: Pipeline) -> Answer:
        """Ask the host that the machine is on. Raises RemotingError."""
        return await self.estate.ask(self.primary, question)

    def _chain(self, drive: HardDiskDrive) -> Iterator[VirtualDisk]:
        """The files of a disk: its own, then its parents."""
        files = {file.path.lower(): file for file in self.files}
        path = drive.path
        while path and (file := files.pop(path.lower(), None)) is not None:
            yield file
            path = file.parent_path

    def _adapter_plans(self) -> Iterator[AdapterPlan]:
        choices = self.choices
        for place, adapter in enumerate(self.adapters):
            planned = AdapterPlan(
                adapter,
                place,
                choices.addresses.get((place, Side.PRIMARY)),
                choices.addresses.get((place, Side.REPLICA)),
                choices.test_switches.get(place),
            )
            if (planned.primary, planned.replica, planned.test_switch) != (None, None, None):
                yield planned
