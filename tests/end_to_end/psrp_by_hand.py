"""PSRP written by hand: MS-PSRP 2.2.1 (message), 2.2.4 (fragment), 2.2.2 (the messages), 2.2.5 (their objects)."""

from __future__ import annotations

import base64
import struct
import uuid
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from tests.end_to_end.soap_by_hand import NAMES, POWERSHELL

SESSION_CAPABILITY, INIT_RUNSPACEPOOL, CREATE_PIPELINE = 0x00010002, 0x00010004, 0x00021006
PIPELINE_OUTPUT, PIPELINE_STATE, RUNSPACEPOOL_STATE = 0x00041004, 0x00041006, 0x00021005
RESOURCE = f"{POWERSHELL}/Microsoft.PowerShell"


def fragment(object_id: int, kind: int, pool: uuid.UUID, pipeline: uuid.UUID, xml: str) -> bytes:
    message = struct.pack("<II", 2, kind) + pool.bytes_le + pipeline.bytes_le + xml.encode()
    return struct.pack(">QQBI", object_id, 0, 3, len(message)) + message


def enum(name: str, reference: int, type_name: str) -> str:
    types = f"<T>{type_name}</T><T>System.Enum</T><T>System.ValueType</T><T>System.Object</T>"
    return f'<Obj N="{name}" RefId="{reference}"><TN RefId="{reference}">{types}</TN><I32>0</I32></Obj>'


HOST_INFO = (
    '<Obj N="HostInfo" RefId="90"><MS><B N="_isHostNull">true</B><B N="_isHostUINull">true</B>'
    '<B N="_isHostRawUINull">true</B><B N="_useRunspaceHost">true</B></MS></Obj>'
)


def opening(pool: uuid.UUID) -> str:
    """The creationXml: SESSION_CAPABILITY (2.2.2.1) and INIT_RUNSPACEPOOL (2.2.2.2)."""
    runspaces = "System.Management.Automation.Runspaces"
    capability = (
        '<Obj RefId="0"><MS><Version N="protocolversion">2.3</Version><Version N="PSVersion">2.0</Version>'
        '<Version N="SerializationVersion">1.1.0.1</Version></MS></Obj>'
    )
    init = (
        '<Obj RefId="0"><MS><I32 N="MinRunspaces">1</I32><I32 N="MaxRunspaces">1</I32>'
        f"{enum('PSThreadOptions', 1, f'{runspaces}.PSThreadOptions')}"
        f"{enum('ApartmentState', 2, 'System.Threading.ApartmentState')}{HOST_INFO}"
        '<Nil N="ApplicationArguments"/></MS></Obj>'
    )
    nobody = uuid.UUID(int=0)
    data = fragment(1, SESSION_CAPABILITY, pool, nobody, capability) + fragment(
        2, INIT_RUNSPACEPOOL, pool, nobody, init
    )
    return base64.b64encode(data).decode()


def pipeline(pool: uuid.UUID, command_id: uuid.UUID, command: str, *arguments: str) -> str:
    """A CREATE_PIPELINE (2.2.2.10) of one command with arguments that have no name (2.2.3.13)."""
    given = "".join(
        f'<Obj RefId="{n}"><MS><Nil N="N"/><S N="V">{escape(a)}</S></MS></Obj>' for n, a in enumerate(arguments, 50)
    )
    merges = ("MergeMyResult", "MergeToResult", "MergePreviousResults", "MergeError", "MergeWarning", "MergeVerbose")
    results = "System.Management.Automation.Runspaces.PipelineResultTypes"
    listed = '<TN RefId="40"><T>System.Collections.ArrayList</T><T>System.Object</T></TN>'
    xml = (
        '<Obj RefId="0"><MS><B N="NoInput">true</B>'
        f"{enum('ApartmentState', 1, 'System.Threading.ApartmentState')}"
        f"{enum('RemoteStreamOptions', 2, 'System.Management.Automation.RemoteStreamOptions')}"
        f'<B N="AddToHistory">false</B>{HOST_INFO}'
        '<Obj N="PowerShell" RefId="3"><MS><B N="IsNested">false</B><Nil N="ExtraCmds"/>'
        f'<Obj N="Cmds" RefId="4">{listed}<LST><Obj RefId="5"><MS><S N="Cmd">{command}</S><B N="IsScript">false</B>'
        f'<Nil N="UseLocalScope"/>{"".join(enum(name, number, results) for number, name in enumerate(merges, 10))}'
        f'{enum("MergeDebug", 20, results)}<Obj N="Args" RefId="6"><TNRef RefId="40"/><LST>{given}</LST></Obj>'
        '</MS></Obj></LST></Obj><Nil N="History"/><B N="RedirectShellErrorOutputPipe">false</B></MS></Obj>'
        '<B N="IsNested">false</B></MS></Obj>'
    )
    return base64.b64encode(fragment(3, CREATE_PIPELINE, pool, command_id, xml)).decode()


def messages(body: ElementTree.Element) -> list[tuple[int, str]]:
    """Type and XML of the PSRP messages in a Receive's answer: one whole fragment in each rsp:Stream."""
    found = []
    for stream in body.iterfind("r:ReceiveResponse/r:Stream", NAMES):
        data = base64.b64decode(stream.text or "")
        _, number, flags, length = struct.unpack_from(">QQBI", data)
        assert (number, flags, length) == (0, 3, len(data) - 21)
        found.append((struct.unpack_from("<I", data, 25)[0], data[21 + 40 :].decode()))
    return found


def create(pool: uuid.UUID) -> str:
    content = f'<creationXml xmlns="{POWERSHELL}">{opening(pool)}</creationXml>'
    return (
        f'<r:Shell ShellId="{str(pool).upper()}"><r:InputStreams>stdin pr</r:InputStreams>'
        f"<r:OutputStreams>stdout</r:OutputStreams>{content}</r:Shell>"
    )


def receive(command_id: str | None = None) -> str:
    attribute = f' CommandId="{command_id}"' if command_id else ""
    return f"<r:Receive><r:DesiredStream{attribute}>stdout</r:DesiredStream></r:Receive>"
