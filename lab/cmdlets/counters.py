"""Get-Counter, for the processor, for live migrations and for what is written to virtual disks.

The names of the counters and of their instances are those that a published monitoring script uses. They are translated
on a localised host: the English ones are not found on a German one, and the German ones for migrations are not known.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass

from lab.cmdlets.targets import listed
from lab.cmdlets.windows_errors import not_simulated, refuse_parameters, windows_error
from lab.hyperv.host import Host
from lab.hyperv.migration import Migration, Phase, live_migrations
from lab.powershell.cmdlet import Call, cmdlet
from lab.powershell.streams import StatementError
from lab.powershell.values import Record, UnsignedLong, Value, display_text
from lab.powershell.wildcards import matches

SAMPLE_TYPES = ("Microsoft.PowerShell.Commands.GetCounter.PerformanceCounterSample", "System.Object")
SET_TYPES = ("Microsoft.PowerShell.Commands.GetCounter.PerformanceCounterSampleSet", "System.Object")
MIGRATION = "Hyper-V VM Live Migration"
STORAGE, WRITES = "Hyper-V Virtual Storage Device", "Write Bytes/sec"
"""That an instance is the path of the disk with dashes for backslashes is seen in published output."""
PROCESSOR = {"en": ("Processor", "% Processor Time"), "de": ("Prozessor", "Prozessorzeit (%)")}
OWN_LOAD = 2.0
"""Percent of processor time that the host itself takes (assumed)."""
_PATH = re.compile(r"(?:\\\\(?P<computer>[^\\]+))?\\(?P<object>[^\\(]+)(?:\((?P<instance>[^)]*)\))?\\(?P<counter>.+)")

MigrationCounter = Callable[[Migration, Host], float]


def _memory_rate(migration: Migration) -> float:
    return migration.rate if migration.phase in (Phase.COPYING_MEMORY, Phase.SWITCHING) else 0.0


MIGRATION_COUNTERS: Mapping[str, MigrationCounter] = {
    "Transfer Pass: Number": lambda migration, host: float(migration.passes),
    "Transfer Pass: Dirty Page Count": lambda migration, host: float(migration.dirty_pages),
    "Transfer Pass: Is blackout": lambda migration, host: float(migration.phase is Phase.SWITCHING),
    "TCP Transport: Bytes Sent/sec": lambda migration, host: _memory_rate(migration) if migration.host is host else 0.0,
    "TCP Transport: Bytes Received/sec": (
        lambda migration, host: _memory_rate(migration) if migration.destination is host else 0.0
    ),
    "Receiver: Bytes Written/sec": (
        lambda migration, host: _memory_rate(migration) if migration.destination is host else 0.0
    ),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of one counter; ``counted_object`` is what the path calls the object."""

    counted_object: str
    instance: str
    counter: str
    value: float


@cmdlet("Get-Counter")
async def get_counter(call: Call) -> AsyncIterator[Value]:
    """One set of samples of the counters asked for."""
    refuse_parameters(call, "ListSet", "Continuous")
    if call.parameters.get("MaxSamples") not in (None, 1):
        not_simulated(call, "-MaxSamples above 1")
    samples: list[Sample] = []
    for path in map(display_text, listed(call.parameters.get("Counter"))):
        try:
            samples += _sampled(call, path)
        except StatementError as refused:
            call.error(refused.record)
    if "Counter" not in call.parameters:
        not_simulated(call, "Get-Counter without -Counter")
    if samples:
        yield _sample_set(samples, call.host)


def _sampled(call: Call, path: str) -> list[Sample]:
    """The samples that ``path`` stands for; raises StatementError when there are none."""
    host = call.host
    parts = _PATH.fullmatch(path.strip())
    if parts is None:
        raise _refused(call, "counter_path_invalid", path)
    if parts["computer"] and not host.is_called(parts["computer"]):
        not_simulated(call, "counters of another computer")
    counted, counter, instance = parts["object"].lower(), parts["counter"].lower(), parts["instance"] or ""
    processor, time = PROCESSOR[host.language]
    if counted == processor.lower():
        if counter != time.lower():
            raise _refused(call, "counter_missing", path)
        samples = [Sample(processor, "_total", time, _load(host))]
    elif counted == MIGRATION.lower() and host.language == "en":
        names = [name for name in MIGRATION_COUNTERS if matches(counter, name)]
        if not names:
            raise _refused(call, "counter_missing", path)
        samples = [
            Sample(
                MIGRATION,
                f"{migration.machine.name}:VM Live Migration".lower(),
                name,
                MIGRATION_COUNTERS[name](migration, host),
            )
            for migration in live_migrations(host)
            for name in names
        ]
    elif counted == STORAGE.lower() and host.language == "en":
        if counter != WRITES.lower():
            raise _refused(call, "counter_missing", path)
        samples = list(_writes(host))
    else:
        raise _refused(call, "counter_object_missing", path)
    samples = [sample for sample in samples if matches(instance, sample.instance)]
    if not samples:
        raise _refused(call, "counter_instance_missing", path)
    return samples


def _writes(host: Host) -> Iterator[Sample]:
    """What running machines write, each to all of its disks alike (assumed)."""
    for machine in host.machines.values():
        disks = [drive.disk.path for drive in machine.drives if drive.disk is not None]
        for path in disks if machine.memory_assigned else ():
            yield Sample(STORAGE, path.replace("\\", "-").lower(), WRITES, machine.write_rate / len(disks))


def _load(host: Host) -> float:
    return min(100.0, OWN_LOAD + sum(m.processor_usage for m in host.machines.values() if m.memory_assigned))


def _sample_set(samples: list[Sample], host: Host) -> Record:
    now = host.local_time()
    records: list[Value] = []
    readings: list[str] = []
    for sample in samples:
        counted = f"{sample.counted_object}({sample.instance})"
        path = f"\\\\{host.name}\\{counted}\\{sample.counter}".lower()
        readings.append(f"{path} :\n{sample.value}\n")
        properties: dict[str, Value] = {
            "Path": path,
            "InstanceName": sample.instance,
            "CookedValue": sample.value,
            "RawValue": UnsignedLong(int(sample.value)),
            "Timestamp": now,
            "Status": 0,
        }
        records.append(Record(SAMPLE_TYPES, properties, SAMPLE_TYPES[0]))
    properties = {"Timestamp": now, "CounterSamples": records, "Readings": "\n".join(readings)}
    return Record(SET_TYPES, properties, SET_TYPES[0])


def _refused(call: Call, key: str, path: str) -> StatementError:
    return StatementError(windows_error(call, key, "InvalidResult", "System.Exception", path=path))
