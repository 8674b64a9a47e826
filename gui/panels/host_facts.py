"""What there is to know of a host that is selected without a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.amounts import size_text
from core.hyperv.states import Authentication, MachineState
from core.language import _, ngettext
from gui.panels.facts import Facts

if TYPE_CHECKING:
    from core.estate.inventory import Inventory
    from core.hyperv.records import Host


class HostFacts(Facts):
    """The host's own details, from its last picture."""

    def __init__(self) -> None:
        super().__init__(
            "host_facts",
            (
                (_("Computer:"), _("Virtual machines:")),
                (_("Logical processors:"), _("Memory:")),
                (_("Configuration versions:"), _("Live migrations:")),
                (_("Volumes:"), _("Virtual switches:")),
                (_("Virtual hard disks:"), _("Storage migrations:")),
            ),
        )

    def show_inventory(self, inventory: Inventory) -> None:
        """Show what ``inventory`` says of its host."""
        host = inventory.host
        self.show_values(
            (
                host.fully_qualified_domain_name,
                _machines(inventory),
                str(host.logical_processor_count),
                size_text(host.memory_capacity),
                _versions(host),
                _migrations(host),
                _volumes(inventory),
                "\n".join(switch.name for switch in inventory.switches) or _("None"),
                host.virtual_hard_disk_path,
                _at_once(host.maximum_storage_migrations),
            )
        )


def _machines(inventory: Inventory) -> str:
    running = sum(machine.state is MachineState.RUNNING for machine in inventory.machines)
    return _("{count}, of which {running} run").format(count=len(inventory.machines), running=running)


def _versions(host: Host) -> str:
    versions = host.supported_vm_versions
    if not versions:
        return _("Not listed by this host")
    return _("{oldest} to {newest}").format(oldest=versions[0], newest=versions[-1])


def _migrations(host: Host) -> str:
    if not host.virtual_machine_migration_enabled:
        return _("Not enabled")
    kinds = {Authentication.KERBEROS: _("Kerberos"), Authentication.CREDSSP: _("CredSSP")}
    authentication = kinds.get(host.virtual_machine_migration_authentication_type, _("Unknown"))
    count = host.maximum_virtual_machine_migrations
    return _("{limit}, {authentication}").format(limit=_at_once(count), authentication=authentication)


def _at_once(count: int) -> str:
    return ngettext("{count} at once", "{count} at once", count).format(count=count)


def _volumes(inventory: Inventory) -> str:
    texts = [
        _("{drive}: {free} free of {size}").format(
            drive=volume.drive_letter, free=size_text(volume.size_remaining), size=size_text(volume.size)
        )
        for volume in inventory.volumes
        if volume.drive_letter and volume.size
    ]
    return "\n".join(texts) or _("None")
