"""Values on their way through the wire: from the host to a client, and from a client to the host."""

from __future__ import annotations

import datetime
import uuid
from typing import Any
from xml.etree import ElementTree

import psrpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psrpcore.types import deserialize
from pypsrp.complex_objects import GenericComplexObject, ObjectMeta, PSCredential
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.serializer import TaggedValue

from lab.powershell.commands import NAMED_NULL, Argument, Pipeline
from lab.powershell.streams import Streams
from lab.powershell.values import (
    Char,
    EnumValue,
    Long,
    Record,
    SecureText,
    UnsignedInt,
    UnsignedLong,
    Value,
    Version,
    custom_object,
)
from lab.wire.arguments import read_value
from lab.wire.clixml import to_clixml
from tests.lab.wire.host import Host

UTC = datetime.UTC
VM_ID = uuid.UUID("7cca7664-91d0-40a9-9769-7809f256f603")
STATE = EnumValue("Microsoft.HyperV.PowerShell.VMState", "Running", 2)


def machine() -> Record:
    host = Record(("Microsoft.HyperV.PowerShell.VMHost", "System.Object"), {"Name": "host1"}, "VMHost host1")
    return Record(
        ("Microsoft.HyperV.PowerShell.VirtualMachine", "System.Object"),
        {
            "Name": "web & co",
            "State": STATE,
            "Host": host,
            "Adapters": [host, "x"],
            "Up": datetime.timedelta(hours=1),
        },
        "VirtualMachine (Name = 'web & co')",
    )


def through_psrpcore(value: Value) -> Any:
    return deserialize(ElementTree.fromstring(to_clixml(value)), psrpcore.PSRemotingCrypto())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "<Nil/>"),
        (True, "<B>true</B>"),
        (-5, "<I32>-5</I32>"),
        (2**31, "<I64>2147483648</I64>"),
        (Long(5), "<I64>5</I64>"),
        (UnsignedInt(5), "<U32>5</U32>"),
        (UnsignedLong(5), "<U64>5</U64>"),
        (0.5, "<Db>0.5</Db>"),
        (float("inf"), "<Db>INF</Db>"),
        (Char("A"), "<C>65</C>"),
        ("a<b\n_x", "<S>a&lt;b_x000A__x005F_x</S>"),
        ("\U0001f600", "<S>_xD83D__xDE00_</S>"),
        (VM_ID, f"<G>{VM_ID}</G>"),
        (Version("10.0.20348.0"), "<Version>10.0.20348.0</Version>"),
        (datetime.timedelta(), "<TS>PT0S</TS>"),
        (datetime.timedelta(days=1, seconds=3661.5), "<TS>P1DT1H1M1.5S</TS>"),
        (-datetime.timedelta(minutes=5), "<TS>-PT5M</TS>"),
        (datetime.datetime(2024, 5, 6, 7, 8, 9, 120000, UTC), "<DT>2024-05-06T07:08:09.12Z</DT>"),
        (
            datetime.datetime(2024, 5, 6, tzinfo=datetime.timezone(datetime.timedelta(hours=-3))),
            "<DT>2024-05-06T00:00:00-03:00</DT>",
        ),
        (SecureText("hidden"), "<S>System.Security.SecureString</S>"),
        (
            STATE,
            '<Obj RefId="0"><TN RefId="0"><T>Microsoft.HyperV.PowerShell.VMState</T><T>System.Enum</T>'
            "<T>System.ValueType</T><T>System.Object</T></TN><ToString>Running</ToString><I32>2</I32></Obj>",
        ),
    ],
)
def test_clixml_of_simple_values(value: Value, text: str) -> None:
    assert to_clixml(value) == text


def test_properties_are_written_one_level_deep() -> None:
    element = ElementTree.fromstring(to_clixml(machine()))
    assert element.findtext("ToString") == "VirtualMachine (Name = 'web & co')"
    properties = {child.get("N"): child for child in element.iterfind("Props/*")}
    assert properties["State"].findtext("I32") == "2"
    assert (properties["Host"].tag, properties["Host"].text) == ("S", "VMHost host1")
    assert [item.text for item in properties["Adapters"].iterfind("LST/*")] == ["VMHost host1", "x"]


