"""A connection is tried out step by step; where it stops, it says what to do."""

from __future__ import annotations

import socket
import ssl
import warnings
from dataclasses import replace

import pytest

from core.estate.connection import Connection
from core.estate.connection_test import Part, Step, Verdict, examine
from core.estate.sign_in_advice import advice, script_note
from core.remoting import errors
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.session import Session
from lab.powershell import commands as asked
from lab.powershell.streams import StatementError, Streams
from tests.core.remoting.simulated_host import REFUSAL, Runspace, on_a_loop, running_workers, simulated_host
from tests.laboratory import RunningLab

ALL = list(Part)


async def steps(connection: Connection) -> list[Step]:
    async with running_workers(2) as workers:
        seen = [step async for step in examine(connection, workers)]
    running, ended = seen[::2], seen[1::2]
    assert [step.part for step in running] == [step.part for step in ended]
    assert {step.verdict for step in running} == {Verdict.RUNNING}
    assert all(step.found.endswith(".") for step in ended)
    assert [step.part for step in ended] == ALL[: len(ended)]
    return ended


async def stop(connection: Connection) -> Step:
    """The step at which it stops; all before it are good."""
    *good, last = await steps(connection)
    assert {step.verdict for step in good} <= {Verdict.GOOD}
    assert last.verdict is Verdict.BAD
    assert last.cures
    return last


def changed(connection: Connection, **fields: object) -> Connection:
    return replace(connection, endpoint=replace(connection.endpoint, **fields))


@on_a_loop
async def test_a_connection_that_works_says_what_was_found(lab: RunningLab) -> None:
    found = {step.part: step.found for step in await steps(lab.connection("HV-01"))}
    assert list(found) == ALL
    assert found[Part.NAME] == "127.0.0.1 is a network address."
    assert found[Part.PORT].startswith(f"Port {lab.host('HV-01')['port']} answers after ")
    assert found[Part.ENCRYPTION] == "Over http every message is encrypted with the key of the sign-in."
    assert found[Part.SIGN_IN].startswith(rf"The host takes {lab.host('HV-01')['username']} with negotiate.")
    assert "TrustedHosts" in found[Part.SIGN_IN]
    assert found[Part.ENDPOINT] == "Microsoft.PowerShell is open."
    assert found[Part.MODULE] == "The Hyper-V module has version 2.0.0.0."
    assert found[Part.RIGHTS].startswith("Get-VMHost answers: HV-01.contoso.example, ")
    assert lab.control("GET", "/hosts/HV-01")["shells"] == []


@on_a_loop
async def test_a_certificate_that_is_not_trusted_is_shown_and_can_be(lab: RunningLab) -> None:
    host = lab.control("PUT", "/hosts/HV-01/wire", {"scheme": "https"})
    secure = changed(lab.connection("HV-01"), scheme="https")
    stranger = await stop(secure)
    assert stranger.part is Part.ENCRYPTION
    assert "issued by an authority that is not trusted here" in stranger.found
    assert stranger.certificate is not None
    assert "127.0.0.1" in stranger.certificate.names
    assert all(step.verdict is Verdict.GOOD for step in await steps(changed(secure, ca_file=host["ca_file"])))
    pinned = changed(secure, fingerprint=stranger.certificate.fingerprint)
    found = await steps(pinned)
    assert found[2].found == "The host shows the certificate that was trusted by its fingerprint."
    assert found[-1].verdict is Verdict.GOOD
    lab.control("PUT", "/hosts/HV-01/disturbances", [{"kind": "certificate", "certificate": "changed"}])
    other = await stop(pinned)
    assert other.part is Part.ENCRYPTION
    assert "its fingerprint has changed" in other.found
    assert other.certificate is not None
    assert other.certificate.fingerprint != stranger.certificate.fingerprint


