# HV-C1: Take ERP01 out of the cluster of HV-C1
Remove-ClusterGroup -VMId 'ID' -RemoveResources -Force

# HV-C1: Make ERP01 a role of the cluster of HV-C1
Add-ClusterVirtualMachineRole -VMId 'ID'
