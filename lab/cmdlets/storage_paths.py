"""Add-, Get- and Remove-VMStoragePath: the folders of pools of disks and images."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from lab.cmdlets.targets import listed, reported
from lab.hyperv.resource_pools import ResourcePool, add_path, find_pool, path_unknown, remove_path, require_storage
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.values import Value, display_text
from lab.powershell.wildcards import has_wildcards, matches


@cmdlet("Get-VMStoragePath")
async def get_vm_storage_path(call: Call) -> AsyncIterator[Value]:
    """The folders of pools; a path without wildcards that a pool does not have is an error."""
    patterns = [display_text(value) for value in listed(call.parameters.get("Path"))] or ["*"]
    for pool in _asked(call):
        for pattern in patterns:
            found = [path for path in pool.paths if matches(pattern, path)]
            with reported(call, pattern):
                require_storage(pool, call.host)
                if not found and not has_wildcards(pattern):
                    raise path_unknown(pool, pattern, call.host)
                for path in found:
                    yield path


@cmdlet("Add-VMStoragePath")
async def add_vm_storage_path(call: Call) -> AsyncIterator[Value]:
    """Let pools have more folders."""
    for pool in _asked(call):
        for path in map(display_text, listed(call.parameters["Path"])):
            with reported(call, path):
                add_path(pool, path, call.host)
                if call.switch("Passthru") or call.switch("PassThru"):
                    yield path


@cmdlet("Remove-VMStoragePath")
async def remove_vm_storage_path(call: Call) -> AsyncIterator[Value]:
    """Take folders from pools."""
    for pool in _asked(call):
        for path in map(display_text, listed(call.parameters["Path"])):
            with reported(call, path):
                remove_path(pool, path, call.host)
                if call.switch("Passthru") or call.switch("PassThru"):
                    yield path


def _asked(call: Call) -> Iterator[ResourcePool]:
    kind = display_text(call.parameters["ResourcePoolType"])
    for name in map(display_text, listed(call.parameters["ResourcePoolName"])):
        with reported(call, name):
            yield find_pool(name, kind, call.host)
