"""Addresses after a failover: what is refused as typed, with which words, and that what passes is what hosts take."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.replication.addresses import AddressBlock, Family, block_faults

FOUR, SIX = Family.IPV4, Family.IPV6
GOOD = AddressBlock("192.168.15.10", "255.255.255.0", "192.168.15.1", "192.168.15.2", "192.168.15.3")


def four(**changes: str) -> AddressBlock:
    return AddressBlock(**{name: changes.get(name, getattr(GOOD, name)) for name in GOOD.__dataclass_fields__})


@pytest.mark.parametrize(
    ("family", "block", "field", "what"),
    [
        (FOUR, four(address=""), "address", "An IPv4 address is missing."),
        (FOUR, four(address="192.168.15"), "address", "192.168.15 is not an IPv4 address."),
        (FOUR, four(address="192.168.15.256"), "address", "192.168.15.256 is not an IPv4 address."),
        (FOUR, four(address="hv-01"), "address", "hv-01 is not an IPv4 address."),
        (FOUR, four(address="::1"), "address", "::1 is not an IPv4 address."),
        (FOUR, four(address="0.0.0.0"), "address", "0.0.0.0 is not an IPv4 address."),
        (FOUR, four(address="224.0.0.1"), "address", "224.0.0.1 is not an IPv4 address."),
        (FOUR, four(address="192.168.15.0"), "address", "is the address of a whole subnet"),
        (FOUR, four(address="192.168.15.255"), "address", "or of all its machines."),
        (FOUR, four(mask=""), "mask", "The subnet mask is missing."),
        (FOUR, four(mask="255.0.255.0"), "mask", "255.0.255.0 is not a subnet mask."),
        (FOUR, four(mask="0.0.0.0"), "mask", "0.0.0.0 is not a subnet mask."),
        (FOUR, four(mask="24"), "mask", "24 is not a subnet mask."),
        (
            FOUR,
            four(gateway="192.168.16.1"),
            "gateway",
            "The gateway 192.168.16.1 is not in the subnet 192.168.15.0/24.",
        ),
        (FOUR, four(gateway="192.168.15.10"), "gateway", "The gateway cannot be the machine itself."),
        (FOUR, four(gateway="x"), "gateway", "x is not an IPv4 address."),
        (FOUR, four(preferred_dns="8.8.8"), "preferred_dns", "8.8.8 is not an IPv4 address."),
        (FOUR, four(alternate_dns="::"), "alternate_dns", ":: is not an IPv4 address."),
        (SIX, AddressBlock("192.168.15.10", "64"), "address", "192.168.15.10 is not an IPv6 address."),
        (SIX, AddressBlock("2001:db8::1"), "mask", "The length of the IPv6 prefix is missing."),
        (SIX, AddressBlock("2001:db8::1", "0"), "mask", "0 is not the length of an IPv6 prefix"),
        (SIX, AddressBlock("2001:db8::1", "129"), "mask", "129 is not the length"),
        (SIX, AddressBlock("2001:db8::1", "x"), "mask", "x is not the length"),
        (SIX, AddressBlock("2001:db8::1", "64", "2001:db9::1"), "gateway", "is not in the subnet 2001:db8::/64."),
        (SIX, AddressBlock("fe80::1%3", "64"), "address", "fe80::1%3 is not an IPv6 address."),
        (SIX, AddressBlock(gateway="fe80::1"), "address", "An IPv6 address is missing."),
    ],
)
def test_what_is_no_address_is_refused_with_words(family: Family, block: AddressBlock, field: str, what: str) -> None:
    (fault,) = block_faults(block, family)
    assert fault.field == field
    assert what in fault.what
    assert fault.cure.endswith(".")


@pytest.mark.parametrize(
    ("family", "block"),
    [
        (FOUR, GOOD),
        (FOUR, AddressBlock()),
        (FOUR, AddressBlock("  ", "", " ")),
        (FOUR, AddressBlock(" 10.22.100.18 ", "255.255.255.255")),
        (FOUR, AddressBlock("10.0.0.0", "255.255.255.254", "10.0.0.1")),
        (SIX, AddressBlock("2001:DB8::10", "64", "fe80::1")),
        (SIX, AddressBlock("2001:db8::", "128")),
    ],
)
def test_what_is_an_address_passes(family: Family, block: AddressBlock) -> None:
    assert list(block_faults(block, family)) == []


typed = st.one_of(
    st.text(alphabet="0123456789.:abcdefg% ", max_size=12),
    st.ip_addresses().map(str),
    st.integers(-1, 140).map(str),
    st.sampled_from(["255.255.255.0", "255.255.0.0", "64", ""]),
)


@given(st.builds(AddressBlock, typed, typed, typed, typed, typed), st.sampled_from(Family))
def test_whatever_passes_is_an_address_of_its_family(block: AddressBlock, family: Family) -> None:
    if list(block_faults(block, family)):
        return
    sent = block.canonical
    assert sent.canonical == sent
    for text in (sent.address, sent.gateway, sent.preferred_dns, sent.alternate_dns):
        assert not text or ipaddress.ip_address(text).version == family.value
    if sent.address:
        assert ipaddress.ip_interface(f"{sent.address}/{sent.mask}").version == family.value
