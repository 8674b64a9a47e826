"""Whether the destination runs machines of this configuration version."""

from __future__ import annotations

from collections.abc import Iterator

from core.checks.finding import Finding, Passed
from core.checks.known import Unread
from core.estate.estate import Picture
from core.hyperv.records import Machine
from core.language import _
from core.moving.checks.case import Case, not_read
from core.wizards.wizard import Problem

_BEFORE_2016 = ("4.0", "5.0")
"""What the hosts run that list nothing: Windows Server 2012 and 2012 R2 (Windows Server documentation)."""


def versions(case: Case) -> Iterator[Finding]:
    """A move never changes the version, and Windows has no way back from a newer one (Windows Server documentation)."""
    names = case.names | {"version": case.machine.version}
    if (problem := unsupported(case.machine, case.destination)) is not None:
        yield problem
    elif not case.destination_inventory.host.supported_vm_versions:
        yield not_read(
            "destination",
            _("Whether {destination} runs virtual machines of version {version} is not known.").format(**names),
            Unread(_("Hosts before Windows Server 2016 do not list the versions that they run.")),
        )
    else:
        yield Passed(_("{destination} runs virtual machines of version {version}.").format(**names))


def unsupported(machine: Machine, destination: Picture) -> Problem | None:
    """That a host does not run the machine's version: one that lists none is older than Windows Server 2016."""
    if destination.inventory is None:
        return None
    listed = destination.inventory.host.supported_vm_versions
    supported = listed or _BEFORE_2016
    if machine.version in supported:
        return None
    return Problem(
        "destination",
        _("{host} does not run virtual machines of version {version}.").format(
            host=destination.key.name, version=machine.version
        ),
        _(
            "Choose a host that supports this version: {versions} are supported here. An older machine can be"
            " upgraded with Update-VMVersion on a host that runs both, while it is off; that cannot be undone."
        ).format(versions=", ".join(supported)),
    )
