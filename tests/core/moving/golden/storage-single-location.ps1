Get-VM -Id 'ID' | Move-VMStorage -DestinationStoragePath 'D:\Moved here'
