"""What a host allows its users, and the faults with which it refuses more.

Codes and texts are those of Windows' wsmerror.h; the subcode wsman:QuotaLimit is prescribed by MS-WSMV 3.1.4.5.2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from lab.wire.faults import Fault

UNLIMITED: Final = 2147483647


class Quotas(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of one host; the defaults are those of Windows Server 2022.

    Idle times are in seconds; Windows allows no idle time below 60 s.
    """

    max_shells_per_user: int = UNLIMITED
    max_concurrent_users: int = UNLIMITED
    max_commands_per_shell: int = UNLIMITED
    max_operations_per_user: int = 1500
    max_envelope_size_kb: int = 500
    idle_timeout: float = 7200.0
    min_idle_timeout: float = 60.0
    max_idle_timeout: float = 2147483.647


def shells_per_user(limit: int) -> Fault:
    """ERROR_WSMAN_QUOTA_MAX_SHELLS, 0x803381A5."""
    return Fault(
        2150859173,
        "w:QuotaLimit",
        f"The WS-Management service cannot process the request. This user is allowed a maximum number of {limit}"
        " concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user. ",
    )


def operations_per_user(limit: int) -> Fault:
    """ERROR_WSMAN_QUOTA_MAX_OPERATIONS, 0x803381A6."""
    return Fault(
        2150859174,
        "w:QuotaLimit",
        f"The WS-Management service cannot process the request. This user is allowed a maximum number of {limit}"
        " concurrent operations, which has been exceeded. Close existing operations for this user, or raise the quota"
        " for this user. ",
    )


def concurrent_users() -> Fault:
    """ERROR_WSMAN_QUOTA_MAX_SHELLUSERS, 0x803381AB."""
    return Fault(
        2150859179,
        "w:QuotaLimit",
        "The WS-Management service cannot process the request. The maximum number of users executing shell operations"
        " has been exceeded. Retry after some time or raise the quota for concurrent shell users. ",
    )


def commands_per_shell() -> Fault:
    """ERROR_WSMAN_QUOTA_MAX_COMMANDS_PER_SHELL_PPQ, 0x803381E9; its subcode is quoted in a public issue of pypsrp."""
    return Fault(
        2150859241,
        "w:InternalError",
        "The WS-Management service cannot process the request. The maximum number of concurrent commands per shell"
        " has been exceeded. Retry the request later or raise the Maximum Commands per Shell quota. ",
        sender=False,
    )


def processes_per_shell() -> Fault:
    """ERROR_WSMAN_QUOTA_MIN_REQUIREMENT_NOT_AVAILABLE_PPQ, 0x803381EA; assumed for MaxProcessesPerShell."""
    return Fault(
        2150859242,
        "w:QuotaLimit",
        "The WS-Management service cannot process the request. There are not enough resources available to process"
        " this operation. Retry the operation later or close one or more of the currently running operations. ",
    )


def memory_per_shell() -> Fault:
    """ERROR_WSMAN_INVALID_PROVIDER_RESPONSE, 0x8033816D; assumed for MaxMemoryPerShellMB, its subcode too."""
    return Fault(
        2150859117,
        "w:InternalError",
        "The WSMan provider host process did not return a proper response. A provider in the host process may have"
        " behaved improperly. ",
        sender=False,
    )


def load_of_user() -> Fault:
    """ERROR_WSMAN_QUOTA_USER, 0x803381A7."""
    return Fault(
        2150859175,
        "w:QuotaLimit",
        "The WS-Management service cannot process the request. The load quota for this user has been exceeded. Send"
        " future requests at a slower rate or raise the quota for this user. ",
    )


QUOTA_FAULTS: Final[Mapping[str, Callable[[], Fault]]] = {
    "shells-per-user": lambda: shells_per_user(30),
    "operations-per-user": lambda: operations_per_user(1500),
    "concurrent-users": concurrent_users,
    "commands-per-shell": commands_per_shell,
    "processes-per-shell": processes_per_shell,
    "memory-per-shell": memory_per_shell,
    "load-of-user": load_of_user,
}
"""The faults that can be asked for by name, with Windows' usual numbers in their texts."""
