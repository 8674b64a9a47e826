# TR-REP: Let COPY01 on TR-REP.troubled.example become the replica
Get-VM -Id 'ID' | Enable-VMReplication -AsReplica -AllowedPrimaryServer 'TR-PRI.troubled.example'
# Undo: # TR-REP: Remove the replication of COPY01 on TR-REP
Get-VM -Id 'ID' | Remove-VMReplication
# TR-PRI: Enable replication of COPY01 on TR-PRI
Get-VM -Id 'ID' | Enable-VMReplication -ReplicaServerName 'TR-REP.troubled.example' -ReplicaServerPort 80 -AuthenticationType Kerberos -CompressionEnabled $true -ReplicationFrequencySec 900 -RecoveryHistory 2 -AutoResynchronizeEnabled $true -AutoResynchronizeIntervalStart '18:30:00' -AutoResynchronizeIntervalEnd '06:00:00'
# Undo: # TR-PRI: Remove the replication of COPY01 on TR-PRI
Get-VM -Id 'ID' | Remove-VMReplication
# TR-PRI: Compare COPY01 with the machine on TR-REP.troubled.example, and send what differs
Get-VM -Id 'ID' | Start-VMInitialReplication -UseBackup
