from __future__ import annotations

import base64
import http.client
import socket
import time
import uuid
from xml.etree import ElementTree

import pytest
from pypsrp.exceptions import WSManFaultError
from pypsrp.powershell import RunspacePool
from pypsrp.shell import WinRS
from pypsrp.wsman import NAMESPACES, SelectorSet, WSManAction

from tests.lab.wire.host import PATIENCE, Host

IDENTIFY = (
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    b'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">'
    b"<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>"
)
IDENTITY = "{http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd}"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"


def selectors(shell_id: str) -> SelectorSet:
    chosen = SelectorSet()
    chosen.add_option("ShellId", shell_id)
    return chosen


def anonymous(host: Host, body: bytes, method: str = "POST", path: str = "/wsman") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=PATIENCE)
    connection.request(method, path, body, {"WSMANIDENTIFY": "unauthenticated"})
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


def test_configuration_is_told(host: Host) -> None:
    config = host.client().get_server_config()
    assert config.findtext("cfg:Config/cfg:MaxEnvelopeSizekb", namespaces=NAMESPACES) == "500"
    assert config.findtext("cfg:Config/cfg:MaxTimeoutms", namespaces=NAMESPACES) == "60000"


def test_anonymous_identify_hides_the_version(host: Host) -> None:
    status, body = anonymous(host, IDENTIFY)
    assert status == 200
    identity = ElementTree.fromstring(body).find(f".//{IDENTITY}IdentifyResponse")
    assert identity is not None
    assert identity.findtext(f"{IDENTITY}ProductVendor") == "Microsoft Corporation"
    assert identity.findtext(f"{IDENTITY}ProductVersion") == "OS: 0.0.0 SP: 0.0 Stack: 3.0"


def test_authenticated_identify_tells_the_version(host: Host) -> None:
    answer = ElementTree.fromstring(host.client().transport.send(IDENTIFY))
    assert answer.findtext(f".//{IDENTITY}ProductVersion") == "OS: 10.0.20348 SP: 0.0 Stack: 3.0"


@pytest.mark.parametrize("body", [b"", b"<broken", b"\x00\xff", b"<a/>"])
def test_anonymous_callers_may_only_identify(host: Host, body: bytes) -> None:
    assert anonymous(host, body)[0] == 401


def test_other_paths_and_methods_are_refused(host: Host) -> None:
    assert anonymous(host, IDENTIFY, path="/other")[0] == 404
    assert anonymous(host, IDENTIFY, method="PUT")[0] == 405


def test_unknown_configuration(host: Host) -> None:
    with pytest.raises(WSManFaultError, match="Missing") as raised:
        host.pool(configuration_name="Missing").open()
    assert (raised.value.code, raised.value.machine) == (2150858811, "host1")


def test_command_shell_is_refused(host: Host) -> None:
    with pytest.raises(WSManFaultError, match="remote shell requests") as raised:
        WinRS(host.client()).open()
    assert raised.value.code == 2150859180


def test_unknown_shell(host: Host, pool: RunspacePool) -> None:
    with pytest.raises(WSManFaultError, match="shell was not found") as raised:
        pool.connection.get(SHELL, selector_set=selectors(str(uuid.uuid4())))
    assert raised.value.code == 2150858843


def test_unknown_command(pool: RunspacePool) -> None:
    with pytest.raises(WSManFaultError, match="command identifier") as raised:
        pool.shell.receive("stdout", str(uuid.uuid4()))
    assert raised.value.code == 2150858843


def test_unknown_action(host: Host) -> None:
    with pytest.raises(WSManFaultError) as raised:
        host.client().invoke(WSManAction.PUT, SHELL, None)
    assert raised.value.code == 2150858771


def test_unknown_resource(host: Host) -> None:
    with pytest.raises(WSManFaultError) as raised:
        host.client().get("http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Service")
    assert raised.value.code == 2150858811


def test_unknown_signal(pool: RunspacePool) -> None:
    with pytest.raises(WSManFaultError) as raised:
        pool.shell.signal("powershell/signal/whistle", str(uuid.uuid4()))
    assert raised.value.code == 2150858817


def test_shell_is_described_while_it_lives(host: Host, pool: RunspacePool) -> None:
    state = pool.shell._get_shell()
    assert (state["ShellId"], state["Owner"], state["State"]) == (pool.id, "LAB\\admin", "Connected")
    second = host.client()
    second.delete(pool.shell.resource_uri, selector_set=pool.shell._selector_set)
    assert host.runspace_closed.wait(PATIENCE)
    assert not pool.is_alive()


@pytest.mark.parametrize(
    ("creation", "code"),
    [
        ("", 2150858817),
        ("A", 2150858817),
        ("#", 2150858810),
        ("AAAA", 2150858810),
        (base64.b64encode(b"\x00" * 300).decode(), 2150858810),
        (base64.b64encode(b"\x01" * 300).decode(), 2150858810),
    ],
)
def test_malformed_creation_is_a_fault(host: Host, creation: str, code: int) -> None:
    client = host.client()
    content = ElementTree.Element("creationXml", xmlns="http://schemas.microsoft.com/powershell")
    content.text = creation
    shell = WinRS(client, "http://schemas.microsoft.com/powershell/Microsoft.PowerShell", str(uuid.uuid4()))
    with pytest.raises(WSManFaultError) as raised:
        shell.open(open_content=content)
    assert raised.value.code == code
    assert host.runspace_closed.is_set() == (host.opened != [])
    client.get_server_config()


def test_malformed_data_ends_the_shell_only(host: Host) -> None:
    pool = host.pool()
    pool.open()
    with pytest.raises(WSManFaultError) as raised:
        pool.shell.send("stdin", b"\x00" * 10)
    assert raised.value.code == 2150858810
    assert host.runspace_closed.wait(PATIENCE)
    with host.pool() as another:
        assert another.is_alive()


@pytest.mark.parametrize("message", [b"not xml", b"<a/>", IDENTIFY.replace(b"Identify", b"Unknown")])
def test_malformed_message_is_a_fault(host: Host, message: bytes) -> None:
    client = host.client()
    with pytest.raises(Exception, match="Code: 500") as raised:
        client.transport.send(message)
    assert "WSManFault" in raised.value.response_text
    client.get_server_config()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x00\x05hello\r\n\r\n", b"400"),
        (b"GET\r\n\r\n", b"400"),
        (b"POST /wsman HTTP/1.1\r\nHost: a\r\nContent-Length: 700000\r\n\r\n" + b"x" * 700000, b"413"),
        (b"POST /wsman HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 200000, b"431"),
    ],
)
def test_broken_http_is_answered_and_survived(host: Host, sent: bytes, status: bytes) -> None:
    with socket.create_connection(("127.0.0.1", host.port), timeout=PATIENCE) as client:
        try:
            client.sendall(sent)
            answer = client.recv(4096)
        except ConnectionError:
            answer = b"HTTP/1.1 " + status
    assert answer.startswith(b"HTTP/1.1 " + status)
    host.client().get_server_config()


def test_latency_delays_each_answer() -> None:
    host = Host("slow", latency=0.05)
    started = time.monotonic()
    assert anonymous(host, IDENTIFY)[0] == 200
    assert time.monotonic() - started >= 0.05
    host.close()
