"""The documentation that comes with the lab: versions, defaults, sources of errors."""

from __future__ import annotations

import pytest

from lab.powershell.documented import ALL_PARAMETER_SETS, documentation

VERSIONS = ("2012", "2012R2", "2016", "2019", "2022", "2025")


INTRODUCED = {
    "Add-VMAssignableDevice": "2022",
    "Add-VMGpuPartitionAdapter": "2022",
    "Add-VMGroupMember": "2016",
    "Add-VMHostAssignableDevice": "2022",
    "Add-VMNetworkAdapterExtendedAcl": "2012R2",
    "Add-VMSwitchTeamMember": "2016",
    "Add-VmNetworkAdapterRoutingDomainMapping": "2012R2",
    "Copy-VMFile": "2012R2",
    "Debug-VM": "2012R2",
    "Disable-VMConsoleSupport": "2016",
    "Disable-VMTPM": "2016",
    "Dismount-VMHostAssignableDevice": "2022",
    "Enable-VMConsoleSupport": "2016",
    "Enable-VMTPM": "2016",
    "Get-VHDSet": "2016",
    "Get-VHDSnapshot": "2016",
    "Get-VMAssignableDevice": "2022",
    "Get-VMFirmware": "2012R2",
    "Get-VMGpuPartitionAdapter": "2022",
    "Get-VMGroup": "2016",
    "Get-VMHostAssignableDevice": "2022",
    "Get-VMHostCluster": "2016",
    "Get-VMHostPartitionableGpu": "2022",
    "Get-VMHostSupportedVersion": "2016",
    "Get-VMKeyProtector": "2016",
    "Get-VMNetworkAdapterExtendedAcl": "2012R2",
    "Get-VMNetworkAdapterRoutingDomainMapping": "2012R2",
    "Get-VMNetworkAdapterTeamMapping": "2016",
    "Get-VMSecurity": "2016",
    "Get-VMSwitchTeam": "2016",
    "Get-VMVideo": "2016",
    "Get-VmNetworkAdapterIsolation": "2012R2",
    "Mount-VMHostAssignableDevice": "2022",
    "New-VMGroup": "2016",
    "Optimize-VHDSet": "2016",
    "Remove-VHDSnapshot": "2016",
    "Remove-VMAssignableDevice": "2022",
    "Remove-VMGpuPartitionAdapter": "2022",
    "Remove-VMGroup": "2016",
    "Remove-VMGroupMember": "2016",
    "Remove-VMHostAssignableDevice": "2022",
    "Remove-VMNetworkAdapterExtendedAcl": "2012R2",
    "Remove-VMNetworkAdapterRoutingDomainMapping": "2012R2",
    "Remove-VMNetworkAdapterTeamMapping": "2016",
    "Remove-VMSwitchTeamMember": "2016",
    "Rename-VMGroup": "2016",
    "Set-VMFirmware": "2012R2",
    "Set-VMGpuPartitionAdapter": "2022",
    "Set-VMHostCluster": "2016",
    "Set-VMHostPartitionableGpu": "2022",
    "Set-VMKeyProtector": "2016",
    "Set-VMNetworkAdapterTeamMapping": "2016",
    "Set-VMSecurity": "2016",
    "Set-VMSecurityPolicy": "2016",
    "Set-VMSwitchTeam": "2016",
    "Set-VMVideo": "2016",
    "Set-VmNetworkAdapterIsolation": "2012R2",
    "Set-VmNetworkAdapterRoutingDomainMapping": "2012R2",
    "Start-VMTrace": "2016",
    "Stop-VMTrace": "2016",
    "Test-VMNetworkAdapter": "2012R2",
    "Update-VMVersion": "2016",
}
"""The first version with a cmdlet, for those that 2012 has not."""


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_documents_all_cmdlets_but_those_introduced_later(version: str) -> None:
    later = {name for name, first in INTRODUCED.items() if VERSIONS.index(version) < VERSIONS.index(first)}
    assert {name for name in documentation().names() if documentation().syntax(name, version) is None} == later


@pytest.mark.parametrize("version", VERSIONS)
def test_sets_and_parameters_belong_together(version: str) -> None:
    for name in documentation().names():
        syntax = documentation().syntax(name, version)
        if syntax is not None:
            assert set().union(*(entry.parameters for entry in syntax.sets)) == set(syntax.parameters), name
            assert len({entry.name for entry in syntax.sets}) == len(syntax.sets), name
            assert sum(entry.is_default for entry in syntax.sets) <= 1, name


@pytest.mark.parametrize(
    ("name", "version", "source"),
    [
        ("move-vm", "2022", "Microsoft.HyperV.PowerShell.Commands.MoveVM"),
        ("Move-VM", "2012R2", "Microsoft.HyperV.PowerShell.Commands.MoveVMCommand"),
        ("Get-VHD", "2019", "Microsoft.Vhd.PowerShell.Cmdlets.GetVHD"),
        ("Get-VHD", "2012", "Microsoft.Vhd.PowerShell.GetVhdCommand"),
        ("Select-Object", "2012R2", "Microsoft.PowerShell.Commands.SelectObjectCommand"),
        ("Get-Volume", "2022", "Get-Volume"),
    ],
)
def test_errors_name_the_class_of_the_cmdlet(name: str, version: str, source: str) -> None:
    syntax = documentation().syntax(name, version)
    assert syntax is not None
    assert syntax.error_source(version) == source


def test_a_cmdlet_that_nobody_documents_has_no_syntax() -> None:
    assert documentation().syntax("Get-Nothing", "2022") is None
    assert documentation().syntax("Get-VM", "2008") is None


def test_unnamed_sets_take_the_first_as_default() -> None:
    syntax = documentation().syntax("Get-VM", "2012")
    assert syntax is not None
    assert [entry.is_default for entry in syntax.sets] == [True, False, False]


def test_the_only_set_without_a_name_gets_the_one_of_powershell() -> None:
    syntax = documentation().syntax("ConvertTo-Json", "2022")
    assert syntax is not None
    assert [entry.name for entry in syntax.sets] == [ALL_PARAMETER_SETS]


def test_versions_differ_as_documented() -> None:
    old, new = (documentation().syntax("Move-VM", version) for version in ("2012R2", "2016"))
    assert old is not None
    assert new is not None
    assert "DestinationCimSession" in new.parameters
    assert "DestinationCimSession" not in old.parameters
