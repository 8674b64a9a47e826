"""Single answers that no host should give, each of which was once more than the program could take."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.estate.connection import HostKey
from core.hyperv.dates import clock_time
from core.hyperv.disks import Asker, read_disks
from core.hyperv.query import CLOCK, Question, Reading, UnexpectedAnswer
from core.hyperv.records import Checkpoint, HardDiskDrive
from core.operating.subject import Subject
from core.powershell.command import Pipeline
from core.remoting.session import Answer
from core.remoting.values import from_wire, readable
from core.replicas.records import moment
from core.replicas.side import sides
from tests.core.operating.doing import HOST, seen
from tests.core.remoting.simulated_host import on_a_loop
from tests.lab.cmdlets.administration import Administrator

QUESTION = Question("drives", CLOCK.source, HardDiskDrive)
DRIVE = {"VMId": str(uuid4()), "Path": "D:\\a", "ControllerType": 1, "ControllerNumber": 0, "ControllerLocation": 0}
LEG = {
    "VMId": str(uuid4()),
    "VMName": "WEB",
    "ReplicationState": 4,
    "ReplicationHealth": 1,
    "ReplicationMode": 1,
    "ReplicationRelationshipType": 0,
}


def drives(text: str) -> tuple[HardDiskDrive, ...]:
    return Reading.of(["vmferry:drives", text]).records(QUESTION)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(DRIVE | {"ControllerNumber": 10**400}),
        json.dumps(DRIVE | {"ControllerNumber": 2**64}),
        json.dumps(DRIVE | {"ControllerNumber": float("nan")}),
        json.dumps(DRIVE | {"ControllerNumber": 1e300}),
        json.dumps(DRIVE | {"Path": "\ud800"}),
        json.dumps(DRIVE | {"Path": "\ud800"}, ensure_ascii=False),
        json.dumps([DRIVE, None]),
        json.dumps(DRIVE)[:-1],
        "null",
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(text: str) -> None:
    with pytest.raises(UnexpectedAnswer, match="Its answer about drives cannot be read"):
        drives(text)


def test_a_name_may_look_like_a_number_beyond_all_others() -> None:
    assert drives(json.dumps(DRIVE | {"Path": "1" * 30}))[0].path == "1" * 30
    assert drives(json.dumps(DRIVE | {"ControllerNumber": 2**64 - 1}))[0].controller_number == 2**64 - 1


@pytest.mark.parametrize("text", ["", "2026-05-01T12:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "x"])
def test_a_clock_with_which_nothing_can_be_reckoned_is_no_clock(text: str) -> None:
    with pytest.raises(UnexpectedAnswer, match="Its clock cannot be read"):
        Reading.of(["vmferry:clock", text]).clock()


def test_a_clock_keeps_its_offset() -> None:
    assert clock_time("2026-05-01T12:00:00.1234567+02:00").utcoffset() == datetime.timedelta(hours=2)


@pytest.mark.parametrize(
    "text", ["/Date(99999999999999999)/", "/Date(-62135596800000)/", "0001-01-01T00:00:00", "9999"]
)
def test_a_date_out_of_reach_is_none(text: str) -> None:
    assert moment(text) is None


@pytest.mark.parametrize(
    ("told", "shown"),
    [("a\ud800b", "a\ufffdb"), ("\udc00", "\ufffd"), ("\ud83d\ude00", "\U0001f600"), ("plain é", "plain é")],
)
def test_half_a_character_becomes_a_sign(told: str, shown: str) -> None:
    assert from_wire(told) == from_wire([told])[0] == readable(told) == shown


@pytest.mark.parametrize("changed", [{"ReplicationRelationshipType": 7}, {"VMId": 1}])
def test_a_replication_of_an_unknown_kind_is_said(changed: dict[str, Any]) -> None:
    output = ["vmferry:clock", "2026-05-01T12:00:00Z", "vmferry:replications", json.dumps(LEG | changed)]
    with pytest.raises(UnexpectedAnswer):
        sides(HostKey("Lab", "HV"), output)


def test_a_checkpoint_may_be_its_own_descendant() -> None:
    machine = seen(Administrator()).machine.machine_id
    one, other = UUID(int=1), UUID(int=2)
    ring = (_checkpoint(machine, one, other), _checkpoint(machine, other, one))
    subject: Subject = replace(seen(Administrator()), checkpoints=ring)
    assert subject.host.name == HOST
    assert subject.below(ring[0]) == (ring[1],)


def answering(parent_of: Callable[[int], str]) -> tuple[Asker, list[Pipeline]]:
    """Somebody who answers each question about disks with one, whose parent ``parent_of`` tells by its number."""
    asked: list[Pipeline] = []

    async def ask(question: Pipeline) -> Answer:
        asked.append(question)
        number = len(asked)
        disk = {"Path": f"D:\\{number}.vhdx", "FileSize": 1, "Size": 1, "VhdType": 4, "ParentPath": parent_of(number)}
        return Answer("HV", ("vmferry:disks", json.dumps(disk)), (), ())

    return ask, asked


@on_a_loop
async def test_a_disk_may_be_its_own_ancestor() -> None:
    ask, asked = answering(lambda number: "d:\\1.VHDX")
    found, _errors = await read_disks(ask, UUID(int=1))
    assert [disk.path for disk in found] == ["D:\\1.vhdx"]
    assert len(asked) == 1


@on_a_loop
async def test_disks_without_a_last_ancestor_are_given_up() -> None:
    ask, asked = answering(lambda number: f"D:\\{number + 1}.vhdx")
    with pytest.raises(UnexpectedAnswer, match="more generations of virtual hard disks"):
        await read_disks(ask, UUID(int=1))
    assert len(asked) < 1000


def _checkpoint(machine: UUID, own: UUID, parent: UUID) -> Checkpoint:
    return Checkpoint(machine_id=machine, checkpoint_id=own, name="ring", parent_id=parent)
