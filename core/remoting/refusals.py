"""Why a sign-in failed, told by the codes of Kerberos and of Windows.

Nothing is decided by the text of a message: Windows speaks many languages, and MIT's library another.
"""

from __future__ import annotations

import importlib
import importlib.util
import ssl
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from pypsrp.exceptions import AuthenticationError
from requests_credssp.exceptions import AuthenticationException, NTStatusException
from spnego.exceptions import (
    BadMICError,
    ContextExpiredError,
    FeatureMissingError,
    InvalidTokenError,
    SpnegoError,
)

from core.language import _
from core.remoting import errors
from core.remoting.endpoint import Credential, Endpoint


class SchemeRefused(AuthenticationError):
    """The host does not offer the scheme, or refused it before it could have seen who signs in."""


def _kerberos_failures() -> tuple[type[Exception], ...]:
    """What the module krb5 raises, where it is installed."""
    if importlib.util.find_spec("krb5") is None:
        return ()
    return (importlib.import_module("krb5").Krb5Error,)


REFUSALS: Final = (AuthenticationException, NTStatusException, *_kerberos_failures())
"""What a sign-in may raise besides the errors of pypsrp and pyspnego."""

_UNDECIPHERABLE: Final = (BadMICError, InvalidTokenError, ContextExpiredError)
# What a TLS server says of a certificate that it does not accept, as OpenSSL names its alerts.
_CERTIFICATE_ALERTS: Final = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED")


def refused(
    chain: tuple[BaseException, ...], endpoint: Endpoint, credential: Credential
) -> errors.RemotingError | None:
    """The error that says why the sign-in failed, or None if it was not the sign-in that failed."""
    if any(isinstance(link, ImportError | FeatureMissingError) for link in chain):
        return errors.SignInUnavailable(
            endpoint.name,
            _("The support for {authentication} sign-in is not installed on this computer.").format(
                authentication=endpoint.authentication
            ),
            _("Choose another kind of sign-in for this host, or install the support for this one."),
        )
    for explain in _explanations(chain):
        return explain(endpoint, credential)
    if any(isinstance(link, SchemeRefused) for link in chain):
        return _not_offered(endpoint, credential)
    if endpoint.authentication == "certificate" and any(map(_is_certificate_alert, chain)):
        return _certificate_refused(endpoint, credential)
    if any(isinstance(link, _UNDECIPHERABLE) for link in chain):
        return None
    if any(isinstance(link, (AuthenticationError, SpnegoError, *REFUSALS)) for link in chain):
        certificate = endpoint.authentication == "certificate"
        return (_certificate_refused if certificate else _somebody_refused)(endpoint, credential)
    return None


def is_refusal(chain: tuple[BaseException, ...]) -> bool:
    """Whether nobody was signed in, so that nothing can have begun."""
    named = next(_explanations(chain), None) is not None
    return named or any(isinstance(link, (AuthenticationError, *REFUSALS)) for link in chain)


def _is_certificate_alert(link: BaseException) -> bool:
    """Whether a TLS server did not like the certificate that it was shown; some end the connection without a word."""
    if isinstance(link, ssl.SSLEOFError):
        return True
    if not isinstance(link, ssl.SSLError) or isinstance(link, ssl.SSLCertVerificationError):
        return False
    return any(alert in (link.reason or "") for alert in _CERTIFICATE_ALERTS)


