# HV-01: Enable replication of WEB01 on HV-01
Get-VM -Id 'ID' | Enable-VMReplication -ReplicaServerName 'HV-DR.contoso.example' -ReplicaServerPort 80 -AuthenticationType Kerberos -CompressionEnabled $true -ReplicationFrequencySec 300 -RecoveryHistory 0 -AutoResynchronizeEnabled $true -AutoResynchronizeIntervalStart '18:30:00' -AutoResynchronizeIntervalEnd '06:00:00'
# HV-01: Set Failover TCP/IP of Network Adapter of WEB01 on HV-01
Get-VM -Id 'ID' | Get-VMNetworkAdapter | Where-Object -Property MacAddress -EQ -Value 'MAC' | Set-VMNetworkAdapterFailoverConfiguration -ClearFailoverIPv4Settings -ClearFailoverIPv6Settings
Get-VM -Id 'ID' | Get-VMNetworkAdapter | Where-Object -Property MacAddress -EQ -Value 'MAC' | Set-VMNetworkAdapterFailoverConfiguration -IPv4Address '192.168.15.10' -IPv4SubnetMask '255.255.255.0' -IPv4DefaultGateway '192.168.15.1' -IPv4PreferredDNSServer '192.168.15.2' -IPv4AlternateDNSServer '192.168.15.3' -IPv6Address '2001:db8:15::10' -IPv6SubnetPrefixLength 64 -IPv6DefaultGateway 'fe80::1' -IPv6PreferredDNSServer '2001:db8:15::2'
# HV-DR: Set Failover TCP/IP of Network Adapter of WEB01 on HV-DR
Get-VM -Id 'ID' | Get-VMNetworkAdapter | Where-Object -Property MacAddress -EQ -Value 'MAC' | Set-VMNetworkAdapterFailoverConfiguration -ClearFailoverIPv4Settings -ClearFailoverIPv6Settings
Get-VM -Id 'ID' | Get-VMNetworkAdapter | Where-Object -Property MacAddress -EQ -Value 'MAC' | Set-VMNetworkAdapterFailoverConfiguration -IPv4Address '192.168.15.10' -IPv4SubnetMask '255.255.255.0' -IPv4DefaultGateway '192.168.15.1' -IPv4PreferredDNSServer '192.168.15.2' -IPv4AlternateDNSServer '192.168.15.3'
# HV-DR: Use Failover tests for test failovers of Network Adapter of WEB01 on HV-DR
Get-VM -Id 'ID' | Get-VMNetworkAdapter | Where-Object -Property MacAddress -EQ -Value 'MAC' | Set-VMNetworkAdapter -TestReplicaSwitchName 'Failover tests'
# HV-01: Send the initial copy of WEB01 to HV-DR.contoso.example
Get-VM -Id 'ID' | Start-VMInitialReplication
