"""What can go wrong between this computer and a host.

::

    RemotingError                  host, cause and cure; str() says in one sentence what happened
    |-- PasswordMissing            the user has not been asked for the password yet
    |-- NameUnknown                no such name
    |-- Unreachable                no answer in time, or the network broke off
    |-- ConnectionRefused          nothing listens on the port
    |-- CertificateNotTrusted      the host's certificate is not accepted
    |-- SignInUnavailable          this computer cannot do this kind of sign-in
    |-- SignInNotOffered           the host does not do this kind of sign-in
    |-- SignInRefused              the host, or its domain, does not accept the user
    |   |-- PasswordExpired        the password has to be changed first
    |   `-- AccountLocked          the account is locked, disabled or expired
    |-- ServiceNameWrong           Kerberos: the domain has no such service, or holds another key for it
    |-- ClocksDiffer               Kerberos: the clocks are too far apart
    |-- AccessDenied               signed in, but not allowed
    |-- EndpointMissing            the host has no session configuration of this name
    |-- QuotaExceeded              a limit of WinRM on the host is reached
    |-- ProtocolFault              an answer that was not expected
    |   |-- AnswerTooLarge         one that goes on and on
    |   `-- EncryptionTooOld       no version of TLS that is secure
    |-- SessionClosed              the session ended, here or on the host
    |-- HostReadOnly               a change for a host that is to be read only; it was not sent
    |-- PipelineStopped            the call was stopped
    |-- OutcomeUnknown             a change was sent and its answer never came
    `-- CmdletFailed               the host's PowerShell reported an error; carries its record
        `-- NotPermitted           the user may open sessions, but not do this

All but the last three mean that the call did not take place, or that it only read. Cancelling is
``asyncio.CancelledError``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.language import _

if TYPE_CHECKING:
    from core.remoting.records import ErrorRecord

_ANYBODY_WITH_RIGHTS = frozenset({"Get-VM", "Get-VMHost"})


class RemotingError(Exception):
    """A call to a host did not do what it should.

    ``host`` is the host's display name, ``cause`` says why it happened and ``cure`` what the user can do,
    both in whole sentences.
    """

    def __init__(self, host: str, cause: str, cure: str) -> None:
        super().__init__(host, cause, cure)
        self.host = host
        self.cause = cause
        self.cure = cure

    @property
    def sentence(self) -> str:
        """What happened, on which host."""
        return _("The call to {host} failed.").format(host=self.host)

    def __str__(self) -> str:
        return self.sentence


class PasswordMissing(RemotingError):
    """The password is not kept, and the user has not been asked for it; nothing was sent."""

    def __init__(self, host: str, user_name: str) -> None:
        cause = _("The password of {user} is not kept.").format(user=user_name)
        super().__init__(host, cause, _("Choose Sign In for this server and type the password."))

    @property
    def sentence(self) -> str:
        return _("{host} waits for a password.").format(host=self.host)


class NameUnknown(RemotingError):
    """The host's name cannot be resolved."""

    @property
    def sentence(self) -> str:
        return _("{host} cannot be found.").format(host=self.host)


class Unreachable(RemotingError):
    """No answer came in time, or the network broke off."""

    @property
    def sentence(self) -> str:
        return _("{host} does not answer.").format(host=self.host)


class ConnectionRefused(RemotingError):
    """Nothing listens on the port."""

    @property
    def sentence(self) -> str:
        return _("{host} refused the connection.").format(host=self.host)


class CertificateNotTrusted(RemotingError):
    """The certificate that the host shows is not accepted."""

    @property
    def sentence(self) -> str:
        return _("The certificate of {host} is not trusted.").format(host=self.host)


class SignInUnavailable(RemotingError):
    """This computer lacks what the chosen kind of sign-in needs."""

    @property
    def sentence(self) -> str:
        return _("This computer cannot sign in to {host} in the chosen way.").format(host=self.host)


class SignInRefused(RemotingError):
    """The host does not accept the user."""

    @property
    def sentence(self) -> str:
        return _("{host} refused the sign-in.").format(host=self.host)


class SignInNotOffered(RemotingError):
    """The host does not accept the chosen kind of sign-in from anybody."""

    @property
    def sentence(self) -> str:
        return _("{host} does not accept the chosen kind of sign-in.").format(host=self.host)


