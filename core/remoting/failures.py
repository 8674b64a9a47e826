"""The exceptions of pypsrp and of what it stands on, translated once into the errors of ``errors.py``.

Nothing is decided by the text of a message: Windows speaks many languages.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

import requests
import urllib3.exceptions
from pypsrp.exceptions import WinRMError, WinRMTransportError, WSManFaultError
from spnego.exceptions import BadMICError, ContextExpiredError, FeatureMissingError, InvalidTokenError, SpnegoError

from core.language import _
from core.remoting import errors
from core.remoting.answers import Encoded, HoldsDefinitions, TooLarge
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.refusals import REFUSALS, is_refusal, refused

FAILURES = (WinRMError, SpnegoError, FeatureMissingError, urllib3.exceptions.HTTPError, OSError, ImportError, *REFUSALS)
"""Everything that a call to pypsrp may raise (what requests raises are OSErrors)."""

# Fault codes: wsmerror.h and winerror.h of the Windows SDK. That Windows answers with just these is assumed.
OPERATION_TIMED_OUT = 0x80338029
_OPERATION_ABORTED = 995
_COMMAND_EXISTS = 0x803381D6
_ACCESS_DENIED = frozenset({5, 0x80070005})
_ENDPOINT_MISSING = frozenset({0x8033803B, 0x80338002})
_SHELL_GONE = frozenset({0x8033805B, 0x803381C4, 0x803381DE})
_IDLE_TIME_REFUSED = 0x803381F2
_PROCESS_GONE = 0x8033816D
_QUOTAS = frozenset({0x8033803F, *range(0x803381A5, 0x803381A9), 0x803381AB, *range(0x803381E4, 0x803381EB)})

# What OpenSSL calls a server that answers in an older version of TLS, and one that knows none of those offered.
_TOO_OLD = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"})

# X509_V_ERR_* of OpenSSL's x509_vfy.h.
_EXPIRED = frozenset({9, 10})
_OTHER_NAME = frozenset({62, 64})

_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})


def translate(failure: BaseException, endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    """The error that says what ``failure`` means for the user."""
    chain = tuple(_chain(failure))
    return (
        _of_answer(chain, endpoint)
        or _of_fault(chain, endpoint)
        or refused(chain, endpoint, credential)
        or _of_decryption(chain, endpoint)
        or _of_certificate(chain, endpoint)
        or _of_network(chain, endpoint)
        or _of_status(chain, endpoint)
        or _unexpected(
            endpoint,
            _("What {address} sent is not an answer of Windows Remote Management.").format(address=endpoint.address),
        )
    )


def shell_is_gone(failure: BaseException) -> bool:
    """Whether the host said that it no longer has the session's shell, so that the call did not begin."""
    return isinstance(failure, WSManFaultError) and failure.code in _SHELL_GONE


def idle_time_refused(failure: BaseException) -> bool:
    """Whether the host allows no shell to be idle for as long as was asked."""
    return isinstance(failure, WSManFaultError) and failure.code == _IDLE_TIME_REFUSED


def operation_timed_out(failure: BaseException) -> bool:
    """Whether the host said that nothing happened within the operation's time: ask again."""
    return isinstance(failure, WSManFaultError) and failure.code == OPERATION_TIMED_OUT


def kept_silent(failure: BaseException) -> bool:
    """Whether nothing was heard in time."""
    return any(isinstance(link, requests.Timeout) for link in _chain(failure))


def broke_off(failure: BaseException) -> bool:
    """Whether an open connection was dropped before the answer was complete."""
    return any(isinstance(link, urllib3.exceptions.ProtocolError) for link in _chain(failure))


def may_have_begun(failure: BaseException) -> bool:
    """Whether a call that failed in this way may nevertheless have been taken by the host."""
    chain = tuple(_chain(failure))
    for link in chain:
        if isinstance(link, WSManFaultError):
            return link.code in (OPERATION_TIMED_OUT, _OPERATION_ABORTED, _COMMAND_EXISTS, _PROCESS_GONE)
        if isinstance(link, WinRMTransportError):
            return not 400 <= link.code < 500
    if _is_other_certificate(chain) or any(map(_is_too_old, chain)):
        return False
    if is_refusal(chain):
        return False
    never_connected = (
        urllib3.exceptions.NewConnectionError,
        urllib3.exceptions.ConnectTimeoutError,
        ssl.SSLCertVerificationError,
        urllib3.exceptions.LocationParseError,
        requests.exceptions.TooManyRedirects,
        requests.exceptions.InvalidURL,
        FeatureMissingError,
        ImportError,
    )
    return not any(isinstance(link, never_connected) for link in chain)


def may_be_forged(failure: BaseException, *, was_encrypted: bool) -> bool:
    """Whether anybody on the way can have written the answer that says what is wrong, where TLS does not keep them out.

    ``was_encrypted``: the answer came as one that the sign-in has encrypted. Of redirects and refusals nothing is
    decrypted, and neither is an answer without content.
    """
    chain = tuple(_chain(failure))
    for link in chain:
        if isinstance(link, WSManFaultError):
            return not was_encrypted
        if isinstance(link, WinRMTransportError):
            return not (was_encrypted and link.response_text)
    return is_refusal(chain) or any(isinstance(link, requests.TooManyRedirects) for link in chain)