def test_types_named_before_are_referred_to() -> None:
    element = ElementTree.fromstring(to_clixml([machine(), machine()]))
    first, second = element.iterfind("LST/Obj")
    names = first.find("TN")
    reference = second.find("TNRef")
    assert names is not None
    assert reference is not None
    assert names.get("RefId") == reference.get("RefId")
    numbers = [item.get("RefId") for item in element.iter("Obj")]
    assert len(numbers) == len(set(numbers))


def test_properties_of_custom_objects_are_extended_ones() -> None:
    element = ElementTree.fromstring(to_clixml(custom_object({"Name": "web"})))
    assert element.findtext("MS/S[@N='Name']") == "web"
    assert element.find("Props") is None


@given(st.text())
def test_any_text_survives(text: str) -> None:
    assert through_psrpcore(text) == text


@given(st.timedeltas(min_value=datetime.timedelta(days=-9999), max_value=datetime.timedelta(days=9999)))
def test_any_duration_survives(span: datetime.timedelta) -> None:
    assert read_value(through_psrpcore(span)) == span


@given(st.datetimes(min_value=datetime.datetime(1601, 1, 1), timezones=st.just(UTC)))
def test_any_date_survives(moment: datetime.datetime) -> None:
    assert read_value(through_psrpcore(moment)) == moment


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, 5, Long(2**40), UnsignedInt(7), UnsignedLong(8), 0.25, "text", Char("c"), VM_ID),
        *(Version("1.2"), STATE, [1, "a", [None]], {"a": 1, "b": {"c": [2]}}),
    ],
)
def test_values_read_back_as_they_were(value: Value) -> None:
    back = read_value(through_psrpcore(value))
    assert (back, type(back)) == (value, type(value))


def test_record_reads_back_as_a_deserialized_one() -> None:
    record = read_value(through_psrpcore(machine()))
    assert isinstance(record, Record)
    assert record.type_names[0] == "Deserialized.Microsoft.HyperV.PowerShell.VirtualMachine"
    assert (record.get("name"), record.get("State"), record.text) == ("web & co", STATE, machine().text)


def test_client_reads_typed_output(host: Host, pool: RunspacePool) -> None:
    async def run(pipeline: Pipeline, streams: Streams) -> None:
        streams.output(machine())
        streams.output({"when": datetime.datetime(2024, 5, 6, tzinfo=UTC), "ids": [VM_ID]})

    host.commands["run"] = run
    vm, table = PowerShell(pool).add_cmdlet("run").invoke()
    assert vm.types == ["Microsoft.HyperV.PowerShell.VirtualMachine", "System.Object"]
    assert str(vm) == machine().text
    assert vm.adapted_properties["Name"] == "web & co"
    state = vm.adapted_properties["State"]
    assert isinstance(state, GenericComplexObject)
    assert (state.to_string, state.property_sets, state.types[0]) == ("Running", [2], STATE.type_name)
    assert table == {"when": "2024-05-06T00:00:00Z", "ids": [VM_ID]}


def test_host_reads_the_arguments_of_a_client(host: Host, pool: RunspacePool) -> None:
    seen: list[Argument] = []

    async def run(pipeline: Pipeline, streams: Streams) -> None:
        seen.extend(pipeline.statements[0].commands[0].arguments)

    host.commands["run"] = run
    pool.exchange_keys()
    credential = PSCredential(username="LAB\\admin", password="credential secret")
    shell = PowerShell(pool).add_cmdlet("run").add_argument("by position").add_argument(None)
    shell.add_parameters(
        {
            "Name": ["web", "db"],
            "Force": None,
            "Confirm": False,
            "Id": VM_ID,
            "Size": TaggedValue("I64", 2**40),
            "Table": {"Key": "value", "Nested": {"n": 1}},
            "Secret": pool.serialize("plain secret", ObjectMeta("SS")),
            "Credential": credential,
            "Text": "ünïcode \U0001f600\n",
        }
    )
    shell.invoke()
    assert seen == [
        Argument(None, "by position"),
        Argument(None, None),
        Argument("Name", ["web", "db"]),
        Argument("Force", NAMED_NULL),
        Argument("Confirm", False),
        Argument("Id", VM_ID),
        Argument("Size", Long(2**40)),
        Argument("Table", {"Key": "value", "Nested": {"n": 1}}),
        Argument("Secret", SecureText("plain secret")),
        Argument("Credential", SecureText("credential secret")),
        Argument("Text", "ünïcode \U0001f600\n"),
    ]
    assert "secret" not in repr(seen).replace("Secret", "")
