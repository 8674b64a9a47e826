Get-VM -Id 'ID' | Move-VM -DestinationHost 'HV-02.contoso.example' -IncludeStorage -DestinationStoragePath 'D:\Moved here'
