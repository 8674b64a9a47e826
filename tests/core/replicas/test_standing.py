"""Pairing, health with the rule that made it so, and what needs attention."""

from __future__ import annotations

from core.estate.connection import HostKey
from core.hyperv.replication_states import ReplicationHealth as Health
from core.hyperv.replication_states import ReplicationState as State
from core.replicas.attention import standing, state_text
from core.replicas.relationship import Missing, Relationship, paired
from core.replicas.role import Role
from core.replicas.rules import Rule, verdicts
from tests.core.replicas.looking import PRIMARY, REPLICA, THIRD, counted, overview_of, side
from tests.lab.cmdlets.administration import Administrator

KEYS = {key.name: key for key in (PRIMARY, REPLICA, THIRD)}


def find(group: str, name: str) -> HostKey | None:
    return KEYS.get(name)


def test_sides_are_paired_by_machine_leg_and_server_names() -> None:
    first, copy = side(Role.PRIMARY), side(Role.REPLICA)
    sending_on = side(Role.EXTENDING, names=("REP", "EXT"))
    third = side(Role.EXTENDED_REPLICA, names=("REP", "EXT"))
    found = paired((third, copy, sending_on, first), find, lambda _host: "")
    assert found == (Relationship(first, copy), Relationship(sending_on, third))
    assert [each.is_extension for each in found] == [False, True]


def test_a_missing_side_says_which_host_and_why() -> None:
    [unknown] = paired((side(Role.PRIMARY, names=("PRI", "ELSEWHERE")),), find, lambda _host: "")
    assert unknown.absence is not None
    assert unknown.absence.missing is Missing.NOT_MANAGED
    assert "ELSEWHERE" in unknown.absence.sentence
    assert unknown.replica_name == "ELSEWHERE"
    [silent] = paired((side(Role.PRIMARY),), find, lambda host: f"{host} is silent.")
    assert silent.absence is not None
    assert (silent.absence.missing, silent.absence.sentence) == (Missing.NOT_READ, "REP is silent.")
    [gone] = paired((side(Role.REPLICA),), find, lambda _host: "")
    assert gone.absence is not None
    assert gone.absence.missing is Missing.NOT_THERE
    told = standing(gone)
    assert told.health is Health.CRITICAL
    assert told.needs_attention


def test_a_normal_relationship_needs_no_attention() -> None:
    told = standing(Relationship(side(Role.PRIMARY), side(Role.REPLICA), None))
    assert (told.health, told.reasons, told.needs_attention) == (Health.NORMAL, (), False)
    assert told.recovery == "The newest copy at the replica is 1 min 0 s old; one every 5 min 0 s was asked for."


def test_each_rule_of_an_interval_is_named() -> None:
    troubled = side(Role.PRIMARY, silent=7200, statistics=counted(successes=7, missed=3, latency=301))
    assert [each.rule for each in verdicts(troubled)] == [Rule.MISSED, Rule.SILENT, Rule.SLOW]
    assert "30 %" in verdicts(troubled)[0].sentence
    fine = side(Role.PRIMARY, silent=3599, statistics=counted(successes=8, missed=2, latency=299))
    assert verdicts(fine) == ()


def test_paused_is_worse_on_the_replica() -> None:
    [here] = verdicts(side(Role.PRIMARY, State.SUSPENDED))
    [there] = verdicts(side(Role.REPLICA, State.SUSPENDED))
    assert (here.rule, here.health) == (Rule.PRIMARY_PAUSED, Health.WARNING)
    assert (there.rule, there.health) == (Rule.REPLICA_PAUSED, Health.CRITICAL)


def test_what_only_the_host_sees_is_said_in_its_words() -> None:
    statistics = counted(details=("Something\r\n is wrong.",))
    [told] = verdicts(side(Role.PRIMARY, health=Health.CRITICAL, statistics=statistics))
    assert (told.rule, told.sentence) == (Rule.SAID_BY_HOST, "Something is wrong.")


def test_a_copy_that_is_older_than_was_asked_for_is_late() -> None:
    told = standing(Relationship(side(Role.PRIMARY, silent=700), side(Role.REPLICA, silent=700)))
    assert told.is_late
    assert told.needs_attention
    assert told.health is Health.NORMAL


def test_sides_that_disagree_are_both_named() -> None:
    both = Relationship(side(Role.PRIMARY, State.ERROR), side(Role.REPLICA, State.FAILED_OVER_WAITING))
    assert state_text(both) == "PRI: Replication Error; REP: Failover complete"


def test_our_rules_are_those_of_the_hosts() -> None:
    for home, scenario in (("TR-PRI", "troubled"), ("HV-01", "two-sites")):
        for relationship in overview_of(Administrator(home, scenario, replicated=True)):
            assert relationship.absence is None
            for each in relationship.known:
                told = [found.rule for found in verdicts(each)]
                assert Rule.SAID_BY_HOST not in told, (each, told)
                worst = max((found.health for found in verdicts(each)), default=Health.NORMAL)
                assert worst == each.health, each.row
