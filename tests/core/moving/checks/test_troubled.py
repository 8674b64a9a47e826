"""Every failure of the lab's troubled hosts is found before anything moves: the words, the cure, and what stays as it
was.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.moving.move import MoveKind
from tests.core.estates import managed
from tests.core.moving.examining import connections, examination, kept_by, move_of
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    """The troubled hosts, for tests that change nothing."""
    with running_lab(tmp_path_factory.mktemp("troubled"), scenario="troubled") as running:
        yield running


def changed(lab: RunningLab, since: int) -> list[str]:
    """The cmdlets received since then that change something; a report that is mended is no change."""
    verbs = ("Set-", "Move-", "Enable-", "Disable-", "Stop-", "Start-", "Remove-", "New-", "Add-")
    return [entry["cmdlet"] for entry in lab.received()[since:] if str(entry["cmdlet"]).startswith(verbs)]


TROUBLES = [
    (
        "ISO01",
        "TR-02",
        r"A DVD drive of ISO01 holds C:\Windows\System32\vmguest.iso, which does not exist on TR-02.",
        "Eject the ISO file, or copy it to the same path on TR-02.",
        "Eject the ISO file from ISO01",
    ),
    (
        "TPM01",
        "TR-02",
        "TR-02 cannot open the virtual TPM of TPM01: it lacks the guardian's certificate.",
        "Shielded VM Local Certificates",
        None,
    ),
    (
        "PHYSICAL01",
        "TR-02",
        "PHYSICAL01 uses the physical disk 3 of TR-01, which cannot move.",
        "Take the disk from the machine",
        None,
    ),
    (
        "SHARED01",
        "TR-02",
        r"Other machines share the virtual hard disk \\FS-01\machines\Quorum\Quorum.vhdx",
        "Leave it where it is",
        None,
    ),
    (
        "CLUSTER01",
        "TR-02",
        "CLUSTER01 belongs to a failover cluster.",
        "Failover Cluster Manager",
        None,
    ),
    (
        "MEMORY01",
        "TR-02",
        "TR-02 has 46 GB of free memory, but MEMORY01 needs 128 GB.",
        "Choose another host",
        None,
    ),
    (
        "SPACE01",
        "TR-02",
        "Drive D: of TR-02 has 149 GB free, but the disks need 1.5 TB.",
        "Choose another drive",
        None,
    ),
    (
        "SWITCH01",
        "TR-02",
        "TR-02 has no switch “Legacy”, which the adapter “Network Adapter” of SWITCH01 needs.",
        "Choose another switch, or Not Connected",
        None,
    ),
    (
        "VERSION01",
        "TR-02",
        "TR-02 does not run virtual machines of version 5.0.",
        "Update-VMVersion",
        None,
    ),
    (
        "DIRTY01",
        "TR-DE",
        "DIRTY01 uses features of its processor that TR-DE lacks: ",
        "different processor version",
        "Let DIRTY01 go to other processors",
    ),
    (
        "DIRTY01",
        "TR-AMD",
        "TR-01 has a processor of another maker than TR-AMD: ",
        "Shut DIRTY01 down before it moves.",
        None,
    ),
    (
        "DIRTY01",
        "TR-OFF",
        "Live migrations are not enabled on TR-OFF.",
        "Enable incoming and outgoing live migrations",
        "Enable live migrations on TR-OFF",
    ),
    (
        "DIRTY01",
        "TR-WG",
        "TR-WG belongs to no domain",
        "Join the host to a domain",
        None,
    ),
    (
        "LEFTOVER01",
        "TR-02",
        r"D:\VMs\LEFTOVER01\Virtual Hard Disks\LEFTOVER01.vhdx exists on TR-02 already.",
        "left over from a move that failed",
        None,
    ),
]


@pytest.mark.parametrize(("name", "destination", "what", "cure", "fix"), TROUBLES)
def test_a_trouble_of_a_machine(
    troubled: RunningLab, name: str, destination: str, what: str, cure: str, fix: str | None
) -> None:
    @on_a_loop
    async def found() -> None:
        async with managed(connections(troubled, "TR-01", destination)) as estate:
            folder = f"C:\\VMs\\{name}" if destination in ("TR-OFF", "TR-WG") else None
            move = await move_of(estate, name, "TR-01", destination, folder)
            problem = kept_by(await examination(estate, move))
        assert what in problem.what
        assert cure in problem.cure
        assert (problem.fix.title if problem.fix else None) == fix

    before, places = len(troubled.received()), troubled.places()
    found()
    assert changed(troubled, before) == []
    assert troubled.places() == places


@pytest.mark.parametrize(
    ("name", "source", "what", "cure", "fix"),
    [
        (
            "CREDSSP01",
            "TR-CRED",
            "TR-CRED uses CredSSP for live migrations, but the sign-in by negotiate leaves it no credentials",
            "Let TR-CRED use Kerberos",
            "Use Kerberos for live migrations on TR-CRED",
        ),
        (
            "UNDELEGATED01",
            "TR-NODEL",
            "TR-NODEL objects to the move: Virtual machine migration operation for 'UNDELEGATED01' failed",
            "let the computer accounts of both hosts delegate to each other",
            None,
        ),
    ],
)
def test_a_host_that_cannot_sign_in_to_the_other(
    troubled: RunningLab, name: str, source: str, what: str, cure: str, fix: str | None
) -> None:
    @on_a_loop
    async def found() -> None:
        async with managed(connections(troubled, source, "TR-02")) as estate:
            move = await move_of(estate, name, source, "TR-02")
            result = await examination(estate, move)
        problem = kept_by(result)
        assert what in problem.what
        assert cure in problem.cure
        assert (problem.fix.title if problem.fix else None) == fix
        scripts = [each.script for each in result.problems if each.script]
        assert all("Set-ADComputer -Identity " + source in each for each in scripts)
        assert scripts

    places = troubled.places()
    found()
    assert troubled.places() == places


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("BACKUP01", "BACKUP01 is being backed up: "),
        ("MERGE01", "A deleted checkpoint of MERGE01 is being merged: "),
    ],
)
def test_what_ends_by_itself_is_only_to_be_known(troubled: RunningLab, name: str, what: str) -> None:
    @on_a_loop
    async def found() -> None:
        async with managed(connections(troubled, "TR-01", "TR-02")) as estate:
            result = await examination(estate, await move_of(estate, name, "TR-01", "TR-02"))
        assert result.obstacles == ()
        (waits,) = [problem for problem in result.problems if what in problem.what]
        assert waits.is_warning
        assert waits.fix is None
        assert waits.cure == "The move waits in the queue until it has ended; nothing has to be done about it."

    found()


@on_a_loop
async def test_a_share_that_only_the_source_may_use(troubled: RunningLab) -> None:
    async with managed(connections(troubled, "TR-01", "TR-02")) as estate:
        move = await move_of(estate, "PRIVATE01", "TR-01", "TR-02", kind=MoveKind.MACHINE_ONLY)
        problem = kept_by(await examination(estate, move))
    assert r"The file '\\FS-01\private\PRIVATE01" in problem.what
    assert "A file or folder of the virtual machine cannot be found by the host that needs it." in problem.what
    assert "a share that both hosts reach" in problem.cure


@on_a_loop
async def test_what_is_in_order_is_said_too(troubled: RunningLab) -> None:
    async with managed(connections(troubled, "TR-01", "TR-02")) as estate:
        found = await examination(estate, await move_of(estate, "DIRTY01", "TR-01", "TR-02"))
    assert found.obstacles == ()
    assert found.passed[0] == "Nothing is under way on DIRTY01."
    for sentence in (
        "DIRTY01 belongs to no failover cluster.",
        "No disk of DIRTY01 is bound to TR-01.",
        "Drive D: of TR-02 has 149 GB free; the disks need 12 GB.",
        "Nothing of the same name is in the way on TR-02.",
        "The limits of TR-01 and TR-02 leave room for this move.",
        "Live migrations are enabled on TR-01 and TR-02.",
        "TR-02 runs virtual machines of version 9.0.",
        "TR-02 has 46 GB of free memory; DIRTY01 needs 16 GB.",
        "Every switch that DIRTY01 is connected to exists on TR-02.",
        "No DVD drive of DIRTY01 holds an ISO file.",
        "DIRTY01 has no virtual TPM.",
        "TR-01 has compared DIRTY01 with TR-02 and objects to nothing.",
    ):
        assert sentence in found.passed
    assert any(sentence.startswith("TR-01 and TR-02 have the same processor") for sentence in found.passed)
