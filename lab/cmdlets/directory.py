"""Get-ADComputer, on hosts that have the module: the computer accounts of the hosts of the same domain.

The directory is another computer. A caller whose credentials do not reach further than the host gets no answer from
it, unless -Credential gives others.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import refuse_parameters
from lab.hyperv.host import Delegation, Host
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import ErrorRecord, StatementError
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import matches

NAMESPACE = "Microsoft.ActiveDirectory.Management"
TYPES = (
    *(f"{NAMESPACE}.{name}" for name in ("ADComputer", "ADAccount", "ADPrincipal", "ADObject", "ADEntity")),
    "System.Object",
)
SOURCE = f"{NAMESPACE}.Commands.GetADComputer"
WORKSTATION_TRUST = 0x1000
TRUSTED_TO_AUTHENTICATE = 0x1000000
"""Flags of userAccountControl; the second stands for any authentication protocol."""
MIGRATION_SERVICE = "Microsoft Virtual System Migration Service"
OWN_SERVICES = ("HOST", "WSMAN", MIGRATION_SERVICE, "Hyper-V Replica Service", "Microsoft Virtual Console Service")
DEFAULT_PROPERTIES = (
    "DistinguishedName",
    "DNSHostName",
    "Enabled",
    "Name",
    "ObjectClass",
    "ObjectGUID",
    "SamAccountName",
    "SID",
    "UserPrincipalName",
)
_CONDITION = re.compile(
    r"""\s*(?P<name>[\w-]+)\s+-(?P<operator>eq|ne|like|notlike)\s+(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<word>\S+))\s*""",
    re.IGNORECASE,
)


@cmdlet("Get-ADComputer")
async def get_ad_computer(call: Call) -> AsyncIterator[Value]:
    """Computer accounts by identity or by a filter of conditions joined with -and."""
    refuse_parameters(call, "LDAPFilter", "SearchBase", "Partition")
    if not call.host.domain or not (call.runspace.caller.carries_credentials or "Credential" in call.parameters):
        call.fail(_refused(call, "directory_unreachable", "ResourceUnavailable", "ADServerDownException", None))
    wanted = [display_text(name) for name in listed(call.parameters.get("Properties"))]
    for properties, host in _asked(call):
        name = display_text(properties["DistinguishedName"])
        yield Record(TYPES, _projected(properties, wanted), name, host)


def _asked(call: Call) -> Iterator[tuple[dict[str, Value], Host]]:
    accounts = [(_account(host), host) for host in call.host.estate.hosts if host.domain == call.host.domain]
    if "Identity" in call.parameters:
        asked = display_text(call.parameters["Identity"])
        keys = ("Name", "SamAccountName", "DistinguishedName", "ObjectGUID", "SID")
        found = [
            account
            for account in accounts
            if any(display_text(account[0][key]).lower() in (asked.lower(), f"{asked}$".lower()) for key in keys)
        ]
        if not found:
            base = _base(call.host)
            record = _refused(
                call, "directory_unknown", "ObjectNotFound", "ADIdentityNotFoundException", asked, name=asked, base=base
            )
            call.fail(record)
        yield from found
        return
    test = display_text(call.parameters.get("Filter", "*")).strip()
    yield from (account for account in accounts if test == "*" or _passes(call, account[0], test))


def _passes(call: Call, properties: dict[str, Value], test: str) -> bool:
    held = {name.lower(): display_text(value) for name, value in properties.items()}
    for part in re.split(r"\s+-and\s+", test.strip("{}"), flags=re.IGNORECASE):
        condition = _CONDITION.fullmatch(part)
        if condition is None:
            raise StatementError(
                _refused(call, "directory_filter", "InvalidArgument", "ADFilterParsingException", test, filter=test)
            )
        text = next(
            value for value in (condition["single"], condition["double"], condition["word"]) if value is not None
        )
        operator, value = condition["operator"].lower(), held.get(condition["name"].lower())
        if operator in ("like", "notlike"):
            is_true = value is not None and matches(text, value)
        else:
            is_true = value is not None and value.lower() == text.lower()
        if is_true == operator.startswith("n"):
            return False
    return True


def _account(host: Host) -> dict[str, Value]:
    """Everything that is known of a host's account."""
    identifier = uuid.uuid5(uuid.NAMESPACE_DNS, host.full_name.lower())
    names = (host.name, host.full_name)
    allowed: list[Value] = [
        f"{service}/{name}" for service in (MIGRATION_SERVICE, "cifs") for other in _targets(host) for name in other
    ]
    own: list[Value] = [f"{service}/{name}" for service in OWN_SERVICES for name in names]
    any_protocol = host.delegation is Delegation.ANY_PROTOCOL
    number = identifier.int % 9000 + 1000
    return {
        "DistinguishedName": f"CN={host.name},CN=Computers,{_base(host)}",
        "DNSHostName": host.full_name,
        "Enabled": True,
        "Name": host.name,
        "ObjectClass": "computer",
        "ObjectGUID": identifier,
        "SamAccountName": f"{host.name}$",
        "SID": f"S-1-5-21-1004336348-1177238915-682003330-{number}",
        "UserPrincipalName": None,
        "msDS-AllowedToDelegateTo": allowed,
        "TrustedToAuthForDelegation": any_protocol,
        "TrustedForDelegation": False,
        "userAccountControl": WORKSTATION_TRUST | (TRUSTED_TO_AUTHENTICATE if any_protocol else 0),
        "servicePrincipalName": own,
        "ServicePrincipalNames": own,
        "OperatingSystem": f"Windows Server {host.version.replace('R2', ' R2')} Datacenter",
    }


def _targets(host: Host) -> Iterator[tuple[str, str]]:
    """The short and the full name of each host that this one may delegate to."""
    if host.delegation is Delegation.NONE:
        return
    for other in host.estate.hosts:
        named = host.delegates_to is None or other.name in host.delegates_to
        if named and other is not host and other.domain == host.domain:
            yield other.name, other.full_name


def _projected(properties: dict[str, Value], wanted: list[str]) -> dict[str, Value]:
    """The default properties and the wanted ones; those that are empty are left out, as the module does."""
    names = {name.lower() for name in (*DEFAULT_PROPERTIES, *wanted)}
    chosen = {name: value for name, value in properties.items() if "*" in wanted or name.lower() in names}
    return {name: value for name, value in chosen.items() if value != []}


def _base(host: Host) -> str:
    return ",".join(f"DC={part}" for part in host.domain.split("."))


def _refused(call: Call, key: str, category: str, exception: str, target: Value, **names: object) -> ErrorRecord:
    failure = failed(key, call.host.language, **names)
    types = (f"{NAMESPACE}.{exception}", "System.Exception", "System.Object")
    return ErrorRecord(failure.message, f"{failure.kind},{SOURCE}", category, call.syntax.name, types, target)