class PasswordExpired(SignInRefused):
    """The user's password has expired, or has to be changed before the first sign-in."""


class AccountLocked(SignInRefused):
    """The user's account is locked after too many attempts, is disabled, or has expired."""


class ServiceNameWrong(RemotingError):
    """Kerberos has no ticket for the name by which the host is reached, or one that the host cannot read."""

    @property
    def sentence(self) -> str:
        return _("{host} cannot be reached with Kerberos under this name.").format(host=self.host)


class ClocksDiffer(RemotingError):
    """The clocks of this computer, the host and the domain controller are further apart than Kerberos allows."""

    @property
    def sentence(self) -> str:
        return _("The clock of {host} and the one of this computer are too far apart.").format(host=self.host)


class AccessDenied(RemotingError):
    """The user signed in but may not use the endpoint."""

    @property
    def sentence(self) -> str:
        return _("{host} denied access.").format(host=self.host)


class EndpointMissing(RemotingError):
    """The host has no session configuration of the asked name."""

    @property
    def sentence(self) -> str:
        return _("{host} does not offer the PowerShell endpoint.").format(host=self.host)


class QuotaExceeded(RemotingError):
    """A limit of WinRM on the host (shells, users, operations, memory) is reached."""

    @property
    def sentence(self) -> str:
        return _("{host} takes no more sessions at the moment.").format(host=self.host)


class ProtocolFault(RemotingError):
    """The host, or something in its place, answered in a way that was not expected."""

    @property
    def sentence(self) -> str:
        return _("{host} gave an unexpected answer.").format(host=self.host)


class AnswerTooLarge(ProtocolFault):
    """The answer was not read to its end: it is larger than any that a host has to give."""


class EncryptionTooOld(ProtocolFault):
    """The host offers only versions of TLS that can be broken; nothing was sent."""

    @property
    def sentence(self) -> str:
        return _("{host} offers no secure connection.").format(host=self.host)


class SessionClosed(RemotingError):
    """The session was closed here, or the host ended it."""

    @property
    def sentence(self) -> str:
        return _("The session to {host} has ended.").format(host=self.host)


class HostReadOnly(RemotingError):
    """The host is marked as read-only here, and the call would change something; it was not sent."""

    def __init__(self, host: str) -> None:
        cause = _("The server is marked as read-only in VM Ferry. Nothing was sent.")
        super().__init__(host, cause, _("Take the mark away in the settings of the server if you want to change it."))

    @property
    def sentence(self) -> str:
        return _("{host} is not changed: it is read-only.").format(host=self.host)


class PipelineStopped(RemotingError):
    """The call was stopped before it was done; what it had changed by then stays changed."""

    @property
    def sentence(self) -> str:
        return _("The call on {host} was stopped.").format(host=self.host)


class OutcomeUnknown(RemotingError):
    """A change was sent, and whether the host made it is not known; it is never sent again."""

    @property
    def sentence(self) -> str:
        return _("Whether {host} made the change is not known.").format(host=self.host)


class CmdletFailed(RemotingError):
    """PowerShell on the host reported an error; ``record`` is the host's own record of it, whole."""

    def __init__(self, host: str, record: ErrorRecord) -> None:
        super().__init__(host, record.message, record.advice or self.usual_cure)
        self.record = record

    @property
    def usual_cure(self) -> str:
        """What to do where the host advises nothing."""
        return _("Remove the cause that the host names, then try again.")

    @property
    def sentence(self) -> str:
        if self.record.cmdlet:
            return _("{cmdlet} failed on {host}.").format(cmdlet=self.record.cmdlet, host=self.host)
        return _("A command failed on {host}.").format(host=self.host)


class NotPermitted(CmdletFailed):
    """The user signed in and has a session, but not the right to do what the cmdlet does."""

    @property
    def usual_cure(self) -> str:
        return _(
            "Have the user made a member of Hyper-V Administrators on the host, or sign in as an administrator of it."
        )


def cmdlet_failed(host: str, record: ErrorRecord) -> CmdletFailed:
    """The error that ``record`` stands for.

    Who may not even read the machines has no rights in Hyper-V. Any other denial can have other causes, such as a file
    that the host cannot open. The category decides, which is the same in every language.
    """
    denied = record.category == "PermissionDenied" and record.cmdlet in _ANYBODY_WITH_RIGHTS
    return NotPermitted(host, record) if denied else CmdletFailed(host, record)
