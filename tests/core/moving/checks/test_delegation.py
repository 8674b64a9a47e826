"""Whether the source may sign in to the destination: what its setting, the sign-in and the directory tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from core.estate.connection import Connection
from core.moving.checks.examination import Examination
from core.moving.delegation import granting, withdrawing
from core.powershell.script import script
from tests.core.estates import managed
from tests.core.moving.examining import examination, kept_by, move_of
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab

Golden = Callable[[str, str], None]

HOST = """
[[hosts]]
name = "{name}"
memory = "64 GB"
{more}
volumes = [{{ letter = "D", label = "Machines", size = "1 TB" }}]
switches = [{{ name = "LAN" }}]

[[hosts.machines]]
name = "ON-{name}"
memory = "4 GB"
folder = "D:\\\\VMs\\\\ON-{name}"
disks = [{{ name = "{name}.vhdx", size = "60 GB", used = "20 GB" }}]
adapters = [{{ switch = "LAN" }}]
"""
HOSTS = {
    "DIRECTORY": 'has_directory_module = true\nwire = { scheme = "https", authentication = ["basic"] }',
    "KERBEROS": 'delegation = "kerberos"',
    "NONE": 'delegation = "none"',
    "SOME": 'delegates_to = ["KERBEROS"]',
    "CREDSSP": 'authentication = "CredSSP"\nwire = { scheme = "https", authentication = ["basic"] }',
}


@pytest.fixture(scope="module")
def domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    """Hosts of a domain whose directory DIRECTORY can read, each with another delegation."""
    folder = tmp_path_factory.mktemp("domain")
    text = 'title = "A domain"\ndomain = "contoso.example"\nadministrator = "CONTOSO\\\\admin"\n'
    text += "".join(HOST.format(name=name, more=more) for name, more in HOSTS.items())
    (folder / "domain.toml").write_text(text, encoding="utf-8")
    with running_lab(folder, scenario=str(folder / "domain.toml")) as running:
        yield running


def reached(lab: RunningLab, *names: str) -> list[Connection]:
    """Connections in the way that each host offers."""
    found = []
    for connection in map(lab.connection, names):
        host = lab.host(connection.endpoint.name)
        endpoint = replace(connection.endpoint, authentication=host["auth"][0], ca_file=host["ca_file"])
        found.append(replace(connection, endpoint=endpoint))
    return found


async def examined(lab: RunningLab, source: str, destination: str) -> Examination:
    async with managed(reached(lab, source, destination)) as estate:
        return await examination(estate, await move_of(estate, f"ON-{source}", source, destination))


@on_a_loop
async def test_an_account_that_may_delegate_is_said_to(domain: RunningLab) -> None:
    found = await examined(domain, "DIRECTORY", "KERBEROS")
    assert found.problems == ()
    assert "The computer account of DIRECTORY may delegate to KERBEROS." in found.passed


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("KERBEROS", "The computer account of KERBEROS may delegate to DIRECTORY with Kerberos only."),
        (
            "NONE",
            "The computer account of NONE may not delegate to DIRECTORY for Microsoft Virtual System Migration"
            " Service, cifs.",
        ),
        (
            "SOME",
            "The computer account of SOME may not delegate to DIRECTORY for Microsoft Virtual System Migration"
            " Service, cifs.",
        ),
    ],
)
def test_what_the_directory_does_not_allow_comes_with_the_script_that_allows_it(
    domain: RunningLab, source: str, what: str
) -> None:
    @on_a_loop
    async def found() -> None:
        problem = kept_by(await examined(domain, source, "DIRECTORY"))
        assert problem.what == what
        assert "within 15 minutes" in problem.cure
        pair = (f"{source}.contoso.example", "DIRECTORY.contoso.example")
        assert problem.script == script(granting([pair]))

    found()


@on_a_loop
async def test_a_sign_in_that_carries_credentials_suits_credssp(domain: RunningLab) -> None:
    found = await examined(domain, "CREDSSP", "DIRECTORY")
    assert found.obstacles == ()
    assert "CREDSSP uses CredSSP, and holds credentials for DIRECTORY from the sign-in by basic." in found.passed


@on_a_loop
async def test_what_nobody_can_read_is_unknown_and_not_silent(shared_lab: RunningLab) -> None:
    async with managed(shared_lab.connections()) as estate:
        found = await examination(estate, await move_of(estate, "WEB01", "HV-01", "HV-02"))
    (problem,) = found.problems
    assert problem.is_warning
    assert problem.what.startswith(
        "HV-01 reached HV-02 in your name. Whether its computer account may delegate everything that a move needs is"
        " not known."
    )
    assert "Get-ADComputer" in problem.what
    assert "Set-ADComputer -Identity HV-01" in problem.script


def test_the_script_grants_all_chosen_pairs_at_once(golden: Golden) -> None:
    pairs = [("hv-01.contoso.example", "hv-02.contoso.example"), ("hv-01.contoso.example", "hv-03.contoso.example")]
    golden("delegation-grant.ps1", script(granting(pairs)))
    golden("delegation-withdraw.ps1", script(withdrawing(pairs)))
