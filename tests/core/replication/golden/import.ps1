# HV-DR: Import the initial replica of TEST01 on HV-DR
Get-VM -Id 'ID' | Import-VMInitialReplication -Path 'R:\IR'