def _somebody_refused(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    return errors.SignInRefused(
        endpoint.name,
        _("The host does not accept the user {user} with {authentication} sign-in.").format(
            user=credential.user_name, authentication=endpoint.authentication
        ),
        _("Check the user name, the password and the kind of sign-in."),
    )


def _not_offered(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    cause = _("The host accepts {authentication} sign-in from nobody.").format(authentication=endpoint.authentication)
    match endpoint.authentication:
        case "negotiate" | "ntlm":
            # "DOMAIN\name" keeps Kerberos out where it is not part of the system.
            cause = _("The host accepts no NTLM sign-in, as the security policy of many domains wants it.")
            cure = _("Sign in with Kerberos: write the user as name@domain, and reach the host by its full name.")
        case "credssp":
            cure = _(
                "Turn CredSSP on at the host (Enable-WSManCredSSP -Role Server), or choose another kind of sign-in."
            )
        case _:
            cure = _("Choose another kind of sign-in, or allow this one in the WinRM settings of the host.")
    return errors.SignInNotOffered(endpoint.name, cause, cure)


def _certificate_refused(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    return errors.SignInRefused(
        endpoint.name,
        _("The host does not accept the user's certificate."),
        _(
            "Check that certificate sign-in is allowed on the host, that it trusts the issuer of the certificate, and"
            " that the certificate is mapped to an account there."
        ),
    )


def _password_wrong(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    return errors.SignInRefused(
        endpoint.name,
        _("The password of {user} is not right.").format(user=credential.user_name),
        _("Type the password again. Too many attempts may lock the account."),
    )


def _logon_failed(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    return errors.SignInRefused(
        endpoint.name,
        _("The user {user} is not known, or the password is not right.").format(user=credential.user_name),
        _("Check the user name and type the password again. Too many attempts may lock the account."),
    )


def _user_unknown(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    return errors.SignInRefused(
        endpoint.name,
        _("The domain has no user {user}.").format(user=credential.user_name),
        _("Write the user as name@domain with the full name of the domain, such as operator@contoso.example."),
    )


def _password_expired(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    return errors.PasswordExpired(
        endpoint.name,
        _("The password of {user} has expired, or has to be changed before the first sign-in.").format(
            user=credential.user_name
        ),
        _("Change the password at a computer of the domain, then sign in with the new one."),
    )


def _account_locked(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    return errors.AccountLocked(
        endpoint.name,
        _("The account {user} is locked, disabled or expired.").format(user=credential.user_name),
        _("Wait until the lock is lifted, or have an administrator of the domain unlock or enable the account."),
    )


def _service_unknown(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    return errors.ServiceNameWrong(
        endpoint.name,
        _("The domain knows no service HTTP/{address}.").format(address=endpoint.address),
        _(
            "Use the host's full name in its domain as the address, not its network address or an alias; or register"
            " the name for the host (setspn -S HTTP/name computer)."
        ),
    )


def _service_key_wrong(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    return errors.ServiceNameWrong(
        endpoint.name,
        _("The host cannot read the ticket for HTTP/{address}: the domain holds another key for that name.").format(
            address=endpoint.address
        ),
        _(
            "Check that the name belongs to this host alone (setspn -Q HTTP/name; another account may have it), and"
            " that the host's own account in the domain is in order."
        ),
    )


def _clocks_differ(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    return errors.ClocksDiffer(
        endpoint.name,
        _("Kerberos allows five minutes between the clocks of this computer, the host and the domain controller."),
        _("Set the clocks right, and have all three take their time from the same source."),
    )


def _domain_unreachable(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    return errors.SignInUnavailable(
        endpoint.name,
        _("This computer finds no domain controller that could sign {user} in.").format(user=credential.user_name),
        _("Check the domain in the user name, and that this computer asks the name server of that domain."),
    )


def _no_ticket(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    return errors.SignInUnavailable(
        endpoint.name,
        _("This Windows or Kerberos account holds no valid ticket."),
        _("Sign in to the domain again (kinit on Linux), or give a user name and a password."),
    )


def _ntlm_blocked(endpoint: Endpoint, credential: Credential) -> errors.RemotingError:
    return errors.SignInNotOffered(
        endpoint.name,
        _("A security policy of the host, the domain or this computer forbids NTLM."),
        _("Sign in with Kerberos: write the user as name@domain, and reach the host by its full name."),
    )


_Explanation: TypeAlias = Callable[[Endpoint, Credential], errors.RemotingError]

# RFC 4120, 7.5.9; those from 128 on are MIT's own (krb5.h). Each is an offset of the base.
_KERBEROS_BASE: Final = -1765328384 & 0xFFFFFFFF
_KERBEROS: Final[dict[int, _Explanation]] = {
    1: _account_locked,  # KDC_ERR_NAME_EXP
    6: _user_unknown,  # KDC_ERR_C_PRINCIPAL_UNKNOWN
    7: _service_unknown,  # KDC_ERR_S_PRINCIPAL_UNKNOWN
    18: _account_locked,  # KDC_ERR_CLIENT_REVOKED
    23: _password_expired,  # KDC_ERR_KEY_EXPIRED
    24: _password_wrong,  # KDC_ERR_PREAUTH_FAILED
    31: _service_key_wrong,  # KRB_AP_ERR_BAD_INTEGRITY
    32: _no_ticket,  # KRB_AP_ERR_TKT_EXPIRED
    35: _service_key_wrong,  # KRB_AP_ERR_NOT_US
    37: _clocks_differ,  # KRB_AP_ERR_SKEW
    41: _service_key_wrong,  # KRB_AP_ERR_MODIFIED
    44: _service_key_wrong,  # KRB_AP_ERR_BADKEYVER
    45: _service_key_wrong,  # KRB_AP_ERR_NOKEY
    68: _user_unknown,  # KDC_ERR_WRONG_REALM
    141: _no_ticket,  # KRB5_CC_NOTFOUND
    154: _domain_unreachable,  # KRB5_REALM_UNKNOWN
    156: _domain_unreachable,  # KRB5_KDC_UNREACH
    195: _no_ticket,  # KRB5_FCC_NOFILE
    210: _password_wrong,  # KRB5_PREAUTH_FAILED
    220: _domain_unreachable,  # KRB5_REALM_CANT_RESOLVE
    224: _domain_unreachable,  # KRB5_CONFIG_NODEFREALM
}

# NTSTATUS (MS-ERREF 2.3.1), which CredSSP carries, and the codes of SSPI (sspi.h, winerror.h).
_WINDOWS: Final[dict[int, _Explanation]] = {
    0xC000005E: _domain_unreachable,  # STATUS_NO_LOGON_SERVERS
    0xC000006D: _logon_failed,  # STATUS_LOGON_FAILURE
    0xC000006E: _account_locked,  # STATUS_ACCOUNT_RESTRICTION
    0xC0000071: _password_expired,  # STATUS_PASSWORD_EXPIRED
    0xC0000072: _account_locked,  # STATUS_ACCOUNT_DISABLED
    0xC0000133: _clocks_differ,  # STATUS_TIME_DIFFERENCE_AT_DC
    0xC0000193: _account_locked,  # STATUS_ACCOUNT_EXPIRED
    0xC0000224: _password_expired,  # STATUS_PASSWORD_MUST_CHANGE
    0xC0000234: _account_locked,  # STATUS_ACCOUNT_LOCKED_OUT
    0xC0000418: _ntlm_blocked,  # STATUS_NTLM_BLOCKED
    0x80090303: _service_unknown,  # SEC_E_TARGET_UNKNOWN
    0x8009030C: _logon_failed,  # SEC_E_LOGON_DENIED
    0x8009030E: _no_ticket,  # SEC_E_NO_CREDENTIALS
    0x80090311: _domain_unreachable,  # SEC_E_NO_AUTHENTICATING_AUTHORITY
    0x80090322: _service_key_wrong,  # SEC_E_WRONG_PRINCIPAL
    0x80090324: _clocks_differ,  # SEC_E_TIME_SKEW
}


def _explanations(chain: tuple[BaseException, ...]) -> Iterator[_Explanation]:
    """What the codes in ``chain`` say."""
    for link in chain:
        for name in ("min_code", "err_code"):  # of gssapi and of krb5
            code = getattr(link, name, None)
            if isinstance(code, int) and (explain := _KERBEROS.get((code & 0xFFFFFFFF) - _KERBEROS_BASE)):
                yield explain
        status = link.status if isinstance(link, NTStatusException) else getattr(link, "winerror", None)
        if isinstance(status, int) and (explain := _WINDOWS.get(status & 0xFFFFFFFF)):
            yield explain
