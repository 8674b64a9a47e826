"""The faults WS-Management answers with.

Codes and texts are those of Windows' wsmerror.h and of faults quoted in public issues, subcodes and fault details
those of DMTF DSP0226, unless marked as assumed.
"""

from __future__ import annotations


class Fault(Exception):
    """A SOAP fault.

    ``code`` is the number Windows gives in WSManFault, ``subcode`` the SOAP subcode (or the SOAP code, where there is
    no subcode: ``s:MustUnderstand``), ``detail`` the last part of the URI in wsman:FaultDetail.
    """

    def __init__(
        self, code: int, subcode: str, reason: str, *, sender: bool = True, detail: str = "", not_understood: str = ""
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.subcode = subcode
        self.reason = reason
        self.sender = sender
        self.detail = detail
        self.not_understood = not_understood


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
        detail="UnexpectedSelectors",
    )


def selectors_missing() -> Fault:
    """ERROR_WSMAN_INSUFFCIENT_SELECTORS, 0x8033805A."""
    return Fault(
        2150858842,
        "w:InvalidSelectors",
        "The WS-Management service cannot process the request because the request contained insufficient selectors"
        " for the resource. ",
        detail="InsufficientSelectors",
    )


def selectors_unexpected() -> Fault:
    """ERROR_WSMAN_UNEXPECTED_SELECTORS, 0x8033805B."""
    return Fault(
        2150858843,
        "w:InvalidSelectors",
        "The WS-Management service cannot process the request because the request contained selectors that the"
        " resource does not have. ",
        detail="UnexpectedSelectors",
    )


def shell_exists() -> Fault:
    """ERROR_WINRS_SHELL_CLIENTID_RESOURCE_CONFLICT, 0x803381D7; the subcode is assumed."""
    return Fault(
        2150859223,
        "w:AlreadyExists",
        "The WinRM service cannot process the request. A resource already exists with the shell ID specified by the"
        " client. ",
    )


def command_exists() -> Fault:
    """ERROR_WINRS_SHELLCOMMAND_CLIENTID_RESOURCE_CONFLICT, 0x803381D6; the subcode is assumed."""
    return Fault(
        2150859222,
        "w:AlreadyExists",
        "The WinRM service cannot process the request. A command already exists with the command ID specified by the"
        " client. ",
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


def shell_disconnected() -> Fault:
    """ERROR_WINRS_SHELL_DISCONNECTED, 0x803381C4; the subcode is assumed."""
    return Fault(
        2150859204,
        "w:InternalError",
        "The WinRM service cannot process the request because the WinRS shell instance is currently disconnected. ",
        sender=False,
    )


def connected_to_another_client() -> Fault:
    """ERROR_WINRS_SHELL_CONNECTED_TO_DIFFERENT_CLIENT, 0x803381CD, an InternalError (MS-WSMV 3.1.4.16, 3.1.4.17)."""
    return Fault(
        2150859213,
        "w:InternalError",
        "The WinRM service cannot process the request. The WinRS shell instance is currently connected to a different"
        " client. ",
        sender=False,
    )


def stream_disconnected() -> Fault:
    """ERROR_WSMAN_SERVICE_STREAM_DISCONNECTED, 0x803381DE: what a Receive gets that waits when its shell is
    disconnected.
    """
    return Fault(
        2150859230,
        "w:InternalError",
        "The WS-Management service cannot process the request because the stream is currently disconnected. ",
        sender=False,
    )


def idle_time_out_of_bounds() -> Fault:
    """ERROR_WINRS_IDLETIMEOUT_OUTOFBOUNDS, 0x803381F2; the subcode is assumed."""
    return Fault(
        2150859250,
        "w:InvalidParameter",
        "The WS-Management service cannot process the request. The requested IdleTimeout is outside the allowed"
        " range. ",
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
        "a:DestinationUnreachable",
        "The WS-Management service cannot process the request. The resource URI"
        f" ({resource_uri}) was not found in the WS-Management catalog. The catalog contains the metadata"
        " that describes resources, or logical endpoints. ",
        detail="InvalidResourceURI",
    )


def envelope_too_small() -> Fault:
    """ERROR_WSMAN_MIN_ENVELOPE_SIZE, 0x8033807E: MaxEnvelopeSize below 8192 bytes (DSP0226 6.2)."""
    return Fault(
        2150858878,
        "w:EncodingLimit",
        "The WS-Management service cannot process the request because the envelope size in the request is too small. ",
        detail="MinimumEnvelopeLimit",
    )


def not_understood(header: str) -> Fault:
    """ERROR_WSMAN_SOAP_FAULT_MUST_UNDERSTAND, 0x80338010; ``header`` is the name in Clark notation."""
    return Fault(
        2150858768,
        "s:MustUnderstand",
        "The WS-Management service cannot process a SOAP header in the request that is marked as mustUnderstand by"
        " the client. ",
        not_understood=header,
    )


def version_mismatch() -> Fault:
    """ERROR_WSMAN_SOAP_VERSION_MISMATCH, 0x8033800D: an envelope that is not SOAP 1.2."""
    return Fault(
        2150858765,
        "s:VersionMismatch",
        "The WS-Management service cannot process the request. The SOAP version is not SOAP 1.2. ",
    )


def command_shell_refused() -> Fault:
    """ERROR_WSMAN_REMOTESHELLS_NOT_ALLOWED, 0x803381AC; that a host may refuse cmd alone is assumed."""
    return Fault(
        2150859180,
        "w:AccessDenied",
        "The WS-Management service cannot process the request. The service is configured to not accept any"
        " remote shell requests. ",
    )


def filter_expected() -> Fault:
    """ERROR_WSMAN_ENUMERATE_SHELLCOMAMNDS_FILTER_EXPECTED, 0x803381C0; the subcode is assumed."""
    return Fault(
        2150859200,
        "w:InvalidParameter",
        "The WinRM service cannot process the request. The enumeration request expects a selector based filter to"
        " specify the shell identifier. ",
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
