"""Two clients that have nothing in common with ours: pywinrm, and a conversation written by hand from the documents.

The documents: MS-WSMV, MS-WSMAN and MS-PSRP (Microsoft's open specifications), DSP0226 (DMTF's WS-Management 1.0) and
SOAP 1.2 (W3C). The numbers in faults are those of wsmerror.h.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import winrm
from winrm.exceptions import InvalidCredentialsError, WSManFaultError

from tests.end_to_end.psrp_by_hand import (
    PIPELINE_OUTPUT,
    PIPELINE_STATE,
    RESOURCE,
    RUNSPACEPOOL_STATE,
    SESSION_CAPABILITY,
    create,
    messages,
    opening,
    pipeline,
    receive,
)
from tests.end_to_end.soap_by_hand import (
    ADDRESSING_FAULT_ACTION,
    CONFIG,
    ENUMERATION,
    IDENTITY,
    NAMES,
    POWERSHELL,
    SHELL,
    SOAP,
    TRANSFER,
    WSMAN,
    WSMAN_FAULT_ACTION,
    Conversation,
    request,
)
from tests.laboratory import RunningLab


class TestPywinrm:
    """Over http, with NTLM and message encryption, as pywinrm does it."""

    @pytest.fixture(autouse=True)
    def _own_trust(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # pywinrm warns where it finds these.
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.delenv(name, raising=False)

    def session(self, lab: RunningLab, **options: Any) -> winrm.Session:
        host = lab.host("HV-01")
        credentials = (host["username"], options.pop("password", host["password"]))
        address = f"http://{host['address']}:{host['port']}/wsman"
        return winrm.Session(address, auth=credentials, transport="ntlm", message_encryption="always", proxy=None)

    def test_command_shell_is_refused_properly(self, lab: RunningLab) -> None:
        with pytest.raises(WSManFaultError, match="not accept any remote shell requests") as raised:
            self.session(lab).run_cmd("ipconfig", ["/all"])
        # ERROR_WSMAN_REMOTESHELLS_NOT_ALLOWED in wsmerror.h.
        assert raised.value.wsman_fault_code == 2150859180
        assert raised.value.fault_code == "s:Sender"
        assert raised.value.fault_subcode == "w:AccessDenied"

    def test_wrong_password_is_refused(self, lab: RunningLab) -> None:
        with pytest.raises(InvalidCredentialsError):
            self.session(lab, password="wrong").run_cmd("ipconfig")


@pytest.fixture
def conversation(lab: RunningLab) -> Iterator[Conversation]:
    made = Conversation(lab.control("PUT", "/hosts/HV-01/wire", {"scheme": "https"}))
    yield made
    made.close()


class TestByHand:
    def open(self, conversation: Conversation) -> uuid.UUID:
        pool = uuid.uuid4()
        conversation.ask(f"{TRANSFER}/Create", RESOURCE, create(pool))
        return pool

    def test_identify(self, conversation: Conversation) -> None:
        """DSP0226 11: no addressing headers, and an IdentifyResponse with protocol, vendor and version."""
        status, answer = conversation.send(
            f'<s:Envelope xmlns:s="{SOAP}" xmlns:i="{IDENTITY}"><s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>'
        )
        assert status == 200
        identity = answer.find(f"s:Body/{{{IDENTITY}}}IdentifyResponse", NAMES)
        assert identity is not None
        assert identity.findtext(f"{{{IDENTITY}}}ProtocolVersion") == WSMAN
        assert identity.findtext(f"{{{IDENTITY}}}ProductVendor") == "Microsoft Corporation"
        assert identity.findtext(f"{{{IDENTITY}}}ProductVersion", "").startswith("OS: 10.0.")

    def test_configuration(self, conversation: Conversation) -> None:
        """MS-WSMV 2.2.4.10: ConfigType begins with these four, and has Service and Winrs."""
        config = conversation.ask(f"{TRANSFER}/Get", CONFIG).find("c:Config", NAMES)
        assert config is not None
        assert [child.tag.rsplit("}", 1)[-1] for child in config] == [
            "MaxEnvelopeSizekb", "MaxTimeoutms", "MaxBatchItems", "MaxProviderRequests", "Service", "Winrs",
        ]  # fmt: skip
        # MS-WSMV 2.2.4.10: the default SHOULD be 500, MaxTimeoutms MUST be 60000.
        assert config.findtext("c:MaxEnvelopeSizekb", namespaces=NAMES) == "500"
        assert config.findtext("c:MaxTimeoutms", namespaces=NAMES) == "60000"

    def test_a_pipeline_from_create_to_delete(self, conversation: Conversation) -> None:
        pool = uuid.uuid4()
        shell_id = str(pool).upper()
        created = conversation.ask(f"{TRANSFER}/Create", RESOURCE, create(pool))
        # MS-WSMV 3.1.4.5.2: an endpoint reference with the selector ShellId, and the shell itself (2.2.4.37).
        selector = created.find("x:ResourceCreated/a:ReferenceParameters/w:SelectorSet/w:Selector", NAMES)
        assert selector is not None
        assert (selector.get("Name"), selector.text) == ("ShellId", shell_id)
        assert created.findtext("r:Shell/r:ShellId", namespaces=NAMES) == shell_id
        # MS-PSRP 3.1.5: the pool's Receive brings SESSION_CAPABILITY and, at last, the state Opened (2).
        opened = messages(conversation.ask(f"{SHELL}/Receive", RESOURCE, receive(), shell_id=shell_id))
        assert opened[0][0] == SESSION_CAPABILITY
        assert opened[-1][0] == RUNSPACEPOOL_STATE
        assert '<I32 N="RunspaceState">2</I32>' in opened[-1][1]
        command_id = uuid.uuid4()
        asked = str(command_id).upper()
        arguments = pipeline(pool, command_id, "Write-Output", "hello & good bye")
        command = (
            f'<r:CommandLine CommandId="{asked}"><r:Command/><r:Arguments>{arguments}</r:Arguments></r:CommandLine>'
        )
        answer = conversation.ask(f"{SHELL}/Command", RESOURCE, command, shell_id=shell_id)
        # MS-WSMV 2.2.4 (CommandResponse): it has the CommandId.
        assert answer.findtext("r:CommandResponse/r:CommandId", namespaces=NAMES) == asked
        received: list[tuple[int, str]] = []
        state = ""
        while not state.endswith("/Done"):
            body = conversation.ask(f"{SHELL}/Receive", RESOURCE, receive(asked), shell_id=shell_id)
            received += messages(body)
            # MS-WSMV 2.2.4 (ReceiveResponse): streams and state name the command; the last state is Done.
            streams = body.findall("r:ReceiveResponse/r:Stream", NAMES)
            assert {(stream.get("Name"), stream.get("CommandId")) for stream in streams} <= {("stdout", asked)}
            element = body.find("r:ReceiveResponse/r:CommandState", NAMES)
            assert element is not None
            state = element.get("State", "")
            assert re.fullmatch(f"{SHELL}/CommandState/(Running|Done)", state)
        # MS-PSRP 2.2.2.19 and 2.2.2.21: the output, then the state Completed (4).
        assert received[0] == (PIPELINE_OUTPUT, "<S>hello &amp; good bye</S>")
        assert received[-1][0] == PIPELINE_STATE
        assert '<I32 N="PipelineState">4</I32>' in received[-1][1]
        # MS-WSMV 3.1.4.12: after the Signal terminate the command is no more.
        signal = f'<r:Signal CommandId="{asked}"><r:Code>{SHELL}/signal/terminate</r:Code></r:Signal>'
        answer = conversation.ask(f"{SHELL}/Signal", RESOURCE, signal, shell_id=shell_id)
        assert answer.find("r:SignalResponse", NAMES) is not None
        again = conversation.refused(request(f"{SHELL}/Receive", RESOURCE, receive(asked), shell_id=shell_id))
        assert again["subcode"] == "w:InvalidSelectors"
        # MS-WSMV 3.1.4 (Delete): the shell is no more; the answer has an empty body.
        assert len(conversation.ask(f"{TRANSFER}/Delete", RESOURCE, shell_id=shell_id)) == 0
        gone = conversation.refused(request(f"{TRANSFER}/Get", SHELL, shell_id=shell_id))
        assert (gone["subcode"], gone["number"]) == ("w:InvalidSelectors", "2150858843")

    def test_shells_and_commands_are_enumerated(self, conversation: Conversation) -> None:
        """DSP0226 8.2.3: with OptimizeEnumeration the items and EndOfSequence come at once; MS-WSMV 3.1.4.8.2."""
        pool = self.open(conversation)
        optimized = f'<n:Enumerate xmlns:n="{ENUMERATION}"><w:OptimizeEnumeration/>%s</n:Enumerate>'
        body = conversation.ask(f"{ENUMERATION}/Enumerate", SHELL, optimized % "")
        answer = body.find(f"{{{ENUMERATION}}}EnumerateResponse")
        assert answer is not None
        assert answer.find("w:EndOfSequence", NAMES) is not None
        shells = answer.findall("w:Items/r:Shell", NAMES)
        assert [shell.findtext("r:ShellId", namespaces=NAMES) for shell in shells] == [str(pool).upper()]
        assert [shell.findtext("r:State", namespaces=NAMES) for shell in shells] == ["Connected"]
        chosen = (
            '<w:Filter Dialect="http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter"><w:SelectorSet>'
            f'<w:Selector Name="ShellId">{str(pool).upper()}</w:Selector></w:SelectorSet></w:Filter>'
        )
        body = conversation.ask(f"{ENUMERATION}/Enumerate", f"{SHELL}/Command", optimized % chosen)
        assert body.findall(".//r:Command", NAMES) == []

    def test_disconnect_and_reconnect(self, conversation: Conversation) -> None:
        """MS-WSMV 3.1.4.15 and 3.1.4.16; a shell that is connected is not connected again (3.1.4.17)."""
        pool = self.open(conversation)
        shell_id = str(pool).upper()
        body = f'<r:Connect><connectXml xmlns="{POWERSHELL}">{opening(pool)}</connectXml></r:Connect>'
        refused = conversation.refused(request(f"{SHELL}/Connect", RESOURCE, body, shell_id=shell_id))
        assert (refused["code"], refused["subcode"]) == ("s:Receiver", "w:InternalError")
        idle = "<r:Disconnect><r:IdleTimeOut>PT120S</r:IdleTimeOut></r:Disconnect>"
        conversation.ask(f"{SHELL}/Disconnect", RESOURCE, idle, shell_id=shell_id)
        shell = conversation.ask(f"{TRANSFER}/Get", SHELL, shell_id=shell_id)
        assert shell.findtext("r:Shell/r:State", namespaces=NAMES) == "Disconnected"
        assert shell.findtext("r:Shell/r:IdleTimeOut", namespaces=NAMES) == "PT120.000S"
        refused = conversation.refused(request(f"{SHELL}/Receive", RESOURCE, receive(), shell_id=shell_id))
        assert refused["number"] == "2150859204"  # ERROR_WINRS_SHELL_DISCONNECTED in wsmerror.h
        conversation.ask(f"{SHELL}/Reconnect", RESOURCE, "<r:Reconnect/>", shell_id=shell_id)
        shell = conversation.ask(f"{TRANSFER}/Get", SHELL, shell_id=shell_id)
        assert shell.findtext("r:Shell/r:State", namespaces=NAMES) == "Connected"

    def test_time_out(self, conversation: Conversation) -> None:
        """DSP0226 6.1: nothing within OperationTimeout is wsman:TimedOut, a fault of the receiver."""
        shell_id = str(self.open(conversation)).upper()
        conversation.ask(f"{SHELL}/Receive", RESOURCE, receive(), shell_id=shell_id)
        refused = conversation.refused(
            request(f"{SHELL}/Receive", RESOURCE, receive(), shell_id=shell_id, timeout="PT0.05S", message_id="uuid:7")
        )
        assert (refused["code"], refused["subcode"], refused["number"]) == ("s:Receiver", "w:TimedOut", "2150858793")
        assert (refused["action"], refused["relates"]) == (WSMAN_FAULT_ACTION, "uuid:7")

    def test_header_that_is_not_understood(self, conversation: Conversation) -> None:
        """SOAP 1.2 part 1, 5.4.6 and 5.4.8: code MustUnderstand, and a NotUnderstood block with the header's name."""
        header = '<m:Magic xmlns:m="urn:example:magic" s:mustUnderstand="%s">now</m:Magic>'
        refused = conversation.refused(request(f"{TRANSFER}/Get", CONFIG, headers=header % "true"))
        assert (refused["code"], refused["subcode"]) == ("s:MustUnderstand", "")
        assert refused["not understood"] == "Magic"
        conversation.ask(f"{TRANSFER}/Get", CONFIG, headers=header % "false")

    def test_unknown_action(self, conversation: Conversation) -> None:
        """DSP0226, Master Faults: wsa:ActionNotSupported, with the fault action of WS-Addressing."""
        refused = conversation.refused(request(f"{TRANSFER}/Rename", CONFIG))
        assert (refused["code"], refused["subcode"]) == ("s:Sender", "a:ActionNotSupported")
        assert refused["action"] == ADDRESSING_FAULT_ACTION

    @pytest.mark.parametrize("action", ["Get", "Create"])
    def test_unknown_resource(self, conversation: Conversation, action: str) -> None:
        """DSP0226, Master Faults: wsa:DestinationUnreachable with the detail InvalidResourceURI."""
        refused = conversation.refused(request(f"{TRANSFER}/{action}", "http://schemas.example/nothing", "<x/>"))
        assert (refused["code"], refused["subcode"]) == ("s:Sender", "a:DestinationUnreachable")
        assert refused["detail"] == "InvalidResourceURI"

    @pytest.mark.parametrize(
        ("selectors", "detail"),
        [
            ("", "InsufficientSelectors"),
            (
                '<w:Selector Name="ShellId">%s</w:Selector><w:Selector Name="Color">red</w:Selector>',
                "UnexpectedSelectors",
            ),
            ('<w:Selector Name="ShellId">11111111-1111-1111-1111-111111111111</w:Selector>', "UnexpectedSelectors"),
        ],
    )
    def test_wrong_selectors(self, conversation: Conversation, selectors: str, detail: str) -> None:
        """DSP0226, Master Faults: wsman:InvalidSelectors, and what is wrong with them in the detail."""
        chosen = selectors.replace("%s", str(self.open(conversation)).upper())
        headers = f"<w:SelectorSet>{chosen}</w:SelectorSet>"
        refused = conversation.refused(request(f"{SHELL}/Receive", RESOURCE, receive(), headers))
        assert (refused["subcode"], refused["detail"]) == ("w:InvalidSelectors", detail)

    @pytest.mark.parametrize(("size", "refused"), [(8191, True), (8192, False), (4_000_000_000, False)])
    def test_largest_envelope(self, conversation: Conversation, size: int, refused: bool) -> None:
        """DSP0226 6.2 and MS-WSMAN 3.1.4.1.9: below 8192 octets is wsman:EncodingLimit; more than the service allows
        is taken as what it allows.
        """
        if not refused:
            conversation.ask(f"{TRANSFER}/Get", CONFIG, size=size)
            return
        fault = conversation.refused(request(f"{TRANSFER}/Get", CONFIG, size=size))
        assert (fault["code"], fault["subcode"]) == ("s:Sender", "w:EncodingLimit")
        assert fault["detail"] == "MinimumEnvelopeLimit"

    def test_command_shell(self, conversation: Conversation) -> None:
        """A host that does not accept command shells answers wsman:AccessDenied."""
        body = (
            "<r:Shell><r:InputStreams>stdin</r:InputStreams><r:OutputStreams>stdout stderr</r:OutputStreams></r:Shell>"
        )
        refused = conversation.refused(request(f"{TRANSFER}/Create", f"{SHELL}/cmd", body))
        assert (refused["subcode"], refused["number"]) == ("w:AccessDenied", "2150859180")

    def test_quota(self, lab: RunningLab, conversation: Conversation) -> None:
        """MS-WSMV 3.1.4.5.2.1: a shell too many is wsman:QuotaLimit."""
        wire = {"scheme": "https", "quotas": {"max_shells_per_user": 1}}
        renewed = Conversation(lab.control("PUT", "/hosts/HV-01/wire", wire))
        self.open(renewed)
        refused = renewed.refused(request(f"{TRANSFER}/Create", RESOURCE, create(uuid.uuid4())))
        assert (refused["subcode"], refused["number"]) == ("w:QuotaLimit", "2150859173")
        renewed.close()

    def test_other_soap(self, conversation: Conversation) -> None:
        """SOAP 1.2 part 1, 5.4.7: an envelope of another version is VersionMismatch."""
        old = request(f"{TRANSFER}/Get", CONFIG).replace(SOAP, "http://schemas.xmlsoap.org/soap/envelope/")
        assert conversation.refused(old)["code"] == "s:VersionMismatch"
