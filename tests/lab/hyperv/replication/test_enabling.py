"""Enabling replication: what comes of it, and every reason why a host refuses it."""

from __future__ import annotations

from typing import Any

import pytest

from lab.hyperv.machine import MachineState
from lab.hyperv.messages import OperationFailed
from lab.hyperv.replication import enabling
from lab.hyperv.replication.enabling import Wanted
from lab.hyperv.replication.states import Authentication, Mode, Relationship, ReplicationState
from tests.lab.hyperv.replication.three_hosts import Stage

READY = ReplicationState.ReadyForInitialReplication
WAITING = ReplicationState.WaitingForInitialReplication


def refused(stage: Stage, server: str = "B", excluded: tuple[str, ...] = (), name: str = "WEB", **settings: Any) -> str:
    """The key of the refusal; nothing may have changed."""
    with pytest.raises(OperationFailed) as refusal:
        enabling.enable(stage.machine(name), stage.a, Wanted(server, stage.settings(**settings), set(excluded)))
    assert stage.machine(name).replication is None
    assert all(each.replication.sides == [] for each in stage.estate.hosts)
    return refusal.value.key


def test_a_replica_is_made_and_nothing_is_copied() -> None:
    stage = Stage(WEB={"processors": 6, "notes": "shop"})
    sender, receiver = stage.enable()
    primary, replica = stage.machine(), stage.on(stage.b)
    assert (sender.state, receiver.state) == (READY, WAITING)
    assert (replica.machine_id, replica.name, replica.processors, replica.notes) == (
        primary.machine_id,
        "WEB",
        6,
        "shop",
    )
    assert replica.state is MachineState.Off
    assert [adapter.switch for adapter in replica.adapters] == [None]
    (drive,) = replica.drives
    assert drive.disk is not None
    assert drive.disk.path == rf"D:\Replicas\Hyper-V Replica\Virtual hard disks\{primary.machine_id}\WEB.vhdx".replace(
        str(primary.machine_id), str(primary.machine_id).upper()
    )
    assert drive.disk.size < 10 << 20
    assert primary.replication is not None
    assert replica.replication is not None
    assert (primary.replication.mode, replica.replication.mode) == (Mode.Primary, Mode.Replica)
    stage.wait(86_400)
    assert (sender.state, receiver.state, drive.disk.size < 10 << 20) == (READY, WAITING, True)


def test_later_changes_of_the_configuration_are_not_replicated() -> None:
    stage = Stage()
    stage.replicate()
    stage.machine().processors = 12
    stage.machine().adapters[0].vlan = 7
    stage.wait(3600)
    replica = stage.on(stage.b)
    assert (replica.processors, replica.adapters[0].vlan) == (2, 0)


def test_disks_that_are_left_out() -> None:
    disks = [{"name": f"WEB{number}.vhdx", "size": "40 GB", "used": "5 GB"} for number in (1, 2)]
    stage = Stage(WEB={"disks": disks})
    path = r"d:\vms\web\virtual hard disks\web2.vhdx"
    sender = enabling.enable(stage.machine(), stage.a, Wanted("B", stage.settings(), {path}))
    assert [drive.location for drive in sender.drives()] == [0]
    assert len(stage.on(stage.b).drives) == 1


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"frequency": 60}, "replication_frequency"),
        ({"history": 25}, "replication_history"),
        ({"history": -1}, "replication_history"),
        ({"consistent_hours": 4}, "replication_consistent_without_history"),
        ({"consistent_hours": 13, "history": 4}, "replication_consistent_hours"),
        ({"server_port": 0}, "replication_port"),
    ],
)
def test_settings_that_are_refused(settings: dict[str, Any], key: str) -> None:
    assert refused(Stage(), **settings) == key


def test_2012_has_one_frequency_and_fewer_points() -> None:
    stage = Stage({"A": {"version": "2012"}}, WEB={"version": "4.0"}, SQL={"version": "4.0"})
    assert refused(stage, frequency=30) == "replication_frequency"
    assert refused(stage, history=16) == "replication_history"


