from __future__ import annotations

import asyncio
import base64
import http.client
import logging
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypsrp.exceptions import AuthenticationError, WinRMTransportError, WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool

from lab.powershell.commands import Pipeline
from lab.powershell.streams import Streams
from lab.wire.accounts import Accounts
from lab.wire.authentication import AuthenticationRefused, NegotiateAuthentication, basic_user, token_of
from lab.wire.listener import Listener
from tests.lab.wire.host import OTHER_USER, PATIENCE, USER, Host

SPNEGO = "application/HTTP-SPNEGO-session-encrypted"


class Recorder:
    """A TCP relay in front of a host that keeps what passes."""

    def __init__(self, host: Host) -> None:
        self.traffic = bytearray()
        self._host = host
        self._relays: set[asyncio.Task[None]] = set()
        self._server = host.run(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._relays.add(asyncio.create_task(self._relay(reader, writer)))

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host_reader, host_writer = await asyncio.open_connection("127.0.0.1", self._host.port)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._copy(reader, host_writer))
            group.create_task(self._copy(host_reader, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                self.traffic += data
                writer.write(data)
        finally:
            writer.close()

    async def close(self) -> None:
        """Break off what is still open: when a client lets go of its connection is up to the garbage collector."""
        self._server.close()
        for relay in self._relays:
            relay.cancel()
        for outcome in await asyncio.gather(*self._relays, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


@pytest.fixture
def recorder(host: Host) -> Iterator[Recorder]:
    relay = Recorder(host)
    yield relay
    host.run(relay.close())


async def greet(pipeline: Pipeline, streams: Streams) -> None:
    streams.output("hello")


@pytest.mark.parametrize("auth", ["negotiate", "ntlm"])
def test_messages_are_encrypted(host: Host, recorder: Recorder, auth: str) -> None:
    host.commands["greet"] = greet
    client = host.client(auth, port=recorder.port)
    with RunspacePool(client) as pool:
        assert PowerShell(pool).add_cmdlet("greet").invoke() == ["hello"]
    client.close()
    assert recorder.traffic.count(SPNEGO.encode()) >= 10
    for readable in (b"Envelope", b"creationXml", b"rsp:", b"wsman.xsd"):
        assert readable not in recorder.traffic


def test_runspace_is_opened_for_the_account_as_it_was_added(host: Host) -> None:
    client = host.client(user="lab\\ADMIN", password=host.accounts.password(USER))
    with RunspacePool(client, configuration_name="VMFerry"):
        pass
    assert host.opened == [(USER, "VMFerry", "negotiate")]


@pytest.mark.parametrize("auth", ["negotiate", "ntlm"])
def test_wrong_password_is_refused(host: Host, auth: str) -> None:
    with pytest.raises(AuthenticationError):
        host.client(auth, password="wrong").get_server_config()


def test_unknown_account_is_refused(host: Host) -> None:
    with pytest.raises(AuthenticationError):
        host.client(user="LAB\\nobody", password="wrong").get_server_config()


def test_account_of_another_host_is_refused(host: Host) -> None:
    elsewhere = Accounts()
    password = elsewhere.add("OTHER\\admin")
    with pytest.raises(AuthenticationError):
        host.client(user="OTHER\\admin", password=password).get_server_config()


def test_unencrypted_message_is_refused(host: Host) -> None:
    with pytest.raises(WinRMTransportError) as raised:
        host.client("ntlm", encryption="never").get_server_config()
    assert raised.value.code == 500


def test_request_without_credentials_is_challenged(host: Host) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=PATIENCE)
    connection.request("POST", "/wsman", b"")
    response = connection.getresponse()
    assert (response.status, response.getheader("WWW-Authenticate")) == (401, "Negotiate")
    connection.close()


@pytest.mark.parametrize(
    "header",
    ["Negotiate !!!", "Negotiate", "Basic TEFCXGFkbWluOng=", "Negotiate TlRMTVNTUAABAAAA", "Negotiate YII="],
)
def test_unusable_credentials_are_challenged(host: Host, header: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=PATIENCE)
    for _ in range(2):
        connection.request("POST", "/wsman", b"", {"Authorization": header})
        response = connection.getresponse()
        response.read()
        assert (response.status, response.getheader("WWW-Authenticate")) == (401, "Negotiate")
    connection.close()


def test_replayed_ciphertext_is_refused_and_the_shell_survives(host: Host, pool: RunspacePool) -> None:
    transport = pool.connection.transport
    content_type, body = transport.encryption.wrap_message(b"<message/>")
    headers = {"Content-Type": f'{content_type};protocol="{SPNEGO}";boundary="Encrypted Boundary"'}
    first, second = (transport.session.post(transport.endpoint, body, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code, second.content) == (500, 400, b"")
    pool.connection = pool.shell.wsman = host.client()
    assert pool.shell._get_shell()["State"] == "Connected"


def test_each_connection_has_its_own_context(host: Host) -> None:
    host.commands["greet"] = greet
    answers: list[list[str]] = []

    def call() -> None:
        with host.pool() as pool:
            answers.extend(PowerShell(pool).add_cmdlet("greet").invoke() for _ in range(3))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert answers == [["hello"]] * 12


def test_shell_of_another_user_is_denied(host: Host, pool: RunspacePool) -> None:
    other = host.client(user=OTHER_USER)
    with pytest.raises(WSManFaultError) as raised:
        other.delete(pool.shell.resource_uri, selector_set=pool.shell._selector_set)
    assert raised.value.code == 5
    assert pool.is_alive()


def test_listener_binds_loopback_only(host: Host) -> None:
    listener = Listener("host2", host.accounts, host._open)
    for address in ("0.0.0.0", "::", "192.0.2.1"):
        with pytest.raises(ValueError, match="loopback"):
            host.run(listener.start(address))


def test_messages_are_not_logged(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    host.commands["greet"] = greet
    with host.pool() as pool:
        PowerShell(pool).add_cmdlet("greet").add_parameter("Secret", "hush").invoke()
    assert [record for record in caplog.records if record.name.startswith("psrpcore")] == []


@given(st.binary(max_size=120))
def test_nonsense_is_no_token_of_anybody(nonsense: bytes) -> None:
    accounts = Accounts()
    accounts.add(USER)
    authentication = NegotiateAuthentication(accounts, b"tls-server-end-point:x", "strict")
    with pytest.raises(AuthenticationRefused):
        authentication.step(b"NTLMSSP\0\x03\0\0\0" + nonsense)
    assert authentication.user is None
    for scheme in ("Negotiate", "Basic"):
        header = f"{scheme} {base64.b64encode(nonsense).decode()}"
        assert token_of(header) == (nonsense or None)
        assert basic_user(header, accounts) is None


def test_accounts_keep_their_passwords_to_themselves() -> None:
    accounts = Accounts()
    password = accounts.add("LAB\\keeper")
    assert password not in repr(accounts)
    assert accounts.add("LAB\\keeper", "another") == accounts.password("lab\\keeper") == "another"
    assert accounts.find("LAB\\stranger") is None


@pytest.mark.parametrize(("user", "password"), [("admin", "x"), ("LAB\\", "x"), ("LAB\\a:b", "x"), ("LAB\\a", "x:y")])
def test_accounts_the_file_cannot_hold_are_refused(user: str, password: str) -> None:
    with pytest.raises(ValueError, match="account"):
        Accounts().add(user, password)
