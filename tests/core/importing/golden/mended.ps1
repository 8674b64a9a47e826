Compare-VM -Path 'D:\Out\LARGE01\Virtual Machines\ID.vmcx' -Copy -GenerateNewId -VirtualMachinePath 'D:\Twin' -SnapshotFilePath 'D:\Twin' -SmartPagingFilePath 'D:\Twin' -VhdDestinationPath 'D:\Twin\Disks' -OutVariable report | Select-Object -ExpandProperty Incompatibilities | Select-Object -ExpandProperty Message
Get-Variable -Name report | Select-Object -ExpandProperty Value | Select-Object -ExpandProperty Incompatibilities | Select-Object -ExpandProperty Source | Where-Object -Property MacAddress -EQ -Value MAC | Connect-VMNetworkAdapter -SwitchName Test
Get-Variable -Name report | Select-Object -ExpandProperty Value | Select-Object -ExpandProperty Incompatibilities | Select-Object -ExpandProperty Source | Where-Object -Property Path -EQ -Value 'D:\Media\tools.iso' | Set-VMDvdDrive -Path $null
Get-Variable -Name report | Select-Object -ExpandProperty Value | Select-Object -ExpandProperty VM | Set-VMMemory -StartupBytes 2147483648
Get-Variable -Name report | Select-Object -ExpandProperty Value | Select-Object -ExpandProperty VM | Set-VMProcessor -Count 2
Get-Variable -Name report | Select-Object -ExpandProperty Value | Import-VM
