"""Kerberos, between the program and hosts of the lab, with tickets of a real KDC."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.remoting import errors
from core.remoting.endpoint import Authentication, Credential
from tests.core.remoting.signing_in import endpoint_of, refusal, scenario, signed_in
from tests.core.remoting.simulated_host import on_a_loop
from tests.laboratory import RunningLab, running_lab
from tests.realm import Realm, needs_kerberos, running_realm

pytestmark = needs_kerberos

PASSWORD = "a secret"
AUTHORITY = "HTTP/localhost"
USERS = ("admin", "operator", "reader", "visitor", "stranger")
HOSTS = {
    "KERBEROS": "ntlm = false",
    "BOTH": "",
    "BARE": 'authentication = ["kerberos"]',
    "SECURE": 'scheme = "https", ntlm = false',
    "PLAIN": 'keytab = "/nowhere"',
}


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realm]:
    with running_realm(tmp_path_factory.mktemp("realm")) as running:
        for user in USERS:
            running.add_user(user, PASSWORD)
        running.add_user("expired", PASSWORD, "-pwexpire", "yesterday")
        running.add_user("disabled", PASSWORD, "-allow_tix")
        running.add_policy("two-attempts", "-maxfailure", "2")
        running.add_user("locked", PASSWORD, "-policy", "two-attempts")
        yield running


@pytest.fixture(scope="module")
def hosts(realm: Realm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    folder = tmp_path_factory.mktemp("hosts")
    options = ("--keytab", str(realm.keytab(AUTHORITY)))
    with running_lab(folder, scenario=scenario(folder, **HOSTS), options=options) as running:
        yield running


@pytest.fixture(autouse=True)
def in_the_realm(realm: Realm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program's side of each test is a computer of the realm."""
    for name, value in realm.environment.items():
        monkeypatch.setenv(name, value)


def user(name: str, password: str = PASSWORD) -> Credential:
    return Credential(name, password)


@pytest.mark.parametrize(
    ("host", "authentication"),
    [
        ("KERBEROS", "kerberos"),
        ("KERBEROS", "negotiate"),
        ("BOTH", "kerberos"),
        ("BARE", "kerberos"),
        ("SECURE", "kerberos"),
    ],
)
@on_a_loop
async def test_a_ticket_signs_the_user_in(hosts: RunningLab, host: str, authentication: Authentication) -> None:
    endpoint = endpoint_of(hosts, host, authentication, address="localhost")
    assert await signed_in(endpoint, user("admin@CONTOSO.EXAMPLE"))


@on_a_loop
async def test_the_host_knows_the_user_by_the_name_of_the_account(hosts: RunningLab) -> None:
    endpoint = endpoint_of(hosts, "KERBEROS", "kerberos", address="localhost")
    assert await signed_in(endpoint, user("operator@CONTOSO.EXAMPLE"))
    assert hosts.received()[-1]["user"] == r"CONTOSO\operator"


@pytest.mark.parametrize(
    ("name", "password", "address", "kind", "cause"),
    [
        (
            "admin@CONTOSO.EXAMPLE",
            "wrong",
            "localhost",
            errors.SignInRefused,
            "The password of admin@CONTOSO.EXAMPLE is not right.",
        ),
        (
            "nobody@CONTOSO.EXAMPLE",
            PASSWORD,
            "localhost",
            errors.SignInRefused,
            "The domain has no user nobody@CONTOSO.EXAMPLE.",
        ),
        (
            "expired@CONTOSO.EXAMPLE",
            PASSWORD,
            "localhost",
            errors.PasswordExpired,
            "The password of expired@CONTOSO.EXAMPLE has expired, or has to be changed before the first sign-in.",
        ),
        (
            "disabled@CONTOSO.EXAMPLE",
            PASSWORD,
            "localhost",
            errors.AccountLocked,
            "The account disabled@CONTOSO.EXAMPLE is locked, disabled or expired.",
        ),
        (
            "admin@CONTOSO.EXAMPLE",
            PASSWORD,
            "127.0.0.1",
            errors.ServiceNameWrong,
            "The domain knows no service HTTP/127.0.0.1.",
        ),
        (
            "admin@ELSEWHERE.EXAMPLE",
            PASSWORD,
            "localhost",
            errors.SignInUnavailable,
            "This computer finds no domain controller that could sign admin@ELSEWHERE.EXAMPLE in.",
        ),
        (
            r"CONTOSO\admin",
            PASSWORD,
            "localhost",
            errors.SignInRefused,
            r"The domain has no user CONTOSO\admin.",
        ),
        ("", None, "localhost", errors.SignInUnavailable, "This Windows or Kerberos account holds no valid ticket."),
        (
            "stranger@CONTOSO.EXAMPLE",
            PASSWORD,
            "localhost",
            errors.SignInRefused,
            "The host does not accept the user stranger@CONTOSO.EXAMPLE with kerberos sign-in.",
        ),
        (
            "visitor@CONTOSO.EXAMPLE",
            PASSWORD,
            "localhost",
            errors.AccessDenied,
            "The user may not use the PowerShell endpoint Microsoft.PowerShell.",
        ),
        (
            "reader@CONTOSO.EXAMPLE",
            PASSWORD,
            "localhost",
            errors.NotPermitted,
            "You do not have the required permission to complete this task. Contact the administrator of the"
            " authorization policy for the computer 'KERBEROS'.",
        ),
    ],
    ids=[
        "wrong password",
        "unknown user",
        "expired password",
        "disabled account",
        "unknown service",
        "unknown domain",
        "name for NTLM",
        "no ticket",
        "no account on the host",
        "no right to open a session",
        "no rights in Hyper-V",
    ],
)
@on_a_loop
async def test_a_refusal_is_met_by_name(
    hosts: RunningLab, name: str, password: str | None, address: str, kind: type[errors.RemotingError], cause: str
) -> None:
    endpoint = endpoint_of(hosts, "KERBEROS", "kerberos", address=address)
    error = await refusal(endpoint, Credential(name, password))
    assert type(error) is kind
    assert error.cause == cause
    assert error.cure


