Import-VM -Path 'D:\Out\PLAIN01\Virtual Machines\ID.vmcx' -Register
