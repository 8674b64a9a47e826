Compare-VM -Path 'D:\Out\PLAIN01\Virtual Machines\ID.vmcx' -Register -OutVariable report | Select-Object -ExpandProperty Incompatibilities | Select-Object -ExpandProperty Message
Get-Variable -Name report | Select-Object -ExpandProperty Value | Select-Object -ExpandProperty Incompatibilities | Select-Object -ExpandProperty Source | Where-Object -Property Path -EQ -Value 'D:\Out\PLAIN01\Virtual Hard Disks\PLAIN01.vhdx' | Set-VMHardDiskDrive -Path 'D:\Elsewhere\PLAIN01.vhdx'
Get-Variable -Name report | Select-Object -ExpandProperty Value | Import-VM
