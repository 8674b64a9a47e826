"""NTLM, Basic and client certificates between the program and hosts of the lab, and codes that only Windows has."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from spnego.exceptions import NativeError, SpnegoError

from core.powershell.command import command
from core.remoting import errors
from core.remoting.endpoint import Authentication, Credential
from core.remoting.failures import may_have_begun, translate
from lab.wire.certificates import Authority, UserCertificate
from tests.core.remoting.connecting import CREDENTIAL, plain_endpoint
from tests.core.remoting.signing_in import credential_of, endpoint_of, refusal, scenario, signed_in
from tests.core.remoting.simulated_host import on_a_loop, pipeline, simulated_host
from tests.laboratory import RunningLab, running_lab

HOSTS = {
    "PLAIN": "",
    "BLOCKED": "ntlm = false",
    "SECURE": 'scheme = "https", authentication = ["negotiate"]',
    "CERTIFICATE": 'scheme = "https", authentication = ["certificate", "negotiate"]',
}


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    folder = tmp_path_factory.mktemp("hosts")
    with running_lab(folder, scenario=scenario(folder, **HOSTS)) as running:
        yield running


@pytest.mark.parametrize("authentication", ["negotiate", "ntlm"])
@pytest.mark.parametrize("user", [r"CONTOSO\operator", "operator@contoso.example"])
@on_a_loop
async def test_ntlm_takes_both_forms_of_a_name(hosts: RunningLab, authentication: Authentication, user: str) -> None:
    assert await signed_in(endpoint_of(hosts, "PLAIN", authentication), credential_of(hosts, user))
    assert hosts.received()[-1]["user"] == r"CONTOSO\operator"


@pytest.mark.parametrize("authentication", ["negotiate", "ntlm"])
@pytest.mark.parametrize("user", [r"CONTOSO\admin", "admin@contoso.example"])
@pytest.mark.parametrize("password", ["right", "wrong"])
@on_a_loop
async def test_a_host_that_forbids_ntlm(
    hosts: RunningLab, authentication: Authentication, user: str, password: str
) -> None:
    known = credential_of(hosts, user)
    credential = known if password == "right" else Credential(user, password)
    error = await refusal(endpoint_of(hosts, "BLOCKED", authentication), credential)
    assert isinstance(error, errors.SignInNotOffered)
    assert error.cause == "The host accepts no NTLM sign-in, as the security policy of many domains wants it."


@pytest.mark.parametrize("authentication", ["negotiate", "ntlm"])
@pytest.mark.parametrize("user", [r"CONTOSO\admin", "admin@contoso.example", r"CONTOSO\nobody"])
@on_a_loop
async def test_a_wrong_password(hosts: RunningLab, authentication: Authentication, user: str) -> None:
    error = await refusal(endpoint_of(hosts, "PLAIN", authentication), Credential(user, "wrong"))
    assert type(error) is errors.SignInRefused
    assert error.cause == f"The host does not accept the user {user} with {authentication} sign-in."


@pytest.mark.parametrize("user", ["locked", "disabled", "expired"])
@on_a_loop
async def test_an_account_that_is_not_let_in(hosts: RunningLab, user: str) -> None:
    error = await refusal(endpoint_of(hosts, "PLAIN", "negotiate"), credential_of(hosts, rf"CONTOSO\{user}"))
    assert type(error) is errors.SignInRefused


@on_a_loop
async def test_a_user_who_may_open_no_session(hosts: RunningLab) -> None:
    error = await refusal(endpoint_of(hosts, "PLAIN", "negotiate"), credential_of(hosts, r"CONTOSO\visitor"))
    assert isinstance(error, errors.AccessDenied)


@on_a_loop
async def test_a_user_without_rights_in_hyper_v(hosts: RunningLab) -> None:
    error = await refusal(endpoint_of(hosts, "PLAIN", "negotiate"), credential_of(hosts, r"CONTOSO\reader"))
    assert isinstance(error, errors.NotPermitted)
    assert error.cure == (
        "Have the user made a member of Hyper-V Administrators on the host, or sign in as an administrator of it."
    )


@on_a_loop
async def test_a_host_that_does_not_offer_basic(hosts: RunningLab) -> None:
    error = await refusal(endpoint_of(hosts, "SECURE", "basic"), credential_of(hosts, r"CONTOSO\admin"))
    assert isinstance(error, errors.SignInNotOffered)
    assert error.cause == "The host accepts basic sign-in from nobody."


def holder(certificate_file: str, key_file: str) -> Credential:
    return Credential("", "", certificate_file, key_file)


def written(issued: UserCertificate, folder: Path) -> Credential:
    certificate, key = folder / "user.pem", folder / "user.key"
    certificate.write_bytes(issued.certificate)
    key.write_bytes(issued.key)
    return holder(str(certificate), str(key))


@on_a_loop
async def test_a_certificate_signs_the_user_in(hosts: RunningLab) -> None:
    host = hosts.host("CERTIFICATE")
    credential = holder(host["certificate_file"], host["certificate_key_file"])
    assert await signed_in(endpoint_of(hosts, "CERTIFICATE", "certificate"), credential)
    assert hosts.received()[-1]["user"] == r"CONTOSO\admin"


@on_a_loop
async def test_a_host_that_takes_no_certificates(hosts: RunningLab) -> None:
    host = hosts.host("CERTIFICATE")
    credential = holder(host["certificate_file"], host["certificate_key_file"])
    error = await refusal(endpoint_of(hosts, "SECURE", "certificate"), credential)
    assert isinstance(error, errors.SignInRefused)
    assert error.cause == "The host does not accept the user's certificate."


@on_a_loop
async def test_a_certificate_of_an_unknown_issuer(hosts: RunningLab, tmp_path: Path) -> None:
    credential = written(Authority("Somebody").issue_to_user("admin@contoso.example"), tmp_path)
    error = await refusal(endpoint_of(hosts, "CERTIFICATE", "certificate"), credential)
    # The lab ends the connection without a word, which the client notices while it writes or while it reads.
    assert isinstance(error, errors.SignInRefused | errors.Unreachable)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (0xC000005E, errors.SignInUnavailable),
        (0xC0000224, errors.PasswordExpired),
        (0x80090303, errors.ServiceNameWrong),
        (0x8009030C, errors.SignInRefused),
        (0x8009030E, errors.SignInUnavailable),
        (0x80090311, errors.SignInUnavailable),
        (0x80090322, errors.ServiceNameWrong),
        (0x80090324, errors.ClocksDiffer),
        (0xC0000418, errors.SignInNotOffered),
    ],
)
def test_what_windows_says_of_a_sign_in(status: int, kind: type[errors.RemotingError]) -> None:
    failure = SpnegoError(base_error=NativeError("egal", winerror=status - (1 << 32)), context_msg="egal")
    endpoint = replace(plain_endpoint(1), authentication="kerberos")
    error = translate(failure, endpoint, CREDENTIAL)
    assert type(error) is kind
    assert not may_have_begun(failure)


@on_a_loop
async def test_over_plain_http_nothing_that_passes_can_be_read() -> None:
    spoken = "what nobody else may read"
    async with simulated_host() as host, host.session() as session:
        answer = await session.run(pipeline(command("Write-Output", InputObject=spoken)))
        passed = bytes(host.relay.passed)
        password = host.credential.password
    assert answer.output == (spoken,)
    assert password
    assert len(passed) > 5000
    assert b"multipart/encrypted" in passed
    for secret in (password, spoken, "Envelope", "Write-Output"):
        for encoding in ("utf-8", "utf-16-le"):
            told = secret.encode(encoding)
            assert told not in passed
            assert base64.b64encode(told)[:-4] not in passed, "not even in another form"
