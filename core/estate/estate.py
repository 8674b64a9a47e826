"""The hosts an administrator manages, each with its latest picture."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from core.estate.connection import Connection, HostKey
from core.estate.inventory import GLANCE_QUERY, INVENTORY_QUERY, Inventory, essential_error
from core.feed import Feed
from core.hyperv.query import UnexpectedAnswer
from core.language import _
from core.powershell.command import Pipeline
from core.remoting.errors import ProtocolFault, RemotingError, SignInRefused, cmdlet_failed
from core.remoting.session import Answer, Session
from core.remoting.workers import Workers


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a host: the last inventory, and why there is no newer one.

    A host that stops answering keeps its last inventory. ``inventory`` is None until the first was read. One that
    ``is_remembered`` was read by an earlier run of the program: it is there to be looked at, and for nothing else.
    """

    connection: Connection
    inventory: Inventory | None = None
    failure: RemotingError | None = None
    is_remembered: bool = False

    @property
    def key(self) -> HostKey:
        """The host's key."""
        return self.connection.key

    @property
    def names(self) -> tuple[str, ...]:
        """The names that mean this host, in small letters: as it is listed, and as it calls itself."""
        own = self.inventory.host.names if self.inventory is not None else ()
        return (self.connection.endpoint.name.lower(), *own)

    def is_called(self, name: str) -> bool:
        """Whether ``name`` means this host."""
        return name.lower() in self.names


