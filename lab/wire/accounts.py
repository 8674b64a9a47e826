"""The accounts a simulated host accepts."""

from __future__ import annotations

import atexit
import os
import secrets
import tempfile
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

AccountState: TypeAlias = Literal["enabled", "disabled", "locked", "expired-password"]
Rights: TypeAlias = Literal["administrator", "hyper-v-administrator", "remote-user", "none"]
"""What a user may do on the hosts: all; all of Hyper-V; open sessions; not even that."""

LOGON_FAILURE: Final = 0xC000006D
"""STATUS_LOGON_FAILURE (MS-ERREF 2.3.1, as the others)."""
NTLM_BLOCKED: Final = 0xC0000418
"""STATUS_NTLM_BLOCKED; that hosts which refuse NTLM answer just this is assumed."""
_STATUS: Final[dict[AccountState, int]] = {
    "enabled": 0,
    "disabled": 0xC0000072,
    "locked": 0xC0000234,
    "expired-password": 0xC0000071,
}


@dataclass(frozen=True, slots=True)
class Account:
    """One account; ``principal`` is the name of the form ``name@domain``, empty outside a domain."""

    user: str
    password: str
    principal: str
    state: AccountState
    rights: Rights


class Accounts:
    """User names (``DOMAIN\\name``, in any letter case) with their passwords, for the listeners given them.

    Passwords stay in memory. pyspnego's NTLM acceptor reads accounts only from the file that the environment
    variable NTLM_USER_FILE names. On Linux that is an anonymous file in memory (memfd); elsewhere a temporary
    file which only its owner may read and which is deleted when the process ends. There is one such file for
    all Accounts of the process: a name has one password there, the one that was added last.
    """

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}

    def __repr__(self) -> str:
        return f"<Accounts {', '.join({account.user: None for account in self._accounts.values()})}>"

    def add(
        self,
        user: str,
        password: str | None = None,
        *,
        domain: str = "",
        state: AccountState = "enabled",
        rights: Rights = "administrator",
    ) -> str:
        """Accept ``user`` (``DOMAIN\\name``) and return the password, a random one unless it is given.

        ``domain`` is the domain's name in DNS: the user is known as ``name@domain`` then too.

        Raises ValueError for a name without a domain and for characters the account file cannot hold.
        """
        short_domain, separator, name = user.partition("\\")
        if not (separator and short_domain and name):
            raise ValueError(f"account {user!r} has no domain: write it as DOMAIN\\name")
        password = password or secrets.token_urlsafe(16)
        if any(character in text for text in (user, password) for character in ":\r\n"):
            raise ValueError(f"account {user!r}: neither name nor password may hold a colon or a line break")
        principal = f"{name}@{domain}" if domain else ""
        self._keep(Account(user, password, principal, state, rights))
        return password

    def change_password(self, user: str) -> str:
        """Give an account another password, a random one, and return it; raises KeyError for an unknown one."""
        password = secrets.token_urlsafe(16)
        self._keep(replace(self._accounts[user.upper()], password=password))
        return password

    def _keep(self, account: Account) -> None:
        domain, _separator, name = account.user.partition("\\")
        self._accounts[account.user.upper()] = account
        _account_file().put(domain, name, account.password)
        if account.principal:
            self._accounts[account.principal.upper()] = account
            _account_file().put("", account.principal, account.password)

    def find(self, user: str) -> str | None:
        """The name of the account as it was added, or None if it is not accepted here."""
        known = self._accounts.get(user.upper())
        return known.user if known else None

    def password(self, user: str) -> str:
        """The password of ``user``; raises KeyError for an unknown one."""
        return self._accounts[user.upper()].password

    def principal(self, user: str) -> str:
        """What stands for ``user`` in a certificate: ``name@domain``, in a workgroup the account's own name."""
        account = self._accounts[user.upper()]
        return account.principal or account.user

    def refusal(self, user: str) -> int:
        """The NTSTATUS for which ``user`` is not let in, 0 if it is; raises KeyError for an unknown one."""
        return _STATUS[self._accounts[user.upper()].state]

    def rights(self, user: str) -> Rights:
        """What ``user`` may do; raises KeyError for an unknown one."""
        return self._accounts[user.upper()].rights


class _AccountFile:
    """The file named by NTLM_USER_FILE, one line ``DOMAIN:USER:PASSWORD`` per account."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], str] = {}
        if hasattr(os, "memfd_create"):
            self._descriptor = os.memfd_create("lab-accounts")
            path = f"/proc/self/fd/{self._descriptor}"
        else:
            self._descriptor, path = tempfile.mkstemp(prefix="lab-accounts-")
            atexit.register(self._delete, path)
        os.environ["NTLM_USER_FILE"] = path

    def put(self, domain: str, name: str, password: str) -> None:
        self._lines[domain.upper(), name.upper()] = f"{domain}:{name}:{password}\n"
        text = "".join(self._lines.values()).encode()
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.write(self._descriptor, text)

    def _delete(self, path: str) -> None:
        os.close(self._descriptor)
        os.unlink(path)


_FILES: Final[list[_AccountFile]] = []


def _account_file() -> _AccountFile:
    if not _FILES:
        _FILES.append(_AccountFile())
    return _FILES[0]
