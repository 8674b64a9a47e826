"""A host that cannot be called, and what the user is told."""

from __future__ import annotations

import errno
import socket
from dataclasses import replace

import pytest

from core.remoting import errors
from core.remoting.failures import translate
from lab.wire import faults
from lab.wire.faults import Fault, UnknownConfiguration
from tests.core.remoting.connecting import (
    CHECK_NAME,
    CHECK_NETWORK,
    CHECK_PORT,
    CHECK_POWER,
    CREDENTIAL,
    READ,
    TURN_ON,
    answering,
    failure_of,
    plain_endpoint,
    told,
)
from tests.core.remoting.simulated_host import on_a_loop, simulated_host


@on_a_loop
async def test_connection_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    error = await failure_of(plain_endpoint(port), changes=True)
    assert isinstance(error, errors.ConnectionRefused)
    assert told(error) == (
        "HV01",
        "HV01 refused the connection.",
        f"Nothing listens on port {port} of 127.0.0.1.",
        TURN_ON,
    )


@pytest.mark.parametrize("address", ["no-such-host.invalid", "a" * 70 + ".invalid", "two..dots.invalid"])
@on_a_loop
async def test_name_unknown(address: str) -> None:
    error = await failure_of(replace(plain_endpoint(5985), address=address), changes=True)
    assert isinstance(error, errors.NameUnknown)
    assert told(error) == (
        "HV01",
        "HV01 cannot be found.",
        f"The name {address} is not known on this network.",
        CHECK_NAME,
    )


@on_a_loop
async def test_sign_in_refused() -> None:
    async with simulated_host() as host:
        error = await failure_of(host.endpoint, changes=True)
        assert not host.runspace.ran
    assert isinstance(error, errors.SignInRefused)
    assert told(error) == (
        "HV01",
        "HV01 refused the sign-in.",
        "The host does not accept the user operator with negotiate sign-in.",
        "Check the user name, the password and the kind of sign-in.",
    )


@pytest.mark.parametrize(
    ("refusal", "kind", "sentence", "cause", "cure"),
    [
        (
            UnknownConfiguration("VMFerry"),
            errors.EndpointMissing,
            "HV01 does not offer the PowerShell endpoint.",
            "The host has no session configuration named VMFerry.",
            "Correct the name, or register the configuration on the host.",
        ),
        (
            faults.access_denied(),
            errors.AccessDenied,
            "HV01 denied access.",
            "The user may not use the PowerShell endpoint VMFerry.",
            "Sign in as a member of the host's Administrators or Remote Management Users.",
        ),
        (
            Fault(2150859173, "w:QuotaLimit", "Die maximale Anzahl ist erreicht."),
            errors.QuotaExceeded,
            "HV01 takes no more sessions at the moment.",
            "A limit of Windows Remote Management on the host is reached.",
            "Close other remote sessions to the host, or raise MaxShellsPerUser and its neighbours there.",
        ),
        (
            faults.timed_out(),
            errors.Unreachable,
            "HV01 does not answer.",
            "No answer came from 127.0.0.1, port {port}, in time.",
            CHECK_POWER,
        ),
        (
            Fault(2150858999, "w:InternalError", "Etwas {ging} schief."),
            errors.ProtocolFault,
            "HV01 gave an unexpected answer.",
            "The host reported fault 2150858999: Etwas {{ging}} schief.",
            CHECK_PORT,
        ),
    ],
)
@on_a_loop
async def test_a_fault_of_the_host(
    refusal: Exception, kind: type[errors.RemotingError], sentence: str, cause: str, cure: str
) -> None:
    async with simulated_host() as host, host.session(configuration_name="VMFerry") as session:
        host.runspace.refusal = refusal
        with pytest.raises(kind) as caught:
            await session.run(READ, changes=True)
        assert not host.runspace.ran
        port = host.endpoint.port
        host.runspace.refusal = None
        assert (await session.run(READ)).output == ("read",), "the session opens when the cause is gone"
    assert told(caught.value) == ("HV01", sentence, cause.format(port=port), cure)


@pytest.mark.parametrize(
    ("answer", "kind", "cause", "cure"),
    [
        (
            b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
            errors.AccessDenied,
            "The web service at 127.0.0.1, port {port}, forbids the connection.",
            "Check the address filter of Windows Remote Management on the host, and the user's rights.",
        ),
        (
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nNope",
            errors.ProtocolFault,
            "The web service at 127.0.0.1, port {port}, answered with status 404.",
            CHECK_PORT,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nHi!\n",
            errors.ProtocolFault,
            "What 127.0.0.1 sent is not an answer of Windows Remote Management.",
            CHECK_PORT,
        ),
        (
            b"SSH-2.0-OpenSSH_9.2\r\n",
            errors.Unreachable,
            "The connection to 127.0.0.1, port {port}, broke off.",
            CHECK_NETWORK,
        ),
    ],
)
@on_a_loop
async def test_something_else_answers(answer: bytes, kind: type[errors.RemotingError], cause: str, cure: str) -> None:
    async with answering(answer) as port:
        error = await failure_of(plain_endpoint(port), changes=True)
    assert isinstance(error, kind)
    assert (error.cause, error.cure) == (cause.format(port=port), cure)


def test_a_sign_in_that_this_computer_cannot_do() -> None:
    error = translate(ImportError("no module"), replace(plain_endpoint(1), authentication="credssp"), CREDENTIAL)
    assert isinstance(error, errors.SignInUnavailable)
    assert told(error) == (
        "HV01",
        "This computer cannot sign in to HV01 in the chosen way.",
        "The support for credssp sign-in is not installed on this computer.",
        "Choose another kind of sign-in for this host, or install the support for this one.",
    )


def test_a_network_without_a_way_to_the_host() -> None:
    error = translate(OSError(errno.EHOSTUNREACH, "egal"), plain_endpoint(1), CREDENTIAL)
    assert isinstance(error, errors.Unreachable)
    assert error.cause == "The network has no way to 127.0.0.1."
    assert error.cure == "Check the network of this computer and the address of the host."


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@on_a_loop
async def test_no_redirect_is_followed(status: int) -> None:
    """Neither with a sign-in nor with a command."""
    async with simulated_host() as other:
        head = f"HTTP/1.1 {status} Elsewhere\r\nLocation: http://127.0.0.1:{other.endpoint.port}/wsman\r\n"
        async with answering(f"{head}Content-Length: 0\r\n\r\n".encode()) as port:
            error = await failure_of(plain_endpoint(port), changes=True)
        assert other.relay.connections == 0
    assert isinstance(error, errors.ProtocolFault)
    cause = f"The web service at 127.0.0.1, port {port}, points to another address, which is not followed."
    assert told(error) == ("HV01", "HV01 gave an unexpected answer.", cause, CHECK_PORT)
