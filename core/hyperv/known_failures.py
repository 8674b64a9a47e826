"""The table of what hosts report: a cause and a cure for each code, and where its meaning is written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.language import _

_REPLICATION = frozenset({"Enable-VMReplication", "Test-VMReplicationConnection"})
_MOVES = frozenset({"Move-VM", "Compare-VM", "Move-VMStorage", ""})


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something failed and what to do, in whole sentences."""

    cause: str
    cure: str


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """One row of the table: ``codes`` are HRESULTs, ``ids`` the part of an error id before the comma.

    ``source`` says where the meaning is written down. It holds for the ``cmdlets``, or for all where none is named.
    """

    source: str
    codes: frozenset[int]
    explanation: Explanation
    ids: frozenset[str] = frozenset()
    cmdlets: frozenset[str] = frozenset()


def known_failures() -> tuple[KnownFailure, ...]:
    """The whole table, in the chosen language."""
    return (
        *_of_replication(),
        *_of_imports(),
        *_of_identity(),
        *_of_connections(),
        *_of_resources(),
        *_of_files(),
        *_of_machines(),
        *_of_ids(),
    )


def _row(source: str, codes: tuple[int, ...], cause: str, cure: str, **more: frozenset[str]) -> KnownFailure:
    return KnownFailure(source, frozenset(codes), Explanation(cause, cure), **more)


def _of_replication() -> Iterator[KnownFailure]:
    """What the same codes mean where a primary speaks with a Replica server; these go before the others."""
    guide = 'Microsoft, "Troubleshooting guide for Hyper-V Replica"'
    certificates = 'Microsoft, "Set up Hyper-V Replica" on certificates; meaning of the codes in winerror.h'
    rows = (
        (
            "Windows HTTP error 12007 (ERROR_INTERNET_NAME_NOT_RESOLVED)",
            (0x00002EE7,),
            _("The primary server cannot find a computer of that name."),
            _("Check the name, and which DNS servers the primary server asks."),
        ),
        (
            "Windows HTTP error 12029 (ERROR_INTERNET_CANNOT_CONNECT)",
            (0x00002EFD,),
            _("Nothing listens there at that port."),
            _("Check the port, and that the server is enabled as a Replica server."),
        ),
        (
            f"{guide} (ERROR_INTERNET_CONNECTION_ABORTED)",
            (0x00002EFE,),
            _("The Replica server, or a proxy before it, broke the connection off."),
            _("Check that port and kind of authentication belong together, and the proxy of the primary server."),
        ),
        (
            f"{guide}; meaning of E_ACCESSDENIED",
            (0x80070005,),
            _("The Replica server does not let this primary server in."),
            _("Add the primary server's full name to the servers that may replicate to it."),
        ),
        (
            certificates,
            (0x80092004, 0x8009200B),
            _("A certificate is not in the store of its host, or has no private key there."),
            _("Import it with its private key into the personal store of the computer."),
        ),
        (
            certificates,
            (0x800B0101, 0x800B0110, 0x800B0109, 0x800B010F),
            _("A certificate does not serve: its dates, its usages, its chain or its name do not fit."),
            _("Use one for both client and server authentication, with the host's full name, that both hosts trust."),
        ),
    )
    for source, codes, cause, cure in rows:
        yield _row(source, codes, cause, cure, cmdlets=_REPLICATION)


def _of_imports() -> Iterator[KnownFailure]:
    """What the same codes mean for an import; these go before the others."""
    imports = frozenset({"Import-VM"})
    yield _row(
        "Windows error 183 (ERROR_ALREADY_EXISTS); Windows Server documentation on importing",
        (0x800700B7,),
        _("A virtual machine with this ID is on the host already."),
        _("Import it as a copy with a new ID, or remove the one that is there."),
        cmdlets=imports,
    )
    yield _row(
        "Windows error 80 (ERROR_FILE_EXISTS)",
        (0x80070050,),
        _("A file of the same name is in the folder for the copies already."),
        _("Import it into other folders. Nothing was overwritten."),
        cmdlets=imports,
    )
    yield _row(
        "Windows error 112 (ERROR_DISK_FULL)",
        (0x80070070,),
        _("The volume for the copies is full."),
        _("Make room on it, or import the machine into other folders."),
        cmdlets=imports,
    )
    yield _row(
        "Windows error 32 (ERROR_SHARING_VIOLATION)",
        (0x80070020,),
        _("The configuration is in use: a virtual machine is registered with this file."),
        _("Export that virtual machine, and import what was exported."),
        cmdlets=imports,
    )
    yield _row(
        "published output of Import-VM (“Please use Compare-VM to repair”); that its id is Unspecified is assumed",
        (),
        _("Something on the host is not as it was when the import was planned."),
        _("Open the Import Wizard again: it compares anew, and shows what is in the way."),
        ids=frozenset({"Unspecified", "Microsoft.HyperV.PowerShell.Commands.ImportVMCommand"}),
        cmdlets=imports,
    )


