# Change the settings of the Replica server of TR-REP
Set-VMReplicationServer -AllowedAuthenticationType Kerberos -ReplicationAllowedFromAnyServer $false -KerberosAuthenticationPort 8080 -MonitoringInterval '2.00:00:00' -MonitoringStartTime '07:30:00' -Force
# Allow tr-01.troubled.example to replicate to TR-REP
New-VMReplicationAuthorizationEntry -AllowedPrimaryServer 'tr-01.troubled.example' -ReplicaStorageLocation 'R:\Replicas\One' -TrustGroup One
# Allow *.elsewhere.example to replicate to TR-REP
New-VMReplicationAuthorizationEntry -AllowedPrimaryServer '*.elsewhere.example' -ReplicaStorageLocation 'R:\Replicas\Elsewhere' -TrustGroup Elsewhere
# Allow *.elsewhere.example to replicate to TR-REP no longer
Get-VMReplicationAuthorizationEntry | Where-Object -Property AllowedPrimaryServer -EQ -Value '*.elsewhere.example' | Remove-VMReplicationAuthorizationEntry
# Allow tr-01.troubled.example to replicate to TR-REP no longer
Get-VMReplicationAuthorizationEntry | Where-Object -Property AllowedPrimaryServer -EQ -Value 'tr-01.troubled.example' | Remove-VMReplicationAuthorizationEntry
# Give the Replica server of TR-REP its former settings
Set-VMReplicationServer -AllowedAuthenticationType CertificateAndKerberos -ReplicationAllowedFromAnyServer $true -KerberosAuthenticationPort 80 -CertificateThumbprint 'GOOD' -DefaultStorageLocation 'R:\' -MonitoringInterval '12:00:00' -MonitoringStartTime '09:00:00' -Force
