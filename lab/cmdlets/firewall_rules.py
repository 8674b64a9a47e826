"""Get-, Enable- and Disable-NetFirewallRule, for the rules that migration and replication need."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import not_simulated, query_empty, refuse_parameters
from lab.hyperv.host import Host
from lab.hyperv.replication.firewall import FirewallRule
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import EnumValue, Record, Value, display_text
from lab.powershell.wildcards import has_wildcards, matches

CLASS = "MSFT_NetFirewallRule"
INSTANCE = "Microsoft.Management.Infrastructure.CimInstance"
TYPES = (f"{INSTANCE}#root/standardcimv2/{CLASS}", INSTANCE, "System.Object")
GENERATED = "Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetSecurity"
OTHER_SETS = ("ByQuery", "ByAssociated")


def rule_record(rule: FirewallRule, host: Host) -> Record:
    """A rule as Get-NetFirewallRule prints it; display names are those of the host's language."""
    display, group = rule.display_name(host.language), rule.group(host.language)
    properties: dict[str, Value] = {
        "Name": rule.name,
        "ID": rule.name,
        "InstanceID": rule.name,
        "DisplayName": display,
        "Description": display,
        "Group": group,
        "DisplayGroup": group,
        "Enabled": EnumValue(f"{GENERATED}.Enabled", *(("True", 1) if rule.is_enabled else ("False", 2))),
        "Profile": EnumValue(f"{GENERATED}.Profile", "Any", 0),
        "Direction": EnumValue(f"{GENERATED}.Direction", "Inbound", 1),
        "Action": EnumValue(f"{GENERATED}.Action", "Allow", 2),
        "PrimaryStatus": EnumValue(f"{GENERATED}.PrimaryStatus", "OK", 1),
        "PolicyStoreSource": "PersistentStore",
        "PSComputerName": None,
    }
    return Record(TYPES, properties, f'{CLASS} (InstanceID = "{rule.name}")', rule)


@cmdlet("Get-NetFirewallRule")
async def get_net_firewall_rule(call: Call) -> AsyncIterator[Value]:
    """The rules by name or display name, or all of them."""
    for rule in _asked(call):
        yield rule_record(rule, call.host)


@cmdlet("Enable-NetFirewallRule")
async def enable_net_firewall_rule(call: Call) -> AsyncIterator[Value]:
    """Let rules apply."""
    for rule in _asked(call):
        rule.is_enabled = True
        if call.switch("PassThru"):
            yield rule_record(rule, call.host)


@cmdlet("Disable-NetFirewallRule")
async def disable_net_firewall_rule(call: Call) -> AsyncIterator[Value]:
    """Let rules apply no more."""
    for rule in _asked(call):
        rule.is_enabled = False
        if call.switch("PassThru"):
            yield rule_record(rule, call.host)


def _asked(call: Call) -> Iterator[FirewallRule]:
    """The rules that the call is about; a name that none has is an error of its own."""
    refuse_parameters(call, "PolicyStore", "TracePolicyStore")
    rules = call.host.replication.rules
    # Several parameter sets take any piped object, so that a rule may be bound to what filters belong to.
    values = (value for given in call.parameters.values() for value in listed(given))
    piped = [v.subject for v in values if isinstance(v, Record) and isinstance(v.subject, FirewallRule)]
    if piped:
        yield from piped
        return
    if call.parameter_set.startswith(OTHER_SETS):
        not_simulated(call, f"{call.syntax.name} by anything but the names of rules")
    if call.parameter_set == "GetAll":
        yield from rules
    for name in map(display_text, listed(call.parameters.get("Name"))):
        yield from _named(call, "InstanceID", name, [rule for rule in rules if matches(name, rule.name)])
    language = call.host.language
    for name in map(display_text, listed(call.parameters.get("DisplayName"))):
        found = [rule for rule in rules if matches(name, rule.display_name(language))]
        yield from _named(call, "DisplayName", name, found)


def _named(call: Call, name: str, value: str, found: list[FirewallRule]) -> list[FirewallRule]:
    if not found and not has_wildcards(value):
        call.error(query_empty(call, CLASS, name, value))
    return found