@pytest.mark.parametrize("newest", ["1.0", "1.1"])
@on_a_loop
async def test_a_host_with_old_encryption_only_is_refused_in_words(lab: RunningLab, newest: str) -> None:
    host = lab.control("PUT", "/hosts/HV-01/wire", {"scheme": "https", "newest_tls": newest})
    connection = lab.connection("HV-01")
    assert version_without_limits(connection.endpoint) == {"1.0": "TLSv1", "1.1": "TLSv1.1"}[newest]
    port = connection.endpoint.port
    cause = f"127.0.0.1, port {port}, offers only TLS 1.0 or 1.1, which can be broken."
    for trust in ({}, {"ca_file": host["ca_file"]}, {"fingerprint": "0" * 64}):
        secure = changed(connection, scheme="https", **trust)
        async with running_workers(1) as workers:
            session = Session(secure.endpoint, secure.credential, workers)
            with pytest.raises(errors.EncryptionTooOld) as caught:
                await session.open()
            await session.close()
        assert (str(caught.value), caught.value.cause) == ("HV-01 offers no secure connection.", cause)
    step = await stop(changed(connection, scheme="https", ca_file=host["ca_file"]))
    assert step.part is Part.ENCRYPTION
    assert cause in step.found
    assert step.cures[0].startswith("Turn TLS 1.2 on at the host")
    assert lab.control("GET", "/hosts/HV-01")["requests"] == {}
    lab.control("PUT", "/hosts/HV-01/wire", {"scheme": "https", "newest_tls": "1.2"})
    found = await steps(changed(connection, scheme="https", ca_file=host["ca_file"]))
    assert found[-1].verdict is Verdict.GOOD


