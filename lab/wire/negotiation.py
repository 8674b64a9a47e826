"""What an acceptor of SPNEGO agrees to: Kerberos with the keys of one host, and pyspnego's own NTLM."""

from __future__ import annotations

import importlib
from typing import Any

from spnego import NegotiateOptions
from spnego._context import ContextProxy, GSSMech
from spnego._gss import GSSAPIProxy
from spnego._negotiate import NegotiateProxy
from spnego._ntlm import NTLMProxy
from spnego._spnego import NegState, NegTokenResp
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import BadMechanismError, ErrorCode, SpnegoError

from lab.wire.accounts import LOGON_FAILURE, NTLM_BLOCKED, Accounts


class Refusal(SpnegoError):
    """A user who is not let in; ``status`` is the NTSTATUS that says why, as Windows writes it."""

    status: int = LOGON_FAILURE

    @classmethod
    def with_status(cls, status: int) -> Refusal:
        """The refusal for this reason."""
        refusal: Refusal = cls(ErrorCode.failure, context_msg=f"NTSTATUS 0x{status:08X}")
        refusal.status = status
        return refusal

    @property
    def nt_status(self) -> int:
        """The same as a signed number, which is how it travels in CredSSP."""
        return self.status - (1 << 32)


class Negotiation(NegotiateProxy):
    """SPNEGO, or the bare tokens of its mechanisms, for the accounts of one host.

    Left to itself pyspnego would also accept with the keys and the accounts of this machine.
    """

    def __init__(self, accounts: Accounts, keytab: str | None = None, *, ntlm: bool = True) -> None:
        """``keytab`` is the file with the host's Kerberos keys; raises SpnegoError when it cannot be used."""
        self._accounts = accounts
        self._mechanisms: dict[GSSMech, ContextProxy] = {}
        if keytab is not None:
            self._mechanisms[GSSMech.kerberos] = _kerberos(keytab)
        if ntlm:
            self._mechanisms[GSSMech.ntlm] = NTLMProxy(usage="accept", protocol="ntlm")
        for mechanism in self._mechanisms.values():
            mechanism._is_wrapped = True
        self.account: str | None = None
        super().__init__(usage="accept", options=NegotiateOptions.use_negotiate)

    def available_protocols(self, options: NegotiateOptions | None = None) -> list[str]:  # type: ignore[override]
        return [*(mechanism.name for mechanism in self._mechanisms), "negotiate"]

    def step(
        self, in_token: bytes | None = None, *, channel_bindings: GssChannelBindings | None = None
    ) -> bytes | None:
        """Take a token and give the one to answer with; raises SpnegoError, and Refusal for a user not let in."""
        try:
            answer = super().step(in_token, channel_bindings=channel_bindings)
        except BadMechanismError as failure:
            raise Refusal.with_status(NTLM_BLOCKED) from failure
        except SpnegoError as failure:
            if failure.base_error is None:
                # NTLM found no such account, or its password was another.
                raise Refusal.with_status(LOGON_FAILURE) from failure
            raise
        if self.complete:
            account = self._accounts.find(self.client_principal or "")
            if account is None:
                raise Refusal.with_status(LOGON_FAILURE)
            if status := self._accounts.refusal(account):
                raise Refusal.with_status(status)
            self.account = account
        return answer

    def error_token(self, failure: SpnegoError) -> bytes | None:
        """The KRB-ERROR by which Kerberos says why it refused, within SPNEGO if the client spoke that; or None."""
        token: bytes | None = getattr(failure.base_error, "token", None)
        if token is None or not self._init_sent:
            return token
        return NegTokenResp(neg_state=NegState.reject, response_token=token).pack()

    def _rebuild_context_list(
        self, mech_types: list[str] | None = None, channel_bindings: GssChannelBindings | None = None
    ) -> list[str]:
        offered = mech_types or []
        self._available_contexts = {
            mechanism: context
            for mechanism, context in self._mechanisms.items()
            if any(self._is_same_mech(mechanism, oid) for oid in offered)
        }
        return super()._rebuild_context_list(mech_types, channel_bindings)


class _KerberosProxy(GSSAPIProxy):
    """Kerberos whose errors are raised at once, with the token that tells the client of them.

    The module gssapi, which not every computer has, would otherwise give the token and keep the error for later.
    """

    def __init__(self, gssapi: Any, keys: Any) -> None:
        self._gssapi = gssapi
        super().__init__(usage="accept", protocol="kerberos", _gssapi_credential=keys)

    def step(
        self, in_token: bytes | None = None, *, channel_bindings: GssChannelBindings | None = None
    ) -> bytes | None:
        if self._context is None:
            binding = None
            if channel_bindings is not None:
                binding = self._gssapi.raw.ChannelBindings(application_data=channel_bindings.application_data)
            context = self._gssapi.SecurityContext(creds=self._credential, usage="accept", channel_bindings=binding)
            context.__DEFER_STEP_ERRORS__ = False
            self._context = context
        answer: bytes | None = super().step(in_token)
        return answer


def _kerberos(keytab: str) -> ContextProxy:
    try:
        gssapi: Any = importlib.import_module("gssapi")
    except ImportError as error:
        raise SpnegoError(ErrorCode.unavailable, context_msg="this computer has no support for Kerberos") from error
    try:
        keys = gssapi.Credentials(usage="accept", store={"keytab": keytab}, mechs=[gssapi.MechType.kerberos])
    except gssapi.exceptions.GSSError as error:
        raise SpnegoError(base_error=error, context_msg=f"the keys in {keytab}") from error
    return _KerberosProxy(gssapi, keys)
