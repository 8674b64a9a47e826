# HV-01: Enable replication of FILE01 on HV-01
Get-VM -Id 'ID' | Enable-VMReplication -ReplicaServerName 'HV-DR.contoso.example' -ReplicaServerPort 443 -AuthenticationType Certificate -CertificateThumbprint 'THUMBPRINT' -CompressionEnabled $false -ExcludedVhdPath @('D:\VMs\FILE01\Virtual Hard Disks\FILE01-Data.vhdx') -ReplicationFrequencySec 30 -RecoveryHistory 24 -VSSSnapshotFrequencyHour 4 -AutoResynchronizeEnabled $true -AutoResynchronizeIntervalStart '18:30:00' -AutoResynchronizeIntervalEnd '06:00:00'
# HV-01: Send the initial copy of FILE01 to HV-DR.contoso.example
Get-VM -Id 'ID' | Start-VMInitialReplication -InitialReplicationStartTime 'TIME'
