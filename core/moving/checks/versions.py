"""Whether the destination runs machines of this configuration version."""

from __future__ import annotations

from collections.abc import Iterator

from core.language import _
from core.moving.checks.case import Case, Finding, Passed, not_read
from core.moving.checks.facts import Unread
from core.wizards.wizard import Problem


def versions(case: Case) -> Iterator[Finding]:
    """A move never changes the version, and Windows has no way back from a newer one (Windows Server documentation)."""
    supported = case.destination_inventory.host.supported_vm_versions
    names = case.names | {"version": case.machine.version, "versions": ", ".join(supported)}
    if not supported:
        yield not_read(
            "destination",
            _("Whether {destination} runs virtual machines of version {version} is not known.").format(**names),
            Unread(_("Hosts before Windows Server 2016 do not list the versions that they run.")),
        )
    elif case.machine.version in supported:
        yield Passed(_("{destination} runs virtual machines of version {version}.").format(**names))
    else:
        yield Problem(
            "destination",
            _("{destination} does not run virtual machines of version {version}.").format(**names),
            _(
                "Choose a host that supports this version: {versions} are supported here. An older machine can be"
                " upgraded with Update-VMVersion on a host that runs both, while it is off; that cannot be undone."
            ).format(**names),
        )
