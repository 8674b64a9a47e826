"""Names and addresses of hosts, checked before anything is sent to them."""

from __future__ import annotations

import ipaddress
import re

from core.language import _

LONGEST_NAME = 253
"""Characters that the full name of a host may have (RFC 1123 and RFC 1035)."""
_LONGEST_PART = 63
"""The same for what stands between two dots."""
# Underscores and letters of any language are taken: Microsoft, "Naming conventions in Active Directory".
_ILLEGAL = re.compile(r"[^\w.-]")


def address_fault(text: str) -> str | None:
    """What is wrong with ``text`` as the name or network address of a host, in a sentence; None when nothing is."""
    if not text:
        return _("No server is named.")
    if _is_network_address(text):
        return None
    if "://" in text:
        return _("{text} is the address of a web page, not the name of a server.").format(text=text)
    if found := _ILLEGAL.search(text):
        return _("The name of a server cannot contain the character {character}.").format(character=repr(found[0]))
    if len(text) > LONGEST_NAME or any(len(part) > _LONGEST_PART for part in text.split(".")):
        return _("{text} is too long for the name of a server.").format(text=text)
    if not all(text.removesuffix(".").split(".")):
        return _("{text} is not the name of a server: something is missing before or after a dot.").format(text=text)
    return None


def _is_network_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    # Python takes anything for the zone of an IPv6 address, also what ends it in a URL.
    zone = address.scope_id if isinstance(address, ipaddress.IPv6Address) else None
    return zone is None or not _ILLEGAL.search(zone)
