"""Every fault of the lab against every kind of call: the named error, its words, and the way back."""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path

import pytest

from core.powershell.command import Pipeline, command
from core.remoting.errors import RemotingError
from core.remoting.session import Session
from core.remoting.workers import Workers
from tests.core.remoting.disturbed import CALLS, DONE, Call, Disturbed, read
from tests.core.remoting.simulated_host import HANGING, on_a_loop
from tests.core.remoting.wire_faults import Fault, faults, scenario
from tests.laboratory import RunningLab, running_lab

MEANING = {
    ".": DONE,
    "x": "cancelled",
    "A": "AccessDenied",
    "C": "ConnectionRefused",
    "P": "ProtocolFault",
    "Q": "QuotaExceeded",
    "S": "SignInRefused",
    "T": "CertificateNotTrusted",
    "U": "Unreachable",
    "Z": "SessionClosed",
    "?": "OutcomeUnknown",
    "L": f"{DONE}, 1 left",
}
"""``L``: the host could not be told to close the shell, and does so when it has been idle for long enough."""

# The columns are the calls, from opening to closing. The last one but three is cancelled, not stopped.
TABLE = """
drop before                 U U U ? ? U U x . U L
drop unanswered             U U U ? ? U U x . U .
drop during                 U U U ? ? U U x . U .
drop after                  . . . . . . . x . . .
half-answer                 U U U ? ? U U x . U .
stall                       U U U ? ? U U x . U .
status 400                  P P P ? ? P P x . P L
status 401                  S S S ? ? S S x . S L
status 403                  A A A ? ? A A x . A L
status 404                  P P P ? ? P P x . P L
status 500                  P P P ? ? P P x . P L
status 503                  P P P ? ? P P x . P L
quota shells-per-user       Q Q Q Q ? Q Q x . Q L
quota operations-per-user   Q Q Q Q ? Q Q x . Q L
quota concurrent-users      Q Q Q Q ? Q Q x . Q L
quota commands-per-shell    Q Q Q Q ? Q Q x . Q L
quota processes-per-shell   Q Q Q Q ? Q Q x . Q L
quota memory-per-shell      Z Z Z ? ? Z Z x . Z L
quota load-of-user          Q Q Q Q ? Q Q x . Q L
garbage http                U U U ? ? U U x . U L
garbage soap                P P P ? ? P P x . P .
garbage psrp                . . P . ? P . x . . .
flood                       P P P ? ? P P x . P L
content http                P P P ? ? P P x . P L
content psrp                . . P . . P . x . . .
refuse                      C C C C ? C C x . C L
black-hole                  U U U ? ? U U x . U .
slow                        . . . . . . . x . . .
idle-drop                   . . . . . . . x . . .
certificate valid           . . . . . . . x . . .
certificate expired         T T T T ? T T x . T L
certificate wrong-name      T T T T ? T T x . T L
certificate unknown-issuer  T T T T ? T T x . T L
certificate changed         T T T T ? T T x . T L
"""

_NOT_BEGUN = frozenset("ACPQST")
_FOR_PROGRAMMERS = re.compile(r"Traceback|\w(Error|Exception)\b|object at 0x|<class|\brequests\b|urllib3|pypsrp")


def expected() -> dict[str, dict[str, str]]:
    """What comes of each call, by the names of the fault and the call."""
    rows = (line.rsplit(maxsplit=len(CALLS)) for line in TABLE.strip().splitlines())
    return {name: dict(zip((call.name for call in CALLS), cells, strict=True)) for name, *cells in rows}


def test_every_fault_that_the_lab_knows_has_its_row() -> None:
    assert list(expected()) == [fault.name for fault in faults()]


def test_each_fault_meets_a_call(tmp_path: Path) -> None:
    calls = [CALLS[number % len(CALLS)] for number, _fault in enumerate(faults())]
    _see(tmp_path, {fault: [call] for fault, call in zip(faults(), calls, strict=True)})


@pytest.mark.long
def test_each_fault_meets_each_call(tmp_path: Path) -> None:
    _see(tmp_path, {fault: list(CALLS) for fault in faults()})


