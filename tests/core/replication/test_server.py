"""The Replica server of a host: read, explained, changed and changed back over the wire, at the restricted endpoint."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.estate.estate import Estate
from core.jobs.plan import Plan
from core.jobs.status import JobState
from core.powershell.script import script
from core.replication.server import HTTP_RULE, AuthorizationEntry, ReplicaServer, read_server
from core.replication.server_choices import ServerChoices, problems, standing_problems
from core.replication.server_plan import server_plan
from tests.core.estates import key, managed
from tests.core.jobs.working import a_program, carried_out, undone
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

Golden = Callable[[str, str], None]
ENDPOINT = "VMFerry"
HOST = "TR-REP"


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab(tmp_path_factory.mktemp("lab"), scenario="troubled") as running:
        yield running


async def reading(estate: Estate, name: str) -> ReplicaServer:
    return await read_server(functools.partial(estate.ask, key(name)), name)


@on_a_loop
async def test_what_is_read_explains_why_a_host_receives_no_replicas(troubled: RunningLab) -> None:
    async with managed(troubled.connections(configuration=ENDPOINT)) as estate:
        closed = await reading(estate, "TR-FW")
        assert [each.field for each in standing_problems(closed)] == ["firewall"]
        assert not closed.unread
        node = await reading(estate, "TR-NODE2")
        assert node.full_names == ("TR-NODE2.troubled.example", "TR-BROKER.troubled.example")
        listed = await reading(estate, "TR-AUTH")
        assert [each.allowed_primary_server for each in listed.entries] == [
            "*.elsewhere.example",
            "tr-01.troubled.example",
        ]
        german = await reading(estate, "TR-DE")
        rule = german.rule(HTTP_RULE)
        assert rule is not None
        assert "Replikat" in rule.display_name
        assert not rule.is_enabled
        assert [each.field for each in standing_problems(german)] == ["enabled"]


def told(server: ReplicaServer) -> tuple[object, ...]:
    """What a plan changes."""
    return ServerChoices.of(server), server.rules


def printed(plan: Plan | None) -> str:
    assert plan is not None
    lines = [f"# {action.title}\n{script(action.pipeline)}" for action in plan.actions]
    lines += [f"# {u.title}\n{script(u.pipeline)}" for each in reversed(plan.actions) if (u := each.undo) is not None]
    return "\n".join(lines)


@on_a_loop
async def test_a_plan_sends_what_changes_and_its_undo_takes_it_back(
    troubled: RunningLab, tmp_path: Path, golden: Golden
) -> None:
    async with a_program(troubled.connections(configuration=ENDPOINT), tmp_path) as (estate, jobs):
        before = await reading(estate, HOST)
        entries = (
            AuthorizationEntry("tr-01.troubled.example", "R:\\Replicas\\One", "One"),
            AuthorizationEntry("*.elsewhere.example", "R:\\Replicas\\Elsewhere\\", "Elsewhere"),
        )
        choices = replace(
            ServerChoices.of(before),
            uses_certificate=False,
            kerberos_port="8080",
            allows_any_server=False,
            entries=entries,
            interval=datetime.timedelta(days=2),
            start=datetime.timedelta(hours=7, minutes=30),
        )
        assert [each.field for each in problems(choices, before) if not each.is_warning] == []
        plan = server_plan(choices, before, key(HOST))
        golden("server-listed.ps1", printed(plan).replace(ServerChoices.of(before).thumbprint, "GOOD"))
        assert plan is not None
        done = await carried_out(jobs, plan)
        assert done.state is JobState.COMPLETED, done
        after = await reading(estate, HOST)
        assert replace(ServerChoices.of(after), entries=()) == replace(choices, entries=())
        assert server_plan(replace(ServerChoices.of(after), entries=entries), after, key(HOST)) is None
        changed = replace(
            ServerChoices.of(after),
            entries=(replace_group(entries[1]), AuthorizationEntry("a.elsewhere.example", "R:\\A", "A")),
        )
        second = server_plan(changed, after, key(HOST))
        golden("server-entries.ps1", printed(second))
        assert second is not None
        assert (await carried_out(jobs, second)).state is JobState.COMPLETED
        assert await entry_names(estate) == ["*.elsewhere.example", "a.elsewhere.example"]
        last = await undone(jobs, jobs.statuses[-1])
        assert last.state is JobState.COMPLETED, last
        assert told(await reading(estate, HOST)) == told(after)
        assert (await undone(jobs, done)).state is JobState.COMPLETED
        assert told(await reading(estate, HOST)) == told(before)


@on_a_loop
async def test_a_certificate_that_does_not_serve_is_replaced_for_good(troubled: RunningLab, tmp_path: Path) -> None:
    async with a_program(troubled.connections(configuration=ENDPOINT), tmp_path) as (estate, jobs):
        before = await reading(estate, "TR-CERT")
        assert {each.certificate.title: each.words for each in before.verdicts} == {
            "Wildcard": "It can be used.",
            "Expired": "It expired on 2025-02-28.",
            "Other Name": "It is issued to tr-rep.troubled.example, not to TR-CERT.troubled.example.",
            "Unknown Issuer": "The host does not trust the authority at the end of its chain.",
            "Web Server": (
                "Its private key is not on this host."
                " It is not meant for client authentication, only for that of servers."
            ),
        }
        assert [each.what for each in standing_problems(before)] == [
            "The certificate Expired cannot be used. It expired on 2025-02-28."
        ]
        (good,) = [each.certificate.thumbprint for each in before.verdicts if each.qualifies]
        choices = replace(ServerChoices.of(before), thumbprint=f"\u200e{good.lower()}")
        plan = server_plan(choices, before, key("TR-CERT"))
        assert plan is not None
        (action,) = plan.actions
        # Quotes stand around a thumbprint that begins with a digit.
        printed = script(action.pipeline).replace("'", "")
        assert printed == f"Set-VMReplicationServer -CertificateThumbprint {good} -Force"
        assert (action.undo, action.undo_text.partition(":")[0]) == (None, "Nothing undoes it")
        assert (await carried_out(jobs, plan)).state is JobState.COMPLETED
        assert not standing_problems(await reading(estate, "TR-CERT"))


def replace_group(entry: AuthorizationEntry) -> AuthorizationEntry:
    return AuthorizationEntry(entry.allowed_primary_server, entry.replica_storage_location, "Others")


async def entry_names(estate: Estate) -> list[str]:
    return [each.allowed_primary_server for each in (await reading(estate, HOST)).entries]


@on_a_loop
async def test_a_host_becomes_a_replica_server_with_its_firewall_and_is_none_again(
    troubled: RunningLab, tmp_path: Path, golden: Golden
) -> None:
    name = "TR-OFF"
    async with a_program([troubled.connection(name)], tmp_path) as (estate, jobs):
        before = await reading(estate, name)
        choices = replace(
            ServerChoices.of(before), is_enabled=True, storage_location="C:\\Replicas", opens_firewall=True
        )
        assert not problems(choices, before, ("C",))
        plan = server_plan(choices, before, key(name))
        golden("server-enable.ps1", printed(plan))
        assert plan is not None
        done = await carried_out(jobs, plan)
        assert done.state is JobState.COMPLETED, done
        after = await reading(estate, name)
        assert not standing_problems(after, ("C",))
        off = server_plan(replace(ServerChoices.of(after), is_enabled=False, kerberos_port="x"), after, key(name))
        golden("server-disable.ps1", printed(off))
        assert (await undone(jobs, done)).state is JobState.COMPLETED
        again = await reading(estate, name)
        assert not again.settings.replication_enabled
        assert again.rules == before.rules
        assert server_plan(ServerChoices.of(again), again, key(name)) is None
