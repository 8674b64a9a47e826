"""One session's runspace on a host, in blocking calls that run in a worker thread, one at a time."""

from __future__ import annotations

import contextlib
import copy
import threading
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from pypsrp.complex_objects import Command, CommandParameter, PSInvocationState
from pypsrp.powershell import PowerShell
from pypsrp.shell import SignalCode
from pypsrp.wsman import NAMESPACES, SelectorSet

from core.language import _
from core.powershell.command import Pipeline
from core.remoting import errors
from core.remoting.answers import TooLarge
from core.remoting.certificates import explained
from core.remoting.endpoint import Credential, Endpoint
from core.remoting.failures import (
    FAILURES,
    idle_time_refused,
    kept_silent,
    may_be_forged,
    may_have_begun,
    operation_timed_out,
    shell_is_gone,
    translate,
)
from core.remoting.records import ErrorRecord, Item
from core.remoting.transport import FINAL, UNREADABLE, Connection, Http, Pool
from core.remoting.turn import TURN
from core.remoting.values import items_of, to_wire

# What the resources of PowerShell endpoints begin with; the name of the configuration follows (MS-PSRP 3.1.5.3.1).
_SHELLS = "http://schemas.microsoft.com/powershell/"


@dataclass(frozen=True, slots=True)
class Step:
    """What one call brought: the new records, whether the pipeline has ended, and the error it ended with."""

    items: tuple[Item, ...]
    finished: bool
    failure: errors.RemotingError | None = None


class _Call(Command):
    """A command as pypsrp sends it.

    pypsrp copies each command deeply, twice for each pipeline, which took half the time of sending one. Nothing changes
    a command that is being sent, so the copies share what it holds.
    """

    def __deepcopy__(self, memo: dict[int, object]) -> _Call:
        return copy.copy(self)


