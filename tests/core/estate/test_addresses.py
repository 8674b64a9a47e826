"""What is no name and no network address is refused in words before anything is sent."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.estate.addresses import LONGEST_NAME, address_fault
from core.remoting.endpoint import Endpoint


@pytest.mark.parametrize(
    "name", ["HV-01", "hv_01.contoso.example", "hv01.contoso.example.", "züge", "10.0.0.7", "::1", "fe80::1"]
)
def test_names_and_addresses_are_taken(name: str) -> None:
    assert address_fault(name) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "No server is named"),
        ("https://hv01", "address of a web page"),
        (r"\\HV-02", "character"),
        ("HV 02", "' '"),
        ("hv01:5985", "':'"),
        ("hv01/wsman", "'/'"),
        ("user@hv01", "'@'"),
        ("[::1]", "'['"),
        ("::%#", "':'"),
        ("hv01..example", "before or after a dot"),
        (".", "before or after a dot"),
        ("a" * 64, "too long"),
        (".".join(["a" * 50] * 6), "too long"),
    ],
)
def test_anything_else_is_refused_with_the_reason(name: str, words: str) -> None:
    fault = address_fault(name)
    assert fault is not None
    assert words in fault


@example("::%#")
@given(st.text(st.sampled_from("aZ9-_.:/\\@[]# \tüß%?"), max_size=LONGEST_NAME + 10))
def test_what_is_taken_can_be_connected_to(name: str) -> None:
    if address_fault(name) is None:
        assert Endpoint(name, name, 5985, "http", "negotiate").address == name
