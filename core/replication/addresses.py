"""The addresses that an adapter gets after a failover, in both families, and what can be wrong with them as typed.

The values and their meaning are those of Set-VMNetworkAdapterFailoverConfiguration; that everything empty means DHCP is
from the Windows Server documentation.
"""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, fields

from core.language import _


class Family(enum.IntEnum):
    """The version of the Internet Protocol."""

    IPV4 = 4
    IPV6 = 6

    @property
    def word(self) -> str:
        """What it is called."""
        return _("IPv4") if self is Family.IPV4 else _("IPv6")


@dataclass(frozen=True, slots=True)
class AddressBlock:
    """One family's addresses, as typed: ``mask`` is a subnet mask or, in IPv6, the length of the prefix."""

    address: str = ""
    mask: str = ""
    gateway: str = ""
    preferred_dns: str = ""
    alternate_dns: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is given."""
        return not any(getattr(self, each.name).strip() for each in fields(self))

    @property
    def tidied(self) -> AddressBlock:
        """The same without blanks around."""
        return AddressBlock(*(getattr(self, each.name).strip() for each in fields(self)))

    @property
    def canonical(self) -> AddressBlock:
        """The same as hosts write it: an IPv6 address has many spellings."""
        return AddressBlock(*(_canonical(getattr(self, each.name).strip()) for each in fields(self)))


@dataclass(frozen=True, slots=True)
class FailoverAddresses:
    """Both families of one adapter on one side."""

    ipv4: AddressBlock = AddressBlock()
    ipv6: AddressBlock = AddressBlock()

    def block(self, family: Family) -> AddressBlock:
        """The addresses of one family."""
        return self.ipv4 if family is Family.IPV4 else self.ipv6


@dataclass(frozen=True, slots=True)
class AddressFault:
    """What is wrong with one value: the name of the field in AddressBlock, a sentence, and the cure."""

    field: str
    what: str
    cure: str


def block_faults(block: AddressBlock, family: Family) -> Iterator[AddressFault]:
    """What is wrong with the addresses of one family; nothing when all of them are empty."""
    block = block.tidied
    if block.is_empty:
        return
    names = {"family": family.word, "example": _EXAMPLES[family]}
    if not block.address:
        what = _("An {family} address is missing.").format(**names)
        cure = _("Type an address such as {example}, or leave all {family} fields empty.")
        yield AddressFault("address", what, cure.format(**names))
        return
    wrong = [name for name in _ADDRESSES if (text := getattr(block, name)) and not _is_address(text, family)]
    for name in wrong:
        what = _("{text} is not an {family} address.").format(text=getattr(block, name), **names)
        yield AddressFault(name, what, _("Type an address such as {example}.").format(**names))
    if (fault := _mask_fault(block.mask, family)) is not None:
        yield fault
    elif not wrong:
        yield from _faults_together(block, family)


def _canonical(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return text


_ADDRESSES = ("address", "gateway", "preferred_dns", "alternate_dns")
_EXAMPLES = {Family.IPV4: "192.168.15.10", Family.IPV6: "2001:db8:15::10"}
_MASK_CURES = {Family.IPV4: "255.255.255.0", Family.IPV6: "64"}


def _is_address(text: str, family: Family) -> bool:
    kind = ipaddress.IPv4Address if family is Family.IPV4 else ipaddress.IPv6Address
    try:
        address = kind(text)
    except ValueError:
        return False
    return "%" not in text and not (address.is_unspecified or address.is_multicast)


def _mask_fault(mask: str, family: Family) -> AddressFault | None:
    cure = _("Type one such as {example}.").format(example=_MASK_CURES[family])
    if family is Family.IPV6:
        if not mask:
            return AddressFault("mask", _("The length of the IPv6 prefix is missing."), cure)
        if not (mask.isascii() and mask.isdecimal() and 1 <= int(mask) <= 128):
            what = _("{text} is not the length of an IPv6 prefix: it goes from 1 to 128.").format(text=mask)
            return AddressFault("mask", what, cure)
        return None
    if not mask:
        return AddressFault("mask", _("The subnet mask is missing."), cure)
    if _prefix_of(mask) is None:
        return AddressFault("mask", _("{text} is not a subnet mask.").format(text=mask), cure)
    return None


def _prefix_of(mask: str) -> int | None:
    """How many ones an IPv4 mask begins with; None when it is none, or leaves no subnet."""
    try:
        bits = int(ipaddress.IPv4Address(mask))
    except ValueError:
        return None
    ones = f"{bits:032b}".rstrip("0")
    return len(ones) if ones and "0" not in ones else None


def _faults_together(block: AddressBlock, family: Family) -> Iterator[AddressFault]:
    """Whether address and gateway lie in one subnet, as machine and gateway.

    A link-local gateway is on the same link in IPv6 whatever the prefix is (RFC 4861).
    """
    prefix = _prefix_of(block.mask) if family is Family.IPV4 else int(block.mask)
    network = ipaddress.ip_network(f"{block.address}/{prefix}", strict=False)
    address = ipaddress.ip_address(block.address)
    has_ends = family is Family.IPV4 and network.prefixlen <= 30
    if has_ends and address in (network.network_address, network.broadcast_address):
        what = _("{text} is the address of a whole subnet, or of all its machines.").format(text=block.address)
        yield AddressFault("address", what, _("Choose another address of {network}.").format(network=network))
    if not block.gateway:
        return
    gateway = ipaddress.ip_address(block.gateway)
    if gateway == address:
        what = _("The gateway cannot be the machine itself.")
        yield AddressFault("gateway", what, _("Type the address of the router, or leave the gateway empty."))
    elif gateway not in network and not (family is Family.IPV6 and gateway.is_link_local):
        what = _("The gateway {gateway} is not in the subnet {network}.").format(gateway=gateway, network=network)
        yield AddressFault("gateway", what, _("Correct the gateway, the address or the mask."))
