Import-VM -Path 'D:\Out\PLAIN01\Virtual Machines\ID.vmcx' -Copy -VirtualMachinePath 'D:\Back' -SnapshotFilePath 'D:\Back' -SmartPagingFilePath 'D:\Back' -VhdDestinationPath 'D:\Back\Disks'
