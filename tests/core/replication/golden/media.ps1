# HV-01: Enable replication of TEST01 on HV-01
Get-VM -Id 'ID' | Enable-VMReplication -ReplicaServerName 'HV-DR.contoso.example' -ReplicaServerPort 80 -AuthenticationType Kerberos -CompressionEnabled $true -ReplicationFrequencySec 300 -RecoveryHistory 0 -AutoResynchronizeEnabled $true -AutoResynchronizeIntervalStart '18:30:00' -AutoResynchronizeIntervalEnd '06:00:00'
# HV-01: Write the initial copy of TEST01 to D:\IR
Get-VM -Id 'ID' | Start-VMInitialReplication -DestinationPath 'D:\IR'
