"""A WS-Management conversation written by hand, from public documents: nothing of a WinRM library in it."""

from __future__ import annotations

import base64
import http.client
import ssl
import uuid
from typing import Any
from xml.etree import ElementTree

import spnego

PATIENCE = 20  # seconds after which a test that waits for an answer is given up

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
POWERSHELL = "http://schemas.microsoft.com/powershell"
NAMES = {"s": SOAP, "a": ADDRESSING, "x": TRANSFER, "w": WSMAN, "r": SHELL, "c": CONFIG, "f": FAULT, "p": POWERSHELL}
WSMAN_FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
ADDRESSING_FAULT_ACTION = f"{ADDRESSING}/fault"


class Conversation:
    """SOAP over https after NTLM (MS-WSMV 2.2.9: over TLS messages are not encrypted again)."""

    def __init__(self, host: dict[str, Any]) -> None:
        context = ssl.create_default_context(cafile=host["ca_file"])
        self._connection = http.client.HTTPSConnection(host["address"], host["port"], timeout=PATIENCE, context=context)
        client = spnego.client(host["username"], host["password"], protocol="ntlm")
        token: bytes | None = None
        while not client.complete:
            offered = base64.b64encode(client.step(token) or b"").decode()
            status, challenge, _ = self.post(b"", {"Authorization": f"Negotiate {offered}"})
            assert status == (200 if client.complete else 401)
            token = base64.b64decode(challenge.removeprefix("Negotiate "))

    def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str, bytes]:
        self._connection.request("POST", "/wsman", body, headers)
        response = self._connection.getresponse()
        return response.status, response.getheader("WWW-Authenticate", "Negotiate "), response.read()

    def send(self, envelope: str) -> tuple[int, ElementTree.Element]:
        """HTTP status and envelope that answer ``envelope``."""
        content_type = {"Content-Type": "application/soap+xml;charset=UTF-8"}
        status, _, body = self.post(envelope.encode(), content_type)
        return status, ElementTree.fromstring(body)

    def ask(self, action: str, resource: str, body: str = "", headers: str = "", **given: Any) -> ElementTree.Element:
        """The body of the answer to a request that succeeds."""
        message_id = f"uuid:{uuid.uuid4()}"
        status, answer = self.send(request(action, resource, body, headers, message_id=message_id, **given))
        assert status == 200, ElementTree.tostring(answer)
        # WS-Addressing (August 2004) 3.2: a reply names its own action and the request it relates to.
        assert answer.findtext("s:Header/a:Action", namespaces=NAMES) == f"{action}Response"
        assert answer.findtext("s:Header/a:RelatesTo", namespaces=NAMES) == message_id
        assert answer.findtext("s:Header/a:MessageID", "", NAMES).startswith("uuid:")
        assert answer.findtext("s:Header/a:To", namespaces=NAMES) == f"{ADDRESSING}/role/anonymous"
        found = answer.find("s:Body", NAMES)
        assert found is not None
        return found

    def refused(self, envelope: str) -> dict[str, str]:
        """What the fault says that answers ``envelope``."""
        status, answer = self.send(envelope)
        # SOAP 1.2 part 2, 7.5.2.2: faults travel with status 500.
        assert status == 500
        fault = answer.find("s:Body/s:Fault", NAMES)
        assert fault is not None
        detail = fault.find("s:Detail/f:WSManFault", NAMES)
        assert detail is not None
        understood = answer.find("s:Header/s:NotUnderstood", NAMES)
        return {
            "action": answer.findtext("s:Header/a:Action", "", NAMES),
            "relates": answer.findtext("s:Header/a:RelatesTo", "", NAMES),
            "code": fault.findtext("s:Code/s:Value", "", NAMES),
            "subcode": fault.findtext("s:Code/s:Subcode/s:Value", "", NAMES),
            "reason": fault.findtext("s:Reason/s:Text", "", NAMES),
            "detail": fault.findtext("s:Detail/w:FaultDetail", "", NAMES).rsplit("/", 1)[-1],
            "number": detail.get("Code", ""),
            "not understood": "" if understood is None else understood.get("qname", "").rsplit(":", 1)[-1],
        }

    def close(self) -> None:
        self._connection.close()


def request(
    action: str,
    resource: str,
    body: str = "",
    headers: str = "",
    *,
    message_id: str = "uuid:00000000-0000-0000-0000-000000000001",
    shell_id: str | None = None,
    size: int = 153600,
    timeout: str = "PT20S",
) -> str:
    """A request with the headers of WS-Addressing and DSP0226 6, and the selector of MS-WSMV 3.1.4.5.2."""
    selectors = f'<w:SelectorSet><w:Selector Name="ShellId">{shell_id}</w:Selector></w:SelectorSet>' if shell_id else ""
    return (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}" xmlns:r="{SHELL}"><s:Header>'
        f'<a:Action s:mustUnderstand="true">{action}</a:Action><a:To>https://host/wsman</a:To>'
        f"<a:MessageID>{message_id}</a:MessageID>"
        f"<a:ReplyTo><a:Address>{ADDRESSING}/role/anonymous</a:Address></a:ReplyTo>"
        f'<w:ResourceURI s:mustUnderstand="true">{resource}</w:ResourceURI>'
        f'<w:MaxEnvelopeSize s:mustUnderstand="true">{size}</w:MaxEnvelopeSize>'
        f"<w:OperationTimeout>{timeout}</w:OperationTimeout>{selectors}{headers}"
        f"</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