@on_a_loop
async def test_an_account_that_is_locked_after_too_many_attempts(hosts: RunningLab) -> None:
    endpoint = endpoint_of(hosts, "KERBEROS", "kerberos", address="localhost")
    for _ in range(2):
        error = await refusal(endpoint, user("locked@CONTOSO.EXAMPLE", "wrong"))
        assert type(error) is errors.SignInRefused
    error = await refusal(endpoint, user("locked@CONTOSO.EXAMPLE"))
    assert isinstance(error, errors.AccountLocked)
    assert error.cause == "The account locked@CONTOSO.EXAMPLE is locked, disabled or expired."


@on_a_loop
async def test_a_host_that_cannot_do_kerberos(hosts: RunningLab) -> None:
    error = await refusal(endpoint_of(hosts, "PLAIN", "kerberos", address="localhost"), user("admin@CONTOSO.EXAMPLE"))
    assert type(error) is errors.SignInRefused


@pytest.mark.parametrize("authentication", ["kerberos", "negotiate"])
@on_a_loop
async def test_a_host_whose_key_is_not_the_domains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authentication: Authentication
) -> None:
    with running_realm(tmp_path) as realm:
        for name, value in realm.environment.items():
            monkeypatch.setenv(name, value)
        realm.add_user("admin", PASSWORD)
        options = ("--keytab", str(realm.keytab(AUTHORITY)))
        realm.change_key(AUTHORITY)
        with running_lab(tmp_path, scenario=scenario(tmp_path, HOST=""), options=options) as lab:
            endpoint = endpoint_of(lab, "HOST", authentication, address="localhost")
            error = await refusal(endpoint, user("admin@CONTOSO.EXAMPLE"))
    assert isinstance(error, errors.ServiceNameWrong)
    assert error.cause == (
        "The host cannot read the ticket for HTTP/localhost: the domain holds another key for that name."
    )


@pytest.mark.parametrize("authentication", ["kerberos", "negotiate"])
@on_a_loop
async def test_a_host_whose_clock_is_ten_minutes_ahead(
    realm: Realm, hosts: RunningLab, tmp_path: Path, authentication: Authentication
) -> None:
    options = ("--keytab", str(realm.folder / "HTTP-localhost.keytab"))
    environment = {"LD_PRELOAD": shifting_library(tmp_path), "SHIFT_SECONDS": "600"}
    with running_lab(tmp_path, scenario=scenario(tmp_path, HOST=""), options=options, environment=environment) as lab:
        endpoint = endpoint_of(lab, "HOST", authentication, address="localhost")
        error = await refusal(endpoint, user("admin@CONTOSO.EXAMPLE"))
    assert isinstance(error, errors.ClocksDiffer)
    assert str(error) == "The clock of HOST and the one of this computer are too far apart."


def shifting_library(folder: Path) -> str:
    """The path of a library that shifts the clock of the program that loads it."""
    compiler = shutil.which("gcc")
    assert compiler is not None, "gcc has built the modules of Kerberos"
    library = folder / "shifted_clock.so"
    source = Path(__file__).with_name("shifted_clock.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True, timeout=60)
    return str(library)
