"""The WS-Management service of one host: what each action does to which resource (MS-WSMV)."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Awaitable, Callable
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from lab.wire import faults, soap
from lab.wire.faults import Fault, UnknownConfiguration
from lab.wire.runspace import OpenRunspace
from lab.wire.shells import Shell, Shells
from lab.wire.soap import SHELL, TRANSFER, Request

CONFIG_RESOURCE: Final = "http://schemas.microsoft.com/wbem/wsman/1/config"
COMMAND_SHELL_RESOURCE: Final = f"{SHELL}/cmd"
POWERSHELL_RESOURCE: Final = "http://schemas.microsoft.com/powershell/"

_CREATION_XML: Final = "{http://schemas.microsoft.com/powershell}creationXml"
_TERMINATE: Final = f"{SHELL}/signal/terminate"
# PowerShell's own signal and the one of the command shell; both stop the pipeline.
_STOP: Final = frozenset({"powershell/signal/ctrl_c", f"{SHELL}/signal/ctrl_c", f"{SHELL}/signal/ctrl_break"})

# Unauthenticated callers are not told the version (Microsoft, "Detecting Whether a Remote Computer Supports
# WS-Management Protocol").
_ANONYMOUS_VERSION: Final = "OS: 0.0.0 SP: 0.0 Stack: 3.0"
_PRODUCT_VERSION: Final = "OS: 10.0.20348 SP: 0.0 Stack: 3.0"

# The values of a fresh Windows Server 2022 ("winrm get winrm/config").
_CONFIG: Final = (
    '<cfg:Config xmlns:cfg="http://schemas.microsoft.com/wbem/wsman/1/config" xml:lang="en-US">'
    "<cfg:MaxEnvelopeSizekb>500</cfg:MaxEnvelopeSizekb>"
    "<cfg:MaxTimeoutms>60000</cfg:MaxTimeoutms>"
    "<cfg:MaxBatchItems>32000</cfg:MaxBatchItems>"
    "<cfg:MaxProviderRequests>4294967295</cfg:MaxProviderRequests>"
    "<cfg:Service>"
    "<cfg:MaxConcurrentOperations>4294967295</cfg:MaxConcurrentOperations>"
    "<cfg:MaxConcurrentOperationsPerUser>1500</cfg:MaxConcurrentOperationsPerUser>"
    "<cfg:EnumerationTimeoutms>240000</cfg:EnumerationTimeoutms>"
    "<cfg:MaxConnections>300</cfg:MaxConnections>"
    "<cfg:MaxPacketRetrievalTimeSeconds>120</cfg:MaxPacketRetrievalTimeSeconds>"
    "<cfg:AllowUnencrypted>false</cfg:AllowUnencrypted>"
    "</cfg:Service>"
    "<cfg:Winrs>"
    "<cfg:AllowRemoteShellAccess>true</cfg:AllowRemoteShellAccess>"
    "<cfg:IdleTimeout>7200000</cfg:IdleTimeout>"
    "<cfg:MaxConcurrentUsers>2147483647</cfg:MaxConcurrentUsers>"
    "<cfg:MaxShellRunTime>2147483647</cfg:MaxShellRunTime>"
    "<cfg:MaxProcessesPerShell>2147483647</cfg:MaxProcessesPerShell>"
    "<cfg:MaxMemoryPerShellMB>2147483647</cfg:MaxMemoryPerShellMB>"
    "<cfg:MaxShellsPerUser>2147483647</cfg:MaxShellsPerUser>"
    "</cfg:Winrs>"
    "</cfg:Config>"
)


class Management:
    """Answers SOAP messages; it knows users, but nothing of HTTP and encryption."""

    def __init__(self, host_name: str, shells: Shells, open_runspace: OpenRunspace) -> None:
        self._host_name = host_name
        self._shells = shells
        self._open_runspace = open_runspace
        self._actions: dict[str, Callable[[Request, str], Awaitable[bytes]]] = {
            f"{TRANSFER}/Get": self._get,
            f"{TRANSFER}/Create": self._create,
            f"{TRANSFER}/Delete": self._delete,
            f"{SHELL}/Command": self._command,
            f"{SHELL}/Send": self._send,
            f"{SHELL}/Receive": self._receive,
            f"{SHELL}/Signal": self._signal,
        }

    async def answer(self, message: bytes, user: str) -> tuple[int, bytes]:
        """The HTTP status and the envelope that answer a message of ``user``."""
        message_id = ""
        try:
            envelope = soap.parse_envelope(message)
            if soap.is_identify(envelope):
                return 200, soap.identify_reply(_PRODUCT_VERSION)
            message_id = soap.message_id_of(envelope)
            request = soap.parse_request(envelope)
            action = self._actions.get(request.action)
            if action is None:
                raise faults.action_not_supported(request.action)
            return 200, await action(request, user)
        except Fault as fault:
            return 500, soap.fault_reply(fault, message_id, self._host_name)

    def identify(self, message: bytes) -> bytes | None:
        """The answer to an anonymous Identify message; None for any other message."""
        try:
            anonymous = soap.is_identify(soap.parse_envelope(message))
        except Fault:
            return None
        return soap.identify_reply(_ANONYMOUS_VERSION) if anonymous else None

    async def _get(self, request: Request, user: str) -> bytes:
        if request.resource_uri == CONFIG_RESOURCE:
            return soap.reply(request, _CONFIG)
        if request.resource_uri == SHELL or request.resource_uri.startswith(POWERSHELL_RESOURCE):
            return soap.reply(request, _shell_xml(self._shell(request, user)))
        raise faults.resource_not_found(request.resource_uri)

    async def _create(self, request: Request, user: str) -> bytes:
        if request.resource_uri == COMMAND_SHELL_RESOURCE:
            raise faults.command_shell_refused()
        if not request.resource_uri.startswith(POWERSHELL_RESOURCE):
            raise faults.resource_not_found(request.resource_uri)
        creation = _base64_text(request.content.find(_CREATION_XML))
        shell_id = request.content.get("ShellId", str(uuid.uuid4())).upper()
        try:
            runspace = self._open_runspace(user, request.resource_uri.removeprefix(POWERSHELL_RESOURCE))
        except UnknownConfiguration as error:
            raise faults.resource_not_found(request.resource_uri) from error
        try:
            shell = Shell(shell_id, user, request.resource_uri, runspace, request.envelope_size, creation)
            self._shells.add(shell)
        except Fault:
            runspace.close()
            raise
        return soap.reply(
            request,
            "<x:ResourceCreated>"
            f"<a:Address>http://{escape(self._host_name)}:5985/wsman</a:Address>"
            f"<a:ReferenceParameters><w:ResourceURI>{escape(shell.resource_uri)}</w:ResourceURI>"
            f'<w:SelectorSet><w:Selector Name="ShellId">{escape(shell_id)}</w:Selector></w:SelectorSet>'
            f"</a:ReferenceParameters></x:ResourceCreated>{_shell_xml(shell)}",
        )

    async def _delete(self, request: Request, user: str) -> bytes:
        await self._shells.remove(self._shell(request, user))
        return soap.reply(request, "")

    async def _command(self, request: Request, user: str) -> bytes:
        shell = self._shell(request, user)
        arguments = b"".join(_base64_text(element) for element in request.content.iter(f"{{{SHELL}}}Arguments"))
        try:
            command_id = shell.command(request.content.get("CommandId"), arguments)
        except faults.ProtocolViolation:
            await self._shells.remove(shell)
            raise
        return soap.reply(
            request,
            f"<rsp:CommandResponse><rsp:CommandId>{escape(command_id)}</rsp:CommandId></rsp:CommandResponse>",
        )

    async def _send(self, request: Request, user: str) -> bytes:
        shell = self._shell(request, user)
        for stream in request.content.iter(f"{{{SHELL}}}Stream"):
            command_id = stream.get("CommandId")
            if command_id is not None:
                shell.pipeline(command_id)
            try:
                shell.receive(_base64(stream.text or ""))
            except faults.ProtocolViolation:
                await self._shells.remove(shell)
                raise
        return soap.reply(request, "<rsp:SendResponse/>")

    async def _receive(self, request: Request, user: str) -> bytes:
        shell = self._shell(request, user)
        desired = request.content.find(f"{{{SHELL}}}DesiredStream")
        command_id = None if desired is None else desired.get("CommandId")
        outbox = shell.outbox if command_id is None else shell.pipeline(command_id).outbox
        attribute = "" if command_id is None else f' CommandId="{escape(command_id)}"'

        def answer(fragments: list[bytes]) -> bytes:
            streams = "".join(
                f'<rsp:Stream Name="stdout"{attribute}>{base64.b64encode(fragment).decode()}</rsp:Stream>'
                for fragment in fragments
            )
            state = "Done" if outbox.drained else "Running"
            command_state = f'<rsp:CommandState{attribute} State="{SHELL}/CommandState/{state}"/>'
            return soap.reply(
                request,
                f"<rsp:ReceiveResponse>{streams}{command_state if command_id else ''}</rsp:ReceiveResponse>",
            )

        return await outbox.receive(request, answer)

    async def _signal(self, request: Request, user: str) -> bytes:
        shell = self._shell(request, user)
        command_id = request.content.get("CommandId", "")
        code = (request.content.findtext(f"{{{SHELL}}}Code") or "").strip()
        if code in _STOP:
            shell.pipeline(command_id).stop()
        elif code.lower() == _TERMINATE:
            await shell.terminate(command_id)
        else:
            raise faults.invalid_xml()
        return soap.reply(request, "<rsp:SignalResponse/>")

    def _shell(self, request: Request, user: str) -> Shell:
        return self._shells.find(request.selectors.get("ShellId", ""), user)


def _shell_xml(shell: Shell) -> str:
    values = {
        "ShellId": shell.shell_id,
        "ResourceUri": shell.resource_uri,
        "Owner": shell.owner,
        "ClientIP": "127.0.0.1",
        "IdleTimeOut": "PT7200.000S",
        "InputStreams": "stdin pr",
        "OutputStreams": "stdout",
        "MaxIdleTimeOut": "PT2147483.647S",
        "Locale": "en-US",
        "DataLocale": "en-US",
        "CompressionMode": "NoCompression",
        "ProfileLoaded": "Yes",
        "Encoding": "UTF8",
        "BufferMode": "Block",
        "State": "Connected",
        "ShellRunTime": "P0DT0H0M0S",
        "ShellInactivity": "P0DT0H0M0S",
    }
    fields = "".join(f"<rsp:{name}>{escape(value)}</rsp:{name}>" for name, value in values.items())
    return f"<rsp:Shell>{fields}</rsp:Shell>"


def _base64_text(element: ElementTree.Element | None) -> bytes:
    if element is None or not element.text:
        raise faults.invalid_xml()
    return _base64(element.text)


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise faults.invalid_xml() from error