def _of_identity() -> Iterator[KnownFailure]:
    troubleshooting = 'Microsoft, "Troubleshoot live migration issues"'
    yield _row(
        f'{troubleshooting}, and "Use live migration without Failover Clustering"; published output of Move-VM',
        (0x8009030E, 0x8009030D),
        _("The source host has no credentials with which it could sign in to the destination in your name."),
        _(
            "With Kerberos, let the computer accounts of both hosts delegate to each other with any authentication"
            " protocol, and wait up to 15 minutes. With CredSSP, sign in to the source with CredSSP."
        ),
    )
    yield _row(
        f"{troubleshooting}; published output of Move-VM",
        (0x80090322,),
        _("The destination did not prove to be the computer whose name was given."),
        _(
            "Name the destination by its full name, not by an alias or an address. Check its service principal names,"
            " and which network the hosts use for live migrations."
        ),
    )
    yield _row(
        'Microsoft, "Hyper-V virtual machines fail to start or to migrate" (KB 2779204)',
        (0x80070569, 0x8007052F),
        _("On the destination, virtual machines may not sign in as a service."),
        _(
            "Give the group “NT VIRTUAL MACHINE\\Virtual Machines” the right to log on as a service on that host, or"
            " exempt the host from the policy that takes it away."
        ),
    )
    yield _row(
        "published job records and output of Set-VMDvdDrive; meaning of E_ACCESSDENIED",
        (0x80070005,),
        _("Access was denied: to a file, a share or the other host."),
        _(
            "Check that you are an administrator or a Hyper-V administrator on both hosts. For a share, give the"
            " computer accounts of both hosts full access, in the share's and in the folder's permissions."
        ),
    )
    yield _row(
        'Microsoft, "Troubleshooting guide for Hyper-V Replica"',
        (0x80090303,),
        _("The service of the other host is not known to Kerberos."),
        _("Restart the Virtual Machine Management Service there, and check its service principal names."),
    )


def _of_connections() -> Iterator[KnownFailure]:
    troubleshooting = 'Microsoft, "Troubleshoot live migration issues"'
    yield _row(
        troubleshooting,
        (0x8007274D,),
        _("The destination refused the connection for the migration."),
        _(
            "Enable live migrations on the destination. If they are enabled, let TCP port 6600 through its firewall"
            " and check that its Virtual Machine Management Service runs."
        ),
    )
    yield _row(
        troubleshooting,
        (0x8007274C,),
        _("The destination did not answer on the network for migrations."),
        _("Check that the destination runs, and that TCP port 6600 is open between the hosts on that network."),
    )
    yield _row(
        troubleshooting,
        (0x80072746,),
        _("The connection between the hosts broke off while data were on their way."),
        _("Check the network between the hosts, then move the machine again. It stays at the source."),
    )
    yield _row(
        troubleshooting,
        (0x8007271D,),
        _("A firewall or virus scanner forbade the connection for the migration."),
        _("Allow TCP port 6600 on both hosts, and port 3343 as well where they are nodes of a cluster."),
    )
    yield _row(
        "Windows Sockets error 11001 (WSAHOST_NOT_FOUND)",
        (0x80072AF9,),
        _("The source host cannot find a computer of the destination's name."),
        _("Check the name, and which DNS servers the source host asks."),
    )
    yield _row(
        troubleshooting,
        (0x000013AB,),
        _("No cluster network is available for the migration."),
        _("Check the networks that the cluster may use for live migrations."),
    )


def _of_resources() -> Iterator[KnownFailure]:
    yield _row(
        'Microsoft, "Troubleshoot live migration issues"; meaning of ERROR_NO_SYSTEM_RESOURCES and E_OUTOFMEMORY',
        (0x800705AA, 0x8007000E),
        _("The destination has too little free memory for the virtual machine."),
        _("Free memory there, choose another host, or give the machine less memory while it is off."),
        ids=frozenset({"OutOfMemory"}),
    )
    yield _row(
        "Windows error 112 (ERROR_DISK_FULL)",
        (0x80070070,),
        _("A volume of the destination is full."),
        _("Make room on it, or move the disks to another volume. The copies of this move have been removed."),
    )


