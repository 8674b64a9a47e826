# HV-01: Enable replication of FILE01 on HV-01
Get-VM -Id 'ID' | Enable-VMReplication -ReplicaServerName 'HV-DR.contoso.example' -ReplicaServerPort 80 -AuthenticationType Kerberos -CompressionEnabled $true -ReplicationFrequencySec 300 -RecoveryHistory 0 -AutoResynchronizeEnabled $true -AutoResynchronizeIntervalStart '18:30:00' -AutoResynchronizeIntervalEnd '06:00:00'
# Undo: # HV-01: Remove the replication of FILE01 on HV-01
Get-VM -Id 'ID' | Remove-VMReplication
# Undo: # HV-DR: Remove the replication of FILE01 on HV-DR
Get-VM -Id 'ID' | Remove-VMReplication
# HV-01: Send the initial copy of FILE01 to HV-DR.contoso.example
Get-VM -Id 'ID' | Start-VMInitialReplication
