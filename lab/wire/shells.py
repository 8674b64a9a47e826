"""The open shells of a host: whose they are, how many there may be, and how long they may be idle."""

from __future__ import annotations

import asyncio
import logging

from lab.wire import faults, quotas
from lab.wire.idle import IdleClock
from lab.wire.quotas import Quotas
from lab.wire.shell import Shell

log = logging.getLogger(__name__)


class Shells:
    """A shell belongs to the user who created it, not to a connection."""

    def __init__(self, limits: Quotas, clock: IdleClock) -> None:
        self.quotas = limits
        self.clock = clock
        self._shells: dict[str, Shell] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._expiry: asyncio.Task[None] | None = None

    def all(self) -> list[Shell]:
        """Every open shell."""
        return list(self._shells.values())

    def make_room_for(self, user: str) -> None:
        """Raises the fault when a quota keeps ``user`` from opening one more shell."""
        owners = [shell.owner for shell in self._shells.values()]
        if owners.count(user) >= self.quotas.max_shells_per_user:
            raise quotas.shells_per_user(self.quotas.max_shells_per_user)
        if user not in owners and len(set(owners)) >= self.quotas.max_concurrent_users:
            raise quotas.concurrent_users()

    def idle_timeout(self, wanted: float | None) -> float:
        """The idle time-out (seconds) of a shell whose client asks for ``wanted``; raises the fault for bounds."""
        if wanted is None:
            return self.quotas.idle_timeout
        if not self.quotas.min_idle_timeout <= wanted <= self.quotas.max_idle_timeout:
            raise faults.idle_time_out_of_bounds()
        return wanted

    def add(self, shell: Shell) -> None:
        """Keep a new shell; raises the fault when its id is taken."""
        if shell.shell_id in self._shells:
            raise faults.shell_exists()
        self._shells[shell.shell_id] = shell
        self.watch()

    def find(self, shell_id: str, user: str) -> Shell:
        """The shell with this id; raises the faults for an unknown one and for one of another user."""
        shell = self._shells.get(shell_id.upper())
        if shell is None:
            raise faults.shell_not_found(shell_id)
        if shell.owner != user:
            raise faults.access_denied()
        return shell

    async def remove(self, shell: Shell) -> None:
        """Close a shell and forget it."""
        if self._shells.pop(shell.shell_id, None) is not None:
            await shell.close()

    async def close_idle(self) -> None:
        """Close the shells that were idle for too long."""
        now = self.clock.now()
        for shell in self.all():
            if shell.seconds_left(now) <= 0:
                log.info("shell %s of %s was idle for too long", shell.shell_id, shell.owner)
                await self.remove(shell)
        self.watch()

    def watch(self) -> None:
        """Look again when the next shell may have been idle for too long."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._shells:
            now = self.clock.now()
            nearest = min(shell.seconds_left(now) for shell in self._shells.values())
            self._timer = asyncio.get_running_loop().call_later(max(nearest, 0.0) + 0.01, self._look)

    async def close(self) -> None:
        """Close all shells."""
        for shell in self.all():
            await self.remove(shell)
        self.watch()

    def _look(self) -> None:
        self._expiry = asyncio.get_running_loop().create_task(self.close_idle())