def _chain(failure: BaseException) -> Iterator[BaseException]:
    """``failure`` and what it came from: requests hides it in arguments and ``reason``, pyspnego in ``base_error``."""
    seen: list[BaseException] = []
    waiting: list[object] = [failure]
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or any(link is other for other in seen):
            continue
        seen.append(link)
        yield link
        hidden = (getattr(link, name, None) for name in ("reason", "base_error"))
        waiting += [link.__cause__, link.__context__, *hidden, *link.args]


def _of_answer(chain: tuple[BaseException, ...], endpoint: Endpoint) -> errors.RemotingError | None:
    for link in chain:
        match link:
            case TooLarge():
                cause = _("The answer of {address} was not read any further after {size} MB.")
                cure = _("Find out what listens at the address and the port: no host has so much to say at once.")
                return errors.AnswerTooLarge(
                    endpoint.name, cause.format(address=endpoint.address, size=link.most >> 20), cure
                )
            case HoldsDefinitions():
                cause = _("The answer of {address} has a document type definition, and was not read.")
            case Encoded():
                cause = _("The answer of {address} is compressed, and was not read.")
            case RecursionError():
                cause = _("The answer of {address} is nested too deeply to be read.")
            case _:
                continue
        return _unexpected(endpoint, cause.format(address=endpoint.address))
    return None


def _of_fault(chain: tuple[BaseException, ...], endpoint: Endpoint) -> errors.RemotingError | None:
    fault = next((link for link in chain if isinstance(link, WSManFaultError)), None)
    if fault is None:
        return None
    if fault.code in _ACCESS_DENIED:
        return errors.AccessDenied(
            endpoint.name,
            _("The user may not use the PowerShell endpoint {configuration}.").format(
                configuration=endpoint.configuration_name
            ),
            _("Sign in as a member of the host's Administrators or Remote Management Users."),
        )
    if fault.code in _ENDPOINT_MISSING:
        return errors.EndpointMissing(
            endpoint.name,
            _("The host has no session configuration named {configuration}.").format(
                configuration=endpoint.configuration_name
            ),
            _("Correct the name, or register the configuration on the host."),
        )
    if fault.code in _QUOTAS:
        return errors.QuotaExceeded(
            endpoint.name,
            _("A limit of Windows Remote Management on the host is reached."),
            _("Close other remote sessions to the host, or raise MaxShellsPerUser and its neighbours there."),
        )
    if fault.code in _SHELL_GONE:
        return errors.SessionClosed(
            endpoint.name,
            _("The host has ended the session, as it does after some time or when it restarts."),
            _("Try again: a new session is opened."),
        )
    if fault.code == _PROCESS_GONE:
        return errors.SessionClosed(
            endpoint.name,
            _("The host's process for the session has ended, as it does when it takes more memory than it may."),
            _("Try again: a new session is opened. If it ends too, raise MaxMemoryPerShellMB on the host."),
        )
    if fault.code == OPERATION_TIMED_OUT:
        return _silent(endpoint)
    cause = _("The host reported fault {code}: {reason}").format(code=fault.code, reason=fault.reason)
    return _unexpected(endpoint, cause)


def _of_decryption(chain: tuple[BaseException, ...], endpoint: Endpoint) -> errors.RemotingError | None:
    if any(isinstance(link, BadMICError | InvalidTokenError | ContextExpiredError) for link in chain):
        return _unexpected(
            endpoint, _("A message of {address} could not be decrypted.").format(address=endpoint.address)
        )
    return None


def _of_certificate(chain: tuple[BaseException, ...], endpoint: Endpoint) -> errors.RemotingError | None:
    refused = next((link for link in chain if isinstance(link, ssl.SSLCertVerificationError)), None)
    if refused is not None:
        if refused.verify_code in _EXPIRED:
            cause = _("The certificate of {address} is not valid today.")
            cure = _("Renew the certificate on the host, and check the clocks of both computers.")
        elif refused.verify_code in _OTHER_NAME:
            cause = _("The certificate was not issued for the name {address}.")
            cure = _("Use the name that the certificate was issued for as the address of the host.")
        else:
            cause = _("The certificate of {address} was issued by an authority that is not trusted here.")
            cure = _("Give the file with the certificate of that authority in the settings of the host.")
        return errors.CertificateNotTrusted(endpoint.name, cause.format(address=endpoint.address), cure)
    if endpoint.fingerprint is not None and _is_other_certificate(chain):
        return other_certificate(endpoint)
    if any(map(_is_too_old, chain)):
        return too_old(endpoint)
    if any(isinstance(link, ssl.SSLError | urllib3.exceptions.SSLError) for link in chain):
        return _unexpected(
            endpoint,
            _("No secure connection to {address}, port {port}, could be agreed on.").format(
                address=endpoint.address, port=endpoint.port
            ),
        )
    return None


