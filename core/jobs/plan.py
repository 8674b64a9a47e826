"""A plan: what is to be done, on which host, what must still be true when it is, and how it is to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core.estate.connection import HostKey
from core.hyperv.replication_states import ReplicationMode, ReplicationState
from core.hyperv.states import MachineState
from core.jobs.goal import Goal
from core.powershell.command import Pipeline


@dataclass(frozen=True, slots=True)
class Expectation:
    """A machine as it was when the plan was made: where, and in which state."""

    host: HostKey
    machine_id: UUID
    machine_name: str
    state: MachineState


@dataclass(frozen=True, slots=True)
class Premise:
    """One side of a machine's replication as it was when the plan was made; ``leg`` is 1 for an extension, else 0."""

    host: HostKey
    machine_id: UUID
    machine_name: str
    leg: int
    mode: ReplicationMode
    state: ReplicationState


@dataclass(frozen=True, slots=True)
class Standstill:
    """That a machine does not run on ``host``, as far as that host can be asked: it is to run elsewhere."""

    host: HostKey
    machine_id: UUID
    machine_name: str


@dataclass(frozen=True, slots=True)
class Migration:
    """What an action copies: ``memory`` and ``storage`` bytes, to ``destination``.

    ``destination`` is the action's own host when only storage moves.
    """

    destination: HostKey
    memory: int
    storage: int


@dataclass(frozen=True, slots=True)
class Copying:
    """What a host copies during an action or in the background after it: ``size`` bytes, and what can be asked of it.

    ``cancel``, ``pause`` and ``go_on`` are calls to the action's host; what is None cannot be asked.
    """

    size: int
    cancel: Pipeline | None = None
    pause: Pipeline | None = None
    go_on: Pipeline | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One changing call, and the ``goal`` by which the hosts tell whether it was made.

    ``undo`` takes it back, once it is done, and ``undo_elsewhere`` what it has left on another host; ``undo_text`` says
    in a sentence what undoes it, or that nothing does. ``cancelling`` asks the host to give it up, where
    neither its migration nor the end of its session does. Once one that ``is_final`` is done, nothing before it can be
    taken back any more. ``if_denied`` is the cure where a file or a share denies the host access.
    """

    title: str
    host: HostKey
    pipeline: Pipeline
    goal: Goal
    undo_text: str
    undo: Action | None = None
    migration: Migration | None = None
    copying: Copying | None = None
    undo_elsewhere: Action | None = None
    is_final: bool = False
    cancelling: Pipeline | None = None
    if_denied: str = ""

    @property
    def undos(self) -> tuple[Action, ...]:
        """What takes it back, in this order; nothing where nothing does."""
        return tuple(each for each in (self.undo, self.undo_elsewhere) if each is not None)

    @property
    def size(self) -> int:
        """Bytes that it copies; 0 for a short call."""
        if self.migration is not None:
            return self.migration.memory + self.migration.storage
        return self.copying.size if self.copying is not None else 0


def undoable(done: Sequence[Action]) -> tuple[Action, ...]:
    """Of actions that are done, in their order, those after the last that is final."""
    final = max((number for number, action in enumerate(done) if action.is_final), default=-1)
    return tuple(done[final + 1 :])


@dataclass(frozen=True, slots=True)
class PlannedAdapter:
    """An adapter as it is to stand: its MAC address, its name, and its switch (empty: not connected)."""

    mac_address: str
    name: str
    switch_name: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a host."""

    host: HostKey
    path: str


@dataclass(frozen=True, slots=True)
class PlannedEnd:
    """How a machine is to stand when its plan is done.

    ``disks`` are the paths of its disk files on ``host``; ``former_folders`` may be left behind empty.
    """

    host: HostKey
    disks: tuple[str, ...]
    adapters: tuple[PlannedAdapter, ...]
    former_folders: tuple[Folder, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a wizard's choices come to: shown, printed as a script, and carried out as it is.

    ``host`` is where the machine is, or whatever is changed. ``checks`` say in sentences what was found in order
    beforehand, ``remains`` what is left to do for people once the plan is carried out, ``premises`` and
    ``standstills`` are what must be true of replications and of machines elsewhere when it begins. What ``is_brief``
    leaves the list of jobs by itself once it has succeeded. ``undoes`` is the job that it takes back.
    """

    title: str
    host: HostKey
    actions: tuple[Action, ...]
    summary: tuple[tuple[str, str], ...] = ()
    expectation: Expectation | None = None
    end: PlannedEnd | None = None
    checks: tuple[str, ...] = ()
    is_brief: bool = False
    remains: tuple[str, ...] = ()
    premises: tuple[Premise, ...] = ()
    standstills: tuple[Standstill, ...] = ()
    undoes: UUID | None = None

    @property
    def machines(self) -> tuple[Expectation | Premise, ...]:
        """What it expects of machines: each is one that it is about, and no other job may be about it meanwhile."""
        return (*((self.expectation,) if self.expectation is not None else ()), *self.premises)

    @property
    def hosts(self) -> tuple[HostKey, ...]:
        """Every host that the plan has to do with, that of the machine first."""
        involved = dict.fromkeys((self.host, *(premise.host for premise in self.premises)))
        for action in self.actions:
            involved[action.host] = None
            if action.migration is not None:
                involved[action.migration.destination] = None
        return tuple(involved)


@dataclass(frozen=True, slots=True)
class Batch:
    """Plans that are started together; each becomes a job of its own."""

    title: str
    plans: tuple[Plan, ...]
