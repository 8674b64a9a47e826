# HV-03: Move SHOP02 to HV-C2
Get-VM -Id 'ID' | Move-VM -DestinationHost 'HV-C2.contoso.example' -IncludeStorage -DestinationStoragePath 'C:\ClusterStorage\Volume1\SHOP02'

# HV-C2: Make SHOP02 a role of the cluster of HV-C2
Add-ClusterVirtualMachineRole -VMId 'ID'
