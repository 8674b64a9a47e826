"""Replication in the scenarios: every mode in ``two-sites``, every health and every refusal in ``troubled``."""

from __future__ import annotations

import pytest

from lab.hyperv.clock import Clock
from lab.hyperv.estate import Estate
from lab.hyperv.messages import OperationFailed
from lab.hyperv.replication import initial_copy
from lab.hyperv.replication.enabling import Wanted, enable
from lab.hyperv.replication.health import Rule, health, rules
from lab.hyperv.replication.settings import Settings
from lab.hyperv.replication.side import Receiver, Sender
from lab.hyperv.replication.states import Authentication, Health, Mode
from lab.hyperv.replication.states import ReplicationState as State
from lab.scenarios import scenario
from lab.scenarios.building import START, build


def estate(name: str) -> Estate:
    return build(scenario.read(name), Clock(START, speed=0), seed=1)


def sides(built: Estate) -> list[Sender | Receiver]:
    return [s for host in built.hosts for s in host.replication.sides if isinstance(s, Sender | Receiver)]


def test_two_sites_has_every_mode_and_stays_healthy_for_a_week() -> None:
    built = estate("two-sites")
    modes = {side.machine.replication.mode for side in sides(built) if side.machine.replication is not None}
    assert modes == {Mode.Primary, Mode.Replica, Mode.ExtendedReplica}
    for _ in range(7):
        built.clock.advance(86_400)
        assert {health(side) for side in sides(built)} == {Health.Normal}
        assert {side.state for side in sides(built)} == {State.Replicating}


@pytest.mark.parametrize(
    ("name", "state", "rule"),
    [
        ("NORMAL01", State.Replicating, None),
        ("MISSED01", State.Replicating, Rule.MISSED_CYCLES),
        ("SLOW01", State.Replicating, Rule.SLOW),
        ("READY01", State.ReadyForInitialReplication, Rule.NOT_COPIED),
        ("COPYING01", State.InitialReplicationInProgress, Rule.NOT_COPIED),
        ("PAUSED01", State.Suspended, Rule.PRIMARY_PAUSED),
        ("REFUSED01", State.Error, Rule.CANNOT_SEND),
        ("CUTOFF01", State.Error, Rule.CANNOT_SEND),
        ("RESYNC01", State.WaitingForStartResynchronize, Rule.RESYNCHRONIZE),
        ("RESYNCING01", State.Resynchronizing, Rule.RESYNCHRONIZING),
        ("PREPARED01", State.PreparedForFailover, Rule.NOT_REVERSED),
        ("FAILEDOVER01", State.Error, Rule.CANNOT_SEND),
    ],
)
def test_troubled_has_every_state_of_health(name: str, state: State, rule: Rule | None) -> None:
    built = estate("troubled")
    sender = next(s for s in sides(built) if isinstance(s, Sender) and s.machine.name == name)
    assert (sender.state, next(iter(rules(sender)), None)) == (state, rule)


def test_troubled_has_what_only_a_replica_can_have() -> None:
    found = {rule for side in sides(estate("troubled")) if isinstance(side, Receiver) for rule in rules(side)}
    assert {Rule.REPLICA_PAUSED, Rule.NOT_REVERSED, Rule.SILENT} <= found


@pytest.mark.parametrize(
    ("name", "server", "port", "certificate", "key"),
    [
        ("COPY01", "TR-99", 80, None, "replica_unresolved"),
        ("COPY01", "TR-02", 80, None, "replica_refused"),
        ("COPY01", "TR-FW", 80, None, "replica_timed_out"),
        ("COPY01", "TR-AUTH", 80, None, "replica_not_authorized"),
        ("COPY01", "TR-SPN", 80, None, "replica_kerberos"),
        ("COPY01", "TR-2016", 80, None, "replica_refused"),
        ("COPY01", "TR-2016", 8080, None, "replica_version"),
        ("COPY01", "TR-REP", 80, None, "replica_exists"),
        ("COPY01", "TR-REP", 443, None, "replica_aborted"),
        ("COPY01", "TR-CERT", 443, "Good", "certificate_expired"),
        ("COPY01", "TR-REP", 443, "Expired", "certificate_expired"),
        ("COPY01", "TR-REP", 443, "Server only", "certificate_wrong_purpose"),
        ("COPY01", "TR-REP", 443, "Without key", "certificate_without_key"),
        ("COPY01", "TR-REP", 443, "Untrusted", "certificate_untrusted"),
        ("COPY01", "TR-REP", 443, "Other name", "certificate_wrong_name"),
        ("READY01", "TR-REP", 80, None, "replication_already_enabled"),
        ("PHYSICAL01", "TR-REP", 80, None, "replication_physical_disk"),
        ("SHARED01", "TR-REP", 80, None, "replication_shared_disk"),
        ("CLUSTER01", "TR-REP", 80, None, "object_not_found"),
        ("BACKUP01", "TR-REP", 80, None, "busy"),
        ("OLD01", "TR-REP", 80, None, "replica_version"),
    ],
)
def test_troubled_has_every_refusal(name: str, server: str, port: int, certificate: str | None, key: str) -> None:
    built = estate("troubled")
    pairs = [(m, h) for h in built.hosts for m in h.machines.values() if m.name == name]
    machine, host = pairs[0]
    authentication = Authentication.Kerberos if certificate is None else Authentication.Certificate
    thumbprint = next(
        (each.thumbprint for each in host.replication.store.certificates if each.friendly_name == certificate), ""
    )
    with pytest.raises(OperationFailed) as refusal:
        enable(machine, host, Wanted(server, Settings(port, authentication, thumbprint)))
    assert refusal.value.key == key


@pytest.mark.parametrize(("name", "key"), [("LARGE01", "replica_disk_full"), ("BUSY01", "resync_log_full")])
def test_some_troubles_show_only_later(name: str, key: str) -> None:
    built = estate("troubled")
    machine, host = next((m, h) for h in built.hosts for m in h.machines.values() if m.name == name)
    sender = enable(machine, host, Wanted("TR-REP", Settings(80, Authentication.Kerberos)))
    initial_copy.begin(sender)
    keys = set()
    for _ in range(200):
        built.clock.advance(600)
        keys.add(sender.failure.key if sender.failure is not None else None)
    assert key in keys


def test_a_broker_gives_replicas_to_its_nodes() -> None:
    built = estate("troubled")
    machine, host = next((m, h) for h in built.hosts for m in h.machines.values() if m.name == "BUSY01")
    sender = enable(machine, host, Wanted("tr-broker.troubled.example", Settings(80, Authentication.Kerberos)))
    assert sender.replica_name == "tr-broker.troubled.example"
    assert sender.current_replica == "TR-NODE1.troubled.example"
    nodes = built.brokers[0].nodes
    assert nodes[0].replication.server is nodes[1].replication.server
    assert nodes[0].machines[machine.machine_id].is_clustered