class Estate:
    """All hosts. One session for each host answers questions; a long operation opens one of its own.

    A host that has refused the sign-in is not asked any more until it is reached in another way, or the user wants it
    to be tried again: a wrong password that is sent again and again locks the account.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._pictures: dict[HostKey, Picture] = {}
        self._sessions: dict[HostKey, Session] = {}
        self._refreshes: dict[HostKey, asyncio.Task[Picture]] = {}
        self._signing_in: dict[HostKey, asyncio.Lock] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._names: dict[tuple[str, str], HostKey] | None = None
        self._is_closed = False
        self._feed: Feed[HostKey, Picture] = Feed()

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The latest picture of every host, in the order they were added."""
        return tuple(self._pictures.values())

    def __contains__(self, key: HostKey) -> bool:
        """Whether the host is managed."""
        return key in self._pictures

    def add(self, connection: Connection, remembered: Inventory | None = None) -> None:
        """Manage one more host, of which an earlier run may have ``remembered`` something.

        Raises ValueError when its group has a host of that name already.
        """
        if self.find(connection.group, connection.endpoint.name) is not None:
            raise ValueError(_("{host} is in the list already.").format(host=connection.endpoint.name))
        self._sessions[connection.key] = self.open_session(connection)
        self._show(Picture(connection, remembered, is_remembered=remembered is not None))

    def reconnect(self, connection: Connection) -> None:
        """Reach a managed host in this way from now on. It keeps its last inventory and its place in the list.

        Raises KeyError when it is not managed.
        """
        picture = self._pictures[connection.key]
        if replace(picture.connection, folder=connection.folder) == connection:
            # Only its place in the list is another.
            self._show(replace(picture, connection=connection))
            return
        self._let_go(self._sessions[connection.key])
        self._sessions[connection.key] = self.open_session(connection)
        self._show(replace(picture, connection=connection, failure=None))

    def remove(self, key: HostKey) -> None:
        """Manage a host no longer. Nothing that is under way may need it.

        Raises KeyError when it is not managed.
        """
        del self._pictures[key]
        self._names = None
        self._signing_in.pop(key, None)
        self._let_go(self._sessions.pop(key))

    def picture(self, key: HostKey) -> Picture:
        """The latest picture of a host.

        Raises KeyError when it is not managed.
        """
        return self._pictures[key]

    def find(self, group: str, name: str) -> Picture | None:
        """The host of ``group`` that ``name`` means, or None."""
        if self._names is None:
            self._names = {}
            for picture in self._pictures.values():
                _enter(self._names, picture)
        found = self._names.get((group, name.strip().lower()))
        return self._pictures[found] if found is not None else None

    async def refresh(self, key: HostKey, *, signs_in_again: bool = False) -> Picture:
        """Read a host anew and return its picture; a failure is part of the picture, not an exception.

        Whoever asks while a refresh is under way gets the picture of that one. ``signs_in_again``: the user wants it,
        although the sign-in was refused.
        """
        task = self._refreshes.get(key)
        is_refused = not signs_in_again and self._refusal(key) is not None
        if task is None and (self._is_closed or is_refused):
            return self._pictures[key]
        if task is None:
            task = asyncio.create_task(
                self._refresh(key, self._sessions[key], self._pictures[key]), name=f"refresh {key}"
            )
            self._refreshes[key] = task
            task.add_done_callback(lambda _task: self._refreshes.pop(key, None))
        return await asyncio.shield(task)

    async def glance(self, key: HostKey) -> Picture:
        """Read what a host's machines do, and all of it only where what they are made of has changed.

        A host of which nothing is known, or that did not answer last, is read as a whole.
        """
        picture = self._pictures[key]
        unknown = picture.inventory is None or picture.is_remembered or picture.failure is not None
        if unknown or picture.inventory is None or key in self._refreshes:
            return await self.refresh(key)
        session = self._sessions[key]
        try:
            answer = await self._run(key, GLANCE_QUERY, changes=False)
            glanced = None
            if essential_error(answer.errors) is None:
                glanced = picture.inventory.glanced(answer.output, answer.errors)
        except (RemotingError, UnexpectedAnswer):
            # The whole reading says what is wrong.
            glanced = None
        if glanced is None:
            return await self.refresh(key)
        if self._sessions.get(key) is session and self._pictures[key] is picture:
            # Nobody has read it meanwhile.
            self._show(replace(picture, inventory=glanced))
        return self._pictures.get(key, picture)

    async def reread(self, key: HostKey, *, signs_in_again: bool = False) -> Picture:
        """Like ``refresh``, but the reading begins after this call: one under way may have asked too early."""
        under_way = self._refreshes.get(key)
        if under_way is not None:
            await asyncio.wait([under_way])
        return await self.refresh(key, signs_in_again=signs_in_again)

    async def visit(self, connection: Connection) -> Picture:
        """Read a host that may not be managed so far. One that answers is managed from then on.

        Returns its picture, with the failure where it did not answer. A host that is listed under the same name is
        reached by the new connection from then on; one that is listed under another name stays as it is, and that
        picture is returned.
        """
        with contextlib.ExitStack() as unless_kept:
            session = self.open_session(connection)
            unless_kept.callback(self._let_go, session)
            picture = await _read(session, Picture(connection))
            if picture.inventory is None:
                return picture
            listed = self._listed(picture)
            if listed is not None and not _same_name(listed.connection, connection):
                return listed
            if listed is not None:
                endpoint = replace(connection.endpoint, name=listed.connection.endpoint.name)
                picture = replace(picture, connection=replace(connection, endpoint=endpoint))
            unless_kept.pop_all()
            former = self._sessions.get(picture.key)
            if former is not None:
                unless_kept.callback(self._let_go, former)
            self._sessions[picture.key] = session
            self._show(picture)
            return picture

    @property
    def workers(self) -> Workers:
        """The threads for what would keep the loop waiting."""
        return self._workers

    async def ask(self, key: HostKey, question: Pipeline) -> Answer:
        """What a host answers to a pipeline that only reads.

        Raises RemotingError.
        """
        return await self._run(key, question, changes=False)

    async def change(self, key: HostKey, call: Pipeline) -> Answer:
        """What a host answers to a short call that changes something.

        Raises RemotingError; OutcomeUnknown when the answer never came.
        """
        return await self._run(key, call, changes=True)

    async def sign_in(self, key: HostKey, session: Session) -> None:
        """Open a session of its own of a managed host.

        Raises RemotingError; the sign-in that the host has refused is not tried again, here or by anybody else.
        """
        # One after the other: jobs that begin together would each try what the first is refused.
        async with self._signing_in.setdefault(key, asyncio.Lock()):
            if (refusal := self._refusal(key)) is not None:
                raise refusal.with_traceback(None)
            connection = self._pictures[key].connection
            try:
                await session.open()
            except SignInRefused as error:
                # The session that answers questions may be signed in still, from before the password was changed.
                if key in self._pictures and self._pictures[key].connection is connection:
                    self._show(replace(self._pictures[key], failure=error))
                raise

    async def _run(self, key: HostKey, pipeline: Pipeline, *, changes: bool) -> Answer:
        if (refusal := self._refusal(key)) is not None:
            raise refusal.with_traceback(None)
        session = self._sessions[key]
        try:
            return await session.run(pipeline, changes=changes)
        except SignInRefused as error:
            if self._sessions.get(key) is session:
                self._show(replace(self._pictures[key], failure=error))
            raise

    def _refusal(self, key: HostKey) -> SignInRefused | None:
        """With which the host has refused the sign-in that its session would try again."""
        failure = self._pictures[key].failure
        return failure if isinstance(failure, SignInRefused) else None

    def open_session(self, connection: Connection, *, kept_for: int | None = None) -> Session:
        """A session of its own, for an operation that takes long; whoever opens it closes it.

        The host is asked to keep its shell for ``kept_for`` seconds when nothing is heard from here any more.
        """
        return Session(
            connection.endpoint,
            connection.credential,
            self._workers,
            kept_for=kept_for,
            is_read_only=connection.is_read_only,
        )

    def watch(self) -> AsyncIterator[Picture]:
        """Every new picture of any host."""
        return self._feed.watch()

    def watch_together(self) -> AsyncIterator[list[Picture]]:
        """Every new picture, as many at once as have come since the last time."""
        return self._feed.watch_together()

    async def close(self) -> None:
        """Give up every refresh and close every session; from now on nothing is read any more."""
        self._is_closed = True
        for task in list(self._refreshes.values()):
            task.cancel()
        await asyncio.gather(*self._refreshes.values(), return_exceptions=True)
        closing = [*self._closing, *(session.close() for session in self._sessions.values())]
        await asyncio.gather(*closing, return_exceptions=True)

    def _let_go(self, session: Session) -> None:
        """Close a session in the background: whoever gave up waiting for it does not wait for that either."""
        closing = asyncio.create_task(session.close(), name=f"close {session.endpoint.name}")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    def _listed(self, picture: Picture) -> Picture | None:
        """The host as it is listed already, under this name or another."""
        named = self.find(picture.key.group, picture.connection.endpoint.name)
        if named is not None or picture.inventory is None:
            return named
        return self.find(picture.key.group, picture.inventory.host.fully_qualified_domain_name)

    async def _refresh(self, key: HostKey, session: Session, known: Picture) -> Picture:
        picture = await _read(session, known)
        if self._sessions.get(key) is not session:
            # Meanwhile the host has been given another connection, or is managed no longer.
            return self._pictures.get(key, picture)
        refusal = self._refusal(key)
        if refusal is not None and refusal is not known.failure:
            # It came while this was read, by a session that is signed in still.
            picture = replace(picture, failure=refusal)
        self._show(picture)
        return picture

    def _show(self, picture: Picture) -> None:
        before = self._pictures.get(picture.key)
        if before is None:
            # It comes last. Gathering the names anew for each of a thousand hosts took half a second.
            if self._names is not None:
                _enter(self._names, picture)
        elif before.names != picture.names:
            self._names = None
        self._pictures[picture.key] = picture
        self._feed.publish(picture.key, picture)


def _enter(names: dict[tuple[str, str], HostKey], picture: Picture) -> None:
    """Let the names of ``picture`` mean its host, where they do not mean an earlier one."""
    for called in picture.names:
        names.setdefault((picture.key.group, called), picture.key)


async def _read(session: Session, known: Picture) -> Picture:
    host = known.connection.endpoint.name
    try:
        answer = await session.run(INVENTORY_QUERY)
        if (refused := essential_error(answer.errors)) is not None:
            raise cmdlet_failed(host, refused)
        inventory = Inventory.of(answer.output, answer.errors)
        return replace(known, inventory=inventory, failure=None, is_remembered=False)
    except UnexpectedAnswer as error:
        cure = _("Check that the Hyper-V role and its PowerShell module are installed on {host}.").format(host=host)
        return replace(known, failure=ProtocolFault(host, str(error), cure))
    except RemotingError as error:
        return replace(known, failure=error)


def _same_name(one: Connection, other: Connection) -> bool:
    return one.endpoint.name.lower() == other.endpoint.name.lower()