def other_certificate(endpoint: Endpoint) -> errors.RemotingError:
    """The error for a certificate that is not the one that was trusted by its fingerprint."""
    return errors.CertificateNotTrusted(
        endpoint.name,
        _("The certificate of {address} is not the one that was trusted: its fingerprint has changed.").format(
            address=endpoint.address
        ),
        _(
            "Find out whether the certificate was renewed on the host. If it was, show and trust the new one in the"
            " settings of the host; if not, somebody may stand between this computer and the host."
        ),
    )


def _is_other_certificate(chain: tuple[BaseException, ...]) -> bool:
    """Whether the fingerprint was not the expected one: urllib3 compares it itself, without an error of TLS behind."""
    return any(isinstance(link, urllib3.exceptions.SSLError) for link in chain) and not any(
        isinstance(link, ssl.SSLError | ssl.CertificateError) for link in chain
    )


def too_old(endpoint: Endpoint) -> errors.RemotingError:
    """The error for a host that offers no version of TLS that is secure."""
    return errors.EncryptionTooOld(
        endpoint.name,
        _("{address}, port {port}, offers only TLS 1.0 or 1.1, which can be broken.").format(
            address=endpoint.address, port=endpoint.port
        ),
        _("Turn TLS 1.2 on at the host: Windows Server has it since 2012, unless somebody has turned it off."),
    )


def handshake_broke_off(failure: BaseException) -> bool:
    """Whether a connection ended as one does whose TLS the other side does not want: without a word."""
    return any(isinstance(link, ssl.SSLEOFError | ConnectionResetError) for link in _chain(failure))


def _is_too_old(link: BaseException) -> bool:
    return isinstance(link, ssl.SSLError) and link.reason in _TOO_OLD


def _of_network(chain: tuple[BaseException, ...], endpoint: Endpoint) -> errors.RemotingError | None:
    unknown = (
        socket.gaierror,
        urllib3.exceptions.NameResolutionError,
        urllib3.exceptions.LocationParseError,
        requests.exceptions.InvalidURL,
    )
    if any(isinstance(link, unknown) for link in chain):
        return errors.NameUnknown(
            endpoint.name,
            _("The name {address} is not known on this network.").format(address=endpoint.address),
            _("Check the spelling, and that this computer asks the name server of the host's domain."),
        )
    if any(isinstance(link, ConnectionRefusedError) for link in chain):
        return errors.ConnectionRefused(
            endpoint.name,
            _("Nothing listens on port {port} of {address}.").format(port=endpoint.port, address=endpoint.address),
            _("Turn on Windows Remote Management on the host (Enable-PSRemoting), or correct the port."),
        )
    if any(isinstance(link, OSError) and link.errno in _NO_WAY for link in chain):
        return errors.Unreachable(
            endpoint.name,
            _("The network has no way to {address}.").format(address=endpoint.address),
            _("Check the network of this computer and the address of the host."),
        )
    if any(isinstance(link, TimeoutError | urllib3.exceptions.TimeoutError) for link in chain):
        return _silent(endpoint)
    if any(isinstance(link, OSError) and not isinstance(link, requests.RequestException) for link in chain) or any(
        isinstance(link, urllib3.exceptions.ProtocolError) for link in chain
    ):
        return errors.Unreachable(
            endpoint.name,
            _("The connection to {address}, port {port}, broke off.").format(
                address=endpoint.address, port=endpoint.port
            ),
            _("Check the network between this computer and the host, and whether the host is restarting."),
        )
    return None


def _of_status(chain: tuple[BaseException, ...], endpoint: Endpoint) -> errors.RemotingError | None:
    if any(isinstance(link, requests.TooManyRedirects) for link in chain):
        cause = _("The web service at {address}, port {port}, points to another address, which is not followed.")
        return _unexpected(endpoint, cause.format(address=endpoint.address, port=endpoint.port))
    answer = next((link for link in chain if isinstance(link, WinRMTransportError)), None)
    if answer is None:
        return None
    if answer.code == 403:
        return errors.AccessDenied(
            endpoint.name,
            _("The web service at {address}, port {port}, forbids the connection.").format(
                address=endpoint.address, port=endpoint.port
            ),
            _("Check the address filter of Windows Remote Management on the host, and the user's rights."),
        )
    cause = _("The web service at {address}, port {port}, answered with status {status}.").format(
        address=endpoint.address, port=endpoint.port, status=answer.code
    )
    if answer.code >= 500:
        cure = _("See whether the service WinRM runs on the host and what its events say, then try again.")
        return errors.ProtocolFault(endpoint.name, cause, cure)
    return _unexpected(endpoint, cause)


def _silent(endpoint: Endpoint) -> errors.RemotingError:
    return errors.Unreachable(
        endpoint.name,
        _("No answer came from {address}, port {port}, in time.").format(address=endpoint.address, port=endpoint.port),
        _("Check that the host is switched on and that its firewall lets Windows Remote Management through."),
    )


def _unexpected(endpoint: Endpoint, cause: str) -> errors.RemotingError:
    return errors.ProtocolFault(
        endpoint.name,
        cause,
        _("Check that the address and the port are those of Windows Remote Management on the host."),
    )
