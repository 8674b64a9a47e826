"""-ComputerName and -CimSession of the Hyper-V cmdlets: on which hosts of the estate a call is carried out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from lab.hyperv.host import Host
from lab.hyperv.messages import failed
from lab.powershell.cmdlet import Call
from lab.powershell.values import Record, Value, display_text

LOCAL_NAMES = frozenset({".", "localhost", "127.0.0.1", "::1"})
_CATEGORIES = {
    "AccessDenied": "PermissionDenied",
    "InvalidOperation": "InvalidOperation",
    "ObjectNotFound": "ObjectNotFound",
}


def calls_by_host(call: Call) -> Iterator[Call]:
    """``call``, once for each host it is about.

    Those are the hosts that -ComputerName or -CimSession names, otherwise the one that piped objects come from,
    otherwise the host itself. Another host is a second hop, which needs a caller who carries credentials; the error of
    one host lets the others go on. Other credentials (-Credential) are not simulated. A caller without rights here
    gets an error instead.
    """
    if call.syntax.module != "Hyper-V":
        yield call
        return
    if not call.runspace.caller.manages_machines:
        _refuse(call, "permission_missing", call.host.name)
        return
    names = [*_listed(call.parameters.get("ComputerName")), *_listed(call.parameters.get("CimSession"))]
    if not names:
        origin = _origin(call)
        yield call if origin is None else dataclasses.replace(call, host=origin)
        return
    for name in map(display_text, names):
        host = _reached(call, name)
        if host is not None:
            yield dataclasses.replace(call, host=host)


def _reached(call: Call, name: str) -> Host | None:
    here = call.host
    if name.lower() in LOCAL_NAMES or here.is_called(name) or name.lower() in here.aliases:
        return here
    host = here.estate.find(name)
    if host is None or not host.is_reachable:
        _refuse(call, "computer_unknown", name)
        return None
    if call.parameters.get("Credential") is not None:
        _refuse(call, "not_offered", name, parameter="Credential")
        return None
    if not call.runspace.caller.carries_credentials:
        _refuse(call, "permission_missing", name)
        return None
    return host


def _refuse(call: Call, key: str, name: str, **names: str) -> None:
    failure = failed(key, call.host.language, computer=name, **names)
    exception = "VirtualizationOperationFailedException" if call.host.is_old else "VirtualizationException"
    types = (f"Microsoft.HyperV.PowerShell.{exception}", "System.Exception", "System.Object")
    call.error(call.error_record(failure.message, failure.kind, _CATEGORIES[failure.kind], types, name))


def _origin(call: Call) -> Host | None:
    """The other host that an object among the parameters comes from, or None."""
    for value in call.parameters.values():
        for item in _listed(value):
            if isinstance(item, Record) and item.subject is not None:
                name = item.properties.get("ComputerName")
                if isinstance(name, str) and name != call.host.name:
                    return call.host.estate.find(name)
    return None


def _listed(value: Value) -> list[Value]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
