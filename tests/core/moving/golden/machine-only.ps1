Get-VM -Id 'ID' | Move-VM -DestinationHost 'TR-02.troubled.example' -VirtualMachinePath '\\FS-01\private\PRIVATE01'
