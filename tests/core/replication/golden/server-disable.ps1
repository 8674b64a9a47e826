# Disable TR-OFF as a Replica server
Set-VMReplicationServer -ReplicationEnabled $false -Force
# Give the Replica server of TR-OFF its former settings
Set-VMReplicationServer -ReplicationEnabled $true -Force
