"""A JSON file that is kept from run to run: never half written, and never lost to a newer or a broken version of it."""

from __future__ import annotations

import contextlib
import datetime
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import filelock
import msgspec

from core.language import _
from core.own_files import keep_others_out, make_folder, replace_file

_LOCK_WITHIN = 10.0
"""Seconds that another program may take to save."""

ContentT = TypeVar("ContentT")
Migration = Callable[[object], object]
"""Makes the content of one schema into that of the next. Raises ValueError, TypeError or LookupError for no content."""


class NotKept(Exception):
    """The file cannot be saved, or must not be; the text is a sentence that says why."""


class Unreadable(Exception):
    """What was read is no such file; the text is a sentence that says why."""


class Newer(Unreadable):
    """What was read was written by a newer version of this program."""


class _Envelope(msgspec.Struct, frozen=True):
    schema: int
    content: msgspec.Raw


class Schema(Generic[ContentT]):
    """The form of a kept file: ``content`` in its latest form, and how each earlier form becomes the next.

    The first form has the number 1, so the latest has one more than there are ``migrations``.
    """

    def __init__(self, content: type[ContentT], migrations: Sequence[Migration] = ()) -> None:
        self.number = len(migrations) + 1
        self._content = content
        self._migrations = migrations

    def encoded(self, content: ContentT) -> bytes:
        """``content`` as a file holds it: for people too, in lines."""
        whole = msgspec.json.encode({"schema": self.number, "content": content})
        return msgspec.json.format(whole, indent=2) + b"\n"

    def decoded(self, text: bytes) -> ContentT:
        """What a file holds. Raises Unreadable; Newer when a newer version has written it."""
        try:
            envelope = msgspec.json.decode(text, type=_Envelope)
            if envelope.schema > self.number:
                raise Newer(_("It was written by a newer version of VM Ferry."))
            if envelope.schema < 1:
                raise Unreadable(_("It has no version that VM Ferry knows."))
            content: object = msgspec.json.decode(envelope.content)
            for migration in self._migrations[envelope.schema - 1 :]:
                content = migration(content)
            return msgspec.convert(content, self._content)
        except (msgspec.MsgspecError, ValueError, TypeError, LookupError, RecursionError) as error:
            raise Unreadable(_("It is damaged: {reason}").format(reason=error)) from error


@dataclass(frozen=True, slots=True)
class Reading(Generic[ContentT]):
    """What a file holds, None for nothing; ``notes`` say in sentences what was wrong with it."""

    content: ContentT | None
    notes: tuple[str, ...] = ()


class KeptFile(Generic[ContentT]):
    """One file, its backup, and its lock. Every call blocks, so it runs in a worker thread."""

    def __init__(self, file: Path, schema: Schema[ContentT]) -> None:
        self.file = file
        self.backup = file.with_name(file.name + ".backup")
        self._schema = schema

    def read(self) -> Reading[ContentT]:
        """What is kept. A damaged file is set aside, and the backup takes its place."""
        try:
            return Reading(self._content())
        except Newer as error:
            return Reading(None, (self._newer(error),))
        except (OSError, Unreadable) as error:
            try:
                with self._locked():
                    return self._repaired()
            except Newer as newer:
                return Reading(None, (self._newer(newer),))
            except NotKept:
                return Reading(None, (_cannot_read(self.file, error),))

    def update(self, change: Callable[[ContentT | None], ContentT]) -> ContentT:
        """Change what is kept and return it; what another program has meanwhile saved is not lost.

        Raises NotKept; the file is what it was, then.
        """
        with self._locked():
            try:
                content = change(self._repaired().content)
            except Newer as error:
                raise NotKept(self._newer(error)) from error
            try:
                if self.file.exists():
                    replace_file(self.backup, self.file.read_bytes())
                replace_file(self.file, self._schema.encoded(content))
            except OSError as error:
                what = _("{file} cannot be written: {reason}.")
                raise NotKept(what.format(file=self.file, reason=error.strerror or error)) from error
            return content

    def _content(self) -> ContentT | None:
        """What the file holds, or its backup where there is no file. Raises OSError and Unreadable."""
        for file in (self.file, self.backup):
            with contextlib.suppress(FileNotFoundError):
                return self._schema.decoded(file.read_bytes())
        return None

    def _repaired(self) -> Reading[ContentT]:
        """What is kept, after what is damaged has been set aside. Raises Newer and NotKept."""
        notes: list[str] = []
        for file in (self.file, self.backup):
            try:
                content = self._schema.decoded(file.read_bytes())
            except FileNotFoundError:
                continue
            except Newer:
                raise
            except Unreadable as error:
                notes += [_cannot_read(file, error), _set_aside(file)]
            except OSError as error:
                raise NotKept(_cannot_read(file, error)) from error
            else:
                if notes:
                    notes.append(_("What was saved before that is used instead."))
                return Reading(content, tuple(notes))
        return Reading(None, tuple(notes))

    def _newer(self, error: Newer) -> str:
        what = _("{file} is left as it is. {reason} What you change here is kept for this run only.")
        return what.format(file=self.file, reason=error)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other programs from saving. Raises NotKept."""
        try:
            make_folder(self.file.parent)
            locked = self.file.with_name(self.file.name + ".lock")
            keep_others_out(locked)
            lock = filelock.FileLock(locked, timeout=_LOCK_WITHIN, mode=0o600)
            lock.acquire()
        except filelock.Timeout as error:
            raise NotKept(_("Another program keeps {file} to itself.").format(file=self.file)) from error
        except OSError as error:
            what = _("{file} cannot be written: {reason}.")
            raise NotKept(what.format(file=self.file, reason=error.strerror or error)) from error
        try:
            yield
        finally:
            lock.release()


def _cannot_read(file: Path, error: Exception) -> str:
    reason = (error.strerror or error) if isinstance(error, OSError) else error
    return _("{file} cannot be read. {reason}").format(file=file, reason=reason)


def _set_aside(file: Path) -> str:
    """Rename a damaged file, so that it can be looked at; what was done, in a sentence. Raises NotKept."""
    moment = datetime.datetime.now().astimezone()
    aside = file.with_name(f"{file.stem}-damaged-{moment:%Y%m%d-%H%M%S-%f}{file.suffix}")
    try:
        os.replace(file, aside)
    except OSError as error:
        raise NotKept(_cannot_read(file, error)) from error
    return _("It was renamed to {name}.").format(name=aside.name)
