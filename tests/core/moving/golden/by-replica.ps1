# HV-01: Enable replication of WEB01 on HV-01
Get-VM -Id 'ID' | Enable-VMReplication -ReplicaServerName 'HV-DR.contoso.example' -ReplicaServerPort 80 -AuthenticationType Kerberos -CompressionEnabled $true -ReplicationFrequencySec 300 -RecoveryHistory 0 -AutoResynchronizeEnabled $true -AutoResynchronizeIntervalStart '18:30:00' -AutoResynchronizeIntervalEnd '06:00:00'
# HV-01: Send the initial copy of WEB01 to HV-DR.contoso.example
Get-VM -Id 'ID' | Start-VMInitialReplication
# HV-DR: Connect Network Adapter of WEB01 to Replica site
Get-VM -Id 'ID' | Get-VMNetworkAdapter | Where-Object -Property MacAddress -EQ -Value 'MAC' | Connect-VMNetworkAdapter -SwitchName 'Replica site'
# HV-01: Shut down WEB01 on HV-01
Get-VM -Id 'ID' | Stop-VM
# HV-01: Prepare WEB01 on HV-01 for a planned failover
Get-VM -Id 'ID' | Start-VMFailover -Prepare -Confirm:$false
# HV-DR: Fail WEB01 over on HV-DR
Get-VM -Id 'ID' | Start-VMFailover -Confirm:$false
# HV-DR: Start WEB01 on HV-DR
Get-VM -Id 'ID' | Start-VM
# HV-DR: Complete the failover of WEB01 on HV-DR
Get-VM -Id 'ID' | Complete-VMFailover -Confirm:$false
# HV-DR: Remove the replication of WEB01 on HV-DR
Get-VM -Id 'ID' | Remove-VMReplication
# HV-01: Remove the replication of WEB01 on HV-01
Get-VM -Id 'ID' | Remove-VMReplication
# HV-01: Let WEB01 not start with HV-01 any more
Get-VM -Id 'ID' | Set-VM -AutomaticStartAction Nothing
