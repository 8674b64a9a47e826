# Move DB01 to SRV-B
Get-VM -Id 'ID' | Move-VM -DestinationHost 'SRV-B.contoso.example' -VirtualMachinePath 'D:\VMs\DB01' -SnapshotFilePath 'D:\VMs\DB01' -SmartPagingFilePath 'D:\VMs\DB01' -Vhds @(@{SourceFilePath = 'D:\VMs\DB01\Virtual Hard Disks\DB01.vhdx'; DestinationFilePath = 'D:\VMs\DB01\Virtual Hard Disks\DB01.vhdx'}, @{SourceFilePath = 'F:\Logs\DB01-Log.vhdx'; DestinationFilePath = 'D:\VMs\DB01\Virtual Hard Disks\DB01-Log.vhdx'})
# Move WEB01 to SRV-B
Get-VM -Id 'ID' | Move-VM -DestinationHost 'SRV-B.contoso.example' -VirtualMachinePath 'D:\VMs\WEB01' -SnapshotFilePath 'D:\VMs\WEB01' -SmartPagingFilePath 'D:\VMs\WEB01' -Vhds @(@{SourceFilePath = 'D:\VMs\WEB01\Virtual Hard Disks\WEB01.vhdx'; DestinationFilePath = 'D:\VMs\WEB01\Virtual Hard Disks\WEB01.vhdx'})
# Move APP01 to SRV-C
Get-VM -Id 'ID' | Move-VM -DestinationHost 'SRV-C.contoso.example' -VirtualMachinePath 'D:\VMs\APP01' -SnapshotFilePath 'D:\VMs\APP01' -SmartPagingFilePath 'D:\VMs\APP01' -Vhds @(@{SourceFilePath = 'D:\VMs\APP01\Virtual Hard Disks\APP01.vhdx'; DestinationFilePath = 'D:\VMs\APP01\Virtual Hard Disks\APP01.vhdx'})
# Move OLD01 to SRV-AMD
Get-VM -Id 'ID' | Move-VM -DestinationHost 'SRV-AMD.contoso.example' -VirtualMachinePath 'D:\VMs\OLD01' -SnapshotFilePath 'D:\VMs\OLD01' -SmartPagingFilePath 'D:\VMs\OLD01' -Vhds @(@{SourceFilePath = 'D:\VMs\OLD01\Virtual Hard Disks\OLD01.vhdx'; DestinationFilePath = 'D:\VMs\OLD01\Virtual Hard Disks\OLD01.vhdx'})
# Move SAVED01 to SRV-C
Get-VM -Id 'ID' | Move-VM -DestinationHost 'SRV-C.contoso.example' -VirtualMachinePath 'D:\VMs\SAVED01' -SnapshotFilePath 'D:\VMs\SAVED01' -SmartPagingFilePath 'D:\VMs\SAVED01' -Vhds @(@{SourceFilePath = 'D:\VMs\SAVED01\Virtual Hard Disks\SAVED01.vhdx'; DestinationFilePath = 'D:\VMs\SAVED01\Virtual Hard Disks\SAVED01.vhdx'})
