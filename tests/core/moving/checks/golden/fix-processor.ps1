# Shut down DIRTY01
Get-VM -Id 'ID' | Stop-VM
# Let DIRTY01 go to other processors
Get-VM -Id 'ID' | Set-VMProcessor -CompatibilityForMigrationEnabled $true
# Start DIRTY01
Get-VM -Id 'ID' | Start-VM

# Undo
# Shut down DIRTY01
Get-VM -Id 'ID' | Stop-VM
# Keep DIRTY01 to this processor again
Get-VM -Id 'ID' | Set-VMProcessor -CompatibilityForMigrationEnabled $false
# Start DIRTY01
Get-VM -Id 'ID' | Start-VM
