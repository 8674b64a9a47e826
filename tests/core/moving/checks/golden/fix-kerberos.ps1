# Use Kerberos for live migrations on TR-CRED
Set-VMHost -VirtualMachineMigrationAuthenticationType Kerberos

# Undo
# Use CredSSP for live migrations on TR-CRED
Set-VMHost -VirtualMachineMigrationAuthenticationType CredSSP
