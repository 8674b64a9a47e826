"""What is kept from run to run, as it holds in this run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from core.kept_file import KeptFile, NotKept
from core.remoting.workers import Workers

ContentT = TypeVar("ContentT")


class KeptContent(Generic[ContentT]):
    """The content of a file that several programs may use at once; ``empty`` is that of no file.

    ``current`` is what holds in this run, also where it could not be saved.
    """

    def __init__(self, file: KeptFile[ContentT], empty: ContentT, workers: Workers) -> None:
        self.current = empty
        self._file = file
        self._empty = empty
        self._workers = workers

    async def load(self) -> tuple[str, ...]:
        """Read what is kept. Returns what was wrong with it, in sentences."""
        reading = await self._workers.run(self._file.read)
        self.current = self._empty if reading.content is None else reading.content
        return reading.notes

    async def update(self, change: Callable[[ContentT], ContentT]) -> None:
        """Change the content and save it, with what another program has saved meanwhile.

        Raises NotKept when it cannot be saved: the change holds for this run only, then. Raises what ``change`` raises.
        """
        changed = change(self.current)
        try:
            self.current = await self._workers.run(
                self._file.update, lambda kept: change(self._empty if kept is None else kept)
            )
        except NotKept:
            self.current = changed
            raise
