# HV-C1: Move ERP01 to the node HV-C2
Move-ClusterVirtualMachineRole -VMId 'ID' -Node HV-C2 -MigrationType Live

# Cancel
Move-ClusterVirtualMachineRole -VMId 'ID' -Cancel

# Undo
# HV-C2: Move ERP01 to the node HV-C1
Move-ClusterVirtualMachineRole -VMId 'ID' -Node HV-C1 -MigrationType Live