@pytest.mark.parametrize(
    ("disks", "excluded", "key"),
    [
        ([{"name": "WEB.vhdx"}, {"disk_number": 3}], (), "replication_physical_disk"),
        ([{"name": "WEB.vhdx"}, {"name": "Q.vhdx", "is_shared": True}], (), "replication_shared_disk"),
        ([{"name": "WEB.vhdx"}], (r"D:\VMs\WEB\Virtual Hard Disks\WEB.vhdx",), "replication_disks"),
        ([{"name": "WEB.vhdx"}], (r"D:\nowhere.vhdx",), "replication_disks"),
    ],
)
def test_disks_that_are_refused(disks: list[dict[str, Any]], excluded: tuple[str, ...], key: str) -> None:
    assert refused(Stage(WEB={"disks": disks}), excluded=excluded) == key


def test_a_pass_through_disk_can_be_left_out() -> None:
    stage = Stage(WEB={"disks": [{"name": "WEB.vhdx", "size": "40 GB", "used": "5 GB"}, {"disk_number": 3}]})
    enabling.enable(stage.machine(), stage.a, Wanted("B", stage.settings(), {"Disk 3"}))
    assert len(stage.on(stage.b).drives) == 1


def test_a_server_that_no_name_server_knows() -> None:
    assert refused(Stage(), "NOWHERE") == "replica_unresolved"


def test_the_primary_itself() -> None:
    assert refused(Stage(), "a.x.example") == "replica_is_primary"


def test_a_server_that_is_down() -> None:
    stage = Stage()
    stage.b.lose_network()
    assert refused(stage) == "replica_timed_out"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"replica_server": None}, "replica_refused"),
        ({"replica_server": {"storage_location": "D:\\R", "kerberos_port": 8080}}, "replica_refused"),
        ({"replica_server": {"storage_location": "D:\\R", "listens": False}}, "replica_timed_out"),
        (
            {"replica_server": {"storage_location": "D:\\R", "authentication": "Certificate", "certificate": "Good"}},
            "replica_refused",
        ),
        ({"replica_server": {"storage_location": "D:\\R", "has_service_name": False}}, "replica_kerberos"),
        ({"domain": "other.example"}, "replica_kerberos"),
        ({"domain": ""}, "replica_kerberos"),
        ({"replica_server": {"storage_location": "Q:\\R"}}, "replica_storage"),
        ({"version": "2016"}, "replica_version"),
    ],
)
def test_a_server_that_does_not_take_it(changes: dict[str, Any], key: str) -> None:
    assert refused(Stage({"B": changes})) == key


def test_a_port_where_something_else_is_spoken() -> None:
    assert refused(Stage(), server_port=443) == "replica_aborted"


@pytest.mark.parametrize(
    ("primary", "key"),
    [
        ("a.x.example", None),
        ("A.X.EXAMPLE", None),
        ("*.x.example", None),
        ("*.y.example", "replica_not_authorized"),
        ("c.x.example", "replica_not_authorized"),
    ],
)
def test_authorization_entries(primary: str, key: str | None) -> None:
    entry = {"primary": primary, "storage_location": "D:\\Here", "trust_group": "One"}
    stage = Stage({"B": {"replica_server": {"entries": [entry]}}})
    if key is not None:
        assert refused(stage) == key
        return
    _, receiver = stage.enable()
    assert receiver.trust_group == "One"
    assert receiver.machine.path.startswith("D:\\Here")


@pytest.mark.parametrize("side", ["A", "B"])
@pytest.mark.parametrize(
    ("flaw", "key"),
    [
        ({}, None),
        ({"days": -1}, "certificate_expired"),
        ({"purposes": ["server"]}, "certificate_wrong_purpose"),
        ({"purposes": ["client"]}, "certificate_wrong_purpose"),
        ({"has_private_key": False}, "certificate_without_key"),
        ({"is_trusted": False}, "certificate_untrusted"),
        ({"names": ["z.x.example"]}, "certificate_wrong_name"),
        ({"names": ["*.x.example"]}, None),
    ],
)
def test_certificates_are_really_checked(side: str, flaw: dict[str, Any], key: str | None) -> None:
    stage = Stage({side: {"certificates": [{"name": "Good", **flaw}]}})
    settings = {
        "authentication": Authentication.Certificate,
        "server_port": 443,
        "thumbprint": stage.a.replication.store.certificates[0].thumbprint.lower(),
    }
    if key is None:
        assert stage.enable(**settings)[0].state is READY
    else:
        assert refused(stage, **settings) == key


