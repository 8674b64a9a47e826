"""Every check before a replication meets its trouble on the troubled hosts: the words and the cure, nothing changed."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from core.estate.estate import Estate
from core.replication.checks.examination import Examination
from core.replication.protection import CopyMethod, InitialCopy, Link, Points
from core.replication.server import read_server
from core.wizards.wizard import Problem
from tests.core.estates import key, managed, read_all
from tests.core.moving.examining import connections
from tests.core.replication.protecting import CERTIFICATE, examination, kept_by, protection_of
from tests.laboratory import running_lab


class Examined:
    """The troubled hosts, read once, and examinations of machines on them, which change nothing."""

    def __init__(self, runner: asyncio.Runner, estate: Estate) -> None:
        self._runner = runner
        self._estate = estate

    def __call__(self, name: str, primary: str, replica: str, *, is_managed: bool = True, **more: Any) -> Examination:
        return self._runner.run(self._examine(name, primary, replica, is_managed=is_managed, **more))

    def thumbprint(self, name: str) -> str:
        """The thumbprint of a certificate of TR-PRI."""
        question = functools.partial(self._estate.ask, key("TR-PRI"))
        server = self._runner.run(read_server(question, "TR-PRI"))
        return next(each.certificate.thumbprint for each in server.verdicts if each.certificate.title == name)

    async def _examine(self, name: str, primary: str, replica: str, *, is_managed: bool, **more: Any) -> Examination:
        protection = await protection_of(self._estate, name, primary, replica, is_managed=is_managed, **more)
        return await examination(self._estate, protection)


HOSTS = ("TR-PRI", "TR-01", "TR-REP", "TR-02", "TR-FW", "TR-AUTH", "TR-CERT", "TR-SPN", "TR-2016", "TR-NODE1")


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examined]:
    with (
        running_lab(tmp_path_factory.mktemp("troubled"), scenario="troubled") as lab,
        asyncio.Runner() as runner,
    ):
        opened = managed(connections(lab, *HOSTS))
        estate = runner.run(opened.__aenter__())
        runner.run(read_all(estate))
        yield Examined(runner, estate)
        runner.run(opened.__aexit__(None, None, None))
        verbs = ("Set-", "Enable-", "Disable-", "Stop-", "Start-", "Remove-", "New-", "Add-", "Suspend-", "Resume-")
        assert [each["cmdlet"] for each in lab.received() if str(each["cmdlet"]).startswith(verbs)] == []


TROUBLES: list[tuple[str, str, str, dict[str, Any], str, str, str | None]] = [
    (
        "BUSY01",
        "TR-PRI",
        "TR-02",
        {},
        "TR-02 is not configured as a Replica server.",
        "Choose Configure Server",
        None,
    ),
    (
        "BUSY01",
        "TR-PRI",
        "TR-FW",
        {},
        "The firewall of TR-FW does not let primary servers in: its rule “Hyper-V Replica HTTP Listener (TCP-In)”",
        "Enable the rule.",
        "Configure TR-FW as a Replica server",
    ),
    (
        "BUSY01",
        "TR-PRI",
        "TR-AUTH",
        {},
        "TR-AUTH does not allow TR-PRI.troubled.example to replicate to it.",
        "Add TR-PRI.troubled.example to the servers that may replicate to TR-AUTH.",
        "Configure TR-AUTH as a Replica server",
    ),
    (
        "BUSY01",
        "TR-PRI",
        "TR-SPN",
        {},
        "TR-PRI cannot sign in to TR-SPN with Kerberos: the service there is not known.",
        "Restart the Virtual Machine Management Service on TR-SPN",
        None,
    ),
    (
        "BUSY01",
        "TR-PRI",
        "TR-CERT",
        {},
        "TR-CERT does not accept Kerberos (HTTP).",
        "Choose the other kind of authentication",
        None,
    ),
    (
        "BUSY01",
        "TR-PRI",
        "TR-2016",
        {"port": 8081},
        "TR-2016 listens for Kerberos (HTTP) at port 8080, not at 8081.",
        "Type 8080 as the port of the Replica server.",
        None,
    ),
    (
        "BUSY01",
        "TR-PRI",
        "TR-2016",
        {"port": 8080},
        "TR-2016 does not run virtual machines of version 10.0.",
        "Choose a Replica server that is not older than TR-PRI",
        None,
    ),
    (
        "LARGE01",
        "TR-PRI",
        "TR-REP",
        {},
        "Drive R: of TR-REP has 1.",
        "Make room there, leave disks out, or choose another server.",
        None,
    ),
    (
        "COPY01",
        "TR-PRI",
        "TR-REP",
        {},
        "TR-REP has this virtual machine already: COPY01 has the same ID.",
        "Use it as the initial copy",
        None,
    ),
    (
        "NORMAL01",
        "TR-PRI",
        "TR-CERT",
        {"port": 8080},
        "NORMAL01 takes part in a replication already: Primary.",
        "Remove its replication first",
        None,
    ),
    (
        "BUSY01",
        "TR-PRI",
        "TR-REP",
        {"copy": InitialCopy(CopyMethod.EXISTING)},
        "TR-REP has no machine with the ID of BUSY01 that could be the initial copy.",
        "Restore BUSY01 there from a backup",
        None,
    ),
    (
        "PHYSICAL01",
        "TR-01",
        "TR-REP",
        {},
        "The physical disk 3 cannot be replicated.",
        "Leave it out on the page Choose Replication VHDs.",
        None,
    ),
    (
        "SHARED01",
        "TR-01",
        "TR-REP",
        {},
        r"Other machines share \\FS-01\machines\Quorum\Quorum.vhdx, which cannot be replicated.",
        "Leave it out",
        None,
    ),
    (
        "CLUSTER01",
        "TR-01",
        "TR-REP",
        {},
        "CLUSTER01 belongs to a failover cluster that has no Hyper-V Replica Broker.",
        "Add the role Hyper-V Replica Broker to the cluster of TR-01",
        None,
    ),
]


TROUBLES += [
    (
        "LARGE01",
        "TR-PRI",
        "TR-NODE1",
        {"copy": InitialCopy(CopyMethod.EXISTING)},
        what,
        cure,
        None,
    )
    for what, cure in (
        (
            "The machine on TR-NODE1 that is to be the replica has checkpoints: Before the backup.",
            "Delete its checkpoints and wait until they are merged.",
        ),
        (
            "The machine on TR-NODE1 that is to be the replica is no role of its cluster.",
            "Make it highly available in Failover Cluster Manager first.",
        ),
    )
]


@pytest.mark.parametrize(("name", "primary", "replica", "more", "what", "cure", "fix"), TROUBLES)
def test_a_trouble(
    examined: Examined,
    name: str,
    primary: str,
    replica: str,
    more: dict[str, Any],
    what: str,
    cure: str,
    fix: str | None,
) -> None:
    found = examined(name, primary, replica, **more)
    problem = next(each for each in found.obstacles if what in each.what)
    assert cure in problem.cure
    assert (problem.fix.title if problem.fix else None) == fix


def warning(found: Examination, what: str) -> Problem:
    problem = next(each for each in found.problems if what in each.what)
    assert problem.is_warning
    return problem


def test_what_keeps_the_primary_away_is_said_once(examined: Examined) -> None:
    assert "its rule" in kept_by(examined("BUSY01", "TR-PRI", "TR-FW")).what
    assert "does not allow" in kept_by(examined("BUSY01", "TR-PRI", "TR-AUTH")).what


def test_a_machine_that_writes_more_than_the_link_carries(examined: Examined) -> None:
    found = examined("BUSY01", "TR-PRI", "TR-REP", points=Points(24))
    assert found.rates.writes == 60 << 20
    what = "BUSY01 writes 60 MB/s, but the link to TR-REP carries"
    assert "faster link" in warning(found, what).cure
    assert "Drive R: of TR-REP has" in kept_by(found).what  # 24 hours of it do not fit either


@pytest.mark.parametrize(
    ("certificate", "what"),
    [
        ("Expired", "It expired on"),
        ("Server only", "It is not meant for client authentication, only for that of servers."),
        ("Without key", "Its private key is not on this host."),
        ("Untrusted", "The host does not trust the authority at the end of its chain."),
        ("Other name", "It is issued to old.troubled.example, not to TR-PRI.troubled.example."),
    ],
)
def test_a_certificate_that_does_not_serve(examined: Examined, certificate: str, what: str) -> None:
    link = Link("TR-REP.troubled.example", 443, CERTIFICATE, examined.thumbprint(certificate))
    problem = examined("BUSY01", "TR-PRI", "TR-REP", link=link).obstacles[0]
    assert problem.what.startswith(f"The certificate {certificate} of TR-PRI cannot be used:")
    assert what in problem.what


def test_a_certificate_of_the_replica_server_that_does_not_serve(examined: Examined) -> None:
    link = Link("TR-CERT.troubled.example", 443, CERTIFICATE, examined.thumbprint("Good"))
    found = examined("BUSY01", "TR-PRI", "TR-CERT", link=link)
    assert "The certificate Good of TR-PRI serves for both ends." in found.passed
    assert found.obstacles[0].what.startswith("The certificate Expired of TR-CERT cannot be used: It expired")
    good = replace(link, server="TR-REP.troubled.example")
    assert "reaches TR-REP" in " ".join(examined("BUSY01", "TR-PRI", "TR-REP", link=good).passed)


def test_a_broker_is_judged_by_what_the_primary_says(examined: Examined) -> None:
    found = examined("BUSY01", "TR-PRI", "TR-BROKER", is_managed=False)
    assert found.obstacles == ()
    warning(found, "TR-BROKER is not managed here: only TR-PRI can tell whether it takes the replica.")
    assert "TR-PRI reaches TR-BROKER, which lets it in." in found.passed
    nowhere = examined("BUSY01", "TR-PRI", "TR-NOWHERE", is_managed=False)
    assert "The primary server cannot find a computer of that name." in kept_by(nowhere).what


def test_what_is_in_order_is_said_too(examined: Examined) -> None:
    found = examined("COPY01", "TR-PRI", "TR-REP", copy=InitialCopy(CopyMethod.EXISTING), points=Points(2))
    assert found.obstacles == ()
    for sentence in (
        "TR-REP is a Replica server and listens at port 80.",
        "TR-REP allows replication from any server that signs in.",
        "TR-PRI and TR-REP are in one domain: Kerberos can be used.",
        "TR-PRI reaches TR-REP, which lets it in.",
        "Nothing is under way on COPY01.",
        "COPY01 is not replicated so far.",
        "Every chosen disk of COPY01 can be replicated.",
        "COPY01 has no checkpoints.",
        "COPY01 belongs to no failover cluster.",
        "TR-REP runs virtual machines of version 10.0.",
        "TR-REP has a machine with the ID of COPY01, which becomes the replica.",
    ):
        assert sentence in found.passed


def test_something_under_way_on_the_machine_is_waited_for(examined: Examined) -> None:
    problem = examined("BACKUP01", "TR-01", "TR-REP").obstacles[0]
    assert "Another operation is under way on BACKUP01" in problem.what
    assert problem.cure == "Wait until it has ended, then go on."


def test_checkpoints_of_the_primary_stay_there(examined: Examined) -> None:
    found = examined("LARGE01", "TR-NODE1", "TR-REP")
    what = "The checkpoints of LARGE01 are not replicated."
    assert warning(found, what).cure == "Delete those that are not needed any more."
