"""What keeps a machine from moving to another host, as far as the hosts find out before they begin."""

from __future__ import annotations

from collections.abc import Iterator

from lab.hyperv.caller import Caller
from lab.hyperv.changes import refusal
from lab.hyperv.files import key
from lab.hyperv.host import Delegation, Host, MigrationAuthentication
from lab.hyperv.machine import MachineState, VirtualMachine
from lab.hyperv.messages import OperationFailed
from lab.hyperv.placement import Placement

REFUSED = "No connection could be made because the target machine actively refused it. (0x8007274D)"
SILENT = (
    "A connection attempt failed because the connected party did not properly respond after a period of time, or "
    "established connection failed because connected host has failed to respond. (0x8007274C)"
)
UNKNOWN = "No such host is known. (0x80072AF9)"


def is_in_test(machine: VirtualMachine) -> bool:
    """Whether a test failover stands on the disks: those of its replica, and its own on top of them."""
    replication = machine.replication
    if replication is None:
        return False
    receiver = replication.receiver
    return replication.test_of is not None or (receiver is not None and receiver.test_machine is not None)


class Move:
    """A move that somebody asks for: ``placement`` says where the items go.

    ``by_cluster``: the cluster makes it between its nodes, which need no leave from each other.
    """

    def __init__(
        self,
        machine: VirtualMachine,
        source: Host,
        destination_name: str,
        placement: Placement,
        caller: Caller,
        *,
        by_cluster: bool = False,
    ) -> None:
        self.machine = machine
        self.source = source
        self.destination_name = destination_name
        self.placement = placement
        self.caller = caller
        self.by_cluster = by_cluster

    @property
    def destination(self) -> Host | None:
        """The host that the name means, or None."""
        return self.source.estate.find(self.destination_name)

    @property
    def with_storage(self) -> bool:
        """Whether any disk goes elsewhere."""
        return bool(self.placement.disks)

    def connection_problem(self) -> OperationFailed | None:
        """Why the source cannot speak with the destination; nothing else can be found out then."""
        source, destination = self.source, self.destination
        if self.by_cluster:
            return None
        if self.machine.is_clustered:
            return self._failed("clustered")
        if not source.migration.enabled:
            return self._failed("source_disabled")
        if destination is None:
            return self._failed("no_connection", cause=UNKNOWN)
        if destination is source:
            return self._failed("destination_is_source")
        if not destination.is_reachable:
            return self._failed("no_connection", cause=SILENT)
        if not destination.migration.enabled:
            return self._failed("no_connection", cause=REFUSED)
        return self._identity_problem(destination)

    def problems(self) -> list[OperationFailed]:
        """Everything that is against the move, the most fundamental first; empty when it can be tried."""
        problem = self.connection_problem()
        if problem is not None:
            return [problem]
        destination = self.destination
        return list(self._problems(destination)) if destination is not None else []

    def _problems(self, destination: Host) -> Iterator[OperationFailed]:
        machine = self.machine
        if machine.machine_id in destination.machines:
            yield self._failed("already_there")
        if machine.version not in destination.supported_versions:
            yield self._failed("version_unsupported", version=machine.version)
        if machine.state is not MachineState.Off and not self._processor_fits(destination):
            yield self._failed("processor_incompatible")
        for adapter in machine.adapters:
            switch = adapter.switch_at(destination.name)
            if switch is not None and destination.find_switch(switch) is None:
                yield self._failed("switch_missing", subject=adapter, switch=switch)
        if machine.memory_assigned > destination.memory_free:
            yield self._failed("memory_short")
        if machine.guardians is not None and destination.name not in machine.guardians:
            yield self._failed("guardian_missing")
        for dvd in machine.dvd_drives:
            if dvd.path is not None and destination.files.find(dvd.path) is None:
                yield self._failed("attachment_missing", subject=dvd, path=dvd.path)
        if machine.floppy is not None and destination.files.find(machine.floppy) is None:
            yield self._failed("attachment_missing", subject=machine, path=machine.floppy)
        if machine.assigned_devices or (machine.gpu_partitions and destination.version != "2025"):
            yield self._failed("machine_uses_device", subject=machine)
        for hba in machine.hbas:
            if destination.hardware.find_san(hba.san) is None:
                yield self._failed("machine_san_missing", san=hba.san)
        yield from self._storage_problems(destination)

    def _storage_problems(self, destination: Host) -> Iterator[OperationFailed]:
        if self.with_storage and is_in_test(self.machine):
            yield self._failed("test_on_disks")
        for drive in self.machine.drives:
            if drive.disk_number is not None:
                yield self._failed("physical_disk", subject=drive)
            elif drive.is_shared and self.with_storage:
                yield self._failed("shared_disk", subject=drive, path=drive.disk.path if drive.disk else "")
        for disk in self.machine.disk_files():
            stays = key(disk.path) not in self.placement.disks
            if stays and destination.files.find(disk.path) is not disk:
                yield self._failed("storage_not_reachable", path=disk.path)

    def _processor_fits(self, destination: Host) -> bool:
        used, offered = self.machine.processor, destination.processor
        return used.maker == offered.maker and (used.level <= offered.level or self.machine.runs_on_any_processor)

    def _identity_problem(self, destination: Host) -> OperationFailed | None:
        """The second hop: under whose name the source speaks with the destination (Windows Server documentation)."""
        source = self.source
        if not source.domain or not destination.domain:
            return self._failed("no_credentials")
        if source.migration.authentication is MigrationAuthentication.CredSSP:
            return None if self.caller.carries_credentials else self._failed("no_credentials")
        if not destination.is_called(self.destination_name):
            return self._failed("wrong_principal")
        named = source.delegates_to is None or destination.name in source.delegates_to
        suffices = source.delegation is Delegation.ANY_PROTOCOL or (
            source.delegation is Delegation.KERBEROS_ONLY and source.is_old
        )
        return None if named and suffices else self._failed("no_credentials")

    def _failed(self, problem: str, *, subject: object = None, **names: object) -> OperationFailed:
        destination = self.destination
        return refusal(
            problem,
            self.machine,
            self.source,
            subject=subject,
            source=self.source.name,
            destination=destination.name if destination is not None else self.destination_name,
            **names,
        )
