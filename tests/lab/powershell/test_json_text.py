"""JSON as Windows PowerShell 5.1 writes it."""

from __future__ import annotations

import datetime
import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.powershell.json_text import double_text, to_json
from lab.powershell.properties import span_properties
from lab.powershell.values import Char, EnumValue, Long, SecureText, Value, Version, custom_object

UPTIME = datetime.timedelta(days=3, hours=14, minutes=29, seconds=12, microseconds=368116)


def compressed(value: Value, depth: int = 2) -> str:
    return to_json(value, depth, compress=True)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (5, "5"),
        (Long(2**40), "1099511627776"),
        (1.0, "1"),
        ("a/b", '"a/b"'),
        (Char("C"), '"C"'),
        ("<a href='x'>&\"\\", '"\\u003ca href=\\u0027x\\u0027\\u003e\\u0026\\"\\\\"'),
        ("a\r\n\t\x01\u2028ü", '"a\\r\\n\\t\\u0001\\u2028ü"'),
        (datetime.datetime(2019, 11, 22, 6, 12, 58, tzinfo=datetime.UTC), '"\\/Date(1574403178000)\\/"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (EnumValue("X.VMState", "Running", 2), "2"),
        (SecureText("secret"), '"System.Security.SecureString"'),
        ([], "[]"),
        ({}, "{}"),
        ([1, "a", None], '[1,"a",null]'),
        ({"a": 1, "b": [True]}, '{"a":1,"b":[true]}'),
        (
            Version("0.0.4"),
            '{"Major":0,"Minor":0,"Build":4,"Revision":-1,"MajorRevision":-1,"MinorRevision":-1}',
        ),
        (custom_object({"Name": "web"}), '{"Name":"web"}'),
    ],
)
def test_values(value: Value, text: str) -> None:
    assert compressed(value) == text


def test_a_time_span_is_an_object() -> None:
    span = datetime.timedelta(days=1, hours=12)
    assert compressed(span) == (
        '{"Ticks":1296000000000,"Days":1,"Hours":12,"Milliseconds":0,"Minutes":0,"Seconds":0,"TotalDays":1.5,'
        '"TotalHours":36,"TotalMilliseconds":129600000,"TotalMinutes":2160,"TotalSeconds":129600}'
    )


@pytest.mark.parametrize(
    ("total", "text"),
    [
        (
            3113523681164,
            "3.6036153717175923 86.486768921222222 311352368.1164 5189.2061352733335 311352.3681164",
        ),
        (
            723762218083,
            "0.83768775241087956 20.104506057861109 72376221.8083 1206.2703634716668 72376.22180829999",
        ),
        (
            416710164633,
            "0.48230343128819442 11.575282350916666 41671016.463300005 694.516941055 41671.016463299995",
        ),
    ],
)
def test_totals_have_the_digits_of_published_output(total: int, text: str) -> None:
    held = span_properties(total)
    totals = [held[f"Total{unit}"] for unit in ("Days", "Hours", "Milliseconds", "Minutes", "Seconds")]
    assert " ".join(double_text(number) for number in totals if isinstance(number, float)) == text


def test_below_the_depth_stands_the_text() -> None:
    nested: Value = {"one": {"two": {"three": {"four": 4}, "list": [1, 2], "span": UPTIME, "name": "x"}}}
    assert compressed(nested) == (
        '{"one":{"two":{"three":"System.Collections.Hashtable","list":"1 2","span":"3.14:29:12.3681160","name":"x"}}}'
    )
    assert compressed(nested, 0) == '{"one":"System.Collections.Hashtable"}'


def test_a_list_is_a_level_of_its_own() -> None:
    assert compressed([{"a": {"b": 1}}], 1) == '[{"a":"System.Collections.Hashtable"}]'


def test_indentation_follows_the_column_of_the_value() -> None:
    value: Value = [{"Name": "web", "Disks": [1, 2], "Empty": [], "Host": {"Id": 5}}]
    assert to_json(value, 4, compress=False).split("\r\n") == [
        "[",
        "    {",
        '        "Name":  "web",',
        '        "Disks":  [',
        "                      1,",
        "                      2",
        "                  ],",
        '        "Empty":  [',
        "",
        "                  ],",
        '        "Host":  {',
        '                     "Id":  5',
        "                 }",
        "    }",
        "]",
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1, "0.1"),
        (3.6036153717175923, "3.6036153717175923"),
        (41671016.463300005, "41671016.463300005"),
        (1e20, "1E+20"),
        (1.5e-7, "1.5E-07"),
        (-2.0, "-2"),
    ],
)
def test_doubles(number: float, text: str) -> None:
    assert double_text(number) == text


plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**31), 2**31 - 1), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=10,
)


@given(plain, st.booleans())
def test_what_is_written_is_json(value: Value, compress: bool) -> None:
    assert json.loads(to_json(value, 20, compress=compress)) == value
