"""Get-, Grant- and Revoke-VMConnectAccess: who may connect to a machine's console without being an administrator."""

from __future__ import annotations

from collections.abc import AsyncIterator

from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.targets import asked_machines, listed, reported
from lab.hyperv.changes import refusal
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value, display_text
from lab.powershell.wildcards import matches

TYPES = hyperv_types("VMConnectAce", "VirtualizationObject")
_FORBIDDEN = set('"/[]:;|=,+*?<>')
"""Characters that no account name has (Windows documentation)."""


def access_record(user: str, machine: VirtualMachine, host: Host) -> Record:
    """An access as Get-VMConnectAccess prints it."""
    properties: dict[str, Value] = {
        "Username": user,
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": user not in machine.connect_access,
    }
    return Record(TYPES, properties, f"VMConnectAce ({user})", machine)


@cmdlet("Get-VMConnectAccess")
async def get_vm_connect_access(call: Call) -> AsyncIterator[Value]:
    """Who has access to machines, to all of them where none is named."""
    users = [display_text(user) for user in listed(call.parameters.get("UserName"))] or ["*"]
    everything = not {"VMName", "VMId"} & set(call.parameters)
    for machine in list(call.host.machines.values()) if everything else asked_machines(call):
        for user in machine.connect_access:
            if any(matches(pattern, user) or matches(pattern, user.rpartition("\\")[2]) for pattern in users):
                yield access_record(user, machine, call.host)


@cmdlet("Grant-VMConnectAccess")
async def grant_vm_connect_access(call: Call) -> AsyncIterator[Value]:
    """Give users access to machines; one who has it keeps it."""
    for machine in asked_machines(call):
        for name in map(display_text, listed(call.parameters["UserName"])):
            with reported(call, name):
                user = _account(name, machine, call.host)
                if user.lower() not in map(str.lower, machine.connect_access):
                    machine.connect_access = (*machine.connect_access, user)
                if call.switch("Passthru"):
                    yield access_record(user, machine, call.host)


@cmdlet("Revoke-VMConnectAccess")
async def revoke_vm_connect_access(call: Call) -> AsyncIterator[Value]:
    """Take access to machines from users."""
    for machine in asked_machines(call):
        for name in map(display_text, listed(call.parameters["UserName"])):
            with reported(call, name):
                user = _account(name, machine, call.host)
                left = tuple(each for each in machine.connect_access if each.lower() != user.lower())
                if left == machine.connect_access:
                    raise refusal("access_unknown", machine, call.host, user=name)
                machine.connect_access = left
                if call.switch("Passthru"):
                    yield access_record(user, machine, call.host)


def _account(name: str, machine: VirtualMachine, host: Host) -> str:
    """The account with its domain; one without is the domain's, or the host's own in a workgroup (assumed).

    Raises OperationFailed for what cannot be an account.
    """
    _, separator, user = name.rpartition("\\")
    if not user.strip() or _FORBIDDEN & set(name):
        raise refusal("user_invalid", machine, host, user=name)
    if separator or "@" in user:
        return name
    return f"{(host.domain.partition('.')[0] or host.name).upper()}\\{user}"
