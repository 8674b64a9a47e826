"""Initial copies, extensions, settings and resynchronisations, changed on the host that they belong to."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from core.failover.control import control_plan
from core.failover.initial import InitialCopy, Method, import_plan, start_plan
from core.failover.link import Link
from core.failover.resynchronization import cost, full_copy_plan, reasons, resynchronization_plan
from core.failover.settings import Settings, settings_plan
from core.failover.settings import problems as setting_problems
from core.hyperv.replication_states import ReplicationState as State
from core.replicas.role import Role
from core.replicas.side import Side
from core.replicas.verbs import Verb
from tests.core.failover.acting import act, carry_out, of, wait
from tests.core.replicas.looking import counted, side
from tests.lab.cmdlets.administration import Administrator


@pytest.fixture
def admin() -> Administrator:
    return Administrator(replicated=True)


@pytest.fixture
def troubled() -> Administrator:
    return Administrator("TR-PRI", "troubled", replicated=True)


def sender(admin: Administrator, name: str) -> Side:
    found = of(admin, name).sender
    assert found is not None
    return found


def receiver(admin: Administrator, name: str) -> Side:
    found = of(admin, name).receiver
    assert found is not None
    return found


def test_settings_are_changed_where_they_are_sent_from_and_given_back(admin: Administrator) -> None:
    before = Settings.of(sender(admin, "CRM01"))
    wanted = replace(
        before,
        frequency=900,
        history=2,
        consistent_hours=0,
        compresses=False,
        resynchronizes=not before.resynchronizes,
        begins=datetime.timedelta(hours=20),
    )
    assert not list(setting_problems(wanted, sender(admin, "CRM01")))
    plan = settings_plan(sender(admin, "CRM01"), wanted)
    assert plan is not None
    carry_out(admin, plan)
    assert Settings.of(sender(admin, "CRM01")) == wanted
    undo = plan.actions[0].undo
    assert undo is not None
    act(admin, undo)
    assert Settings.of(sender(admin, "CRM01")) == before
    assert settings_plan(sender(admin, "CRM01"), before) is None


def test_settings_that_hosts_refuse_are_told_before() -> None:
    first, extension = side(Role.PRIMARY), side(Role.EXTENDING)
    good = Settings.of(first)
    for change, leg, field in (
        ({"frequency": 60}, first, "frequency"),
        ({"frequency": 30}, extension, "frequency"),
        ({"history": 25}, first, "history"),
        ({"consistent_hours": 4}, first, "consistent"),
        ({"consistent_hours": 13, "history": 2}, first, "consistent"),
        ({"consistent_hours": 4, "history": 2}, extension, "consistent"),
    ):
        wanted = replace(good, **change)  # type: ignore[arg-type]
        assert [problem.field for problem in setting_problems(wanted, leg)] == [field], change


def test_an_initial_copy_is_started_scheduled_and_written_to_media(troubled: Administrator) -> None:
    later = sender(troubled, "READY01").read_at + datetime.timedelta(hours=3)
    carry_out(troubled, start_plan(sender(troubled, "READY01"), InitialCopy(begins=later)))
    assert sender(troubled, "READY01").row.initial_replication_start_time is not None
    carry_out(troubled, control_plan(Verb.CANCEL_INITIAL, sender(troubled, "READY01")))
    folder = r"D:\IR"
    carry_out(troubled, start_plan(sender(troubled, "READY01"), InitialCopy(Method.MEDIA, folder)))
    assert sender(troubled, "READY01").state is State.INITIAL_COPY_UNDER_WAY
    assert import_plan(receiver(troubled, "READY01"), folder).actions[0].host.name == "TR-REP"


def test_resynchronisation_begins_now_or_later(troubled: Administrator) -> None:
    asked = sender(troubled, "RESYNC01")
    assert any("half of the disk" in reason for reason in reasons(asked))
    later = asked.read_at + datetime.timedelta(days=2)
    carry_out(troubled, resynchronization_plan(asked, begins=later))
    carry_out(troubled, resynchronization_plan(sender(troubled, "RESYNC01")))
    assert sender(troubled, "RESYNC01").state is State.RESYNCHRONIZING
    assert reasons(side(Role.PRIMARY, statistics=counted(details=("Fine.",)))) == ("Fine.",)


def test_beyond_six_hours_a_full_copy_is_advised() -> None:
    short, long = cost(100 << 30), cost(20 << 40)
    assert not short.is_too_long
    assert long.is_too_long
    assert len(long.sentences) == len(short.sentences) + 1
    assert cost(1 << 40, rate=1 << 20).seconds > cost(1 << 40).seconds


def test_a_full_copy_takes_the_place_of_a_comparison(troubled: Administrator) -> None:
    asked = sender(troubled, "RESYNC01")
    usual = replace(Settings.of(asked), resynchronizes=True, begins=datetime.timedelta(hours=21, minutes=30))
    plan = settings_plan(asked, usual)
    assert plan is not None
    carry_out(troubled, plan)
    found = of(troubled, "RESYNC01")
    assert found.sender is not None
    row = found.sender.row
    link = Link(row.replica_server_name or "", row.replica_server_port or 0)
    carry_out(troubled, full_copy_plan(found, link, excluded=()))
    wait(troubled, 20_000)
    assert sender(troubled, "RESYNC01").state is receiver(troubled, "RESYNC01").state is State.REPLICATING
    # The settings are those from before, the hours of a resynchronisation among them.
    assert Settings.of(sender(troubled, "RESYNC01")) == usual
