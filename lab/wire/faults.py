"""The faults WS-Management answers with.

Codes and texts are those of Windows' wsmerror.h and of faults quoted in public issues, unless marked as
assumed.
"""

from __future__ import annotations


class Fault(Exception):
    """A SOAP fault: ``code`` is the number Windows gives in WSManFault, ``subcode`` the SOAP subcode."""

    def __init__(self, code: int, subcode: str, reason: str, *, sender: bool = True) -> None:
        super().__init__(reason)
        self.code = code
        self.subcode = subcode
        self.reason = reason
        self.sender = sender


class ProtocolViolation(Fault):
    """PSRP data that cannot be read: the shell it was sent to does not survive it (assumed of Windows)."""

    def __init__(self) -> None:
        super().__init__(
            2150858810,
            "w:InvalidParameter",
            "The WS-Management service cannot process the request because it contains PowerShell Remoting"
            " Protocol data that cannot be read. ",
        )


class UnknownConfiguration(Exception):
    """The host has no session configuration of this name (the exception's only argument)."""


def timed_out() -> Fault:
    """ERROR_WSMAN_OPERATION_TIMEDOUT, 0x80338029."""
    return Fault(
        2150858793,
        "w:TimedOut",
        "The WS-Management service cannot complete the operation within the time specified in OperationTimeout. ",
        sender=False,
    )


def shell_not_found(shell_id: str) -> Fault:
    """ERROR_WSMAN_UNEXPECTED_SELECTORS, 0x8033805B."""
    return Fault(
        2150858843,
        "w:InvalidSelectors",
        f"The request for the Windows Remote Shell with ShellId {shell_id} failed because the shell was not"
        " found on the server. Possible causes are: the specified ShellId is incorrect or the shell no longer"
        " exists on the server. Provide the correct ShellId or create a new shell and retry the operation. ",
    )


def shell_exists(shell_id: str) -> Fault:
    """ERROR_WSMAN_ALREADY_EXISTS, 0x80338033; that Windows gives it for a shell id in use is assumed."""
    return Fault(
        2150858803,
        "w:AlreadyExists",
        f"The WS-Management service cannot process the request because the shell {shell_id} exists. ",
    )


def command_exists(command_id: str) -> Fault:
    """ERROR_WSMAN_ALREADY_EXISTS, 0x80338033; that Windows gives it for a command id in use is assumed."""
    return Fault(
        2150858803,
        "w:AlreadyExists",
        f"The WS-Management service cannot process the request because the command {command_id} exists. ",
    )


def command_not_found() -> Fault:
    """ERROR_WSMAN_UNEXPECTED_SELECTORS, 0x8033805B, for a command."""
    return Fault(
        2150858843,
        "w:InvalidSelectors",
        "The Windows Remote Shell received a request to perform an operation on a command identifier that"
        " does not exist. Either the command has completed execution or the client specified an invalid"
        " command identifier. ",
    )


def access_denied() -> Fault:
    """ERROR_ACCESS_DENIED, 5."""
    return Fault(5, "w:AccessDenied", "Access is denied. ")


def action_not_supported(action: str) -> Fault:
    """ERROR_WSMAN_ACTION_NOT_SUPPORTED, 0x80338013."""
    return Fault(
        2150858771,
        "a:ActionNotSupported",
        f"The WS-Management service does not support the action specified in the request: {action} ",
    )


def resource_not_found(resource_uri: str) -> Fault:
    """ERROR_WSMAN_INVALID_RESOURCE_URI, 0x8033803B: also a session configuration the host does not have."""
    return Fault(
        2150858811,
        "w:InvalidResourceURI",
        "The WS-Management service cannot process the request. The resource URI"
        f" ({resource_uri}) was not found in the WS-Management catalog. The catalog contains the metadata"
        " that describes resources, or logical endpoints. ",
    )


def command_shell_refused() -> Fault:
    """ERROR_WSMAN_REMOTESHELLS_NOT_ALLOWED; that a host may refuse cmd alone is assumed."""
    return Fault(
        2150859180,
        "w:AccessDenied",
        "The WS-Management service cannot process the request. The service is configured to not accept any"
        " remote shell requests. ",
    )


def header_missing(name: str) -> Fault:
    """ERROR_WSMAN_MESSAGE_INFORMATION_HEADER_REQUIRED, 0x80338011."""
    return Fault(
        2150858769,
        "a:MessageInformationHeaderRequired",
        f"The WS-Management service cannot process the request because the {name} header is missing. ",
    )


def invalid_xml() -> Fault:
    """ERROR_WSMAN_SCHEMA_VALIDATION_ERROR, 0x80338041."""
    return Fault(
        2150858817,
        "w:SchemaValidationError",
        "The SOAP XML in the message does not match the corresponding XML schema definition. Change the XML"
        " and retry. ",
    )


def operation_aborted() -> Fault:
    """ERROR_OPERATION_ABORTED, 995: the shell was closed, or another request took this one's place."""
    return Fault(
        995,
        "w:InternalError",
        "The I/O operation has been aborted because of either a thread exit or an application request. ",
        sender=False,
    )
