"""A virtual TPM needs a key protector, and both need the machine off."""

from __future__ import annotations

import pytest

from lab.powershell.values import Value
from tests.lab.cmdlets.administration import Administrator, error_id

HERE = frozenset({"HV-01"})


def test_tpm_with_a_local_key_protector() -> None:
    admin = Administrator()
    machine = admin.machine("TEST01")
    assert admin.run("Enable-VMTPM TEST01").error_ids == [error_id("InvalidOperation", "EnableVMTPM")]
    assert admin.values("Set-VMKeyProtector TEST01 -NewLocalKeyProtector -Passthru", "Name") == ["TEST01"]
    assert machine.guardians is None
    assert admin.values("Enable-VMTPM TEST01 -Passthru", "Name") == ["TEST01"]
    assert machine.guardians == HERE
    assert admin.values("Get-VMSecurity TEST01", "TpmEnabled") == [True]
    assert admin.run("Disable-VMTPM TEST01").errors == []
    assert machine.guardians is None
    assert machine.key_protector == HERE


def key_protector(admin: Administrator, name: str) -> Value:
    (content,) = admin.run(f"Get-VMKeyProtector {name}").outputs
    return content


def test_key_protectors_can_be_carried_over() -> None:
    admin = Administrator()
    assert key_protector(admin, "TEST01") == [0, 0, 0, 4]
    admin.machine("WEB01").key_protector = frozenset({"HV-01", "HV-02"})
    content = key_protector(admin, "WEB01")
    assert isinstance(content, list)
    admin.run(f"Set-VMKeyProtector TEST01 -KeyProtector {','.join(map(str, content))}")
    assert admin.machine("TEST01").key_protector == frozenset({"HV-01", "HV-02"})


def test_security_settings() -> None:
    admin = Administrator()
    encrypt = "Set-VMSecurity TEST01 -EncryptStateAndVmMigrationTraffic $true"
    assert admin.run(encrypt).error_ids == [error_id("InvalidOperation", "SetVMSecurity")]
    admin.run("Set-VMKeyProtector TEST01 -NewLocalKeyProtector")
    assert admin.values(f"{encrypt} -Passthru", "EncryptStateAndVmMigrationTraffic") == [True]
    admin.run("Set-VMSecurity TEST01 -VirtualizationBasedSecurityOptOut $true")
    assert admin.values("Get-VMSecurity TEST01", "VirtualizationBasedSecurityOptOut") == [True]


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("Enable-VMTPM WEB01", error_id("InvalidState", "EnableVMTPM")),
        ("Disable-VMTPM WEB01", error_id("InvalidState", "DisableVMTPM")),
        ("Set-VMSecurity WEB01 -VirtualizationBasedSecurityOptOut $true", error_id("InvalidState", "SetVMSecurity")),
        ("Set-VMKeyProtector WEB01 -NewLocalKeyProtector", error_id("InvalidState", "SetVMKeyProtector")),
        ("Set-VMKeyProtector TEST01 -KeyProtector 1,2,3", error_id("InvalidParameter", "SetVMKeyProtector")),
        ("Set-VMKeyProtector TEST01 -RestoreLastKnownGood", error_id("InvalidOperation", "SetVMKeyProtector")),
        ("Get-VMSecurity NOWHERE", error_id("InvalidParameter", "GetVMSecurity")),
    ],
)
def test_refused(text: str, identifier: str) -> None:
    assert Administrator().run(text).error_ids == [identifier]


def test_generation_1_has_no_tpm() -> None:
    admin = Administrator()
    admin.machine("TEST01").generation = 1
    assert admin.run("Enable-VMTPM TEST01").error_ids == [error_id("InvalidOperation", "EnableVMTPM")]


def test_key_protector_of_a_tpm_stays() -> None:
    admin = Administrator()
    machine = admin.machine("TEST01")
    machine.key_protector = machine.guardians = HERE
    recording = admin.run("Set-VMKeyProtector TEST01 -KeyProtector 0,0,0,4")
    assert recording.error_ids == [error_id("InvalidOperation", "SetVMKeyProtector")]


def test_shielding_needs_a_key_protector() -> None:
    admin = Administrator()
    shield = "Set-VMSecurityPolicy TEST01 -Shielded $true -Passthru"
    assert admin.run(shield).error_ids == [error_id("InvalidOperation", "SetVMSecurityPolicy")]
    admin.run("Set-VMKeyProtector TEST01 -NewLocalKeyProtector")
    assert admin.values(shield, "Shielded") == [True]
    assert admin.values("Get-VMSecurity TEST01", "Shielded") == [True]
    assert admin.run("Set-VMSecurityPolicy WEB01").error_ids == [error_id("InvalidState", "SetVMSecurityPolicy")]