def test_a_thumbprint_that_no_certificate_has() -> None:
    settings = {"authentication": Authentication.Certificate, "server_port": 443, "thumbprint": "00"}
    assert refused(Stage(), **settings) == "certificate_missing"


def test_workgroup_hosts_replicate_with_certificates() -> None:
    certificate = {"certificates": [{"name": "Good"}], "domain": ""}
    stage = Stage({"A": certificate, "B": certificate})
    thumbprint = stage.a.replication.store.certificates[0].thumbprint
    sender, _ = stage.enable(authentication=Authentication.Certificate, server_port=443, thumbprint=thumbprint)
    assert (sender.primary_name, sender.current_replica) == ("A", "B")


def test_a_machine_of_that_id_is_there() -> None:
    stage = Stage()
    stage.b.machines[stage.machine().machine_id] = stage.machine()
    assert refused(stage) == "replica_exists"


def test_a_clustered_primary_needs_a_broker_of_its_own() -> None:
    assert refused(Stage(WEB={"is_clustered": True})) == "object_not_found"


def test_twice() -> None:
    stage = Stage()
    stage.enable()
    with pytest.raises(OperationFailed) as refusal:
        stage.enable()
    assert refusal.value.key == "replication_already_enabled"


class TestExtending:
    @pytest.mark.parametrize(
        ("first", "settings", "key"),
        [
            (30, {"frequency": 30}, "replication_frequency"),
            (900, {"frequency": 300}, "replication_frequency"),
            (300, {"frequency": 300, "history": 2, "consistent_hours": 1}, "replication_extended_consistent"),
        ],
    )
    def test_limits(self, first: int, settings: dict[str, Any], key: str) -> None:
        stage = Stage()
        stage.replicate(frequency=first)
        with pytest.raises(OperationFailed) as refusal:
            enabling.enable(stage.on(stage.b), stage.b, Wanted("C", stage.settings(**settings)))
        assert refusal.value.key == key

    def test_modes(self) -> None:
        stage = Stage()
        stage.replicate(frequency=30)
        extended, receiver = stage.extend(frequency=300)
        assert extended.relationship is Relationship.Extended
        assert receiver.machine.replication is not None
        assert receiver.machine.replication.mode is Mode.ExtendedReplica
        assert extended.places == receiver.places

    def test_not_before_the_initial_copy_and_no_further(self) -> None:
        stage = Stage()
        stage.enable()
        with pytest.raises(OperationFailed) as early:
            enabling.enable(stage.on(stage.b), stage.b, Wanted("C", stage.settings()))
        assert early.value.key == "replication_wrong_state"
        stage = Stage()
        stage.replicate()
        stage.extend()
        with pytest.raises(OperationFailed) as further:
            enabling.enable(stage.on(stage.c), stage.c, Wanted("A", stage.settings()))
        assert further.value.key == "replication_cannot_extend"
        with pytest.raises(OperationFailed) as again:
            enabling.enable(stage.on(stage.b), stage.b, Wanted("C", stage.settings()))
        assert again.value.key == "replication_already_enabled"


class TestAsReplica:
    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("running", "replica_not_off"),
            ("checkpoints", "replica_has_checkpoints"),
            ("server", "replica_server_disabled"),
        ],
    )
    def test_refusals(self, name: str, key: str) -> None:
        stage = Stage(
            WEB={"state": "Running" if name == "running" else "Off", "checkpoints": ["x"] * (name == "checkpoints")}
        )
        stage.a.replication.server.enabled = name != "server"
        with pytest.raises(OperationFailed) as refusal:
            enabling.enable_as_replica(stage.machine(), stage.a, "")
        assert refusal.value.key == key

    def test_a_basis_with_other_disks(self) -> None:
        stage = Stage(WEB={"state": "Off"})
        basis = enabling.copied(stage.machine(), stage.b, "D:\\Basis")
        stage.b.machines[basis.machine_id] = basis
        enabling.enable_as_replica(basis, stage.b, "")
        with pytest.raises(OperationFailed) as refusal:
            stage.enable()
        assert refusal.value.key == "replica_disks_differ"