def version_without_limits(endpoint: Endpoint) -> str | None:
    """What a client agrees on with the host that takes anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    with (
        socket.create_connection((endpoint.address, endpoint.port), 10) as plain,
        context.wrap_socket(plain) as secure,
    ):
        return secure.version()


@on_a_loop
async def test_a_name_that_nobody_knows() -> None:
    connection = Connection("Servers", _endpoint("no-such-host.invalid"), Credential("u", "p"))
    step = await stop(connection)
    assert step.part is Part.NAME
    assert "The name no-such-host.invalid is not known on this network." in step.found


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "x..y"])
@on_a_loop
async def test_what_is_no_name_is_not_known(name: str) -> None:
    assert (await stop(Connection("Servers", _endpoint(name), Credential("u", "p")))).part is Part.NAME


@on_a_loop
async def test_a_port_that_does_not_answer() -> None:
    with socket.socket() as taken:
        # Bound without listening: nobody else takes the port, and connections are refused.
        taken.bind(("127.0.0.1", 0))
        step = await stop(Connection("Servers", _endpoint("127.0.0.1", taken.getsockname()[1]), Credential("u", "p")))
    assert step.part is Part.PORT
    assert "Enable-PSRemoting" in step.cures[0]
    assert any("public network" in cure for cure in step.cures)


@on_a_loop
async def test_a_wrong_password(shared_lab: RunningLab) -> None:
    connection = shared_lab.connection("HV-01")
    step = await stop(replace(connection, credential=Credential("nobody", "wrong")))
    assert step.part is Part.SIGN_IN
    assert "refused the sign-in" in step.found
    assert any(r"127.0.0.1\nobody" in cure for cure in step.cures)
    assert any("use the full name of the host instead of its address" in cure for cure in step.cures)


@on_a_loop
async def test_a_password_that_was_not_asked_for(shared_lab: RunningLab) -> None:
    connection = shared_lab.connection("HV-01")
    step = await stop(replace(connection, credential=replace(connection.credential, password=None)))
    assert step.part is Part.SIGN_IN
    assert "waits for a password" in step.found


@on_a_loop
async def test_an_endpoint_that_is_missing(shared_lab: RunningLab) -> None:
    step = await stop(changed(shared_lab.connection("HV-01"), configuration_name="Other"))
    assert step.part is Part.ENDPOINT
    assert "no session configuration named Other" in step.found


@on_a_loop
async def test_a_quota_that_is_used_up(lab: RunningLab) -> None:
    lab.control("PUT", "/hosts/HV-01/wire", {"quotas": {"max_shells_per_user": 0}})
    step = await stop(lab.connection("HV-01"))
    assert step.part is Part.ENDPOINT
    assert any("winrm get winrm/config/winrs" in cure for cure in step.cures)


@on_a_loop
async def test_a_host_without_hyper_v() -> None:
    async with simulated_host() as host:
        step = await stop(Connection("Servers", host.endpoint, host.credential))
    assert step.part is Part.MODULE
    assert step.found == "The host has no Hyper-V cmdlets."
    assert "Install-WindowsFeature Hyper-V-PowerShell" in step.cures[0]


class Refusing(Runspace):
    """A host whose user may not ask for it."""

    async def _run(self, call: asked.Command, streams: Streams) -> None:
        if call.name == "Get-VMHost":
            raise StatementError(replace(REFUSAL, activity="Get-VMHost"))
        await super()._run(call, streams)


@on_a_loop
async def test_a_user_without_rights_on_hyper_v() -> None:
    async with simulated_host() as host:
        host.runspace = Refusing()
        await host.restart()
        step = await stop(Connection("Servers", host.endpoint, host.credential))
    assert step.part is Part.RIGHTS
    assert step.found == "Get-VMHost failed on HV01. The machine was not found.\n\nLook for its name."
    assert any("Hyper-V Administrators" in cure for cure in step.cures)


@pytest.mark.parametrize(
    ("user", "is_local"),
    [("admin", True), (r".\admin", True), (r"hv01\admin", True), (r"CONTOSO\admin", False), ("admin@contoso", False)],
)
def test_local_accounts_are_told_of_what_windows_takes_from_them(user: str, is_local: bool) -> None:
    connection = Connection("Servers", _endpoint("hv01.contoso.example"), Credential(user, "p"))
    denied = errors.AccessDenied("HV01", "Cause.", "Cure.")
    cures = advice(denied, connection)
    assert cures[0] == "Cure."
    assert any("LocalAccountTokenFilterPolicy" in cure for cure in cures) is is_local
    assert any("Remote Management Users" in cure for cure in cures)


@pytest.mark.parametrize(
    ("kind", "cure"),
    [("kerberos", "setspn -Q HTTP/hv01"), ("ntlm", "restricts NTLM"), ("credssp", "Enable-WSManCredSSP -Role Server")],
)
def test_each_kind_of_sign_in_has_its_own_advice(kind: str, cure: str) -> None:
    connection = changed(Connection("Servers", _endpoint("hv01"), Credential(r"C\a", "p")), authentication=kind)
    cures = advice(errors.SignInRefused("HV01", "Cause.", "Cure."), connection)
    assert any(cure in each for each in cures)


@pytest.mark.parametrize("kind", [errors.PasswordExpired, errors.AccountLocked])
def test_who_is_known_is_not_told_how_to_sign_in(kind: type[errors.SignInRefused]) -> None:
    connection = changed(Connection("Servers", _endpoint("hv01"), Credential("a", "p")), authentication="kerberos")
    assert advice(kind("HV01", "Cause.", "Cure."), connection) == ("Cure.",)


def test_trusted_hosts_matter_only_to_powershell_over_http_without_kerberos() -> None:
    connection = Connection("Servers", _endpoint("hv01"), Credential(r"CONTOSO\a", "p"))
    assert script_note(connection) == ""
    assert "hv01" in script_note(changed(connection, authentication="ntlm"))
    assert "10.0.0.1" in script_note(changed(connection, address="10.0.0.1"))
    assert script_note(changed(connection, address="10.0.0.1", scheme="https")) == ""


def _endpoint(address: str, port: int = 5985) -> Endpoint:
    return Endpoint("HV01", address, port, "http", "negotiate", operation_timeout=2, connect_timeout=2)
