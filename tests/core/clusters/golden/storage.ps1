# HV-C1: Move the storage of ERP01
Get-VM -Id 'ID' | Move-VMStorage -DestinationStoragePath 'C:\ClusterStorage\Volume2\ERP01'