class Runspace:
    """A runspace pool with one runspace, opened on demand and dropped when the connection is in doubt.

    ``stop_wanted`` keeps a pipeline that has just been sent from waiting for its first output. The host is asked to
    keep the shell for ``kept_for`` seconds without a word from here, or for as long as it does by itself.
    """

    def __init__(
        self, endpoint: Endpoint, credential: Credential, idle_limit: float, kept_for: int | None = None
    ) -> None:
        self.stop_wanted = threading.Event()
        self._kept_for = kept_for
        self._endpoint = endpoint
        self._credential = credential
        self._idle_limit = idle_limit
        self._connection: Connection | None = None
        self._pool: Pool | None = None
        self._shell: PowerShell | None = None
        self._changes = False
        self._most: int | None = None
        self._left: list[str] = []
        self._is_silent = False

    @property
    def is_open(self) -> bool:
        return self._pool is not None

    @property
    def shell_id(self) -> str | None:
        """What the host calls the shell, while one is open."""
        return self._pool.id if self._pool is not None else None

    @property
    def running(self) -> bool:
        """Whether the host has taken a pipeline whose end has not been seen."""
        shell = self._shell
        return shell is not None and shell.state != PSInvocationState.NOT_STARTED

    def require_credential(self) -> None:
        """Raises RemotingError when something is missing on this computer without which no sign-in can begin."""
        endpoint, credential = self._endpoint, self._credential
        if credential.password is None and credential.user_name:
            raise errors.PasswordMissing(endpoint.name, credential.user_name)
        if endpoint.ca_file is not None and not Path(endpoint.ca_file).is_file():
            raise errors.CertificateNotTrusted(
                endpoint.name,
                _("The file {file} with the trusted authorities cannot be read.").format(file=endpoint.ca_file),
                _("Choose the file again in the settings of the host."),
            )
        if endpoint.authentication == "certificate":
            for file in (credential.certificate_file, credential.certificate_key_file):
                if file is None or not Path(file).is_file():
                    raise errors.SignInUnavailable(
                        endpoint.name,
                        _("The user's certificate and its key cannot be read."),
                        _("Choose their files again in the settings of the host."),
                    )

    def open(self) -> None:
        """Sign in and open the pool; raises RemotingError."""
        if self._pool is not None:
            return
        try:
            connection = self._connect()
            self._connection = connection
            try:
                self._pool = self._opened_pool(connection, self._kept_for)
            except FAILURES as failure:
                if self._kept_for is None or not idle_time_refused(failure):
                    raise
                self._pool = self._opened_pool(connection, None)
        except FAILURES as failure:
            self.abandon()
            error = explained(failure, self._endpoint, self._credential)
            if not isinstance(error, errors.Unreachable | errors.ProtocolFault):
                # Who is not let in has made no shell, and tries no password again that was refused.
                self._left.clear()
            raise error from failure
        self._remove_left()

    def start(self, pipeline: Pipeline, changes: bool, seconds: int, most: int | None = None) -> Step:
        """Send ``pipeline`` and wait up to ``seconds`` for its first records; it may write ``most`` bytes in all.

        A read is sent once more when the host has meanwhile closed the shell. Raises RemotingError
        (OutcomeUnknown when ``changes`` and the host may have taken the pipeline), and ValueError for
        values that cannot be sent.
        """
        if self.stop_wanted.is_set():
            return Step((), finished=True, failure=self._stopped())
        self._changes = changes
        self._most = most
        try:
            self._send(pipeline)
        except FAILURES as failure:
            if changes or not shell_is_gone(failure):
                raise self._failed(failure) from failure
            self.abandon()
            self.open()
            try:
                self._send(pipeline)
            except FAILURES as second_failure:
                raise self._failed(second_failure) from second_failure
        if self.stop_wanted.is_set():
            return Step((), finished=False)
        return self.poll(seconds)

    def poll(self, seconds: int) -> Step:
        """Wait up to ``seconds`` for more of the running pipeline; raises RemotingError."""
        pool, shell = self._pool, self._shell
        assert pool is not None
        assert shell is not None
        try:
            shell.poll_invoke(timeout=seconds)
            if self._most is not None and pool.received > self._most:
                raise TooLarge(self._most)
            items = items_of(shell)
        except (*FAILURES, *UNREADABLE) as failure:
            raise self._failed(failure) from failure
        errors_seen = [item for item in items if isinstance(item, ErrorRecord)]
        state = shell.state
        shell.clear_streams()
        if state not in FINAL:
            return Step(items, finished=False)
        self._finish(shell)
        if state == PSInvocationState.FAILED:
            record = errors_seen[-1] if errors_seen else ErrorRecord("")
            return Step(items[:-1], finished=True, failure=errors.CmdletFailed(self._endpoint.name, record))
        if state == PSInvocationState.STOPPED:
            return Step(items, finished=True, failure=self._stopped())
        return Step(items, finished=True)

    def signal_stop(self) -> None:
        """Ask the host to stop the running pipeline. Raises RemotingError.

        May run while another thread polls: it goes over a connection of its own, because an encrypted one
        cannot be shared by two threads.
        """
        pool, shell, first = self._pool, self._shell, self._connection
        if pool is None or shell is None or first is None:
            return
        signal = ElementTree.Element(f"{{{NAMESPACES['rsp']}}}Signal", CommandId=shell.id)
        ElementTree.SubElement(signal, f"{{{NAMESPACES['rsp']}}}Code").text = SignalCode.PS_CTRL_C
        selectors = SelectorSet()
        selectors.add_option("ShellId", pool.shell.id or pool.id)
        connection: Connection | None = None
        try:
            connection = self._connect()
            connection.session_id = first.session_id
            connection.signal(pool.shell.resource_uri, signal, selector_set=selectors)
        except FAILURES as failure:
            # A stop that takes its time is under way, and a pipeline that has just ended needs none.
            if not operation_timed_out(failure) and not shell_is_gone(failure):
                raise self._translated(failure) from failure
        finally:
            if connection is not None:
                connection.close()

    def leave(self) -> None:
        """Let go of the shell and leave what runs in it running: the host keeps it, disconnected."""
        pool = self._pool
        if pool is not None:
            # A host that does not hear it finds the client gone, which comes to the same.
            with contextlib.suppress(*FAILURES):
                pool.disconnect()
        self.abandon()

    def remove_shell(self, shell_id: str) -> None:
        """Have the host close a shell that was left. Raises RemotingError, unless it is gone already."""
        connection: Connection | None = None
        try:
            connection = self._connect()
            self._delete_shell(connection, shell_id)
        except FAILURES as failure:
            if not shell_is_gone(failure):
                raise self._translated(failure) from failure
        finally:
            if connection is not None:
                connection.close()

    def close(self) -> None:
        """Close the shell on the host as far as it answers, and the connection."""
        pool = self._pool
        if pool is not None:
            try:
                pool.close()
            except FAILURES as failure:
                if not shell_is_gone(failure):
                    self._leave_shell()
                self._is_silent = kept_silent(failure)
        # Nobody waits once more for a host that is silent.
        if self._left and not self._is_silent:
            with contextlib.suppress(*FAILURES, errors.RemotingError):
                self._connection = self._connection or self._connect()
                self._remove_left()
        self.abandon()

    def abandon(self) -> None:
        """Drop the connection without a word to the host; the next call opens a new one."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._pool = None
        self._shell = None

    def outcome_unknown(self, error: errors.RemotingError) -> errors.RemotingError:
        """The error for a change whose answer ``error`` has kept away."""
        return errors.OutcomeUnknown(
            self._endpoint.name,
            error.cause,
            _("Look at what is true on the host before you try again: the change may have been made."),
        )

    def _opened_pool(self, connection: Connection, kept_for: int | None) -> Pool:
        pool = Pool(connection, configuration_name=self._endpoint.configuration_name, idle_timeout=kept_for)
        try:
            pool.open()
        except FAILURES as failure:
            # The host may have made it all the same.
            self._left.append(pool.id)
            self._is_silent = kept_silent(failure)
            raise
        self._is_silent = False
        return pool

    def _remove_left(self) -> None:
        """Have the host close the shells that broken calls have left: a user may have only so many."""
        left, self._left = self._left, []
        for shell_id in left:
            # It is gone already, or the host closes it after a while.
            with contextlib.suppress(*FAILURES):
                assert self._connection is not None
                self._delete_shell(self._connection, shell_id)

    def _delete_shell(self, connection: Connection, shell_id: str) -> None:
        selectors = SelectorSet()
        selectors.add_option("ShellId", shell_id)
        connection.delete(f"{_SHELLS}{self._endpoint.configuration_name}", selector_set=selectors)

    def _connect(self) -> Connection:
        self.require_credential()
        return Connection(self._endpoint, self._credential, self._idle_limit)

    def _send(self, pipeline: Pipeline) -> None:
        pool, connection = self._pool, self._connection
        assert pool is not None
        assert connection is not None
        version = pool.protocol_version or ""
        pool.received = 0
        with TURN.taken():
            shell = PowerShell(pool)
            for statement in pipeline.statements:
                for command in statement.commands:
                    arguments = [
                        CommandParameter(name=name, value=to_wire(value)) for name, value in command.parameters
                    ]
                    shell.add_command(_Call(command.name, protocol_version=version, is_script=False, args=arguments))
                shell.add_statement()
            self._shell = shell
            connection.http.message_left = False
            shell.begin_invoke()

    def _finish(self, shell: PowerShell) -> None:
        """Let the host forget the ended pipeline; its result is known, whatever happens now."""
        self._shell = None
        try:
            shell.close()
        except FAILURES:
            self._leave_shell()
            self.abandon()

    def _leave_shell(self) -> None:
        """Remember a shell that is dropped without a word, and in which nothing of value runs."""
        if self._pool is not None:
            self._left.append(self._pool.id)

    def _failed(self, failure: BaseException) -> errors.RemotingError:
        """The error for a call that broke; the runspace is in doubt after it and is dropped."""
        begun = self.running or (self._connection is not None and self._may_have_begun(self._connection.http, failure))
        self._is_silent = kept_silent(failure)
        if not (self._changes and begun):
            self._leave_shell()
        self.abandon()
        error = self._translated(failure)
        return self.outcome_unknown(error) if self._changes and begun else error

    def _may_have_begun(self, http: Http, failure: BaseException) -> bool:
        if not http.message_left:
            return False
        is_doubtful = not http.ssl and may_be_forged(failure, was_encrypted=http.was_encrypted)
        return is_doubtful or may_have_begun(failure)

    def _translated(self, failure: BaseException) -> errors.RemotingError:
        return translate(failure, self._endpoint, self._credential)

    def _stopped(self) -> errors.RemotingError:
        return errors.PipelineStopped(
            self._endpoint.name,
            _("It was stopped from here or by the host."),
            _("Look at what is true on the host, then start it again if it is still wanted."),
        )
