Get-VM -Id 'ID' | Compare-VM -DestinationHost 'HV-02.contoso.example' -IncludeStorage -DestinationStoragePath 'D:\Moved here' -OutVariable report | Select-Object -ExpandProperty Incompatibilities | Select-Object -ExpandProperty Message
Get-Variable -Name report | Select-Object -ExpandProperty Value | Select-Object -ExpandProperty Incompatibilities | Select-Object -ExpandProperty Source | Where-Object -Property MacAddress -EQ -Value 'MAC' | Connect-VMNetworkAdapter -SwitchName Management
Get-Variable -Name report | Select-Object -ExpandProperty Value | Move-VM
