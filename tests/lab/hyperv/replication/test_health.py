"""Each rule of replication health, reached and left again; state and health are two things."""

from __future__ import annotations

import datetime

from lab.hyperv.replication import failover, initial_copy, pausing, resynchronization
from lab.hyperv.replication.health import Rule, details, health, rules
from lab.hyperv.replication.states import Health, ReplicationState
from tests.lab.hyperv.replication.three_hosts import Stage

MEGABYTE = 1 << 20


def test_normal() -> None:
    stage = Stage()
    for side in stage.replicate():
        stage.wait(1800)
        assert (health(side), rules(side), details(side)) == (Health.Normal, [], [])


def test_the_initial_copy_is_not_complete() -> None:
    stage = Stage()
    sender, receiver = stage.enable()
    for side in (sender, receiver):
        assert (rules(side), health(side)) == ([Rule.NOT_COPIED], Health.Warning)
    initial_copy.begin(sender)
    assert rules(sender) == [Rule.NOT_COPIED]
    stage.finish(sender)
    assert (rules(sender), rules(receiver)) == ([], [])


def test_more_than_a_fifth_of_the_cycles_missed() -> None:
    stage = Stage()
    sender, _ = stage.replicate(frequency=30)
    stage.wait(600)
    sender.statistics.reset()
    stage.wait(301)
    stage.b.lose_network()
    stage.wait(30 * 3)
    stage.b.regain_network()
    pausing.resume(sender)
    stage.wait(20)
    assert sender.statistics.missed_share > 0.2
    assert (rules(sender), health(sender), sender.state) == (
        [Rule.MISSED_CYCLES],
        Health.Warning,
        ReplicationState.Replicating,
    )
    stage.wait(30 * 12)
    assert sender.statistics.missed_share < 0.2
    assert rules(sender) == []


def test_a_reset_of_the_statistics_heals_what_they_count() -> None:
    stage = Stage()
    sender, _ = stage.replicate()
    sender.statistics.missed = 10
    assert rules(sender) == [Rule.MISSED_CYCLES]
    sender.statistics.reset()
    assert rules(sender) == []


def test_a_new_monitoring_interval_heals_it_too() -> None:
    stage = Stage()
    sender, _ = stage.replicate()
    stage.a.replication.server.monitoring_interval = datetime.timedelta(hours=1)
    sender.statistics.interval_changed()
    sender.statistics.missed = 1000
    stage.wait(3600)
    assert rules(sender) == []
    assert 29174 in [event.event_id for event in stage.a.events]


def test_more_than_an_hour_without_a_cycle() -> None:
    stage = Stage()
    sender, receiver = stage.replicate()
    stage.wait(700)
    pausing.pause(sender)
    stage.wait(3000)
    assert rules(receiver) == []
    stage.wait(900)
    assert (rules(receiver), health(receiver)) == ([Rule.SILENT], Health.Warning)
    assert Rule.SILENT in rules(sender)
    pausing.resume(sender)
    stage.wait(60)
    assert (rules(receiver), rules(sender)) == ([], [])


def test_an_average_latency_above_the_limit() -> None:
    stage = Stage()
    sender, receiver = stage.replicate(compresses=False, frequency=900)
    stage.wait(2000)
    sender.statistics.reset()
    stage.b.link = 2 * MEGABYTE
    stage.wait(2000)
    for side in (sender, receiver):
        assert side.statistics.missed == 0
    assert (rules(sender), health(sender)) == ([Rule.SLOW], Health.Warning)
    stage.a.replication.server.latency_limit = datetime.timedelta(minutes=10)
    assert rules(sender) == []


def test_paused_is_a_warning_on_the_primary_and_critical_on_the_replica() -> None:
    stage = Stage()
    sender, receiver = stage.replicate()
    pausing.pause(sender)
    assert (rules(sender), health(sender)) == ([Rule.PRIMARY_PAUSED], Health.Warning)
    assert rules(receiver) == []
    pausing.resume(sender)
    assert rules(sender) == []
    pausing.pause(receiver)
    assert (rules(receiver), health(receiver)) == ([Rule.REPLICA_PAUSED], Health.Critical)
    stage.wait(400)
    assert (rules(sender)[0], health(sender)) == (Rule.CANNOT_SEND, Health.Critical)
    pausing.resume(receiver)
    stage.wait(400)
    assert Rule.CANNOT_SEND not in rules(sender)
    assert rules(receiver) == []


def test_a_primary_that_cannot_send() -> None:
    stage = Stage()
    sender, receiver = stage.replicate()
    stage.b.lose_network()
    stage.wait(310)
    assert (rules(sender)[0], health(sender)) == (Rule.CANNOT_SEND, Health.Critical)
    assert "connection timed out" in details(sender)[-1]
    assert rules(receiver) == []
    stage.b.regain_network()
    stage.wait(310)
    assert Rule.CANNOT_SEND not in rules(sender)


def test_a_resynchronisation_that_is_required_and_under_way() -> None:
    stage = Stage()
    sender, receiver = stage.replicate()
    sender.cycles.require_resynchronization("resync_log_full")
    assert (rules(sender), health(sender)) == ([Rule.RESYNCHRONIZE], Health.Critical)
    resynchronization.begin(sender)
    assert (rules(sender), health(sender)) == ([Rule.RESYNCHRONIZING], Health.Warning)
    assert rules(receiver) == [Rule.RESYNCHRONIZING]
    stage.finish(sender)
    assert (rules(sender), rules(receiver)) == ([], [])


def test_a_failover_that_was_not_reversed() -> None:
    stage = Stage()
    sender, receiver = stage.replicate()
    stage.turn_off()
    failover.prepare(sender)
    stage.finish(sender)
    assert (rules(sender), health(sender)) == ([Rule.NOT_REVERSED], Health.Warning)
    failover.fail_over(receiver, None)
    stage.finish(receiver)
    assert (rules(receiver), health(receiver)) == ([Rule.NOT_REVERSED], Health.Warning)
    stage.reverse(receiver)
    assert rules(stage.sender(stage.b)) == []
    assert rules(stage.receiver(host=stage.a)) == []


def test_words() -> None:
    stage = Stage({"A": {"language": "de"}})
    sender, _ = stage.replicate()
    pausing.pause(sender)
    assert details(sender) == ['Die Replikation von "WEB" wurde auf dem primären Server angehalten.']
