"""The script that lets hosts sign in to each other in the name of the administrator, for Active Directory to carry out.

Each host's computer account is allowed to delegate to the other host, for the migration service and, for the storage,
for cifs, by the short and the full name, with any authentication protocol (Microsoft, "Set up hosts for live migration
without Failover Clustering", and on constrained delegation in Windows Server 2016). The cmdlets are those of the
ActiveDirectory module; who runs them needs the right to change computer accounts, which managing hosts does not give.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.powershell.command import Hashtable, Pipeline, Statement, command

MIGRATION_SERVICE = "Microsoft Virtual System Migration Service"
FILE_SERVICE = "cifs"
_ATTRIBUTE = "msDS-AllowedToDelegateTo"


def services_of(full_name: str, *services: str) -> tuple[str, ...]:
    """The service principal names of ``services`` on a host, by its short and its full name, each once."""
    names = dict.fromkeys((full_name.partition(".")[0], full_name))
    return tuple(f"{service}/{name}" for service in services for name in names)


def granting(pairs: Iterable[tuple[str, str]]) -> Pipeline:
    """What allows the hosts of each pair, by their full names, to delegate to each other."""
    return Pipeline(tuple(_statements(pairs, "Add", allows=True)))


def withdrawing(pairs: Iterable[tuple[str, str]]) -> Pipeline:
    """What takes ``granting`` back, but for the protocol, which may have been allowed for something else."""
    return Pipeline(tuple(_statements(pairs, "Remove", allows=False)))


def _statements(pairs: Iterable[tuple[str, str]], change: str, *, allows: bool) -> Iterator[Statement]:
    for account, targets in _targets(pairs).items():
        services = [name for target in targets for name in services_of(target, MIGRATION_SERVICE, FILE_SERVICE)]
        entry = Hashtable(((_ATTRIBUTE, tuple(services)),))
        name = account.partition(".")[0]
        yield Statement((command("Set-ADComputer", Identity=name, **{change: entry}),))
        if allows:
            yield (
                command("Get-ADComputer", Identity=name)
                | command("Set-ADAccountControl", TrustedToAuthForDelegation=True)
            )


def _targets(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The hosts that each host has to reach, in both directions, each once."""
    found: dict[str, list[str]] = {}
    for one, other in pairs:
        for account, target in ((one, other), (other, one)):
            targets = found.setdefault(account, [])
            if target not in targets:
                targets.append(target)
    return found
