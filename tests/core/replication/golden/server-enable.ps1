# Enable TR-OFF as a Replica server
Set-VMReplicationServer -ReplicationEnabled $true -ReplicationAllowedFromAnyServer $true -DefaultStorageLocation 'C:\Replicas' -Force
# Enable the firewall rule Hyper-V Replica HTTP Listener (TCP-In) on TR-OFF
Enable-NetFirewallRule -Name VIRT-HVRHTTPL-In-TCP-NoScope
# Disable the firewall rule Hyper-V Replica HTTP Listener (TCP-In) on TR-OFF
Disable-NetFirewallRule -Name VIRT-HVRHTTPL-In-TCP-NoScope
# Give the Replica server of TR-OFF its former settings
Set-VMReplicationServer -ReplicationEnabled $false -ReplicationAllowedFromAnyServer $false -Force
