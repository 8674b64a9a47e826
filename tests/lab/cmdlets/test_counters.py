"""Get-Counter shows the processor and the live migrations under way."""

from __future__ import annotations

import pytest

from lab.hyperv.caller import Caller
from lab.hyperv.compatibility import Move
from lab.hyperv.migration import Phase, start
from lab.hyperv.placement import in_one_folder
from lab.powershell.values import Record, Value
from tests.lab.cmdlets.administration import Administrator

PROCESSOR = r"Get-Counter '\Processor(_Total)\% Processor Time'"
PASSES = r"Get-Counter '\Hyper-V VM Live Migration(*)\Transfer Pass: Number'"


def samples(administrator: Administrator, text: str) -> list[tuple[Value, Value]]:
    (record,) = administrator.get(text)
    found = record.get("CounterSamples")
    assert isinstance(found, list)
    return [(item.get("InstanceName"), item.get("CookedValue")) for item in found if isinstance(item, Record)]


def test_processor() -> None:
    administrator = Administrator()
    ((instance, value),) = samples(administrator, PROCESSOR)
    assert (instance, value) == ("_total", 2.0 + sum(m.processor_usage for m in administrator.home.machines.values()))


@pytest.mark.parametrize("host", ["HV-01", "HV-02"])
def test_a_migration_on_both_hosts(host: str) -> None:
    administrator = Administrator(host)
    source, machine = administrator.host("HV-01"), administrator.machine("SQL01")
    placement = in_one_folder(machine, r"D:\New")
    migration = start(Move(machine, source, "HV-02", placement, Caller("CONTOSO\\hvadmin")))
    while migration.phase is not Phase.COPYING_MEMORY:
        administrator.estate.clock.advance(1)
    administrator.estate.clock.advance(3)
    assert samples(administrator, PASSES) == [("sql01:vm live migration", float(migration.passes))]
    assert migration.passes > 0
    sent, received = (
        samples(administrator, rf"Get-Counter '\Hyper-V VM Live Migration(sql01:*)\TCP Transport: Bytes {word}/sec'")
        for word in ("Sent", "Received")
    )
    rates = {"HV-01": (migration.rate, 0.0), "HV-02": (0.0, migration.rate)}
    assert (sent[0][1], received[0][1]) == rates[host]


@pytest.mark.parametrize(
    ("text", "error_id"),
    [
        (PASSES, "CounterApiError"),
        (r"Get-Counter '\Nothing(*)\x'", "CounterApiError"),
        (r"Get-Counter '\Processor(_Total)\x'", "CounterApiError"),
        ("Get-Counter nonsense", "CounterApiError"),
        (f"{PROCESSOR} -Continuous", "ParameterNotSupported"),
        (f"{PROCESSOR} -MaxSamples 3", "ParameterNotSupported"),
        ("Get-Counter", "ParameterNotSupported"),
    ],
)
def test_refusals(text: str, error_id: str) -> None:
    recording = Administrator().run(text)
    assert recording.outputs == []
    assert recording.error_ids == [f"{error_id},Microsoft.PowerShell.Commands.GetCounterCommand"]


def test_names_are_translated_on_a_german_host() -> None:
    administrator = Administrator()
    administrator.home.language = "de"
    (record,) = administrator.run(PROCESSOR).errors
    assert record.message == "Das angegebene Objekt wurde nicht auf dem Computer gefunden."
    assert len(samples(administrator, r"Get-Counter '\Prozessor(_Total)\Prozessorzeit (%)'")) == 1
