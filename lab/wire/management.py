"""The WS-Management service of one host: what each action does to which resource (MS-WSMV)."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from lab.wire import faults, quotas, soap
from lab.wire.descriptions import command_descriptions, configuration, shell_description
from lab.wire.faults import Fault, UnknownConfiguration
from lab.wire.runspace import OpenRunspace
from lab.wire.shell import Shell
from lab.wire.shells import Shells
from lab.wire.soap import ENUMERATION, SHELL, TRANSFER, WSMAN, Request

CONFIG_RESOURCE: Final = "http://schemas.microsoft.com/wbem/wsman/1/config"
COMMAND_SHELL_RESOURCE: Final = f"{SHELL}/cmd"
COMMANDS_RESOURCE: Final = f"{SHELL}/Command"
POWERSHELL_RESOURCE: Final = "http://schemas.microsoft.com/powershell/"

_POWERSHELL: Final = "http://schemas.microsoft.com/powershell"
_TERMINATE: Final = f"{SHELL}/signal/terminate"
# PowerShell's own signal and the one of the command shell; both stop the pipeline.
_STOP: Final = frozenset({"powershell/signal/ctrl_c", f"{SHELL}/signal/ctrl_c", f"{SHELL}/signal/ctrl_break"})

# Unauthenticated callers are not told the version (Microsoft, "Detecting Whether a Remote Computer Supports
# WS-Management Protocol").
_ANONYMOUS_VERSION: Final = "OS: 0.0.0 SP: 0.0 Stack: 3.0"
_PRODUCT_VERSION: Final = "OS: 10.0.20348 SP: 0.0 Stack: 3.0"


class Management:
    """Answers SOAP messages; it knows users, but nothing of HTTP and encryption."""

    def __init__(self, host_name: str, shells: Shells, open_runspace: OpenRunspace) -> None:
        self._host_name = host_name
        self._shells = shells
        self._open_runspace = open_runspace
        self._operations: Counter[str] = Counter()

    async def answer(self, message: bytes, user: str, authentication: str) -> tuple[int, bytes]:
        """The HTTP status and the envelope that answer a message of ``user``, who signed in by ``authentication``."""
        message_id = ""
        self._operations[user] += 1
        try:
            envelope = soap.parse_envelope(message)
            if soap.is_identify(envelope):
                return 200, soap.identify_reply(_PRODUCT_VERSION)
            message_id = soap.message_id_of(envelope)
            request = soap.parse_request(envelope, self._shells.quotas.max_envelope_size_kb * 1024)
            action = _ACTIONS.get(request.action)
            if action is None and request.action != _CREATE:
                raise faults.action_not_supported(request.action)
            if self._operations[user] > self._shells.quotas.max_operations_per_user:
                raise quotas.operations_per_user(self._shells.quotas.max_operations_per_user)
            if action is None:
                return 200, await self._create(request, user, authentication)
            return 200, await action(self, request, user)
        except Fault as fault:
            return 500, soap.fault_reply(fault, message_id, self._host_name)
        finally:
            self._operations[user] -= 1

    def refuse(self, message: bytes, fault: Fault) -> tuple[int, bytes]:
        """The HTTP status and the envelope that answer a message with ``fault``."""
        try:
            message_id = soap.message_id_of(soap.parse_envelope(message))
        except Fault:
            message_id = ""
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
            if request.selectors:
                raise faults.selectors_unexpected()
            return soap.reply(request, configuration(self._shells.quotas))
        if request.resource_uri == SHELL or request.resource_uri.startswith(POWERSHELL_RESOURCE):
            return soap.reply(request, shell_description(self._shell(request, user), self._shells.quotas))
        raise faults.resource_not_found(request.resource_uri)

    async def _enumerate(self, request: Request, user: str) -> bytes:
        if request.resource_uri == SHELL:
            own = [shell for shell in self._shells.all() if shell.owner == user]
            items = "".join(shell_description(shell, self._shells.quotas) for shell in own)
        elif request.resource_uri == COMMANDS_RESOURCE:
            selector = request.content.find(f"{{{WSMAN}}}Filter//{{{WSMAN}}}Selector[@Name='ShellId']")
            if selector is None:
                raise faults.filter_expected()
            items = command_descriptions(self._shells.find((selector.text or "").strip(), user))
        else:
            raise faults.resource_not_found(request.resource_uri)
        # All in one answer, as OptimizeEnumeration asks (DSP0226 8.2.3); there is nothing left to pull.
        return soap.reply(
            request,
            "<n:EnumerateResponse><n:EnumerationContext/>"
            f"<w:Items>{items}</w:Items><w:EndOfSequence/></n:EnumerateResponse>",
        )

    async def _create(self, request: Request, user: str, authentication: str) -> bytes:
        if request.resource_uri == COMMAND_SHELL_RESOURCE:
            raise faults.command_shell_refused()
        if not request.resource_uri.startswith(POWERSHELL_RESOURCE):
            raise faults.resource_not_found(request.resource_uri)
        creation = _base64_text(request.content.find(f"{{{_POWERSHELL}}}creationXml"))
        shell_id = request.content.get("ShellId", str(uuid.uuid4())).upper()
        idle_timeout = self._shells.idle_timeout(_idle_timeout(request))
        self._shells.make_room_for(user)
        try:
            configuration = request.resource_uri.removeprefix(POWERSHELL_RESOURCE)
            runspace = self._open_runspace(user, configuration, authentication)
        except UnknownConfiguration as error:
            raise faults.resource_not_found(request.resource_uri) from error
        try:
            shell = Shell(
                shell_id,
                user,
                request.session_id,
                request.resource_uri,
                runspace,
                request.envelope_size,
                creation,
                idle_timeout,
                self._shells.clock.now(),
            )
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
            f"</a:ReferenceParameters></x:ResourceCreated>{shell_description(shell, self._shells.quotas)}",
        )

    async def _disconnect(self, request: Request, user: str) -> bytes:
        shell = self._shell(request, user)
        wanted = _idle_timeout(request)
        with shell.operation(self._shells.clock):
            shell.disconnect(None if wanted is None else self._shells.idle_timeout(wanted))
        self._shells.watch()
        return soap.reply(request, "<rsp:DisconnectResponse/>")

    async def _reconnect(self, request: Request, user: str) -> bytes:
        shell = self._shell(request, user)
        if shell.session_id != request.session_id:
            raise faults.connected_to_another_client()
        with shell.operation(self._shells.clock):
            shell.connected = True
        return soap.reply(request, "<rsp:ReconnectResponse/>")

    async def _connect(self, request: Request, user: str) -> bytes:
        shell = self._shell(request, user)
        command_id = request.content.get("CommandId")
        if command_id is not None:
            shell.pipeline(command_id)
            return soap.reply(request, "<rsp:ConnectResponse/>")
        if shell.connected:
            raise faults.connected_to_another_client()
        messages = _base64_text(request.content.find(f"{{{_POWERSHELL}}}connectXml"))
        try:
            with shell.operation(self._shells.clock):
                answer = base64.b64encode(shell.connect(request.session_id, messages)).decode()
        except faults.ProtocolViolation:
            await self._shells.remove(shell)
            raise
        return soap.reply(
            request,
            "<rsp:ConnectResponse><rsp:InputStreams>stdin pr</rsp:InputStreams>"
            "<rsp:OutputStreams>stdout</rsp:OutputStreams>"
            f'<connectResponseXml xmlns="{_POWERSHELL}">{answer}</connectResponseXml></rsp:ConnectResponse>',
        )

    async def _delete(self, request: Request, user: str) -> bytes:
        await self._shells.remove(self._shell(request, user))
        return soap.reply(request, "")

    async def _command(self, request: Request, user: str) -> bytes:
        shell = self._connected_shell(request, user)
        arguments = b"".join(_base64_text(element) for element in request.content.iter(f"{{{SHELL}}}Arguments"))
        if len(shell.commands) >= self._shells.quotas.max_commands_per_shell:
            raise quotas.commands_per_shell()
        try:
            with shell.operation(self._shells.clock):
                command_id = shell.command(request.content.get("CommandId"), arguments)
        except faults.ProtocolViolation:
            await self._shells.remove(shell)
            raise
        return soap.reply(
            request,
            f"<rsp:CommandResponse><rsp:CommandId>{escape(command_id)}</rsp:CommandId></rsp:CommandResponse>",
        )

    async def _send(self, request: Request, user: str) -> bytes:
        shell = self._connected_shell(request, user)
        for stream in request.content.iter(f"{{{SHELL}}}Stream"):
            command_id = stream.get("CommandId")
            if command_id is not None:
                shell.pipeline(command_id)
            try:
                with shell.operation(self._shells.clock):
                    shell.receive(_base64(stream.text or ""))
            except faults.ProtocolViolation:
                await self._shells.remove(shell)
                raise
        return soap.reply(request, "<rsp:SendResponse/>")

    async def _receive(self, request: Request, user: str) -> bytes:
        shell = self._connected_shell(request, user)
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

        with shell.operation(self._shells.clock):
            return await outbox.receive(request, answer)

    async def _signal(self, request: Request, user: str) -> bytes:
        shell = self._connected_shell(request, user)
        command_id = request.content.get("CommandId", "")
        code = (request.content.findtext(f"{{{SHELL}}}Code") or "").strip()
        if code in _STOP:
            shell.pipeline(command_id).stop()
        elif code.lower() == _TERMINATE:
            with shell.operation(self._shells.clock):
                await shell.terminate(command_id)
        else:
            raise faults.invalid_xml()
        return soap.reply(request, "<rsp:SignalResponse/>")

    def _shell(self, request: Request, user: str) -> Shell:
        if "ShellId" not in request.selectors:
            raise faults.selectors_missing()
        if len(request.selectors) > 1:
            raise faults.selectors_unexpected()
        return self._shells.find(request.selectors["ShellId"], user)

    def _connected_shell(self, request: Request, user: str) -> Shell:
        shell = self._shell(request, user)
        if not shell.connected:
            raise faults.shell_disconnected()
        return shell


_CREATE: Final = f"{TRANSFER}/Create"
_ACTIONS: Final[dict[str, Callable[[Management, Request, str], Awaitable[bytes]]]] = {
    f"{TRANSFER}/Get": Management._get,
    f"{TRANSFER}/Delete": Management._delete,
    f"{ENUMERATION}/Enumerate": Management._enumerate,
    f"{SHELL}/Command": Management._command,
    f"{SHELL}/Send": Management._send,
    f"{SHELL}/Receive": Management._receive,
    f"{SHELL}/Signal": Management._signal,
    f"{SHELL}/Disconnect": Management._disconnect,
    f"{SHELL}/Reconnect": Management._reconnect,
    f"{SHELL}/Connect": Management._connect,
}


def _idle_timeout(request: Request) -> float | None:
    """The IdleTimeOut in the body (seconds), or None; raises the fault for one that is no duration."""
    text = request.content.findtext(f"{{{SHELL}}}IdleTimeOut")
    if text is None:
        return None
    seconds = soap.duration_in_seconds(text.strip())
    if seconds is None:
        raise faults.invalid_xml()
    return seconds


def _base64_text(element: ElementTree.Element | None) -> bytes:
    if element is None or not element.text:
        raise faults.invalid_xml()
    return _base64(element.text)


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise faults.invalid_xml() from error
