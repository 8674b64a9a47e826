"""The host that these tests ask: a real one by its name, or one of the lab."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass

import platformdirs
import pytest

from core.estate.connection import Connection
from core.estate.profile_store import ProfileStore
from core.estate.profiles import Profile
from core.estate.secrets import Secrets
from core.hyperv.query import Question, Reading, RowQuestion, TextQuestion, ask
from core.powershell.command import Command, Pipeline, Statement
from core.remoting.session import Answer, Session
from core.remoting.workers import Workers

USER, PASSWORD = "VMFERRY_HOST_USER", "VMFERRY_HOST_PASSWORD"
"""Environment variables; without them the user and the password are those that VM Ferry keeps."""


@dataclass
class AskedHost:
    """One session; ``machine`` is the one that may be changed, None where nothing may."""

    runner: asyncio.Runner
    session: Session
    machine: str | None

    def read(self, question: RowQuestion) -> list[dict[str, object]]:
        """The rows that answer a question; an error fails the test."""
        answer = self.ask(question)
        answer.raise_for_errors()
        return list(Reading.of(answer.output).rows(question))

    def ask(self, *questions: Question[object] | RowQuestion | TextQuestion) -> Answer:
        """The whole answer, errors included."""
        return self.run(ask(questions))

    def run(self, pipeline: Pipeline) -> Answer:
        """Run something that only reads."""
        return self.runner.run(self.session.run(pipeline))

    def change(self, call: Command | Statement) -> Answer:
        """Run something that changes the machine."""
        statement = call if isinstance(call, Statement) else Statement((call,))
        return self.runner.run(self.session.run(Pipeline((statement,)), changes=True))


async def known_connection(name: str, workers: Workers) -> Connection:
    """How a real host is reached: as VM Ferry keeps it under ``name``, or by that name over http with Negotiate."""
    store = ProfileStore(platformdirs.user_data_path("VM Ferry", appauthor=False), workers)
    await store.load()
    user = os.environ.get(USER, "")
    profile = store.current.find(name) or (Profile(address=name, user_name=user) if user else None)
    if profile is None:
        pytest.exit(f"{name} is not kept in VM Ferry, and {USER} names no user.", 4)
    password = os.environ.get(PASSWORD)
    if password is None and profile.needs_password:
        password = await Secrets(workers).read(profile.address, profile.user_name)
    if password is None and profile.needs_password:
        pytest.exit(f"No password of {profile.user_name} is kept for {name}, and {PASSWORD} holds none.", 4)
    return profile.connection(password)


def names(rows: Sequence[dict[str, object]], column: str) -> set[object]:
    """The values of a column."""
    return {row[column] for row in rows}
