"""The accounts a simulated host accepts."""

from __future__ import annotations

import atexit
import os
import secrets
import tempfile
from typing import Final


class Accounts:
    """User names (``DOMAIN\\name``, in any letter case) with their passwords, for the listeners given them.

    Passwords stay in memory. pyspnego's NTLM acceptor reads accounts only from the file that the environment
    variable NTLM_USER_FILE names. On Linux that is an anonymous file in memory (memfd); elsewhere a temporary
    file which only its owner may read and which is deleted when the process ends. There is one such file for
    all Accounts of the process: a name has one password there, the one that was added last.
    """

    def __init__(self) -> None:
        self._passwords: dict[str, tuple[str, str]] = {}

    def __repr__(self) -> str:
        return f"<Accounts {', '.join(user for user, _ in self._passwords.values())}>"

    def add(self, user: str, password: str | None = None) -> str:
        """Accept ``user`` (``DOMAIN\\name``) and return the password, a random one unless it is given.

        Raises ValueError for a name without a domain and for characters the account file cannot hold.
        """
        domain, separator, name = user.partition("\\")
        if not (separator and domain and name):
            raise ValueError(f"account {user!r} has no domain: write it as DOMAIN\\name")
        password = password or secrets.token_urlsafe(16)
        if any(character in text for text in (user, password) for character in ":\r\n"):
            raise ValueError(f"account {user!r}: neither name nor password may hold a colon or a line break")
        self._passwords[user.upper()] = (user, password)
        _account_file().put(domain, name, password)
        return password

    def find(self, user: str) -> str | None:
        """The name of the account as it was added, or None if it is not accepted here."""
        known = self._passwords.get(user.upper())
        return known[0] if known else None

    def password(self, user: str) -> str:
        """The password of ``user``; raises KeyError for an unknown one."""
        return self._passwords[user.upper()][1]


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
