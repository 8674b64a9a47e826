# Allow 2 live migrations at once on TR-02
Set-VMHost -MaximumVirtualMachineMigrations 2

# Undo
# Allow 1 again on TR-02
Set-VMHost -MaximumVirtualMachineMigrations 1
