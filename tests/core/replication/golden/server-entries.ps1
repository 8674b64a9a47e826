# Allow tr-01.troubled.example to replicate to TR-REP no longer
Get-VMReplicationAuthorizationEntry | Where-Object -Property AllowedPrimaryServer -EQ -Value 'tr-01.troubled.example' | Remove-VMReplicationAuthorizationEntry
# Change what *.elsewhere.example may do on TR-REP
Get-VMReplicationAuthorizationEntry | Where-Object -Property AllowedPrimaryServer -EQ -Value '*.elsewhere.example' | Set-VMReplicationAuthorizationEntry -TrustGroup Others
# Allow a.elsewhere.example to replicate to TR-REP
New-VMReplicationAuthorizationEntry -AllowedPrimaryServer 'a.elsewhere.example' -ReplicaStorageLocation 'R:\A' -TrustGroup A
# Allow a.elsewhere.example to replicate to TR-REP no longer
Get-VMReplicationAuthorizationEntry | Where-Object -Property AllowedPrimaryServer -EQ -Value 'a.elsewhere.example' | Remove-VMReplicationAuthorizationEntry
# Change what *.elsewhere.example may do on TR-REP
Get-VMReplicationAuthorizationEntry | Where-Object -Property AllowedPrimaryServer -EQ -Value '*.elsewhere.example' | Set-VMReplicationAuthorizationEntry -TrustGroup Elsewhere
# Allow tr-01.troubled.example to replicate to TR-REP
New-VMReplicationAuthorizationEntry -AllowedPrimaryServer 'tr-01.troubled.example' -ReplicaStorageLocation 'R:\Replicas\One' -TrustGroup One
