"""Why a simulated host refuses or fails a migration, in the words hosts use.

Each function gives one failure. Lines follow the nesting of a real record: the operation first, the cause last.
Texts without a published sample are assumed; ``docs/assumptions.md`` lists them.
"""

from __future__ import annotations

from lab.hyperv.files import Volume
from lab.hyperv.host import Host
from lab.hyperv.machine import NetworkAdapter, VirtualMachine


class MigrationFailed(Exception):
    """A migration that was refused, or failed under way.

    ``kind`` is the part of the error id before the comma; ``message_id`` and ``adapter`` are set where a
    compatibility report names them.
    """

    def __init__(
        self,
        *lines: str,
        kind: str = "OperationFailed",
        message_id: int = 0,
        adapter: NetworkAdapter | None = None,
    ) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
        self.kind = kind
        self.message_id = message_id
        self.adapter = adapter

    @property
    def message(self) -> str:
        """The whole message, one line per nested error."""
        return "\n".join(self.lines)


def _at_source(machine: VirtualMachine, source: Host) -> str:
    return (
        f"Virtual machine migration operation for '{machine.name}' failed at migration source '{source.name}'. "
        f"(Virtual machine ID {str(machine.machine_id).upper()})"
    )


def _at_destination(machine: VirtualMachine, destination: Host) -> str:
    return (
        f"Virtual machine migration operation for '{machine.name}' failed at migration destination "
        f"'{destination.name}'. (Virtual machine ID {str(machine.machine_id).upper()})"
    )


def _no_connection(destination: str, cause: str) -> str:
    return (
        "The Virtual Machine Management Service failed to establish a connection for a Virtual Machine migration "
        f"with host '{destination}': {cause}"
    )


def source_disabled() -> MigrationFailed:
    """Live migration is switched off at the source (published)."""
    return MigrationFailed(
        "The source host is not configured for live migration. Use the Enable-VMMigration cmdlet to modify the "
        "Hyper-V settings on the source host to enable migration.",
        kind="InvalidOperation",
    )


def destination_unknown(machine: VirtualMachine, source: Host, name: str) -> MigrationFailed:
    """No name server knows the destination (cause assumed)."""
    return MigrationFailed(_at_source(machine, source), _no_connection(name, "No such host is known. (0x80072AF9)."))


def destination_disabled(machine: VirtualMachine, source: Host, destination: Host) -> MigrationFailed:
    """Live migration is switched off at the destination, so nobody listens there (published code)."""
    cause = "No connection could be made because the target machine actively refused it. (0x8007274D)."
    return MigrationFailed(_at_source(machine, source), _no_connection(destination.name, cause))


def destination_is_source(machine: VirtualMachine, source: Host) -> MigrationFailed:
    """A machine cannot be moved to where it is (assumed)."""
    return MigrationFailed(
        _at_source(machine, source),
        f"The virtual machine is already on the computer '{source.name}'.",
        kind="InvalidParameter",
    )


def busy(machine: VirtualMachine) -> MigrationFailed:
    """Another operation is under way (published)."""
    return MigrationFailed(
        f"'{machine.name}' failed to perform the operation. The virtual machine is not in a valid state to perform "
        "the operation.",
        "The operation cannot be performed while the virtual machine is in its current state.",
        kind="InvalidState",
    )


def limit_reached(machine: VirtualMachine, source: Host, host: Host) -> MigrationFailed:
    """As many migrations as the host allows are under way (assumed text)."""
    return MigrationFailed(
        _at_source(machine, source),
        f"The migration limit '{host.migration.maximum_live}' of the computer '{host.name}' has been reached.",
    )


def already_there(machine: VirtualMachine, destination: Host) -> MigrationFailed:
    """A machine of this ID exists at the destination (assumed text)."""
    return MigrationFailed(
        _at_destination(machine, destination),
        "A virtual machine with the same identifier already exists on the destination computer. (0x800700B7)",
    )


def version_unsupported(machine: VirtualMachine, destination: Host) -> MigrationFailed:
    """The destination does not run this configuration version (assumed text)."""
    return MigrationFailed(
        f"The virtual machine '{machine.name}' is not compatible with physical computer '{destination.name}'.",
        f"The version '{machine.version}' of the virtual machine is not supported by this computer.",
    )


def switch_missing(machine: VirtualMachine, destination: Host, adapter: NetworkAdapter) -> MigrationFailed:
    """An adapter's switch does not exist at the destination (published, MessageId 33012)."""
    return MigrationFailed(
        f"The virtual machine '{machine.name}' is not compatible with physical computer '{destination.name}'.",
        f"Could not find Ethernet switch '{adapter.switch}'.",
        message_id=33012,
        adapter=adapter,
    )


def memory_short(machine: VirtualMachine, destination: Host) -> MigrationFailed:
    """The destination has too little memory (published)."""
    return MigrationFailed(
        _at_destination(machine, destination),
        "Failed to create partition: Insufficient system resources exist to complete the requested service. "
        "(0x800705AA)",
    )


def storage_not_shared(machine: VirtualMachine, destination: Host) -> MigrationFailed:
    """Only the machine was to be moved, but the destination does not reach its files (assumed text)."""
    return MigrationFailed(
        _at_destination(machine, destination),
        f"The storage of the virtual machine '{machine.name}' is not accessible from the destination computer. "
        "(0x80070002)",
    )


def path_not_found(machine: VirtualMachine, destination: Host, path: str) -> MigrationFailed:
    """The destination has no such volume (assumed)."""
    return MigrationFailed(
        _at_destination(machine, destination),
        f"Failed to create '{path}': The system cannot find the path specified. (0x80070003)",
    )


def file_exists(machine: VirtualMachine, destination: Host, path: str) -> MigrationFailed:
    """A disk of this name lies at the destination already (assumed)."""
    return MigrationFailed(
        _at_destination(machine, destination), f"Failed to create '{path}': The file exists. (0x80070050)"
    )


def disk_full(machine: VirtualMachine, destination: Host, volume: Volume) -> MigrationFailed:
    """The destination's volume ran full (code of Win32, text assumed)."""
    return MigrationFailed(
        _at_destination(machine, destination),
        f"Storage migration for virtual machine '{machine.name}' failed on volume '{volume.root}': "
        "There is not enough space on the disk. (0x80070070)",
    )


def cancelled(machine: VirtualMachine, source: Host) -> MigrationFailed:
    """The migration was cancelled (assumed text, code of Win32)."""
    return MigrationFailed(
        _at_source(machine, source), "The operation was cancelled. (0x800704C7)", kind="OperationStopped"
    )
