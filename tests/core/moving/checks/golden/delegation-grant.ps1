Set-ADComputer -Identity hv-01 -Add @{'msDS-AllowedToDelegateTo' = @('Microsoft Virtual System Migration Service/hv-02', 'Microsoft Virtual System Migration Service/hv-02.contoso.example', 'cifs/hv-02', 'cifs/hv-02.contoso.example', 'Microsoft Virtual System Migration Service/hv-03', 'Microsoft Virtual System Migration Service/hv-03.contoso.example', 'cifs/hv-03', 'cifs/hv-03.contoso.example')}
Get-ADComputer -Identity hv-01 | Set-ADAccountControl -TrustedToAuthForDelegation $true
Set-ADComputer -Identity hv-02 -Add @{'msDS-AllowedToDelegateTo' = @('Microsoft Virtual System Migration Service/hv-01', 'Microsoft Virtual System Migration Service/hv-01.contoso.example', 'cifs/hv-01', 'cifs/hv-01.contoso.example')}
Get-ADComputer -Identity hv-02 | Set-ADAccountControl -TrustedToAuthForDelegation $true
Set-ADComputer -Identity hv-03 -Add @{'msDS-AllowedToDelegateTo' = @('Microsoft Virtual System Migration Service/hv-01', 'Microsoft Virtual System Migration Service/hv-01.contoso.example', 'cifs/hv-01', 'cifs/hv-01.contoso.example')}
Get-ADComputer -Identity hv-03 | Set-ADAccountControl -TrustedToAuthForDelegation $true
