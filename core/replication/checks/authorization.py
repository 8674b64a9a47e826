"""Whether the Replica server lets this primary replicate to it."""

from __future__ import annotations

import ntpath
from collections.abc import Iterator
from dataclasses import replace

from core.checks.finding import Finding, Passed
from core.jobs.plan import Plan
from core.language import _
from core.replication.checks.case import SERVER, Case
from core.replication.server import AuthorizationEntry, ReplicaServer
from core.replication.server_choices import ServerChoices
from core.replication.server_plan import server_plan
from core.wizards.wizard import Problem


def authorization(case: Case) -> Iterator[Finding]:
    """A list of servers is asked for the full name, or for ``*.domain`` (cmdlet reference)."""
    server = case.server
    if server is None or not server.settings.replication_enabled:
        return
    names = case.names | {"client": case.client_names[-1]}
    if server.settings.replication_allowed_from_any_server:
        yield Passed(_("{server} allows replication from any server that signs in.").format(**names))
    elif case.entry is not None:
        location = case.entry.replica_storage_location
        what = _("{server} allows {client}, and puts its replicas into {location}.")
        yield Passed(what.format(location=location, **names))
    else:
        yield Problem(
            SERVER,
            _("{server} does not allow {client} to replicate to it.").format(**names),
            _("Add {client} to the servers that may replicate to {server}.").format(**names),
            fix=_allowing(case, server),
        )


def _allowing(case: Case, server: ReplicaServer) -> Plan | None:
    """An entry for this primary alone, in a folder of its own beside those of the others; None where there is none.

    The trust group is the primary's own name: it is nobody else's until an administrator says so.
    """
    folder = server.settings.default_storage_location
    if not folder and server.entries:
        folder = ntpath.dirname(server.entries[0].replica_storage_location.rstrip("\\"))
    if not folder or case.replica is None:
        return None
    client = case.client_names[-1]
    location = ntpath.join(folder, client.partition(".")[0])
    entry = AuthorizationEntry(client, location, client.partition(".")[0])
    choices = ServerChoices.of(server)
    return server_plan(replace(choices, entries=(*choices.entries, entry)), server, case.replica.key)
