"""Get-VMSecurity, Set-VMSecurity, Set-VMSecurityPolicy, and the cmdlets of virtual TPMs and key protectors."""

from __future__ import annotations

from collections.abc import AsyncIterator

from lab.cmdlets.enumerations import hyperv_types
from lab.cmdlets.machines import machine_record
from lab.cmdlets.targets import asked_machines, listed, refuse_unsupported, reported
from lab.hyperv.changes import refusal, require_off
from lab.hyperv.host import Host
from lab.hyperv.machine import VirtualMachine
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Record, Value

NO_KEY_PROTECTOR = bytes((0, 0, 0, 4))
"""What Get-VMKeyProtector writes for a machine without one (field reports)."""
HEADER = b"VM Ferry lab key protector\n"
"""Begins the lab's own key protectors; the names of the guardians follow, a line for each."""


def security_record(machine: VirtualMachine, host: Host) -> Record:
    """The security settings of a machine as Get-VMSecurity prints them."""
    settings = machine.security
    properties: dict[str, Value] = {
        "TpmEnabled": machine.guardians is not None,
        "KsdEnabled": False,
        "Shielded": settings.is_shielded,
        "EncryptStateAndVmMigrationTraffic": settings.encrypts_traffic,
        "VirtualizationBasedSecurityOptOut": settings.opts_out_of_virtualization_based,
        "BindToHostTpm": False,
        "VMId": machine.machine_id,
        "VMName": machine.name,
        "ComputerName": host.name,
        "IsDeleted": False,
    }
    types = hyperv_types("VMSecurity", "VMComponentObject", "VirtualizationObject")
    return Record(types, properties, f"VMSecurity [VMName = '{machine.name}']", machine)


@cmdlet("Get-VMSecurity")
async def get_vm_security(call: Call) -> AsyncIterator[Value]:
    """The security settings of machines."""
    for machine in asked_machines(call):
        yield security_record(machine, call.host)


@cmdlet("Set-VMSecurity")
async def set_vm_security(call: Call) -> AsyncIterator[Value]:
    """Change the security settings of machines that are off; encryption needs a key protector."""
    encrypts, opts_out = (
        call.parameters.get(name) for name in ("EncryptStateAndVmMigrationTraffic", "VirtualizationBasedSecurityOptOut")
    )
    for machine in asked_machines(call):
        with reported(call):
            require_off(machine, call.host)
            if encrypts is True and machine.key_protector is None:
                raise refusal("key_protector_missing", machine, call.host)
            if isinstance(encrypts, bool):
                machine.security.encrypts_traffic = encrypts
            if isinstance(opts_out, bool):
                machine.security.opts_out_of_virtualization_based = opts_out
            if call.switch("Passthru"):
                yield security_record(machine, call.host)


@cmdlet("Set-VMSecurityPolicy")
async def set_vm_security_policy(call: Call) -> AsyncIterator[Value]:
    """Shield machines of generation 2 that are off, or let them be open again; shielding needs a key protector."""
    shielded = call.parameters.get("Shielded")
    for machine in asked_machines(call):
        with reported(call):
            _require_second_generation(call, machine)
            require_off(machine, call.host)
            if shielded is True and machine.key_protector is None:
                raise refusal("key_protector_missing", machine, call.host)
            if isinstance(shielded, bool):
                machine.security.is_shielded = shielded
            if call.switch("Passthru"):
                yield security_record(machine, call.host)


@cmdlet("Enable-VMTPM")
async def enable_vm_tpm(call: Call) -> AsyncIterator[Value]:
    """Give machines of generation 2 that are off a virtual TPM; they need a key protector."""
    for machine in asked_machines(call):
        with reported(call):
            _require_second_generation(call, machine)
            require_off(machine, call.host)
            if machine.key_protector is None:
                raise refusal("key_protector_missing", machine, call.host)
            machine.guardians = machine.key_protector
            if call.switch("Passthru"):
                yield machine_record(machine, call.host)


@cmdlet("Disable-VMTPM")
async def disable_vm_tpm(call: Call) -> AsyncIterator[Value]:
    """Take the virtual TPM from machines that are off; the key protector stays."""
    for machine in asked_machines(call):
        with reported(call):
            _require_second_generation(call, machine)
            require_off(machine, call.host)
            machine.guardians = None
            if call.switch("Passthru"):
                yield machine_record(machine, call.host)


@cmdlet("Get-VMKeyProtector")
async def get_vm_key_protector(call: Call) -> AsyncIterator[Value]:
    """The key protectors of machines as bytes, which Set-VMKeyProtector takes again."""
    for machine in asked_machines(call):
        guardians = machine.key_protector
        content = NO_KEY_PROTECTOR if guardians is None else HEADER + "\n".join(sorted(guardians)).encode("utf-8")
        yield list(content)


@cmdlet("Set-VMKeyProtector")
async def set_vm_key_protector(call: Call) -> AsyncIterator[Value]:
    """Give machines that are off a key protector: another machine's bytes, or a new one that only this host opens."""
    refuse_unsupported(call, "RestoreLastKnownGoodKeyProtector")
    for machine in asked_machines(call):
        with reported(call):
            require_off(machine, call.host)
            chosen = _chosen(call, machine)
            if chosen is None and (machine.guardians is not None or machine.security.encrypts_traffic):
                raise refusal("key_protector_in_use", machine, call.host)
            machine.key_protector = chosen
            if machine.guardians is not None:
                machine.guardians = chosen
            if call.switch("Passthru"):
                yield machine_record(machine, call.host)


def _chosen(call: Call, machine: VirtualMachine) -> frozenset[str] | None:
    if call.switch("NewLocalKeyProtector"):
        return frozenset({call.host.name})
    content = bytes(item for item in listed(call.parameters.get("KeyProtector")) if isinstance(item, int))
    if content == NO_KEY_PROTECTOR:
        return None
    if not content.startswith(HEADER):
        raise refusal("key_protector_unreadable", machine, call.host)
    return frozenset(content.removeprefix(HEADER).decode("utf-8", "replace").splitlines())


def _require_second_generation(call: Call, machine: VirtualMachine) -> None:
    if machine.generation != 2:
        raise refusal("wrong_generation", machine, call.host, command=call.syntax.name, generation=machine.generation)