def _of_files() -> Iterator[KnownFailure]:
    yield _row(
        'Microsoft, "Troubleshoot live migration issues"; meaning of ERROR_VIRTDISK_PROVIDER_NOT_FOUND',
        (0xC03A0014,),
        _("A file that is attached to the machine, such as an ISO file, does not exist on the destination."),
        _("Eject the ISO file, or copy it to the same path on the destination."),
    )
    yield _row(
        "Windows errors 2 and 3 (ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND); VMMS event 20413",
        (0x80070002, 0x80070003),
        _("A file or folder of the virtual machine cannot be found by the host that needs it."),
        _(
            "Check that the path exists on the destination. What stays where it is must lie on a share that both"
            " hosts reach."
        ),
    )
    yield _row(
        "Windows errors 80 and 183 (ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS)",
        (0x80070050, 0x800700B7),
        _("Something of the same name is at the destination already: a file, or this virtual machine."),
        _(
            "Look at what is there. If it is left over from a move that failed, remove it; otherwise choose another"
            " folder."
        ),
    )
    yield _row(
        "Windows error 32 (ERROR_SHARING_VIOLATION); published reports of moves",
        (0x80070020,),
        _("A file is held open by another program or another virtual machine."),
        _("Wait for backups and virus scans to end, then try again."),
    )
    yield _row(
        "Windows errors of virtual disks (ERROR_VHD_PARENT_VHD_NOT_FOUND and its neighbours)",
        (0xC03A000D, 0xC03A000E),
        _("The chain of virtual hard disks is broken: a parent is missing or is not the one that belongs there."),
        _("Restore the parent, or reconnect the chain with Set-VHD, before the machine is moved."),
    )
    yield _row(
        "Windows error 1392 (ERROR_FILE_CORRUPT)",
        (0x80070570,),
        _("A file is damaged and cannot be read."),
        _("Check the volume, and restore the file from a backup."),
    )


def _of_machines() -> Iterator[KnownFailure]:
    yield _row(
        'Microsoft, "Hyper-V virtual machine live migration" (guardian of the source missing); published events',
        (0x80070057,),
        _("The host did not accept something of the machine. With a virtual TPM it lacks the guardian's certificate."),
        _(
            "Export the certificates of “Shielded VM Local Certificates” with their private keys on the source and"
            " import them on the destination. Without a virtual TPM, look at the host's own words."
        ),
        cmdlets=_MOVES,
    )
    yield _row(
        'Microsoft, "Hyper-V virtual machine live migration"',
        (0xC0370027,),
        _("The saved state of the machine cannot be read on this host."),
        _(
            "Start the machine where it was saved and shut it down there. To delete the saved state loses what the"
            " guest had in memory."
        ),
    )
    yield _row(
        'Microsoft, "Troubleshoot live migration issues"',
        (0x80071398,),
        _("The cluster does not let this node own the virtual machine."),
        _("Add the node to the possible owners of the machine's role in Failover Cluster Manager."),
    )
    yield _row(
        'Microsoft, "Troubleshoot live migration issues" (SMB and host names in lower case)',
        (0x80042001, 0x8007000D),
        _("The hosts could not agree on how to transfer the machine."),
        _("Use TCP/IP or compression for live migrations instead of SMB, or write the host's name in capital letters."),
        cmdlets=_MOVES,
    )
    yield _row(
        "meaning of E_ABORT; VMMS events 32056 and 32032",
        (0x80004004, 0x800704C7),
        _("The operation was stopped before it was done."),
        _("Look where the machine is, then start again if you still want to."),
        ids=frozenset({"OperationStopped"}),
    )


def _of_ids() -> Iterator[KnownFailure]:
    """What an error id tells where the message holds no code; the ids of moves are assumed."""
    yield _row(
        "published output of Set-VMDvdDrive (AccessDenied)",
        (),
        _("Access was denied."),
        _("Check that you are an administrator or a Hyper-V administrator on the host."),
        ids=frozenset({"AccessDenied"}),
    )
    yield _row(
        "published output of Resume-VMReplication (ObjectNotFound)",
        (),
        _("What the command is about does not exist any more on the host, or you may not see it."),
        _("Refresh the host and look whether the machine is still there."),
        ids=frozenset({"ObjectNotFound"}),
    )
    yield _row(
        "assumed: the id of a machine in a state that does not allow the operation",
        (),
        _("The machine is in a state that does not allow this, or something is under way on it."),
        _("Wait until backups, merges and other operations have ended, then try again."),
        ids=frozenset({"InvalidState", "ObjectInUse"}),
    )
    yield _row(
        "published output of Move-VM (the source is not configured); its id is assumed",
        (),
        _("The host does not allow this at all: live migrations are off, or the machine belongs to a cluster."),
        _("Enable live migrations on the host; move machines of a cluster with Failover Cluster Manager."),
        ids=frozenset({"InvalidOperation"}),
        cmdlets=_MOVES - {""},
    )
    yield _row(
        "published output of Get-VM (InvalidParameter)",
        (),
        _("The host does not know what was named, or takes no such value."),
        _("Refresh the host: the machine may have been renamed, moved or removed."),
        ids=frozenset({"InvalidParameter"}),
    )
