"""SOAP envelopes of WS-Management: requests taken apart, answers put together."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from lab.wire import faults
from lab.wire.faults import Fault

SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING: Final = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
TRANSFER: Final = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
WSMAN: Final = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
MICROSOFT_WSMAN: Final = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
ENUMERATION: Final = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
WSMAN_FAULT: Final = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
SHELL: Final = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
IDENTITY: Final = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"

# Bytes: an unstated MaxEnvelopeSize is taken as 150 KiB (Windows' default); DSP0226 6.2 allows none below 8192.
DEFAULT_ENVELOPE_SIZE: Final = 153600
SMALLEST_ENVELOPE_SIZE: Final = 8192
DEFAULT_OPERATION_TIMEOUT: Final = 60.0

# DSP0226 (Master Faults): the action of a fault message follows the namespace of its subcode.
_FAULT_ACTIONS: Final = {
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
    "a": f"{ADDRESSING}/fault",
    "s": f"{ADDRESSING}/fault",
}
_FAULT_DETAIL: Final = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"
_UNDERSTOOD: Final = frozenset(
    [f"{{{ADDRESSING}}}{name}" for name in ("Action", "MessageID", "To", "ReplyTo", "FaultTo", "From", "RelatesTo")]
    + [
        f"{{{WSMAN}}}{name}"
        for name in ("ResourceURI", "OperationTimeout", "MaxEnvelopeSize", "Locale", "SelectorSet", "OptionSet")
    ]
    + [
        f"{{{MICROSOFT_WSMAN}}}{name}"
        for name in ("DataLocale", "SessionId", "OperationID", "SequenceId", "ActivityId", "CompressionType")
    ]
)
_DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


@dataclass(frozen=True, slots=True)
class Request:
    """A WS-Management request; ``operation_timeout`` in seconds, ``envelope_size`` in bytes."""

    action: str
    resource_uri: str
    message_id: str
    operation_timeout: float
    envelope_size: int
    body: ElementTree.Element
    selectors: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    session_id: str = ""
    """Which client asks (MS-WSMV SessionId); an empty string where it does not say so."""

    @property
    def content(self) -> ElementTree.Element:
        """The one element of the body; raises the fault for a request that has none."""
        if len(self.body) == 0:
            raise faults.invalid_xml()
        return self.body[0]


def parse_envelope(text: bytes) -> ElementTree.Element:
    """The envelope in ``text``; raises the fault for anything that is not one."""
    try:
        envelope = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise faults.invalid_xml() from error
    if envelope.tag == f"{{{SOAP}}}Envelope":
        return envelope
    raise faults.version_mismatch() if envelope.tag.endswith("}Envelope") else faults.invalid_xml()


def is_identify(envelope: ElementTree.Element) -> bool:
    """Whether the envelope asks who the service is (it needs no addressing headers)."""
    return envelope.find(f"{{{SOAP}}}Body/{{{IDENTITY}}}Identify") is not None


def message_id_of(envelope: ElementTree.Element) -> str:
    """The MessageID of the envelope, or an empty string."""
    return (envelope.findtext(f"{{{SOAP}}}Header/{{{ADDRESSING}}}MessageID") or "").strip()


def action_of(message: bytes) -> str:
    """The last part of the action a message asks for (``Command``, ``Identify``), or an empty string."""
    try:
        envelope = parse_envelope(message)
    except Fault:
        return ""
    if is_identify(envelope):
        return "Identify"
    return (envelope.findtext(f"{{{SOAP}}}Header/{{{ADDRESSING}}}Action") or "").strip().rsplit("/", 1)[-1]


def parse_request(envelope: ElementTree.Element, largest_envelope: int) -> Request:
    """The request in the envelope; a MaxEnvelopeSize above ``largest_envelope`` (bytes) is taken as that one.

    Raises the fault for a missing header or body, and for a header that must be understood and is not.
    """
    header = envelope.find(f"{{{SOAP}}}Header")
    body = envelope.find(f"{{{SOAP}}}Body")
    if header is None or body is None:
        raise faults.invalid_xml()
    for element in header:
        if element.get(f"{{{SOAP}}}mustUnderstand") in ("true", "1") and element.tag not in _UNDERSTOOD:
            raise faults.not_understood(element.tag)
    values = {name: (header.findtext(f"{{{space}}}{name}") or "").strip() for space, name in _HEADERS}
    for name in ("Action", "MessageID"):
        if not values[name]:
            raise faults.header_missing(name)
    return Request(
        action=values["Action"],
        resource_uri=values["ResourceURI"],
        message_id=values["MessageID"],
        operation_timeout=_seconds(values["OperationTimeout"]),
        envelope_size=_envelope_size(values["MaxEnvelopeSize"], largest_envelope),
        body=body,
        selectors=_named_values(header, "SelectorSet", "Selector"),
        options=_named_values(header, "OptionSet", "Option"),
        session_id=values["SessionId"],
    )


_HEADERS: Final = (
    (ADDRESSING, "Action"),
    (ADDRESSING, "MessageID"),
    (WSMAN, "ResourceURI"),
    (WSMAN, "OperationTimeout"),
    (WSMAN, "MaxEnvelopeSize"),
    (MICROSOFT_WSMAN, "SessionId"),
)


def reply(request: Request, body: str) -> bytes:
    """The answer to ``request``; ``body`` is XML with the prefixes of _ENVELOPE."""
    return _envelope(request.action + "Response", request.message_id, body)


def identify_reply(product_version: str) -> bytes:
    """The answer to Identify."""
    body = (
        f'<wsmid:IdentifyResponse xmlns:wsmid="{IDENTITY}">'
        f"<wsmid:ProtocolVersion>{WSMAN}</wsmid:ProtocolVersion>"
        "<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
        f"<wsmid:ProductVersion>{escape(product_version)}</wsmid:ProductVersion>"
        "</wsmid:IdentifyResponse>"
    )
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body>{body}</s:Body></s:Envelope>'.encode()


def fault_reply(fault: Fault, message_id: str, machine: str) -> bytes:
    """The envelope of a fault, from the host ``machine`` (SOAP 1.2 part 1, 5.4)."""
    prefix = fault.subcode[0]
    code = f"<s:Value>{fault.subcode}</s:Value>"
    if prefix != "s":
        code = f"<s:Value>{'s:Sender' if fault.sender else 's:Receiver'}</s:Value><s:Subcode>{code}</s:Subcode>"
    detail = f"<w:FaultDetail>{_FAULT_DETAIL}{fault.detail}</w:FaultDetail>" if fault.detail else ""
    body = (
        f"<s:Fault><s:Code>{code}</s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{escape(fault.reason)}</s:Text></s:Reason>'
        f'<s:Detail>{detail}<f:WSManFault xmlns:f="{WSMAN_FAULT}" Code="{fault.code}" Machine={quoteattr(machine)}>'
        f"<f:Message>{escape(fault.reason)}</f:Message></f:WSManFault></s:Detail></s:Fault>"
    )
    block = ""
    if fault.not_understood:
        space, _, name = fault.not_understood.removeprefix("{").rpartition("}")
        block = f"<s:NotUnderstood qname={quoteattr(f'n:{name}')} xmlns:n={quoteattr(space)}/>" if space else ""
    return _envelope(_FAULT_ACTIONS[prefix], message_id, body, block)


def _envelope(action: str, relates_to: str, body: str, block: str = "") -> bytes:
    relation = f"<a:RelatesTo>{escape(relates_to)}</a:RelatesTo>" if relates_to else ""
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:x="{TRANSFER}"'
        f' xmlns:w="{WSMAN}" xmlns:rsp="{SHELL}" xmlns:n="{ENUMERATION}" xmlns:p="{MICROSOFT_WSMAN}">'
        f"<s:Header><a:Action>{escape(action)}</a:Action>"
        f"<a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID>"
        f"<a:To>{ADDRESSING}/role/anonymous</a:To>{relation}{block}</s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def _named_values(header: ElementTree.Element, group: str, item: str) -> dict[str, str]:
    found = header.findall(f"{{{WSMAN}}}{group}/{{{WSMAN}}}{item}")
    return {element.get("Name", ""): (element.text or "").strip() for element in found}


def duration_in_seconds(duration: str) -> float | None:
    """An XML duration of days and smaller, in seconds; None for anything else."""
    parts = _DURATION.fullmatch(duration)
    if parts is None or duration in ("P", "PT", ""):
        return None
    days, hours, minutes, seconds = (float(parts[name] or 0) for name in ("days", "hours", "minutes", "seconds"))
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _seconds(duration: str) -> float:
    seconds = duration_in_seconds(duration)
    return DEFAULT_OPERATION_TIMEOUT if seconds is None else seconds


def _envelope_size(text: str, largest: int) -> int:
    if not (text.isascii() and text.isdigit()):
        return DEFAULT_ENVELOPE_SIZE
    if len(text) > 10:
        return largest
    size = int(text)
    if size < SMALLEST_ENVELOPE_SIZE:
        raise faults.envelope_too_small()
    return min(size, largest)
