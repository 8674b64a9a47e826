"""Passwords: in the operating system's key store, or for this run only. Never in a file of this program."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from uuid import uuid4

from core.language import _
from core.remoting.workers import Workers

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_P = ParamSpec("_P")
_T = TypeVar("_T")

_LONGEST_ON_WINDOWS = 1280
"""Characters: CRED_MAX_CREDENTIAL_BLOB_SIZE of wincred.h is 2,560 bytes, and they travel as UTF-16."""

# Key stores of operating systems. Others that keyring may find write files, some of them unencrypted.
_TRUSTED = frozenset(
    f"keyring.backends.{name}" for name in ("SecretService", "Windows", "kwallet", "libsecret", "macOS")
)


class KeyStoreFault(Exception):
    """The key store did not do what it was asked; the text is a sentence that says why."""


class Secrets:
    """The passwords of users on hosts. What the key store does not take is remembered until the program ends.

    Without ``key_store`` the system's is not used at all.
    """

    def __init__(self, workers: Workers, *, key_store: bool = True) -> None:
        self.fault = "" if key_store else _memory_only(_("The key store of this computer is not used."))
        self._workers = workers
        self._this_run: dict[str, str] = {}
        self._backend: KeyringBackend | None = None
        self._turn = asyncio.Lock()
        self._is_probed = not key_store

    async def probe(self) -> str:
        """Try the key store out, once. Returns why there is none, in sentences for the user; empty when there is one.

        Where it is locked, the system may ask the user to unlock it meanwhile.
        """
        async with self._turn:
            if not self._is_probed:
                self._is_probed = True
                try:
                    self._backend = await self._workers.run(_usable_backend)
                except KeyStoreFault as fault:
                    self.fault = _memory_only(str(fault))
            return self.fault

    async def read(self, host: str, user: str) -> str | None:
        """The password of ``user`` on ``host``, None when none is kept or the key store does not give it away."""
        service = _service(host, user)
        if (remembered := self._this_run.get(service)) is not None:
            return remembered
        await self.probe()
        if self._backend is None:
            return None
        try:
            return await self._call(self._backend.get_password, service, user.lower())
        except KeyStoreFault:
            return None

    async def keep(self, host: str, user: str, password: str) -> str:
        """Keep a password. Returns why it is kept for this run only, in sentences; empty when the key store has it."""
        service = _service(host, user)
        self._this_run[service] = password
        fault = await self.probe()
        if self._backend is None:
            return fault
        try:
            if sys.platform == "win32" and len(password) > _LONGEST_ON_WINDOWS:
                raise KeyStoreFault(_("The password is too long for the key store of Windows."))
            await self._call(self._backend.set_password, service, user.lower(), password)
        except KeyStoreFault as error:
            return f"{error} " + _("The password is kept until VM Ferry is closed, in memory only.")
        return ""

    def remember(self, host: str, user: str, password: str) -> None:
        """Know a password until the program ends, and keep it nowhere."""
        self._this_run[_service(host, user)] = password

    async def forget(self, host: str, user: str) -> str:
        """Know a password no longer. Returns why the key store may still have it, in a sentence, else an empty text."""
        service = _service(host, user)
        self._this_run.pop(service, None)
        await self.probe()
        if self._backend is None:
            return ""
        try:
            if await self._call(self._backend.get_password, service, user.lower()) is not None:
                await self._call(self._backend.delete_password, service, user.lower())
        except KeyStoreFault as error:
            return str(error)
        return ""

    async def _call(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Ask the key store, one question at a time. Raises KeyStoreFault."""
        async with self._turn:
            return await self._workers.run(lambda: _asked(call, *args, **kwargs))


def _memory_only(why: str) -> str:
    return f"{why} " + _("Passwords are kept until VM Ferry is closed, in memory only.")


def _service(host: str, user: str) -> str:
    """The name of an entry: one for each host and user, because Windows keeps one user under a name."""
    return f"VM Ferry/{host.lower()}/{user.lower()}"


def _usable_backend() -> KeyringBackend:
    """The system's key store, after something was written, read and deleted there. Raises KeyStoreFault."""
    from keyring.backend import get_all_keyring

    found = [each for each in get_all_keyring() if type(each).__module__ in _TRUSTED]
    if not found:
        raise KeyStoreFault(_("This computer has no key store for passwords."))
    backend = max(found, key=lambda each: each.priority)
    if sys.platform == "win32":
        # By default it would roam with the user's profile to other computers.
        backend.persist = "local machine"  # type: ignore[attr-defined]
    service, secret = f"VM Ferry/probe/{uuid4()}", uuid4().hex
    _asked(backend.set_password, service, "probe", secret)
    is_kept = _asked(backend.get_password, service, "probe") == secret
    _asked(backend.delete_password, service, "probe")
    if not is_kept:
        raise KeyStoreFault(_("The key store of this computer does not keep passwords."))
    return backend


def _asked(call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """What the key store answers. Raises KeyStoreFault."""
    try:
        return call(*args, **kwargs)
    except _failures() as error:
        what = _("The key store of this computer cannot be used: {reason}.")
        raise KeyStoreFault(what.format(reason=str(error).rstrip(".") or type(error).__name__)) from error


def _failures() -> tuple[type[Exception], ...]:
    """Everything that a key store may raise: keyring translates only a part of it."""
    from keyring.errors import KeyringError

    common = (KeyringError, OSError, ValueError)
    if sys.platform == "win32":
        from win32ctypes.pywin32 import pywintypes

        return (*common, pywintypes.error)
    if sys.platform == "linux":
        from jeepney import DBusErrorResponse  # type: ignore[import-untyped]
        from secretstorage.exceptions import SecretStorageException

        return (*common, DBusErrorResponse, SecretStorageException)
    return common
