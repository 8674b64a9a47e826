"""Files that are copied from a host into the guests of its machines."""

from __future__ import annotations

import ntpath

from lab.hyperv.attachments import stored
from lab.hyperv.caller import Caller
from lab.hyperv.changes import refusal, require_idle
from lab.hyperv.files import NoSuchVolume, ShareDenied, StoredFile, key
from lab.hyperv.host import Host
from lab.hyperv.machine import MachineState, VirtualMachine
from lab.hyperv.messages import OperationFailed, failed
from lab.hyperv.settings import GUEST_SERVICE_INTERFACE

GUEST_FOLDERS = ("c:\\", "c:\\windows", "c:\\windows\\temp", "c:\\users", "c:\\users\\public")
"""The folders that every guest has (assumed)."""
RATE = 100 << 20
"""Bytes a second into a guest (assumed)."""


def source_file(path: str, machine: VirtualMachine, host: Host, caller: Caller) -> StoredFile:
    """The file to copy into a running guest; raises OperationFailed when there is none, or the guest takes none."""
    require_idle(machine, host)
    if machine.state is not MachineState.Running:
        raise refusal("guest_copy_not_running", machine, host)
    if GUEST_SERVICE_INTERFACE in machine.integration_services_off:
        raise refusal("guest_service_off", machine, host)
    try:
        file = stored(path, host, caller)
    except (NoSuchVolume, ShareDenied):
        file = None
    if file is None:
        raise _failed("system_file_not_found", path, path, machine, host)
    return file


def destination(
    source: str, path: str, machine: VirtualMachine, host: Host, *, makes_folders: bool, overwrites: bool
) -> str:
    """Where in the guest the copy of ``source`` goes; a path that ends in a backslash names a folder.

    Raises OperationFailed when the folder is not there and is not to be made, or a file is in the way.
    """
    full = ntpath.normpath(ntpath.join(path, ntpath.basename(source)) if path.endswith("\\") else path)
    folders = {*GUEST_FOLDERS, *(ntpath.dirname(file) for file in machine.guest_files)}
    if not makes_folders and ntpath.dirname(key(full)) not in folders:
        raise _failed("system_path_not_found", source, full, machine, host)
    if not overwrites and key(full) in machine.guest_files:
        raise _failed("system_file_exists", source, full, machine, host)
    return full


def _failed(cause: str, source: str, path: str, machine: VirtualMachine, host: Host) -> OperationFailed:
    text = failed(cause, host.language).message
    return refusal("guest_copy_failed", machine, host, source=source, path=path, cause=text)
