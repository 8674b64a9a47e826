"""Enable- and Disable-VMEventing, Start- and Stop-VMTrace."""

from __future__ import annotations

import ntpath
from collections.abc import AsyncIterator

from lab.cmdlets.targets import refuse_prompt, reported
from lab.hyperv.creation import CAUSES
from lab.hyperv.files import StorageError, StoredFile
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Value, display_text

TRACE_SIZE = 64 << 10
"""Bytes of a trace file (assumed)."""
TRACE_FOLDER = "C:\\Windows\\Temp"


@cmdlet("Enable-VMEventing")
async def enable_vm_eventing(call: Call) -> AsyncIterator[Value]:
    """Let the module follow the changes of this host's objects; it asks first."""
    with reported(call):
        refuse_prompt(call)
        call.host.preferences.sends_events = True
    return
    yield  # nothing, ever: a cmdlet is a generator


@cmdlet("Disable-VMEventing")
async def disable_vm_eventing(call: Call) -> AsyncIterator[Value]:
    """Let the module ask each time instead; it asks first."""
    with reported(call):
        refuse_prompt(call)
        call.host.preferences.sends_events = False
    return
    yield  # nothing, ever: a cmdlet is a generator


@cmdlet("Start-VMTrace")
async def start_vm_trace(call: Call) -> AsyncIterator[Value]:
    """Begin to trace what the module does, into -Path or a file in the folder for temporary ones (assumed)."""
    host = call.host
    with reported(call):
        if host.preferences.trace_file:
            raise failed("trace_running", host.language)
        path = display_text(call.parameters.get("Path"))
        path = path or ntpath.join(TRACE_FOLDER, f"VmTrace-{host.local_time():%Y%m%d%H%M%S}.log")
        try:
            host.files.add(StoredFile(ntpath.normpath(path), TRACE_SIZE))
        except StorageError as error:
            cause = failed(CAUSES[type(error)], host.language).message
            raise failed("trace_not_written", host.language, path=path, cause=cause) from error
        host.preferences.trace_file = path
    return
    yield  # nothing, ever: a cmdlet is a generator


@cmdlet("Stop-VMTrace")
async def stop_vm_trace(call: Call) -> AsyncIterator[Value]:
    """End the trace; its file stays."""
    with reported(call):
        if not call.host.preferences.trace_file:
            raise failed("trace_not_running", call.host.language)
        call.host.preferences.trace_file = ""
    return
    yield  # nothing, ever: a cmdlet is a generator
