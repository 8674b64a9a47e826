# Eject the ISO file from ISO01
Get-VM -Id 'ID' | Get-VMDvdDrive -ControllerNumber 0 -ControllerLocation 1 | Set-VMDvdDrive -Path $null

# Undo
# Insert C:\Windows\System32\vmguest.iso again
Get-VM -Id 'ID' | Get-VMDvdDrive -ControllerNumber 0 -ControllerLocation 1 | Set-VMDvdDrive -Path 'C:\Windows\System32\vmguest.iso'