@on_a_loop
async def test_a_farewell_that_was_lost_once_is_said_again(lab: RunningLab) -> None:
    workers = Workers(2)
    workers.start()
    session = Session(lab.connection("HV-01").endpoint, lab.connection("HV-01").credential, workers)
    await read(session)
    lab.control(
        "PUT", "/hosts/HV-01/disturbances", [{"kind": "drop", "action": "Delete", "moment": "before", "times": 1}]
    )
    await session.close()
    await workers.close()
    assert lab.control("GET", "/hosts/HV-01")["shells"] == []


@on_a_loop
async def test_a_sign_in_that_is_asked_for_in_the_middle_is_made_and_a_change_is_carried_out_once(
    lab: RunningLab,
) -> None:
    workers = Workers(2)
    workers.start()
    session = Session(lab.connection("HV-01").endpoint, lab.connection("HV-01").credential, workers)
    await read(session)
    for action in ("Command", "Receive"):
        lab.control(
            "PUT", "/hosts/HV-01/disturbances", [{"kind": "status", "status": 401, "action": action, "times": 1}]
        )
        note = command("Get-VM", Name="WEB01") | command("Set-VM", Notes=action)
        assert not (await session.run(Pipeline((note,)), changes=True)).errors
    await session.close()
    await workers.close()
    sent = [entry["parameters"].get("Notes") for entry in lab.received() if entry["cmdlet"] == "Set-VM"]
    assert sent == ["Command", "Receive"]


def _see(folder: Path, wanted: dict[Fault, list[Call]]) -> None:
    """Let the calls meet the faults, and see that what comes of them is as expected."""
    described = folder / "disturbed.toml"
    described.write_text(scenario(list(wanted)), encoding="utf-8")
    with running_lab(folder, scenario=str(described)) as lab:
        asyncio.run(_meet(lab, wanted))
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("remoting")]


async def _meet(lab: RunningLab, wanted: dict[Fault, list[Call]]) -> None:
    workers = Workers(32)
    workers.start()
    # As many at once as keep two cores busy: most cells wait for a deadline.
    gate = asyncio.Semaphore(16)

    async def row(fault: Fault) -> list[str]:
        async with gate:
            return [wrong for call in wanted[fault] if (wrong := await _cell(lab, workers, fault, call))]

    rows = await asyncio.gather(*map(row, wanted))
    await workers.close()
    assert [wrong for row in rows for wrong in row] == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def _cell(lab: RunningLab, workers: Workers, fault: Fault, call: Call) -> str:
    """What is wrong when ``call`` meets ``fault``, empty if nothing is."""
    host = Disturbed(lab, workers, fault, call)
    where = f"{call.name} / {fault.name}"
    try:
        async with asyncio.timeout(HANGING):
            came_of = await call.make(host)
            left = await host.left_behind()
    except (TimeoutError, AssertionError) as error:
        await host.lift()
        return f"{where}: {error!r}"
    came_of += f", {left} left" if left else ""
    letter = expected()[fault.name][call.name]
    wanted = {MEANING[letter]}
    if fault.kind == "refuse":
        # It cuts what is connected. Where that has ended the move's stream first, nothing is left to stop or to cancel.
        wanted |= {"stopping": {DONE}, "cancelling": {"OutcomeUnknown"}}.get(call.name, set())
    if came_of not in wanted:
        return f"{where}: {came_of}, not {MEANING[letter]}"
    if host.received() > (0 if call.name == "changing" and letter in _NOT_BEGUN else 1):
        return f"{where}: the change was received {host.received()} times"
    return next((f"{where}: {text}" for text in map(_bad_words, host.errors) if text), "")


def _bad_words(error: RemotingError) -> str:
    """What of an error's words tells a user too little, or what is none of theirs."""
    texts = (error.sentence, error.cause, error.cure)
    whole = error.host and error.host in error.sentence and all(text.strip().endswith((".", "!")) for text in texts)
    return "" if whole and not _FOR_PROGRAMMERS.search(" ".join(texts)) else " / ".join(texts)
