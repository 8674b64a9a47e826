"""Many moves and replications over many hosts with faults in between, and what has to be true afterwards.

What is done, and what breaks when, follows from the seed alone: the same seed does the same again.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from core.estate.estate import Estate
from core.hyperv.records import Machine
from core.hyperv.replication_states import ReplicationMode
from core.jobs.admission import NotStarted
from core.jobs.journal import Journal
from core.jobs.journal_entry import Event, JournalEntry
from core.jobs.patience import Patience
from core.jobs.plan import Plan
from core.jobs.queue import Jobs
from core.jobs.status import JobState, JobStatus
from core.remoting.errors import RemotingError
from core.wizards.enable_replication import EnableWizard
from core.wizards.move import MoveWizard
from core.wizards.move_choices import MoveOption, MoveType
from tests.core.estates import key, read_all
from tests.core.jobs.working import a_program
from tests.laboratory import RunningLab

PATIENCE = Patience(
    look_again_after=0.2, quiet_for=2.0, observe_after=0.5, heartbeat_within=0.5, brief_shown_for=0.1, copy_after=0.2
)
AT_ONCE = 8
"""Jobs that somebody has begun and that have not ended."""
FAULTS: tuple[dict[str, object], ...] = (
    {"kind": "drop", "moment": "before"},
    {"kind": "drop", "moment": "unanswered"},
    {"kind": "drop", "moment": "during"},
    {"kind": "drop", "moment": "after"},
    {"kind": "half-answer"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "garbage", "instead_of": "soap"},
    {"kind": "garbage", "instead_of": "psrp"},
)
ACTIONS = ("Command", "Receive", "Create")
_HOST = """
[[hosts]]
name = "{name}"
memory = "256 GB"
volumes = [{{ letter = "D", label = "Machines", size = "4 TB" }}]
switches = [{{ name = "LAN" }}]
replica_server = {{ storage_location = "D:\\\\Replicas" }}
"""
_MACHINE = """
[[hosts.machines]]
name = "{name}"
memory = "1 GB"
folder = "D:\\\\VMs\\\\{name}"
state = "{state}"
disks = [{{ name = "{name}.vhdx", size = "8 GB", used = "1 GB" }}]
adapters = [{{ switch = "LAN" }}]
"""


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that somebody does: a machine moves, to ``target`` or on its own host, or is replicated there.

    ``fault`` breaks ``host`` as soon as it has begun.
    """

    machine: str
    home: str
    target: str
    is_replication: bool = False
    fault: dict[str, object] | None = None
    fault_host: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that a seed comes to."""

    seed: int
    hosts: tuple[str, ...]
    machines: tuple[tuple[str, str, str], ...]
    deeds: tuple[Deed, ...]

    @classmethod
    def of(cls, seed: int, *, hosts: int, moves: int, replications: int) -> Course:
        """``moves`` machines move once each, ``replications`` others are replicated."""
        choose = random.Random(seed)
        names = tuple(f"H{number:02}" for number in range(1, hosts + 1))
        machines, deeds = [], []
        for number in range(moves + replications):
            name, home = f"VM{number:03}", names[number % hosts]
            machines.append((name, home, choose.choice(("Off", "Running"))))
            elsewhere = choose.choice([each for each in names if each != home])
            is_replication = number >= moves
            target = elsewhere if is_replication or choose.random() < 0.7 else home
            fault, fault_host = None, ""
            if choose.random() < 0.4:
                fault_host = choose.choice((home, target))
                nth, action = choose.randint(1, 3), choose.choice(ACTIONS)
                fault = {**choose.choice(FAULTS), "action": action, "nth": nth, "times": 1}
            deeds.append(Deed(name, home, target, is_replication, fault, fault_host))
        choose.shuffle(deeds)
        return cls(seed, names, tuple(machines), tuple(deeds))

    def scenario(self, folder: Path) -> str:
        """The hosts as a scenario; the path of its file."""
        text = 'title = "Soak"\ndomain = "contoso.example"\nadministrator = "CONTOSO\\\\admin"\n'
        for host in self.hosts:
            text += _HOST.format(name=host)
            for name, home, state in self.machines:
                if home == host:
                    text += _MACHINE.format(name=name, state=state)
        file = folder / "soak.toml"
        file.write_text(text, encoding="utf-8")
        return str(file)


@dataclass
class Findings:
    """What came of it; ``wrong`` are sentences, and none is what is wanted."""

    wrong: list[str] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    memory_before: int = 0
    memory_after: int = 0

    @property
    def growth(self) -> float:
        """By which share the memory has grown from the first quarter to the end."""
        return self.memory_after / self.memory_before - 1


async def soak(course: Course, lab: RunningLab, folder: Path, pace: float) -> Findings:
    """Do everything that ``course`` says on the hosts of ``lab``, and look whether all is as the journal says.

    The next thing is begun ``pace`` seconds after the one before it, or as soon as there is room.
    """
    found = Findings()
    tasks_before = asyncio.all_tasks()
    async with a_program(lab.connections(), folder, PATIENCE) as (estate, jobs):
        await read_all(estate)
        await _Run(course, lab, estate, jobs, found).carry_out(pace)
        entries = await Journal(folder / "journal", estate.workers).recent()
        found.wrong += await _places(course, lab, estate, entries)
    found.wrong += _sent_once(lab, entries)
    if left := [task.get_name() for task in asyncio.all_tasks() - tasks_before]:
        found.wrong.append(f"Tasks are left: {left}.")
    if left := [each.name for each in threading.enumerate() if each.name.startswith("remoting")]:
        found.wrong.append(f"Threads are left: {left}.")
    # A shell whose making was answered with silence is closed by the host itself, after a while.
    silent = {deed.fault_host for deed in course.deeds if deed.fault and deed.fault["action"] == "Create"}
    for name in sorted(set(course.hosts) - silent):
        told = lab.control("GET", f"/hosts/{name}")
        if told["shells"] or told["connections"]:
            found.wrong.append(f"{name} has shells or connections left: {told['shells']}, {told['connections']}.")
    return found


class _Run:
    """The deeds one after the other, so many at once; each is followed until the hosts have told what came of it."""

    def __init__(self, course: Course, lab: RunningLab, estate: Estate, jobs: Jobs, found: Findings) -> None:
        self._course = course
        self._lab = lab
        self._estate = estate
        self._jobs = jobs
        self._found = found
        self._ended: dict[int, asyncio.Future[JobStatus]] = {}

    async def carry_out(self, pace: float) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        following = asyncio.create_task(self._follow())
        room = asyncio.Semaphore(AT_ONCE)
        quarter = len(self._course.deeds) // 4
        working: list[asyncio.Task[None]] = []
        for number, deed in enumerate(self._course.deeds):
            await room.acquire()
            await asyncio.sleep(max(0.0, began + number * pace - clock()))
            if number == quarter:
                self._found.memory_before = resident_bytes()
            task = asyncio.create_task(self._do(deed))
            task.add_done_callback(lambda _task: room.release())
            working.append(task)
        await asyncio.gather(*working)
        for host in self._course.hosts:
            self._lab.control("DELETE", f"/hosts/{host}/disturbances")
        following.cancel()
        await asyncio.wait([following])
        self._found.memory_after = resident_bytes()

    async def _do(self, deed: Deed) -> None:
        plan = await self._plan(deed)
        if plan is None:
            self._found.wrong.append(f"{deed.machine} is not on {deed.home} before anything was done with it.")
            return
        if deed.fault is not None:
            self._lab.control("PUT", f"/hosts/{deed.fault_host}/disturbances", [deed.fault])
        try:
            status = await self._jobs.start(plan)
        except (NotStarted, RemotingError) as error:
            # Refused before anything was sent: that is an answer, too.
            self._found.ended[f"not started: {type(error).__name__}"] += 1
            return
        ended = await self._end_of(status.number)
        for _again in range(5):
            if ended.state is not JobState.UNKNOWN:
                break
            self._ended.pop(status.number, None)
            self._jobs.ask_again(status.number)
            ended = await self._end_of(status.number)
        if ended.state is JobState.UNKNOWN:
            self._found.wrong.append(f"What became of {plan.title} is not known: {ended.detail}")
        self._found.ended[ended.state.name] += 1
        self._jobs.dismiss(status.number)

    async def _plan(self, deed: Deed) -> Plan | None:
        """The plan of a deed; what breaks while it is made is asked again, as a user would."""
        for _try in range(5):
            picture = await self._estate.refresh(key(deed.home))
            if picture.failure is not None or picture.inventory is None:
                continue
            machine = next((each for each in picture.inventory.machines if each.name == deed.machine), None)
            if machine is None:
                return None
            with contextlib.suppress(RemotingError):
                return await self._planned(deed, machine)
        raise AssertionError(f"{deed.home} cannot be read: {picture.failure}")

    async def _planned(self, deed: Deed, machine: Machine) -> Plan:
        if deed.is_replication:
            enabling = EnableWizard(self._estate, key(deed.home), machine)
            enabling.choices.server = deed.target
            await enabling.read_disks()
            return await enabling.plan()
        moving = MoveWizard(self._estate, key(deed.home), machine)
        choices = moving.choices
        choices.destination, choices.option = deed.target, MoveOption.SINGLE_LOCATION
        if deed.target == deed.home:
            choices.move_type = MoveType.STORAGE
        choices.folders = {(deed.target, ""): rf"D:\Moved\{deed.machine}"}
        return await moving.plan()

    async def _end_of(self, number: int) -> JobStatus:
        waiting = self._ended.setdefault(number, asyncio.get_running_loop().create_future())
        for status in self._jobs.statuses:
            if status.number == number and status.state.is_final and not waiting.done():
                waiting.set_result(status)
        return await waiting

    async def _follow(self) -> None:
        async for status in self._jobs.watch():
            if status.state.is_final and status.plan is not None:
                waiting = self._ended.setdefault(status.number, asyncio.get_running_loop().create_future())
                if not waiting.done():
                    waiting.set_result(status)


async def _places(course: Course, lab: RunningLab, estate: Estate, entries: tuple[JournalEntry, ...]) -> list[str]:
    """Whether every machine and every relationship is exactly where the journal says, by what the lab itself knows."""
    wrong = []
    # The first step is what counts: it moves, or enables; the copy that follows may fail without it.
    done = {entry.title for entry in entries if entry.event is Event.DONE and entry.step == 0}
    where = {machine: host for host, machines in lab.places().items() for machine in machines if machine[:2] == "VM"}
    on = Counter(machine for machines in lab.places().values() for machine in machines)
    replicated = await _replicated(course, estate)
    for deed in course.deeds:
        is_done = any(deed.machine in title.split() for title in done)
        if deed.is_replication:
            if is_done is not (deed.machine in replicated):
                wrong.append(f"{deed.machine} is replicated: {deed.machine in replicated}; the journal: {is_done}.")
            continue
        expected = deed.target if is_done else deed.home
        if on[deed.machine] != 1 or where[deed.machine] != expected:
            wrong.append(f"{deed.machine} is on {where.get(deed.machine)}, the journal says {expected}.")
    return wrong


async def _replicated(course: Course, estate: Estate) -> set[str]:
    found = set()
    for host in course.hosts:
        inventory = (await estate.reread(key(host))).inventory
        assert inventory is not None
        found |= {each.name for each in inventory.machines if each.replication_mode is ReplicationMode.PRIMARY}
    return found


def _sent_once(lab: RunningLab, entries: tuple[JournalEntry, ...]) -> Iterator[str]:
    """Whether no changing call reached a host more often than the journal says that it was sent."""
    journal = Counter(entry.job for entry in entries if entry.event is Event.SENDING)
    moved: Counter[UUID] = Counter(journal.keys())
    sent = sum(journal.values())
    changing = ("Move-VM", "Move-VMStorage", "Enable-VMReplication", "Start-VMInitialReplication")
    arrived = sum(entry["cmdlet"] in changing for entry in lab.received())
    if arrived > sent:
        yield f"{arrived} changing calls have reached the hosts; {sent} were sent, in {len(moved)} jobs."


def resident_bytes() -> int:
    """The memory of this process, after what is not needed any more is gone."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096
