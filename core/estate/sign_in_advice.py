"""What an administrator can do where a connection stops, beyond the cure that its error names."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator

from core.estate.connection import Connection
from core.language import _
from core.remoting import errors


def advice(error: errors.RemotingError, connection: Connection) -> tuple[str, ...]:
    """The cure of ``error`` and whatever else often helps, in sentences, the likeliest first."""
    return tuple(dict.fromkeys((error.cure, *_more(error, connection))))


def script_note(connection: Connection) -> str:
    """What PowerShell itself would need for the same connection; empty when it is nothing.

    Without Kerberos or a certificate it wants the host in TrustedHosts ("about_Remote_Troubleshooting").
    """
    endpoint = connection.endpoint
    unproven = endpoint.authentication == "ntlm" or is_address(endpoint.address) or _is_local(connection)
    if endpoint.scheme == "https" or not unproven:
        return ""
    return _(
        "VM Ferry needs no entry in TrustedHosts. A script that you run in PowerShell yourself needs one for {host}."
    ).format(host=endpoint.address)


def is_address(address: str) -> bool:
    """Whether a host is reached by a network address, which no Kerberos service is known by."""
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return True


def _more(error: errors.RemotingError, connection: Connection) -> Iterator[str]:
    match error:
        case errors.ConnectionRefused() | errors.Unreachable():
            yield from _of_network(connection)
        case errors.PasswordExpired() | errors.AccountLocked():
            # The user is known by name and password: nothing about the way of signing in helps.
            return
        case errors.SignInRefused() | errors.SignInUnavailable() | errors.SignInNotOffered():
            yield from _of_sign_in(connection)
        case errors.AccessDenied() | errors.CmdletFailed():
            yield from _of_rights(connection)
        case errors.QuotaExceeded():
            yield _("Look at the limits on the host with: winrm get winrm/config/winrs")
            yield _("Sessions that nobody uses any more end by themselves after the host's IdleTimeout.")


def _of_network(connection: Connection) -> Iterator[str]:
    """Enable-PSRemoting's documentation: in public networks the rule lets in the local subnet only."""
    yield _(
        "In a public network the firewall rule of Windows Remote Management lets in computers of the same subnet only."
    )
    if connection.endpoint.scheme == "https":
        yield _("For HTTPS the host needs a listener with a certificate: winrm quickconfig -transport:https")


def _of_sign_in(connection: Connection) -> Iterator[str]:
    """Kerberos: service names, clocks, names ("about_Remote_Troubleshooting", "Service principal names").

    NTLM: "Network security: Restrict NTLM". Credential Guard: "Considerations and known issues when using Credential
    Guard": single sign-on with NTLMv1, MS-CHAPv2, Digest and CredSSP does not work with the account of the session.
    """
    endpoint = connection.endpoint
    if _has_no_domain(connection):
        yield _(
            "Give the user with its domain, or for an account of the server itself with the server's name: {example}"
        ).format(example=rf"{endpoint.address}\{connection.credential.user_name}")
    if endpoint.authentication in ("kerberos", "negotiate"):
        if is_address(endpoint.address):
            yield _("Kerberos knows hosts by name only: use the full name of the host instead of its address.")
        else:
            yield _(
                "Kerberos needs a service name of the host; see which there are with: setspn -Q HTTP/{host}"
            ).format(host=endpoint.address)
        yield _("Kerberos needs clocks that differ by less than five minutes.")
    if endpoint.authentication in ("ntlm", "negotiate"):
        yield _("Where a policy restricts NTLM, only Kerberos is left.")
    if endpoint.authentication == "credssp":
        yield _("CredSSP has to be allowed on the host: Enable-WSManCredSSP -Role Server")
    if sys.platform == "win32" and not connection.credential.user_name:
        yield _(
            "Where Credential Guard is on, the account that is signed in here can be used with Kerberos only: give a"
            " user name and a password."
        )


def _of_rights(connection: Connection) -> Iterator[str]:
    """LocalAccountTokenFilterPolicy: "User Account Control and remote restrictions"; groups: "Enable-PSRemoting"."""
    if _is_local(connection) or _has_no_domain(connection):
        yield _(
            "Windows takes the administrator's rights away from local accounts that sign in remotely, except from the"
            " built-in Administrator. On the host, the registry value LocalAccountTokenFilterPolicy = 1 under"
            " HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System lets them keep these."
        )
    yield _(
        "Without administrator's rights the user has to be in the host's groups Remote Management Users and"
        " Hyper-V Administrators."
    )


def _is_local(connection: Connection) -> bool:
    """Whether the user is an account of the host itself, as far as its name tells."""
    domain, backslash, _user = connection.credential.user_name.partition("\\")
    host = connection.endpoint.address.partition(".")[0]
    return bool(backslash) and domain.lower() in (".", host.lower(), connection.endpoint.address.lower())


def _has_no_domain(connection: Connection) -> bool:
    user = connection.credential.user_name
    return bool(user) and "\\" not in user and "@" not in user
