"""What hosts have answered over the real wire, said again without one, and twisted."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from core.estate.connection import Connection
from core.estate.estate import Estate
from core.powershell.command import Pipeline
from core.remoting.records import ErrorRecord
from core.remoting.session import Answer, Session
from core.remoting.values import readable
from core.remoting.workers import Workers
from tests.fuzz.twisting import HOSTILE_TEXTS, Twister


class Tape:
    """Every question that was put to a host with its true answer; ``twister`` is None while the truth is wanted.

    With ``is_live`` the hosts themselves are asked, and twist their answers themselves.
    """

    def __init__(self) -> None:
        self.answers: dict[tuple[str, Pipeline], Answer] = {}
        self.twister: Twister | None = None
        self.choose = random.Random(0)
        self.is_live = False

    def twisted(self, answer: Answer) -> Answer:
        """The answer as ``twister`` says it."""
        if self.twister is None:
            return answer
        output = [readable(self.twister.text(each)) if isinstance(each, str) else each for each in answer.output]
        if output and self.choose.random() < 0.1:
            place = self.choose.randrange(len(output))
            match self.choose.randrange(5):
                case 0:
                    del output[place]
                case 1:
                    output.insert(place, output[place])
                case 2:
                    output[place] = self.choose.choice((None, 7, True, 1.5, ("a", {"b": None}), {}))
                case 3:
                    output.insert(0, self.choose.choice(HOSTILE_TEXTS))
                case _:
                    self.choose.shuffle(output)
        errors = tuple(self._error(error) for error in answer.errors if self.choose.random() < 0.9)
        return replace(answer, output=tuple(output), errors=errors)

    def _error(self, error: ErrorRecord) -> ErrorRecord:
        assert self.twister is not None
        names = ("message", "error_id", "target", "cmdlet", "category", "reason")
        return replace(error, **{name: readable(self.twister.text(getattr(error, name))) for name in names})


class _TapedSession(Session):
    """A session that asks its host each thing once."""

    def __init__(self, tape: Tape, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._tape = tape

    async def run(self, pipeline: Pipeline, *, changes: bool = False) -> Answer:
        if self._tape.is_live:
            return await super().run(pipeline, changes=changes)
        known = self._tape.answers.get((self.endpoint.name, pipeline))
        if known is None:
            known = await super().run(pipeline, changes=changes)
            if self._tape.twister is None:
                self._tape.answers[self.endpoint.name, pipeline] = known
        return self._tape.twisted(known)


class TapedEstate(Estate):
    """An estate whose sessions speak from ``tape``."""

    def __init__(self, workers: Workers, tape: Tape) -> None:
        super().__init__(workers)
        self._tape = tape

    def open_session(self, connection: Connection, *, kept_for: int | None = None) -> Session:
        return _TapedSession(
            self._tape, connection.endpoint, connection.credential, self.workers, is_read_only=connection.is_read_only
        )


@asynccontextmanager
async def taped(connections: list[Connection], tape: Tape) -> AsyncIterator[TapedEstate]:
    """An estate of these hosts."""
    workers = Workers(4)
    workers.start()
    estate = TapedEstate(workers, tape)
    try:
        for connection in connections:
            estate.add(connection)
        yield estate
    finally:
        await estate.close()
        await workers.close()
