"""CredSSP between the program and hosts of the lab: signing in, the second hop, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.powershell.command import command
from core.remoting import errors
from core.remoting.endpoint import Authentication
from core.remoting.session import Session
from tests.core.remoting.signing_in import credential_of, endpoint_of, refusal, scenario, signed_in
from tests.core.remoting.simulated_host import on_a_loop, pipeline, running_workers
from tests.laboratory import RunningLab, running_lab

HOSTS = {
    "CREDSSP": 'authentication = ["negotiate", "credssp"]',
    "SECURE": 'scheme = "https", authentication = ["credssp"]',
    "PLAIN": "",
    "BLOCKED": 'authentication = ["credssp"], ntlm = false',
}
LONG = "0123456789abcdef" * 5000


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    folder = tmp_path_factory.mktemp("hosts")
    with running_lab(folder, scenario=scenario(folder, **HOSTS)) as running:
        yield running


@pytest.mark.parametrize("host", ["CREDSSP", "SECURE"])
@pytest.mark.parametrize("user", [r"CONTOSO\admin", "admin@contoso.example"])
@on_a_loop
async def test_credentials_sign_the_user_in(hosts: RunningLab, host: str, user: str) -> None:
    assert await signed_in(endpoint_of(hosts, host, "credssp"), credential_of(hosts, user))
    assert hosts.received()[-1]["user"] == r"CONTOSO\admin"


@on_a_loop
async def test_messages_longer_than_a_record_of_tls_travel_in_pieces(hosts: RunningLab) -> None:
    async with running_workers(1) as workers:
        session = Session(endpoint_of(hosts, "CREDSSP", "credssp"), credential_of(hosts, r"CONTOSO\admin"), workers)
        answer = await session.run(pipeline(command("Write-Output", InputObject=LONG)))
        await session.close()
    assert answer.output == (LONG,)


@pytest.mark.parametrize(("authentication", "denied"), [("credssp", []), ("negotiate", ["PermissionDenied"])])
@on_a_loop
async def test_credentials_reach_a_third_computer(
    hosts: RunningLab, authentication: Authentication, denied: list[str]
) -> None:
    async with running_workers(1) as workers:
        session = Session(
            endpoint_of(hosts, "CREDSSP", authentication), credential_of(hosts, r"CONTOSO\admin"), workers
        )
        answer = await session.run(pipeline(command("Get-VMHost", ComputerName="PLAIN")))
        await session.close()
    assert [record.category for record in answer.errors] == denied


@pytest.mark.parametrize(
    ("user", "password", "kind", "cause"),
    [
        (
            r"CONTOSO\admin",
            "wrong",
            errors.SignInRefused,
            r"The user CONTOSO\admin is not known, or the password is not right.",
        ),
        (
            r"CONTOSO\locked",
            None,
            errors.AccountLocked,
            r"The account CONTOSO\locked is locked, disabled or expired.",
        ),
        (
            r"CONTOSO\disabled",
            None,
            errors.AccountLocked,
            r"The account CONTOSO\disabled is locked, disabled or expired.",
        ),
        (
            r"CONTOSO\expired",
            None,
            errors.PasswordExpired,
            r"The password of CONTOSO\expired has expired, or has to be changed before the first sign-in.",
        ),
        (
            r"CONTOSO\visitor",
            None,
            errors.AccessDenied,
            "The user may not use the PowerShell endpoint Microsoft.PowerShell.",
        ),
    ],
)
@on_a_loop
async def test_a_refusal_is_met_by_name(
    hosts: RunningLab, user: str, password: str | None, kind: type[errors.RemotingError], cause: str
) -> None:
    credential = credential_of(hosts, user)
    if password is not None:
        credential = type(credential)(user, password)
    error = await refusal(endpoint_of(hosts, "CREDSSP", "credssp"), credential)
    assert type(error) is kind
    assert error.cause == cause


@on_a_loop
async def test_a_host_where_credssp_is_off(hosts: RunningLab) -> None:
    error = await refusal(endpoint_of(hosts, "PLAIN", "credssp"), credential_of(hosts, r"CONTOSO\admin"))
    assert isinstance(error, errors.SignInNotOffered)
    assert str(error) == "PLAIN does not accept the chosen kind of sign-in."
    assert error.cause == "The host accepts credssp sign-in from nobody."


@on_a_loop
async def test_a_host_that_forbids_ntlm_within_credssp(hosts: RunningLab) -> None:
    error = await refusal(endpoint_of(hosts, "BLOCKED", "credssp"), credential_of(hosts, r"CONTOSO\admin"))
    assert isinstance(error, errors.SignInNotOffered)
    assert error.cause == "A security policy of the host, the domain or this computer forbids NTLM."
